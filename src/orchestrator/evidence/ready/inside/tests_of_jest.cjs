// Runs tests with the project's Jest as we want it, and writes down what became of each, out of reach of the tests.
const { readFileSync, unlinkSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const asked = JSON.parse(readFileSync(process.argv[2], "utf8"));
unlinkSync(process.argv[2]);
process.argv.length = 2;

const { runCLI } = createRequire(`${asked.checkout}/package.json`)("jest");
const config = {
  rootDir: asked.checkout, ...asked.settings, roots: [asked.checkout], testEnvironment: asked.room,
  testMatch: ["**/*"], testPathIgnorePatterns: [], modulePathIgnorePatterns: [],
  cacheDirectory: asked.cache, reporters: [["default", {}]], testSequencer: asked.order, collectCoverage: false,
  passWithNoTests: false, bail: asked.hurry ? 1 : 0, errorOnDeprecated: false, haste: {}, watchPlugins: [],
  workerIdleMemoryLimit: "2GB", maxWorkers: 1,
};
const given = {
  config: JSON.stringify(config), ci: true, watchman: false, cache: true, runInBand: false, forceExit: false,
  randomize: asked.seed !== null, seed: asked.seed === null ? undefined : (asked.seed % 2147483646) + 1, runTestsByPath: true, $0: "jest",
  _: asked.files.map((file) => `${asked.checkout}/${file}`),
};

function row(one, file) {
  const why = String(one.failureMessages?.[0] ?? "").replace(/\u001b\[[0-9;]*m/g, "").slice(0, 300);
  const state = { passed: "pass", failed: "fail", todo: "todo" }[one.status] ?? "skip";
  return { file, name: one.title, groups: one.ancestorTitles, state, why, again: Math.max(0, (one.invocations ?? 1) - 1) };
}

runCLI(given, [asked.checkout]).then(({ results }) => {
  const rows = [];
  for (const { testFilePath, testResults, testExecError, failureMessage } of results.testResults) {
    rows.push(...testResults.map((one) => row(one, testFilePath)));
    const why = String(testExecError?.message ?? failureMessage ?? "");
    if (testExecError || (failureMessage && !testResults.some((one) => one.status === "failed"))) {
      rows.push({ file: testFilePath, name: "", groups: [], state: "fail", why: why.slice(0, 300), again: 0 });
    }
  }
  const bad = !results.success || results.wasInterrupted || rows.length === 0 || rows.some((one) => one.state === "fail");
  writeFileSync(asked.result, JSON.stringify({ rows, errors: [], code: bad ? 1 : 0 }));
  process.exit(bad ? 1 : 0);
});
