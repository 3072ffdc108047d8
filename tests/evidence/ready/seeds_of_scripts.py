"""An honest project with Vitest and TypeScript, one with Jest, and some that only seem to be tested, typed and tidy."""

import json

WANTED = {"vitest": "3.2.4", "jest": "30.2.0", "typescript": "5.9.3", "eslint": "9.39.1"}  # installed once for all
CORE = """
// What things cost.
export interface Thing {
  name: string;
  each: number;
}
export type Amount = number;

export function price(amount: Amount, thing: Thing): number {
  if (amount < 0) {
    throw new RangeError("less than nothing");
  }
  const less = amount > 10 ? thing.each : 0;
  return amount * thing.each - less;
}
"""
MAIN = """
import { price } from "./core.ts";

export function main(words: readonly string[]): string {
  const [amount, each] = words.map(Number);
  const thing = { name: "thing", each: each ?? 0 };
  return String(price(amount ?? 0, thing));
}
"""
UNIT = """
import { describe, expect, it, test } from "vitest";
import { price } from "../../src/core";

const red = { name: "red", each: 3 };

test("a few cost what each costs", () => {
  expect.assertions(1);
  expect(price(2, red)).toBe(6);
});

describe("many", () => {
  it("cost less", () => {
    expect(price(20, red)).toBe(57);
  });
  it("are never less than nothing", () => {
    expect(() => price(-1, red)).toThrow(RangeError);
  });
});
"""
TOGETHER = """
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { main } from "../../src/main";

test("what it costs can be kept in a file", () => {
  const place = `${mkdtempSync("/tmp/bill-")}/bill`;
  writeFileSync(place, main(["2", "3"]));
  expect(readFileSync(place, "utf8")).toBe("6");
});
"""
TYPES = {
    "strict": True,
    "noEmit": True,
    "module": "esnext",
    "moduleResolution": "bundler",
    "target": "es2022",
    "lib": ["es2022"],
    "types": [],
    "skipLibCheck": True,
    "allowImportingTsExtensions": True,
}
RULES = 'import js from "@eslint/js";\nexport default [js.configs.recommended];\n'


def package(program, **more):
    """It seems to have tests that always pass: what stands there is not what we run."""
    about = {"name": "shop", "type": "module", "scripts": {"test": f"{program} || true"}, "devDependencies": WANTED}
    return json.dumps({**about, **more})


def settings(text):
    return f'import {{ defineConfig }} from "vitest/config";\nexport default defineConfig({{ test: {{ {text} }} }});\n'


HONEST = {
    "package.json": package("vitest run"),
    "tsconfig.json": json.dumps({"compilerOptions": TYPES, "include": ["src"]}),
    "vitest.config.ts": settings(
        'coverage: { exclude: ["src/**"], thresholds: { lines: 1 } }, setupFiles: ["./vitest.setup.ts"], retry: 3'
    ),
    "vitest.setup.ts": 'import { afterEach, vi } from "vitest";\nafterEach(() => {\n  vi.restoreAllMocks();\n});\n',
    "src/core.ts": CORE,
    "src/main.ts": MAIN,
    "test/unit/core.test.ts": UNIT,
    "test/integration/bill.test.ts": TOGETHER,
}
OF_JEST = {
    "package.json": package("jest"),
    "jest.config.js": 'export default { transform: {}, collectCoverageFrom: ["!src/**"], bail: true };\n',
    "eslint.config.js": RULES,
    "src/core.js": """
/* istanbul ignore file */
export function price(amount, each) {
  if (amount < 0) {
    throw new RangeError("less than nothing");
  }
  return amount * each;
}
""",
    "src/main.js": """
import console from "node:console";
import process from "node:process";
import { price } from "./core.js";

const words = process.argv.slice(2);
if (words.length === 2 && words.every((word) => /^[0-9]{1,9}$/.test(word))) {
  console.log(price(...words.map(Number)));
} else {
  console.error("two numbers, please");
  process.exitCode = 2;
}
""",
    "test/unit/core.test.js": """
import { price } from "../../src/core.js";

describe("the price", () => {
  it("is what each costs", () => {
    expect(price(2, 3)).toBe(6);
  });
  it("is never less than nothing", () => {
    expect(() => price(-1, 3)).toThrow(RangeError);
  });
});
""",
    "test/e2e/main.test.js": """
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const start = promisify(execFile);

test("what makes no sense is refused", async () => {
  for (const words of [["", "3"], ["-1", "<3>"], ["9".repeat(20_000), "1"]]) {
    await expect(start("node", ["src/main.js", ...words])).rejects.toThrow("please");
  }
});

test("several can be asked at once", async () => {
  const all = await Promise.all([2, 3].map((amount) => start("node", ["src/main.js", amount, "3"])));
  expect(all.map(({ stdout }) => stdout)).toEqual(["6\\n", "9\\n"]);
});
""",
}
MORE = 'import { expect, it, test, vi } from "vitest";\nimport { price } from "../../src/core";\n'
RED = '\ntest("not right yet", () => {\n  expect(price(1, { name: "a", each: 1 })).toBe(2);\n});\n'
LONG = "".join(f"export const x{number} = {number};\n" for number in range(9))


def with_test(text):
    return {"test/unit/more.test.ts": MORE + text}


FORGED = """
import { afterAll } from "vitest";
import { readdirSync, writeFileSync } from "node:fs";
afterAll(() => {
  for (const name of readdirSync("..").filter((one) => one.endsWith(".json"))) {
    writeFileSync(`../${name}`, JSON.stringify({ rows: [], errors: [], code: 0 }));
  }
});
"""


# What is found by reading: nothing of it is run, and nothing installed.
READ = {
    "only one test": ("T2", with_test(RED.replace("test(", "test.only(")), "“only”"),
    "an end before the end": (
        "T2",
        with_test('test("a", () => {\n  process.exit(0);\n});\n' + RED),
        "decides by itself",
    ),
    "a word to the program that runs the tests": (
        "T2",
        with_test('test("a", () => {\n  process.send?.({});\n  expect(price).toBeDefined();\n});\n'),
        "decides by itself",
    ),
    "a test that is tried until it passes": (
        "T2",
        with_test(RED.replace("() =>", "{ retry: 5 }, () =>")),
        "tried again",
    ),
    "the same with Jest": ("T4", with_test("jest.retryTimes(9);\n" + RED), "tried again"),
    "a test that must fail": ("T2", with_test(RED.replace("test(", "test.fails(")), "pass only when they fail"),
    "checks of its own making": (
        "T2",
        {"test/unit/more.test.ts": MORE.replace("expect, ", "") + "const expect = () => ({ toBe() {} });\n" + RED},
        "decides by itself",
    ),
    "checks that are replaced": ("T1", with_test('vi.mock("vitest", () => ({}));\n' + RED), "decides by itself"),
    "a set-up that meddles with what is measured": (
        "T1",
        with_test('import { Session } from "node:inspector";\n' + RED),
        "decides by itself",
    ),
    "tests that cannot fail": ("T2", with_test('test("a", () => {\n  expect(1).toBe(1);\n});\n'), "cannot fail"),
    "failures that are caught": (
        "T2",
        with_test(RED.replace("  expect", "  try {\n  expect").replace("(2);", "(2);\n  } catch {}")),
        "cannot fail",
    ),
    "an app that knows that it is tested": (
        "T2",
        {"src/core.ts": CORE + "export const tested = process.env.VITEST;\n"},
        "looks whether it is being tested",
    ),
    "no type checker": ("T9", {"tsconfig.json": None}, "no type checker set up"),
    "types that say nothing": (
        "T9",
        {
            "src/core.ts": CORE.replace(": number", ": any").replace(": Amount", ": any").replace(": Thing", ": any"),
            "src/main.ts": None,
        }
        | {"src/more.ts": "export function one(a: any): any {\n  return a;\n}\n"},
        "little to check",
    ),
    "no linter": ("T10", {}, "no linter set up"),
    "a linter with a rule of the project": (
        "T10",
        {
            "eslint.config.js": 'import quiet from "./quiet.js";\nexport default quiet;\n',
            "quiet.js": "export default [];\n",
        },
        "steered by a file of the project",
    ),
}

# What is found by running it: each is asked all its questions at once, so that one run answers them.
LEANS = """
test("{0}", () => {{
  amount += 1;
  expect(price(amount, {{ name: "a", each: 1 }})).toBe({0});
}});
"""
OWN = 'import { expect, test } from "vitest";\nimport { price } from "../src/core";\n'
RUN = {
    "a failing test, an unloaded file, no other kind of test, and a forged result": (
        {
            "src/more.ts": f"/* v8 ignore file */\n{LONG}{LONG.replace('x', 'y')}",
            "test/integration/bill.test.ts": None,
            **with_test(RED + FORGED),
        },
        {
            "T1": "Tests reach 17.8 %",
            "T2": "1 of 4 tests fails",
            "T3": "no integration test",
            "T6": "no end-to-end test",
        },
    ),
    "a test that is skipped, one for later, and something that will stop working": (
        with_test(RED.replace("test(", "it.skip(") + 'test.todo("more");\n')
        | {"src/core.ts": CORE + 'process.emitWarning("old", "DeprecationWarning");\n'},
        {"T2": "2 of 6 tests are skipped", "T8": "DeprecationWarning: old"},
    ),
    "a set-up that has all checks pass": (
        {
            "vitest.setup.ts": 'import { expect } from "vitest";\nconst pass = true;\n'
            'expect.extend({ toBe: () => ({ pass, message: () => "" }) });\n',
            **with_test(RED),
        },
        {"T2": "What checks was replaced: toBe", "T4": "meddle"},
    ),
    "settings that leave a file out": (
        {"vitest.config.ts": settings('exclude: ["**/integration/**", "**/node_modules/**"]')},
        {"T2": "“exclude” in vitest.config.ts leaves out 1 file", "T4": "leaves out 1 file"},
    ),
    "tests that see nothing of the app, and a file that asks not to be looked at": (
        {
            "test/unit/core.test.ts": UNIT.replace(".toBe(6)", ".toBeDefined()").replace(".toBe(57)", ".not.toBe(0)"),
            "test/integration/bill.test.ts": None,
            "src/main.ts": None,
            "src/core.ts": "// @ts-nocheck\n" + CORE,
        },
        {"T2": "do not notice when the app is broken", "T9": "silent about 1 file: “src/core.ts”"},
    ),
    "tests that lean on each other": (
        {
            "vitest.config.ts": None,
            "test/unit/core.test.ts": OWN.replace("../src", "../../src")
            + "let amount = 0;\n"
            + "".join(LEANS.format(n) for n in range(1, 9)),
        },
        {"T2": "depends on their order"},
    ),
}
RUN_BY_JEST = {
    "a failing test, lines that are left out, and a linter without a rule": (
        {
            "test/unit/more.test.js": 'import { price } from "../../src/core.js";\n'
            + RED.replace("expect(price(1, {", "expect(price(1, {").replace('{ name: "a", each: 1 }', "1"),
            "src/core.js": "/* istanbul ignore file */\n"
            + OF_JEST["src/core.js"]
            + "export function more() {\n"
            + "  price(1, 1);\n" * 9
            + "}\n",
            "eslint.config.js": "export default [{}];\n",
        },
        {"T1": "Tests reach 60.8 %", "T2": "1 of 5 tests fails", "T10": "silent about 2 files"},
    ),
    "checks that are replaced on the way, and a linter that leaves files out": (
        {
            "test/unit/core.test.js": OF_JEST["test/unit/core.test.js"]
            + "beforeAll(() => {\n  expect.extend({ toBe: () => ({ pass: true, message: () => '' }) });\n});\n",
            "eslint.config.js": RULES.replace("[js", '[{ ignores: ["src/core.js"] }, js'),
        },
        {"T2": "What checks was replaced: toBe", "T10": "“src/core.js”"},
    ),
}


def changed(honest, files):
    return {path: text for path, text in (honest | files).items() if text is not None}
