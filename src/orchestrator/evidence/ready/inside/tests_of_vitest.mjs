// Runs tests with the project's Vitest as we want it, and writes down what became of each, out of reach of the tests.
import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const asked = JSON.parse(readFileSync(process.argv[2], "utf8"));
unlinkSync(process.argv[2]);
process.argv.length = 2;

const { resolve } = createRequire(`${asked.checkout}/package.json`);
const load = async (name) => import(pathToFileURL(resolve(name)));

async function plugins() {
  const made = [];
  for (const name of asked.plugins) {
    const { default: plugin } = await load(name);
    made.push(plugin());
  }
  return made;
}

const alias = ({ find, regex, replacement }) => ({ find: regex ? new RegExp(find) : find, replacement });
const { startVitest } = await import(pathToFileURL(`${asked.checkout}/node_modules/vitest/dist/node.js`));
const forks = { singleFork: false, isolate: true, execArgv: asked.options };
const options = {
  ...asked.settings, config: false, root: asked.checkout, run: true, watch: false, include: asked.files, exclude: [],
  setupFiles: asked.setup, reporters: ["default"], passWithNoTests: false, allowOnly: false, retry: 0,
  bail: asked.hurry ? 1 : 0, pool: "forks", isolate: true, fileParallelism: false, maxWorkers: 1, minWorkers: 1,
  poolOptions: { forks }, execArgv: asked.options, cache: false, coverage: { enabled: false },
  typecheck: { enabled: false }, includeSource: [], update: false, printConsoleTrace: false,
  dangerouslyIgnoreUnhandledErrors: false, teardownTimeout: 2000,
  sequence: asked.seed === null ? { shuffle: false } : { shuffle: { files: true, tests: true }, seed: asked.seed },
};
if (Number(asked.version) >= 4) delete options.poolOptions, delete options.minWorkers;
const vite = {
  configFile: false, envFile: false, cacheDir: asked.cache, plugins: await plugins(), css: { postcss: {} },
  resolve: { alias: asked.alias.map(alias) }, define: asked.define, server: { watch: null },
};
const vitest = await startVitest("test", [], options, vite);
const rows = [];

function said(task) {
  return String(task.result?.errors?.[0]?.message ?? "").slice(0, 300);
}

function note(task, file, groups) {
  const { mode, result, type } = task;
  if (type !== "test" && type !== "custom") {
    if (result?.state === "fail") rows.push({ file, name: "", groups, state: said(task) ? "fail" : "sum", why: said(task) });
    for (const one of task.tasks) note(one, file, type === "suite" && task.filepath === undefined ? [...groups, task.name] : groups);
    return;
  }
  const state = mode === "todo" ? "todo" : result?.state ?? mode;
  rows.push({ file, name: task.name, groups, state, why: said(task), again: result?.retryCount ?? 0, fails: Boolean(task.fails) });
}

for (const file of vitest.state.getFiles()) note(file, file.filepath, []);
const errors = vitest.state.getUnhandledErrors().map((one) => String(one?.message ?? one).slice(0, 300));
await vitest.close();
const bad = errors.length > 0 || rows.some((one) => one.state === "fail") || rows.length === 0;
writeFileSync(asked.result, JSON.stringify({ rows: rows.filter((one) => one.state !== "sum"), errors, code: bad ? 1 : 0 }));
process.exit(bad ? 1 : process.exitCode ?? 0);
