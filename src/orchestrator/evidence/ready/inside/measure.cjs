// Measures what runs in this process, and notes what will stop working, by the engine itself: no comment hides a line.
const fs = require("node:fs");
const { Session } = require("node:inspector");
const path = require("node:path");
const { randomBytes } = require("node:crypto");

const write = fs.writeFileSync;
const folder = path.dirname(__dirname); // this file stands in a folder of the run, beside the copy of the project
const home = `${folder}/checkout/`;
let session;
let warned;

function ask(method, given) {
  let answer;
  session.post(method, given, (error, found) => {
    if (error) throw error;
    answer = found;
  });
  return answer;
}

function hear(one) {
  const own = String(one.stack).split("\n").some((line) => line.includes(home) && !line.includes("/node_modules/"));
  if (/Deprecation/.test(one.name) && own) warned.push(`${one.name}: ${one.message}`.slice(0, 300));
}

function begin() {
  if (!warned) process.on("warning", hear);
  session = new Session();
  warned = [];
  session.connect();
  ask("Profiler.enable");
  ask("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  process.env.NODE_V8_COVERAGE = `${folder}/started`; // for programs that the tests start
}

function mine(url) {
  const at = decodeURIComponent(url.replace(/^file:\/\//, "").replace(/\?.*$/, ""));
  return at.startsWith(home) && !at.includes("/node_modules/") ? at.slice(home.length) : "";
}

function end() {
  const { result } = ask("Profiler.takePreciseCoverage");
  ask("Debugger.enable");
  const scripts = result.filter((one) => mine(one.url)).map((one) => ({
    path: mine(one.url),
    source: ask("Debugger.getScriptSource", { scriptId: one.scriptId }).scriptSource,
    functions: one.functions,
  }));
  session.disconnect();
  write(`${folder}/measured/${randomBytes(8).toString("hex")}.json`, JSON.stringify({ scripts, warned }));
}

// Checks that must fail do fail: otherwise somebody has put something else in their place.
const MEDDLED = "What checks was replaced: ";
const WRONG = [
  ["toBe", (expect) => expect(1).toBe(2)],
  ["toEqual", (expect) => expect({ a: [1] }).toEqual({ a: [2] })],
  ["toStrictEqual", (expect) => expect([1]).toStrictEqual([2])],
  ["toBeTruthy", (expect) => expect(0).toBeTruthy()],
  ["toBeDefined", (expect) => expect(undefined).toBeDefined()],
  ["toContain", (expect) => expect([1]).toContain(2)],
  ["toMatch", (expect) => expect("a").toMatch(/b/)],
  ["toHaveLength", (expect) => expect([1]).toHaveLength(2)],
  ["toBeGreaterThan", (expect) => expect(1).toBeGreaterThan(2)],
  ["toMatchObject", (expect) => expect({ a: 1 }).toMatchObject({ a: 2 })],
  ["toThrow", (expect) => expect(() => 1).toThrow()],
  ["not", (expect) => expect(1).not.toBe(1)],
];
const ASSERT = [
  ["assert", (assert) => assert(false)],
  ["assert.equal", (assert) => assert.equal(1, 2)],
  ["assert.strictEqual", (assert) => assert.strictEqual(1, 2)],
  ["assert.deepEqual", (assert) => assert.deepEqual([1], [2])],
  ["assert.deepStrictEqual", (assert) => assert.deepStrictEqual([1], [2])],
  ["assert.throws", (assert) => assert.throws(() => 1)],
];

function fails(check, given) {
  try {
    check(given);
  } catch {
    return true;
  }
  return false;
}

function replaced(expect) {
  const assert = require("node:assert");
  const wrong = [];
  if (expect) {
    const { assertionCalls, numPassingAsserts } = expect.getState();
    wrong.push(...WRONG.filter(([, check]) => !fails(check, expect)).map(([name]) => name));
    expect.setState({ assertionCalls, numPassingAsserts }); // a test may count its checks
  }
  for (const one of [assert, assert.strict]) {
    wrong.push(...ASSERT.filter(([, check]) => !fails(check, one)).map(([name]) => name));
  }
  return wrong.length ? MEDDLED + `${[...new Set(wrong)].join(", ")};` : "";
}

module.exports = { begin, end, replaced };
