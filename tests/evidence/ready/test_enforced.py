"""Automation that looks as if it tested every change, and does not, is refused with what is the matter with it."""

import asyncio

import pytest
from judged import asked, refused
from seeds import repo

from orchestrator.domain.ready.report import State

TESTS = {
    "app.py": "def add(a, b):\n    return a + b\n",
    "tests/test_app.py": "from app import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n",
    "tests/test_more.py": "def test_more():\n    assert sum([1]) == 1\n",
}
WORKFLOW = """
name: tests
on:
  push:
    branches: [main]
  pull_request:
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
      - run: pip install -r requirements.txt
      - run: pytest
"""
AT = ".github/workflows/ci.yml"


def changed(old, new, **files):
    assert old in WORKFLOW
    return {AT: WORKFLOW.replace(old, new), **files}


def run(*lines, **files):
    return changed("run: pytest", "run: |\n" + "\n".join(f"          {line}" for line in lines), **files)


TRICKS = [
    ("no automation", {}, "Nothing runs the tests"),
    ("only on push", changed("  pull_request:\n", ""), "does not run on pull requests"),
    (
        "only to a branch nobody uses",
        changed("pull_request:", "pull_request:\n    branches: [never]"),
        "not to the main",
    ),
    ("only when papers change", changed("pull_request:", "pull_request:\n    paths: ['docs/**']"), "does not run when"),
    ("only when it is closed", changed("pull_request:", "pull_request:\n    types: [closed]"), "opened or changed"),
    ("the target's code", changed("pull_request:", "pull_request_target:"), "does not run on pull requests"),
    ("|| true", run("pytest || true"), "counts as a success"),
    ("|| echo", run("pytest || echo failed"), "counts as a success"),
    ("a pipe", run("pytest | tee log.txt"), "pipe"),
    ("set +e", run("set +e", "pytest", "exit 0"), "other commands that decide"),
    ("in the background", run("pytest &", "sleep 1"), "background"),
    ("trap", run("trap 'exit 0' EXIT", "pytest"), "trap"),
    ("alias", run("alias pytest=true", "pytest"), "something else here"),
    ("function", run("pytest() { true; }", "pytest"), "something else here"),
    ("never reached", run("exit 0", "pytest"), "runs no tests"),
    ("only printed", run("echo pytest"), "runs no tests"),
    ("in a text", run("cat <<EOF", "pytest", "EOF"), "runs no tests"),
    ("in a comment", run("# pytest", "true"), "runs no tests"),
    ("only collected", run("pytest --collect-only"), "only shows which tests"),
    ("deselected", run("pytest -k add"), "leaves tests out"),
    ("by the environment", changed("jobs:", "env:\n  PYTEST_ADDOPTS: --co\njobs:"), "environment"),
    ("one file only", run("pytest tests/test_app.py"), "1 of 2 files: tests/test_more.py"),
    ("continue-on-error, step", changed("- run: pytest", "- continue-on-error: true\n        run: pytest"), "on error"),
    ("continue-on-error, job", changed("  test:\n", "  test:\n    continue-on-error: true\n"), "on error"),
    ("if: false", changed("- run: pytest", "- if: false\n        run: pytest"), "never run"),
    ("if: only on push", changed("  test:\n", "  test:\n    if: github.event_name == 'push'\n"), "never run"),
    (
        "waits for what never runs",
        changed("  test:\n", "  a:\n    if: false\n    runs-on: ubuntu-latest\n  test:\n    needs: a\n"),
        "never run",
    ),
    (
        "empty matrix",
        changed("    steps:", "    strategy:\n      matrix:\n        python: []\n    steps:"),
        "nothing in its matrix",
    ),
    (
        "shell that forgives",
        changed("- run: pytest", "- shell: bash +e {0}\n        run: |\n          pytest\n          true"),
        "decide",
    ),
    (
        "other code",
        changed("- uses: actions/checkout@v4", "- uses: actions/checkout@v4\n        with:\n          ref: main"),
        "other code",
    ),
    ("another folder", changed("- run: pytest", "- working-directory: examples\n        run: pytest"), "0 of 2"),
    ("by an action without the code", changed("      - uses: actions/checkout@v4\n", ""), "without the code"),
    ("not where GitHub looks", {".github/workflows/old/ci.yml": WORKFLOW}, "Nothing runs"),
    ("a name twice", changed("      - run: pytest\n", "      - run: pytest\n        run: 'true'\n"), "cannot be read"),
    (
        "meddled with",
        changed("- run: pytest", "- run: echo X=1 >> $GITHUB_ENV\n      - run: pytest"),
        "changes what is tested",
    ),
    ("make, ignored", run("make test", Makefile="test:\n\t-pytest\n"), "ignores its failing"),
    ("make, forgiven", run("make test", Makefile="test:\n\tpytest; echo done\n"), "decide"),
    ("make that does not test", run("make test", Makefile="test:\n\t@echo pytest\n"), "runs no tests"),
    ("npm, forgiven", run("npm test", **{"package.json": '{"scripts": {"test": "pytest || true"}}'}), "a success"),
    ("tox, ignored", run("tox", **{"tox.ini": "[testenv]\ncommands =\n  - pytest\n"}), "ignores its failing"),
    ("a script that goes on", run("./ci.sh", **{"ci.sh": "#!/bin/sh\npytest\necho done\n"}), "decide"),
    (
        "a program of that name",
        run("python -m pytest", **{"pytest.py": "print('100 passed')\n"}),
        "pytest.py of the project",
    ),
    ("gitlab, allowed to fail", {".gitlab-ci.yml": "test:\n  script: [pytest]\n  allow_failure: true\n"}, "may fail"),
    ("gitlab, by hand", {".gitlab-ci.yml": "test:\n  script: [pytest]\n  when: manual\n"}, "not run by itself"),
    ("gitlab, only tags", {".gitlab-ci.yml": "test:\n  script: [pytest]\n  only: [tags]\n"}, "only for tags"),
]


@pytest.mark.parametrize(("files", "word"), [pytest.param(*rest, id=name) for name, *rest in TRICKS])
def test_a_way_not_to_test_every_change_is_refused(tmp_path, files, word):
    refused(repo(tmp_path / "app", {**TESTS, **files}), "T11", word)


HONEST = [
    ("plain", changed("name: tests", "name: ci")),
    (
        "make",
        run(
            "make test",
            Makefile="BIN := .venv/bin\ntest: lint\n\t$(BIN)/coverage run -m pytest -q\nlint:\n\truff check\n",
        ),
    ),
    ("uv", run("uv run --locked pytest -n 2 --cov=app")),
    ("shown and kept", run("set -o pipefail", "pytest | tee log.txt")),
    ("bash has pipefail", changed("- run: pytest", "- shell: bash\n        run: pytest | tee log.txt")),
    ("two steps", run("pytest tests/test_app.py", "pytest tests/test_more.py")),
    ("tox", run("tox -e py", **{"tox.ini": "[testenv]\ncommands = pytest {posargs}\n"})),
    (
        "called workflow",
        {
            AT: "on: [pull_request]\njobs:\n  a:\n    uses: ./.github/workflows/t.yml\n",
            ".github/workflows/t.yml": WORKFLOW.replace(
                "push:\n    branches: [main]\n  pull_request:", "workflow_call:"
            ),
        },
    ),
    (
        "gitlab",
        {".gitlab-ci.yml": "test:\n  before_script: [pip install .]\n  script:\n    - pytest | tee log\n"},
    ),
    (
        "gitlab, requests",
        {".gitlab-ci.yml": "test:\n  script: pytest\n  rules:\n  - if: $CI_PIPELINE_SOURCE == 'merge_request_event'\n"},
    ),
]


@pytest.mark.parametrize("files", [pytest.param(files, id=name) for name, files in HONEST])
def test_automation_that_tests_every_change_is_proven(tmp_path, files):
    answer = asyncio.run(asked(repo(tmp_path / "app", {**TESTS, **files}), "T11"))

    assert answer.state is State.PROVEN, answer.sentence


ODD = [
    ("condition", changed("- run: pytest", "- if: vars.X == '1'\n        run: pytest"), "cannot judge"),
    ("circle", {".circleci/config.yml": "jobs: {}\n"}, "no checker for automation like"),
    ("loop", run("for d in a b; do pytest; done"), "cannot tell"),
    ("machine", changed("ubuntu-latest", "nowhere"), "do not know"),
]


@pytest.mark.parametrize(("files", "word"), [pytest.param(*rest, id=name) for name, *rest in ODD])
def test_what_cannot_be_followed_is_not_proven(tmp_path, files, word):
    answer = asyncio.run(asked(repo(tmp_path / "app", {**TESTS, **files}), "T11"))

    assert answer.state in {State.NOT_CHECKED, State.FAILED}
    assert word in answer.sentence
