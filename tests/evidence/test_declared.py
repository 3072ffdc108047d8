"""Which checks are run is what was agreed, in a form that a person can write."""

import pytest
from evidence_repo import save
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import NotUnderstood
from orchestrator.evidence import declared
from orchestrator.evidence.declared import FILE, NONE, Check, Origin

UNITTEST = "import unittest\nclass A(unittest.TestCase):\n    def test_a(self): ...\n"


def commands(found):
    return {check.name: " ".join(check.command) for check in found.checks}


def test_checks_and_the_preview_are_read_from_the_file():
    found = declared.parse(
        """
        [checks]
        tests = "python3 -m unittest"
        "page tests" = "npm test -- 'a b'"
        [preview]
        command = "python3 -m app"
        """
    )

    assert found.checks == (
        Check("tests", ("python3", "-m", "unittest")),
        Check("page tests", ("npm", "test", "--", "a b")),
    )
    assert found.preview == ("python3", "-m", "app")
    assert found.origin is Origin.DECLARED


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[checks", "cannot be read"),
        ("[chekcs]\na = 'b'", "a part that we do not know: “chekcs”"),
        ("checks = 3", "must be a table"),
        ("preview = 'x'", "must be a table"),
        ("[checks]\ntests = 3", "must be a text between quotation marks"),
        ("[checks]\ntests = ''", "is empty"),
        ("[checks]\ntests = \"''\"", "is empty"),
        ('[checks]\ntests = "a \'b"', "never closed"),
        ("[checks]\ntests = 'pytest || true'", "uses “||”"),
        ("[checks]\ntests = 'pytest; true'", "uses “pytest;”"),
        ("[checks]\n'../x' = 'a'", "cannot be the name of a check"),
        ("[checks]\n" + "\n".join(f"c{n} = 'a'" for n in range(21)), "20 is the most"),
        ("[preview]\nport = 3", "an entry that we do not know: “port”"),
        ("[preview]\ncommand = ['a']", "must be a text"),
        ("a = " + "[" * 5_000, "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(NotUnderstood, match=r"\.orchestrator\.toml") as refused:
        declared.parse(text)

    assert sentence in str(refused.value)
    assert str(refused.value).endswith(".")


@given(st.text())
def test_any_text_is_read_or_refused(text):
    try:
        found = declared.parse(text)
    except NotUnderstood as refused:
        assert str(refused).endswith(".")  # noqa: PT017 (either of the two is right)
    else:
        assert all(check.command for check in found.checks)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pytest.ini": "[pytest]"}, {"tests": "python3 -m pytest -q"}),
        ({"pyproject.toml": "[tool.pytest.ini_options]"}, {"tests": "python3 -m pytest -q"}),
        ({"setup.cfg": "[tool:pytest]"}, {"tests": "python3 -m pytest -q"}),
        ({"tests/test_a.py": UNITTEST}, {"tests": "python3 -m unittest discover -s tests -v"}),
        ({"tests/test_a.py": "def test_a(): ..."}, {"tests": "python3 -m pytest -q"}),
        ({"package.json": '{"scripts": {"test": "node --test"}}'}, {"tests": "npm test"}),
        (
            {"package.json": '{"scripts": {"test": "x"}}', "pytest.ini": ""},
            {"tests": "python3 -m pytest -q", "npm tests": "npm test"},
        ),
        ({"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'}, {}),
        ({"package.json": "[" * 9_000}, {}),
        ({"package.json": "[]"}, {}),
        ({"package.json": '{"scripts": {"test": 3}}'}, {}),
        ({"README.md": "tests"}, {}),
    ],
)
def test_the_usual_tests_are_found(files, expected):
    assert {check.name: " ".join(check.command) for check in declared.detect(files)} == expected


@pytest.mark.parametrize(
    ("command", "runner", "tests"),
    [
        ("python3 -m pytest -q", "pytest", True),
        ("uv run pytest", "pytest", True),
        ("coverage run -m pytest", "pytest", True),
        (".venv/bin/pytest", "pytest", True),
        ("python3 -m unittest", "unittest", True),
        ("npx vitest run", "jest", True),
        ("node --test", "node", True),
        ("node server.js", "", False),
        ("pip install pytest", "", False),
        ("npm test", "", True),
        ("make test", "", True),
        ("npm run test:unit", "", True),
        ("ruff check", "", False),
        ("python3 latest.py", "", False),
    ],
)
def test_it_is_known_what_a_command_runs(command, runner, tests):
    check = Check("all", tuple(command.split()))

    assert (check.runner, check.tests) == (runner, tests)


def test_a_check_that_is_called_a_test_must_run_tests():
    assert Check("Unit tests", ("true",)).tests


OLD = '[checks]\ntests = "python3 -m pytest"\n[preview]\ncommand = "old"\n'
NEW = '[checks]\ntests = "true"\n[preview]\ncommand = "new"\n'


def test_the_checks_that_were_agreed_count_and_the_preview_is_the_new_one():
    found = declared.choose({FILE: NEW}, {FILE: OLD})

    assert commands(found) == {"tests": "python3 -m pytest"}
    assert found.preview == ("new",)


def test_a_builder_cannot_declare_away_the_tests_that_were_found():
    found = declared.choose({FILE: NEW, "pytest.ini": ""}, {"pytest.ini": ""})

    assert commands(found) == {"tests": "python3 -m pytest -q"}
    assert commands(declared.choose({FILE: NEW}, {"pytest.ini": ""})) == {"tests": "python3 -m pytest -q"}


def test_a_declaration_that_was_spoilt_does_not_hurt_what_was_agreed():
    assert commands(declared.choose({FILE: "["}, {FILE: OLD})) == {"tests": "python3 -m pytest"}
    assert "cannot be read" in declared.choose({FILE: "["}, {}).problem


def test_a_project_without_checks_says_so():
    assert declared.choose({}, {}).problem == NONE
    assert declared.choose({}, {}).origin is Origin.NOWHERE
    assert declared.choose({FILE: "[preview]\ncommand = 'x'"}, {}).preview == ("x",)
    assert declared.choose({FILE: "[preview]\ncommand = 'x'"}, {}).problem == NONE


async def test_the_declaration_of_a_real_repository_is_read_at_both_save_points(tmp_path):
    base = save(tmp_path / "app", {FILE: OLD, "tests/test_a.py": UNITTEST})
    head = save(tmp_path / "app", {FILE: NEW})

    assert commands(await declared.read(tmp_path / "app", head, base)) == {"tests": "python3 -m pytest"}
    assert commands(await declared.read(tmp_path / "app", head)) == {"tests": "true"}
