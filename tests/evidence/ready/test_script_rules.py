"""What a project tells Vitest or Jest is taken over where it hides nothing; a map tells which lines really ran."""

import base64
import json

import pytest

from orchestrator.evidence.ready import javascript, mapped, odd_scripts, script_rows, script_settings, scripts_read
from orchestrator.evidence.ready.script_settings import JEST, VITEST, Settings
from orchestrator.evidence.ready.suite import Outcome

TESTS = ("src/core.test.ts", "test/e2e/all.spec.ts")
NO = {
    "a pattern of files": (VITEST, {"include": ["src/**/*.{test,spec}.?(c|m)[jt]s?(x)"]}, "“include”"),
    "files that are excluded": (VITEST, {"exclude": ["**/e2e/**"]}, "“exclude”"),
    "another folder": (VITEST, {"dir": "./src"}, "“dir”"),
    "a word that selects": (VITEST, {"testNamePattern": "quick"}, "leave tests out"),
    "a place of the project's own": (VITEST, {"environment": "./quiet.ts"}, "“environment” is a file of the project"),
    "a runner of its own": (VITEST, {"runner": "<checkout>/runner.ts"}, "“runner”"),
    "paths that are ignored": (JEST, {"testPathIgnorePatterns": ["/e2e/"]}, "“testPathIgnorePatterns”"),
    "a pattern that leaves out": (JEST, {"testMatch": ["**/?(*.)+(test).[jt]s?(x)"]}, "“testMatch”"),
    "a pattern that takes back": (JEST, {"testMatch": ["**/*.ts", "!**/e2e/**"]}, "“testMatch”"),
    "another expression": (JEST, {"testRegex": r"\.test\.ts$"}, "“testRegex”"),
    "one root": (JEST, {"roots": ["<checkout>/src"]}, "“roots”"),
    "code that is rewritten": (JEST, {"transform": {"\\.ts$": ["<checkout>/drop.js", {}]}}, "“transform”"),
    "another assert": (
        JEST,
        {"moduleNameMapper": {"^(node:)?assert$": "<checkout>/yes.js"}},
        "in the place of “assert”",
    ),
    "another way to find files": (JEST, {"resolver": "./find.js"}, "“resolver”"),
}
YES = (
    (
        VITEST,
        {"include": ["**/*.{test,spec}.?(c|m)[jt]s?(x)"], "exclude": ["**/node_modules/**", "dist"], "globals": True},
    ),
    (
        JEST,
        {"testMatch": ["**/?(*.)+(spec|test).[jt]s?(x)"], "transform": {"\\.ts$": "ts-jest"}, "roots": ["<checkout>"]},
    ),
    (JEST, {"moduleNameMapper": {"^@/(.*)$": "<checkout>/src/$1"}, "testPathIgnorePatterns": ["/node_modules/"]}),
)


@pytest.mark.parametrize("name", NO)
def test_settings_that_hide_or_decide_are_named(name):
    program, said, why = NO[name]

    assert why in script_settings.fault(Settings(program, "settings.js", said), TESTS)


@pytest.mark.parametrize(("program", "said"), YES)
def test_settings_of_honest_projects_are_let_be(program, said):
    assert script_settings.fault(Settings(program, "settings.js", said), TESTS) == ""


def test_of_settings_only_what_can_hide_nothing_is_taken_over():
    said = {"retry": 9, "passWithNoTests": True, "reporters": ["x"], "coverage": {"exclude": ["src"]}, "globals": True}
    one = Settings(VITEST, "vitest.config.ts", said, ("vite:react-babel", "vite:react-refresh"), (), {"expect": "yes"})

    assert (one.taken, one.packages, one.defined) == ({"globals": True}, ("@vitejs/plugin-react",), {})
    assert "another" in script_settings.cannot(Settings(VITEST, "x", {}, ("another",)))
    assert "globalSetup" in script_settings.cannot(Settings(JEST, "x", {"globalSetup": "./start.js"}))


def test_tests_are_run_by_the_program_that_they_are_written_for():
    about = '{"scripts": {"test": "jest"}, "devDependencies": {"vitest": "3", "jest": "30"}}'
    texts = {"package.json": about, "a.test.js": "test()", "b.test.js": 'import { test } from "vitest";'}

    assert script_settings.program(texts, ["a.test.js"]) == ("jest",)
    assert script_settings.program(texts, ["a.test.js", "b.test.js"]) == ("vitest",)


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ({"state": "pass", "again": 0}, Outcome.PASSED),
        ({"state": "pass", "again": 2}, Outcome.FAILED),
        ({"state": "pass", "fails": True}, Outcome.EXPECTED),
        ({"state": "skip"}, Outcome.SKIPPED),
        ({"state": "something new"}, Outcome.SKIPPED),
    ],
)
def test_what_passes_only_at_another_try_or_because_it_may_fail_is_no_pass(row, outcome):
    assert script_rows.outcome(row) is outcome


def test_of_what_was_made_of_a_file_the_map_tells_which_of_its_lines_ran():
    text = "interface A {\n  b: number;\n}\nexport const one = 1;\nexport function two() {\n  return 2;\n}\n"
    made = "const one = 1;\nfunction two() {\n  return 2;\n}\n"
    packed = base64.b64encode(json.dumps({"mappings": "AAGO;AACP;EACE;AACF"}).encode()).decode()
    source = f"{made}//# sourceMappingURL=data:application/json;base64,{packed}"
    ranges = [(0, len(source), 1), (made.index("function"), made.index("}\n") + 1, 0)]
    functions = [{"ranges": [{"startOffset": a, "endOffset": b, "count": n}]} for a, b, n in ranges]
    script = {"path": "a.ts", "source": source, "functions": functions}

    found = mapped.lines({"a.ts": text}, [{"scripts": [script]}])["a.ts"]

    assert (found.ran, found.missed) == ({4}, {5, 6})
    assert mapped.code("a.ts", text) == {4, 5, 6}


@pytest.mark.parametrize(
    ("manager", "locked", "package", "words"),
    [
        ("npm", "{}", "", ("ci", "--ignore-scripts")),
        ("pnpm", "lockfileVersion: '6.0'", "pnpm@8", ("install", "--frozen-lockfile", "--ignore-scripts")),
        ("pnpm", "lockfileVersion: '9.0'", "pnpm@10", ("install", "--frozen-lockfile", "--ignore-scripts")),
        ("yarn", "# yarn lockfile v1", "yarn@1", ("install", "--frozen-lockfile", "--ignore-scripts")),
        ("yarn", "__metadata:\n  version: 8", "@yarnpkg/cli-dist@4", ("install", "--immutable")),
    ],
)
def test_it_is_installed_from_its_lock_file_alone_and_no_script_is_run(manager, locked, package, words):
    found = javascript.installer(manager, locked)

    assert (found.package, found.words[: len(words)]) == (package, words)
    assert "--ignore-scripts" in found.words or found.env["YARN_ENABLE_SCRIPTS"] == "false"


def test_product_code_that_is_named_like_settings_is_product_all_the_same():
    texts = {"src/main.js": 'import { all } from "./all.config.js";', "src/all.config.js": "x", "vite.config.js": "x"}

    assert scripts_read.files(texts) == ("src/main.js", "src/all.config.js")


ROUTE = "app.post('/notes/:id', (req, res) => res.json(req.body));\n"
ODD = """
test("odd", async () => {
  for (const body of [null, "", "<b>", "a".repeat(20000)]) {
    expect((await send(`/notes/${1}`, body)).status).toBe(400);
  }
  await Promise.all([send("/notes/2", "one"), send("/notes/3", "two")]);
});
"""


def test_odd_things_count_where_they_are_handed_on_and_not_where_they_are_expected():
    (way,) = odd_scripts.ways_in({"app.js": ROUTE})
    (tried,) = odd_scripts.all_tried({"app.js": ROUTE, "app.test.js": ODD}, None)
    (other,) = odd_scripts.all_tried({"app.test.js": 'test("a", () => { expect(one("b")).toBe(""); });'}, None)

    assert (way.called, bool(way.named.search(tried.text))) == ("POST /notes/:id", True)
    assert tried.sorts == {"empty", "invalid", "huge", "concurrent"}
    assert other.sorts == frozenset()
