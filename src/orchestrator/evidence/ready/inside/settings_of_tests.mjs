// Writes down what a project tells Vitest or Jest: in a process of its own, whose only word that counts is this file.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [program, config, result] = process.argv.slice(2);
const here = createRequire(`${process.cwd()}/package.json`);
const load = (name, from) => import(pathToFileURL((from ?? here).resolve(name)));

async function vitest() {
  const beside = createRequire(here.resolve("vitest/package.json"));
  const { loadConfigFromFile } = await load("vite", beside);
  const found = await loadConfigFromFile({ command: "serve", mode: "test" }, config, process.cwd(), "silent");
  const { test = {}, plugins = [], resolve = {}, define = {} } = found?.config ?? {};
  const flat = (await Promise.all(plugins.flat(9))).flat(9).filter(Boolean);
  return { test, plugins: flat.map(({ name }) => String(name)), alias: [resolve.alias, test.alias].flatMap(pairs), define };
}

function pairs(alias) {
  const rows = Array.isArray(alias) ? alias : Object.entries(alias ?? {}).map(([find, replacement]) => ({ find, replacement }));
  return rows.map(({ find, replacement }) => ({ find: find?.source ?? find, regex: find instanceof RegExp, replacement }));
}

async function jest() {
  const { readInitialOptions } = createRequire(createRequire(here.resolve("jest/package.json")).resolve("@jest/core"))("jest-config");
  const { config: said } = await readInitialOptions(undefined, { packageRootOrConfig: process.cwd(), skipMultipleConfigError: true });
  return { test: said };
}

const plain = (_, value) => (typeof value === "function" ? "a function" : value instanceof RegExp ? value.source : value);
writeFileSync(result, JSON.stringify(await (program === "vitest" ? vitest() : jest()), plain));
process.exit(0);
