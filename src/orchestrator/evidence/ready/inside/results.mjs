// Writes down what became of each test, as the program that runs them tells it, one line of JSON for each.
export default async function* results(source) {
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { name, nesting, file, line, skip, todo, details } = data;
    const error = details?.error;
    const why = String(error?.cause?.message ?? error?.message ?? error ?? "").slice(0, 300);
    yield JSON.stringify({
      passed: type === "test:pass", name, nesting, file, line, why,
      group: details?.type === "suite", skipped: skip !== undefined, later: todo !== undefined,
    }) + "\n";
  }
}
