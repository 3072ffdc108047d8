// Runs beside the tests of each file, first and last: what ran is written down, and what checks must still check.
import { createRequire } from "node:module";
import { afterAll, afterEach, expect } from "vitest";

const { begin, end, replaced } = createRequire(import.meta.url)("./measure.cjs");

function look() {
  const wrong = replaced(expect);
  if (wrong) throw new Error(wrong);
}

begin();
afterEach(look);
afterAll(() => {
  end();
  look();
});
