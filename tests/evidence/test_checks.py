"""Checks are run by us, for real, in a clean checkout of one save point."""

import asyncio
import hashlib
import json
import shutil

import pytest
from evidence_repo import git, save

from orchestrator.contain.process import Limits
from orchestrator.errors import NotPossible
from orchestrator.evidence import checks, coverage, repository
from orchestrator.evidence.checks import CheckResult
from orchestrator.evidence.coverage import Coverage
from orchestrator.evidence.declared import NONE, Check, Declared
from orchestrator.evidence.results import Counts

UNITTEST = Check("tests", ("python3", "-m", "unittest", "discover", "-s", "tests", "-v"))
PYTEST = Check("tests", ("python3", "-m", "pytest", "-q"))
GREEN = "import unittest\nclass A(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(1, 1 + 0)\n"


@pytest.fixture
def app(tmp_path):
    return tmp_path / "app"


@pytest.fixture
def run(app, tmp_path):
    async def running(files, *declared, **more):
        commit = save(app, files)
        return await checks.run(app, commit, tmp_path / "run", Declared(tuple(declared)), **more)

    return running


async def test_green_tests_pass_and_the_result_speaks_of_this_save_point_only(run, app, tmp_path):
    (result,) = await run({"tests/test_a.py": GREEN}, UNITTEST)

    assert (result.passed, result.sentence) == (True, "The only test that ran passed.")
    assert result.counts == Counts(1, 1, 0, 0, 0)
    assert result.exit_code == 0
    assert result.commit == git(app, "rev-parse", "HEAD")
    assert hashlib.sha256(result.log_path.read_bytes()).hexdigest() == result.log_sha256
    assert checks.fresh(result, result.commit)
    assert not checks.fresh(result, save(app, {"more": "1"}))
    assert not checks.fresh(CheckResult("a", (), "", passed=True, sentence="."), "")
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["01-tests.log"]


async def test_red_tests_are_named_and_the_places_of_this_machine_are_not(run, tmp_path):
    red = GREEN + "    def test_b(self):\n        self.assertEqual(open('tests/none').read(), 1)\n"
    (result,) = await run({"tests/test_a.py": red}, UNITTEST)

    assert (result.passed, result.sentence) == (False, "1 of 2 tests fails.")
    assert [failure.name for failure in result.failures] == ["test_b (test_a.A.test_b)"]
    assert "FileNotFoundError" in result.failures[0].message
    assert 'File "tests/test_a.py", line 6' in result.excerpt
    assert str(tmp_path) not in result.excerpt


async def test_pytest_is_read_from_a_report_of_ours(run):
    text = "import pytest\ndef test_a(): assert 1 == 1\ndef test_b(): assert [1] == [2]\n"
    text += "@pytest.mark.xfail\ndef test_c(): assert 0\n"
    (result,) = await run({"tests/test_a.py": text}, PYTEST)

    assert result.sentence == "1 of 3 tests fails."
    assert result.counts == Counts(3, 1, 1, 0, 1)
    assert result.failures[0].name == "tests.test_a.test_b"
    assert result.command == PYTEST.command


CHEATS = {
    "ends before the end": ("import os\nprint('5 passed in 0.1s')\nos._exit(0)\n", PYTEST),
    "finds nothing": ("x = 1\n", UNITTEST),
    "prints in the middle": (GREEN + "        print('Ran 9 tests in 0.1s\\n\\nOK')\n        self.fail()\n", UNITTEST),
    "prints at the end": (
        GREEN
        + "        import atexit\n        atexit.register(print, 'Ran 9 tests in 0.1s\\n\\nOK')\n        self.fail()\n",
        UNITTEST,
    ),
    "runs nothing at all": (GREEN, Check("tests", ("true",))),
    "only says so": (GREEN, Check("tests", ("echo", "all tests passed"))),
}


@pytest.mark.parametrize("name", CHEATS)
async def test_a_run_that_pretends_is_no_pass(run, name):
    text, check = CHEATS[name]
    (result,) = await run({"tests/test_a.py": text}, check)

    assert not result.passed
    assert not checks.verdict([result]).passed


async def test_only_what_is_in_the_save_point_is_checked(run, app):
    first = await run({"tests/test_a.py": GREEN}, UNITTEST)
    (app / "tests/test_a.py").write_text("not saved")
    (app / "tests/test_b.py").write_text("not saved")
    again = await checks.run(app, first[0].commit, app.parent / "again", Declared((UNITTEST,)))

    assert [result.passed for result in first + again] == [True, True]


PROBE = """
import json, os, pathlib
home = pathlib.Path.home()
print(json.dumps([sorted(os.environ), [str(path) for path in home.rglob("left")]]))
(home / "left").write_text("x")
"""


async def test_checks_see_no_secret_and_nothing_that_an_earlier_run_left_at_home(run, app, tmp_path, monkeypatch):
    monkeypatch.setenv("ORCHESTRATOR_SECRET", "x")
    probe = Check("probe", ("python3", "probe.py"))
    await run({"probe.py": PROBE}, probe)
    (again,) = await run({}, probe)

    names, left = json.loads(again.log_path.read_text())
    assert "HOME" in names
    assert "ORCHESTRATOR_SECRET" not in names
    assert left == []


async def test_a_check_that_takes_too_long_is_ended(run):
    (result,) = await run(
        {"a.py": "while True: pass\n"}, Check("tests", ("python3", "a.py")), limits=Limits(seconds=0.5)
    )

    assert (result.passed, result.timed_out, result.exit_code) == (False, True, None)
    assert result.sentence == "The checks took longer than 1 second, so we ended them."


SPOIL = """
import os, pathlib
for name in ("a.txt", "b.txt"):
    path = pathlib.Path(name)
    times = path.stat()
    path.write_text("two")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
pathlib.Path("new").write_text("x")
pathlib.Path(".git/index").unlink()
"""


async def test_a_check_that_changes_what_it_checks_is_noted_and_the_next_sees_the_save_point(run):
    files = {
        "spoil.py": SPOIL,
        "a.txt": "one",
        "b.txt": "one",
        ".gitattributes": "*.crlf text\n",
        "c.crlf": b"a\r\n",
    }

    first, second = await run(files, Check("spoil", ("python3", "spoil.py")), Check("look", ("cat", "a.txt")))

    assert first.files_changed_by_run == ("a.txt", "b.txt")
    assert second.files_changed_by_run == ()
    assert second.excerpt == "one"
    assert first.passed


async def test_a_check_may_take_away_the_very_place_it_runs_in(run):
    gone, after = await run(
        {"a.txt": "1"}, Check("gone", ("rm", "-rf", "../checkout")), Check("after", ("cat", "a.txt"))
    )

    assert gone.files_changed_by_run == ("a.txt",)
    assert (after.passed, after.excerpt) == (True, "1")


async def test_a_folder_that_a_check_closed_is_taken_away_too(run, tmp_path):
    make = "import os\nos.makedirs('a/b')\nos.symlink('/', 'a/all')\nos.chmod('a/b', 0)\nos.chmod('a', 0)\n"
    await run({"a.py": make}, Check("close", ("python3", "a.py")))

    assert [path.name for path in (tmp_path / "run").iterdir()] == ["01-close.log"]


async def test_what_ends_from_outside_is_no_pass(run):
    kill = "import os\nprint('3 passed in 0.1s', flush=True)\nos.kill(os.getpid(), 9)\n"
    (result,) = await run({"a.py": kill}, Check("tests", ("python3", "a.py")))

    assert not result.passed


async def test_a_program_that_is_not_there_is_a_red_result_in_words(run):
    (result,) = await run({"a": "1"}, Check("tests", ("no-such-program", "--all")))

    assert result.sentence == "This check needs a program that is not installed here: no-such-program."


async def test_a_program_of_the_project_itself_can_be_a_check(run, app):
    save(app, {"check": "#!/bin/sh\necho '4 passed in 0.1s'\n"})
    (app / "check").chmod(0o755)
    (result,) = await run({}, Check("tests", ("./check",)))

    assert result.sentence == "All 4 tests passed."


async def test_a_project_without_checks_is_red(app, tmp_path):
    commit = save(app, {"a": "1"})

    (result,) = await checks.run(app, commit, tmp_path / "run", Declared())
    (told,) = await checks.run(app, commit, tmp_path / "run", Declared(problem="So it is."))

    assert (result.passed, result.sentence, told.sentence) == (False, NONE, "So it is.")


async def test_coverage_counts_when_this_run_wrote_it(run):
    report = '<coverage line-rate="0.9" branch-rate="0.5" branches-valid="8"/>'
    write = f"open('coverage.xml', 'w').write({report!r})"
    stale = '<coverage line-rate="1" branch-rate="1" branches-valid="8"/>'

    fresh, old = await run(
        {"w.py": write, "coverage.xml": stale}, Check("one", ("python3", "w.py")), Check("two", ("true",))
    )

    assert fresh.coverage == Coverage(0.9, 0.5)
    assert old.coverage is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{"totals": {"covered_lines": 9, "num_statements": 10, "covered_branches": 1, "num_branches": 4}}',
            Coverage(0.9, 0.25),
        ),
        ('{"totals": {"covered_lines": 9, "num_statements": 10}}', Coverage(0.9)),
        ('{"totals": {"covered_lines": 90, "num_statements": 10}}', None),
        ('{"totals": {"covered_lines": "many", "num_statements": 10}}', None),
        ('{"totals": {"covered_lines": 0, "num_statements": 0}}', None),
        ('{"totals": 3}', None),
        ("[" * 9_000, None),
        ("nonsense", None),
    ],
)
def test_a_report_of_coverage_in_json(text, expected):
    assert coverage.from_json(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<coverage line-rate="0.9" branch-rate="0" branches-valid="0"/>', Coverage(0.9)),
        ('<coverage line-rate="90"/>', None),
        ('<coverage line-rate="nan"/>', None),
        ("<coverage/>", None),
        ("<other/>", None),
        ("<", None),
    ],
)
def test_a_report_of_coverage_in_xml(text, expected):
    assert coverage.from_xml(text) == expected


def test_a_report_that_is_a_link_or_a_pipe_or_no_text_is_not_read(tmp_path):
    import os

    secret = tmp_path / "secret.json"
    secret.write_text('{"totals": {"covered_lines": 9, "num_statements": 10}}')
    (tmp_path / "a").mkdir()
    (tmp_path / "a/coverage.json").symlink_to(secret)
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b/coverage.json")
    (tmp_path / "c").mkdir()
    (tmp_path / "c/coverage.json").write_bytes(b"\xff\xfe{}")

    assert [coverage.left(tmp_path / name, {}) for name in "abcd"] == [None] * 4


async def test_a_crash_before_leaves_nothing_that_hurts(run, tmp_path):
    left = tmp_path / "run"
    (left / "checkout/tests").mkdir(parents=True)
    (left / "checkout/tests/test_old.py").write_text("import unittest\nunittest.none\n")
    (left / "compared").symlink_to("/nowhere")
    (left / "report.xml").write_text("<testsuites/>")
    (result,) = await run({"tests/test_a.py": GREEN}, UNITTEST)

    assert result.passed
    assert [path.name for path in left.iterdir()] == ["01-tests.log"]


async def test_a_stop_leaves_no_checkout_behind(app, tmp_path):
    commit = save(app, {"a.py": "import pathlib, time\npathlib.Path('began').touch()\ntime.sleep(60)\n"})
    declared = Declared((Check("tests", ("python3", "a.py")),))
    task = asyncio.create_task(checks.run(app, commit, tmp_path / "run", declared))
    async with asyncio.timeout(20):
        while not (tmp_path / "run/checkout/began").exists():
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [path.name for path in (tmp_path / "run").iterdir()] == ["01-tests.log"]


async def test_what_is_gone_is_said_in_a_sentence(app, tmp_path):
    commit = save(app, {"a": "1"})
    declared = Declared((Check("tests", ("true",)),))

    with pytest.raises(NotPossible, match="not in the project's history any more"):
        await checks.run(app, "f" * 40, tmp_path / "run", declared)
    shutil.rmtree(app / ".git/objects")
    (app / ".git/objects").mkdir()
    with pytest.raises(NotPossible, match="history"):
        await checks.run(app, commit, tmp_path / "run", declared)
    shutil.rmtree(app)
    with pytest.raises(NotPossible, match="folder is not there any more"):
        await checks.run(app, commit, tmp_path / "run", declared)


async def test_a_linked_folder_of_a_repository_is_checked_like_the_repository(app, tmp_path):
    commit = save(app, {"tests/test_a.py": GREEN})
    git(app, "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))

    (result,) = await checks.run(tmp_path / "linked", commit, tmp_path / "run", Declared((UNITTEST,)))

    assert result.passed


async def test_a_full_disk_is_said_in_a_sentence(tmp_path):
    told = repository.refused("fatal: write error: No space left on device")

    assert str(told) == "This machine has no room left on its disk, so nothing can be checked."


def result(name, counts=None, *, passed=True, sentence="It is so."):
    return CheckResult(name, (), "c", passed=passed, sentence=sentence, counts=counts)


def test_all_checks_together_are_judged():
    tests, more = (
        result("tests", Counts(3, 3, 0, 0, 0), sentence="All 3 tests passed."),
        result("more", Counts(4, 4, 0, 0, 0)),
    )
    lint, red = result("lint"), result("other", passed=False, sentence="1 of 2 tests fails.")

    assert checks.verdict([tests, lint]).sentence == "All 3 tests passed."
    assert checks.verdict([tests, more, lint]).sentence == "All 7 tests passed."
    assert checks.verdict([tests, red]).sentence == "1 of 2 tests fails."
    assert checks.verdict([red, red]).sentence == "2 checks did not pass: “other” and “other”."
    assert checks.verdict([lint]).sentence == "No test ran, and that is not a pass."
    assert checks.verdict([]).sentence == NONE
    assert [checks.verdict(some).passed for some in ([tests, lint], [tests, red], [lint], [])] == [
        True,
        False,
        False,
        False,
    ]
