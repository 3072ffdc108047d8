"""An honest project in JavaScript, and some that only seem to be tested."""

CORE = """
// What things cost.
export function price(amount, each) {
  if (amount < 0) {
    throw new RangeError("less than nothing");
  }
  if (amount > 10) {
    return amount * each - each;
  }
  return amount * each;
}

export const label = (name) => {
  return name.trim().toUpperCase();
};
"""
MAIN = """
import { writeFileSync } from "node:fs";
import { price } from "./core.js";

const [amount, each, place] = process.argv.slice(2);
const total = price(Number(amount), Number(each));
writeFileSync(place, JSON.stringify({ total }));
console.log(total);
"""
UNIT = """
import assert from "node:assert/strict";
import { describe, it, test } from "node:test";
import { label, price } from "../../src/core.js";

test("a few cost what each costs", () => {
  assert.equal(price(2, 3), 6);
});

describe("many", () => {
  it("cost less", () => {
    assert.equal(price(20, 3), 57);
  });
  it("are never less than nothing", () => {
    assert.throws(() => price(-1, 3), RangeError);
  });
});

test("labels are tidy", () => {
  assert.equal(label(" red "), "RED");
});
"""
TOGETHER = """
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import test from "node:test";
import { price } from "../../src/core.js";

test("what it costs can be kept in a file", () => {
  const place = `${mkdtempSync("/tmp/bill-")}/bill`;
  writeFileSync(place, String(price(2, 3)));
  assert.equal(readFileSync(place, "utf8"), "6");
});
"""
WHOLE = """
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import test from "node:test";

test("the command says what it costs", () => {
  const words = ["src/main.js", "2", "3", `${mkdtempSync("/tmp/bill-")}/bill`];
  const said = execFileSync("node", words, { encoding: "utf8" });
  assert.equal(said, "6\\n");
});
"""
HONEST = {
    "package.json": '{"name": "shop", "type": "module", "scripts": {"test": "node --test || true"}}',
    "src/core.js": CORE,
    "src/main.js": MAIN,
    "test/unit/core.test.js": UNIT,
    "test/integration/bill.test.js": TOGETHER,
    "test/e2e/command.test.js": WHOLE,
}
MORE = 'import assert from "node:assert";\nimport test from "node:test";\nimport { price } from "../../src/core.js";\n'
RED = 'test("not right yet", () => { assert.equal(price(1, 1), 2); });\n'
NO = {
    "a test that fails": ("T2", {"test/unit/more.test.js": MORE + RED}, "1 of 7 tests fails"),
    "a test that is skipped": (
        "T2",
        {"test/unit/more.test.js": MORE + RED.replace("test(", "test.skip(")},
        "1 of 7 tests is skipped",
    ),
    "a test that is left for later": (
        "T2",
        {"test/unit/more.test.js": MORE + RED.replace("test(", "test.todo(")},
        "1 of 7 tests is skipped",
    ),
    "only one test": (
        "T2",
        {"test/unit/more.test.js": MORE + RED + 'test.only("a", () => { assert.equal(price(1, 1), 1); });\n'},
        "“only”",
    ),
    "an end before the end": (
        "T2",
        {"test/unit/more.test.js": MORE + 'test("a", () => { assert.ok(price(1, 1)); process.exit(0); });\n' + RED},
        "decides by itself",
    ),
    "an assert that is replaced": (
        "T2",
        {"test/unit/more.test.js": MORE + "assert.equal = () => {};\n" + RED},
        "decides by itself",
    ),
    "tests that cannot fail": (
        "T2",
        {"test/unit/more.test.js": MORE + 'test("a", () => { price(1, 1); assert.ok(true); });\n'},
        "cannot fail",
    ),
    "a check that is never reached": (
        "T2",
        {
            "test/unit/more.test.js": MORE
            + 'test("a", () => {\n  if (price(1, 1) < 0) {\n    assert.fail();\n  }\n});\n'
        },
        "never reached",
    ),
    "tests that see nothing of the app": (
        "T2",
        {
            "test/unit/core.test.js": UNIT.replace("assert.equal(price(2, 3), 6)", "assert.notEqual(price(2, 3), 0)")
            .replace("assert.equal(price(20, 3), 57)", "assert.notEqual(price(20, 3), 0)")
            .replace('assert.equal(label(" red "), "RED")', 'assert.notEqual(label(" red "), 0)'),
            "test/integration/bill.test.js": None,
            "test/e2e/command.test.js": None,
            "src/main.js": None,
        },
        "do not notice when the app is broken",
    ),
    "a file that no test loads": (
        "T1",
        {"src/more.js": "/* node:coverage disable */\n" + "".join(f"export const x{n} = {n};\n" for n in range(9))},
        "“src/more.js”",
    ),
    "lines that are left out when it is measured": (
        "T1",
        {"src/core.js": CORE + "/* node:coverage disable */\nexport function more(a) {\n" + "  a += 1;\n" * 9 + "}\n"},
        "“src/core.js”",
    ),
    "only unit tests": (
        "T3",
        {"test/integration/bill.test.js": None, "test/e2e/command.test.js": None},
        "There is no integration test",
    ),
    "an end-to-end test that starts nothing": ("T6", {"test/e2e/command.test.js": UNIT}, "is none"),
    "something that will stop working": (
        "T8",
        {"src/core.js": CORE + 'process.emitWarning("old", "DeprecationWarning");\n'},
        "will soon stop working",
    ),
}


def changed(files):
    return {path: text for path, text in (HONEST | files).items() if text is not None}
