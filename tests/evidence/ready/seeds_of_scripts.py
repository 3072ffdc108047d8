"""Honest projects with Vitest and Jest, and some that only seem to be tested, typed or tidy."""

import json

WANTED = {"vitest": "3.2.4", "jest": "30.2.0", "typescript": "5.9.3", "eslint": "9.39.1"}  # installed once for all


def package(program, **more):
    about = {"name": "shop", "private": True, "scripts": {"test": f"{program} || true"}, "devDependencies": WANTED}
    return json.dumps({**about, **more})


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
  if (amount > 10) {
    return amount * thing.each - thing.each;
  }
  return amount * thing.each;
}

export const label = (thing: Thing): string => {
  return thing.name.trim().toUpperCase();
};
"""
MAIN = """
import { price } from "./core.ts";

export function main(words: readonly string[]): string {
  if (words.length !== 2 || !words.every((word) => /^[0-9]{1,20}$/.test(word))) {
    throw new TypeError("two numbers, please");
  }
  return String(price(Number(words[0]), { name: "thing", each: Number(words[1]) }));
}
"""
UNIT = """
import { describe, expect, it, test } from "vitest";
import { label, price } from "../../src/core";

const red = { name: " red ", each: 3 };

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

test("labels are tidy", () => {
  expect(label(red)).toBe("RED");
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
HONEST = {
    "package.json": package("vitest run", type="module"),
    "tsconfig.json": json.dumps({
        "compilerOptions": {
            **{"strict": True, "noEmit": True, "module": "esnext", "moduleResolution": "bundler", "target": "es2022"},
            **{"lib": ["es2022"], "types": [], "skipLibCheck": True, "allowImportingTsExtensions": True},
        },
        "include": ["src"],
    }),
    "vitest.config.ts": 'import { defineConfig } from "vitest/config";\n'
    'export default defineConfig({ test: { coverage: { exclude: ["src/**"] }, setupFiles: ["./setup.ts"], bail: 1 } });\n',
    "setup.ts": 'import { afterEach, vi } from "vitest";\nafterEach(() => {\n  vi.restoreAllMocks();\n});\n',
    "src/core.ts": CORE,
    "src/main.ts": MAIN,
    "test/unit/core.test.ts": UNIT,
    "test/integration/bill.test.ts": TOGETHER,
}  # fmt: skip
