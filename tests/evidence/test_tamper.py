"""Each way to make tests prove less is noticed, and honest work is not accused."""

import pytest
from evidence_cheats import ALARMS
from evidence_honest import HONEST, NOTES
from evidence_project import BEFORE, MEALS_AT, after
from evidence_repo import git, save
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import NotPossible
from orchestrator.evidence import repository, tamper
from orchestrator.evidence.finding import Kind, Severity
from wording import faults


def named(rows):
    return [pytest.param(*rest, id=name) for name, *rest in rows]


@pytest.mark.parametrize(("changes", "kind"), named(ALARMS))
def test_a_way_to_cheat_is_an_alarm(changes, kind):
    found = tamper.findings(BEFORE, after(*changes))

    assert kind in {one.kind for one in found if one.severity is Severity.ALARM}, found


@pytest.mark.parametrize(("changes", "kind"), named(NOTES))
def test_something_worth_knowing_is_noted_and_no_alarm(changes, kind):
    found = tamper.findings(BEFORE, after(*changes))

    assert {one.severity for one in found} == {Severity.NOTE}, found
    assert kind in {one.kind for one in found}


@pytest.mark.parametrize("changes", named(HONEST))
def test_honest_work_is_not_accused(changes):
    found = tamper.findings(BEFORE, after(*changes))

    assert [one for one in found if one.severity is Severity.ALARM] == []


@pytest.mark.parametrize(("changes", "kind"), named(ALARMS + NOTES))
def test_what_is_found_is_said_in_sentences_without_paths(changes, kind):
    for one in tamper.findings(BEFORE, after(*changes)):
        assert one.sentence[0].isupper() or one.sentence[0].isdigit()
        assert one.sentence.endswith(".")
        assert "/" not in one.sentence.split(":")[0]
        assert "\n" not in one.sentence
        assert faults(one.sentence) == []


def test_the_tests_that_are_gone_are_named():
    (found,) = tamper.findings(BEFORE, after(MEALS_AT))

    assert found.path == MEALS_AT
    assert found.sentence == (
        "A file with 3 tests that existed before is gone: “MealsTest.test_a_meal_is_kept”, "
        "“MealsTest.test_an_empty_name_is_refused” and “MealsTest.test_meals_can_be_swapped”."
    )


def test_alarms_come_before_notes():
    found = tamper.findings(BEFORE, after((MEALS_AT, "count(), 1)", "count(), 2)"), ".github/workflows/ci.yml"))

    assert [one.severity for one in found] == [Severity.ALARM, Severity.NOTE]


async def test_two_save_points_of_a_real_repository_are_compared(tmp_path):
    base = save(tmp_path / "app", BEFORE)
    head = save(tmp_path / "app", {MEALS_AT: None, "data.bin": b"\0\xff" * 10, "tests/naïve file.txt": "é"})

    found = await tamper.compare(tmp_path / "app", base, head)

    assert [(one.kind, one.path) for one in found] == [(Kind.FILE_GONE, MEALS_AT)]
    assert await tamper.compare(tmp_path / "app", base, base) == ()
    assert await tamper.compare(tmp_path / "app", head, base) == ()


async def test_nothing_in_the_repository_can_make_the_comparison_run_a_program(tmp_path):
    app, mark = tmp_path / "app", tmp_path / "mark"
    base = save(
        app, {"tests/test_a.py": "def test_a():\n    assert go()\n", ".gitattributes": "*.py diff=own filter=own\n"}
    )
    head = save(app, {"tests/test_a.py": "def test_a():\n    assert True\n"})
    for key in ("diff.own.textconv", "diff.own.command", "filter.own.smudge", "core.fsmonitor", "diff.external"):
        git(app, "config", key, f"touch {mark}")

    found = await tamper.compare(app, base, head)
    await repository.checkout(app, head, tmp_path / "copy")

    assert Kind.HOLLOW in {one.kind for one in found}
    assert (tmp_path / "copy/tests/test_a.py").exists()
    assert not mark.exists()


async def test_a_save_point_that_is_not_there_is_said_in_a_sentence(tmp_path):
    head = save(tmp_path / "app", {"a": "1"})

    with pytest.raises(NotPossible, match="not in the project's history any more"):
        await tamper.compare(tmp_path / "app", "0" * 40, head)
    with pytest.raises(NotPossible, match="has no name"):
        await tamper.compare(tmp_path / "app", "--all", head)
    with pytest.raises(NotPossible, match="folder is not there"):
        await tamper.compare(tmp_path / "gone", head, head)
    (tmp_path / "app/inner").mkdir()
    with pytest.raises(NotPossible):
        await tamper.compare(tmp_path / "app/inner", head, head)


PIECES = ["test(", "it.each(", "describe(", "=>", "expect(a)", "def test_a", "function b", "\0", "é"]


@given(st.text(), st.text())
def test_what_is_found_can_be_shown_and_stored(path, line):
    wild = f"tests/{path}/test_a.py"
    before = {wild: "def test_a():\n    assert x\n"}

    found = tamper.findings(before, {".github/workflows/a.yml": f"pytest || true {line}\n"})

    assert [one.kind for one in found] == [Kind.FORGIVEN, Kind.FILE_GONE]
    assert all(part.isprintable() for one in found for part in (one.path, one.sentence, *one.details))


async def test_without_git_there_is_a_sentence(tmp_path, monkeypatch):
    base = save(tmp_path, {"a": "1"})
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(NotPossible, match="Git is not installed"):
        await tamper.compare(tmp_path, base, base)


async def test_a_repository_that_lost_a_file_is_compared_as_far_as_it_goes(tmp_path):
    base = save(
        tmp_path, {"tests/test_a.py": "def test_a():\n    assert x\n", "tests/test_b.py": "def test_b(): ...\n"}
    )
    lost = git(tmp_path, "rev-parse", "HEAD:tests/test_b.py")
    (tmp_path / ".git/objects" / lost[:2] / lost[2:]).unlink()
    (tmp_path / "tests/test_b.py").unlink()
    head = save(tmp_path, {"tests/test_a.py": None})

    assert [one.path for one in await tamper.compare(tmp_path, base, head)] == ["tests/test_a.py"]


TEXT = st.lists(st.sampled_from([*"(){}[]'\"`/*=:;,\n \\", *PIECES])).map("".join)


@given(TEXT, TEXT)
def test_no_text_breaks_the_comparison(one, other):
    names = (
        "tests/test_a.py",
        "a.test.ts",
        "pyproject.toml",
        "setup.cfg",
        "package.json",
        ".orchestrator.toml",
        ".nycrc",
    )

    found = tamper.findings(dict.fromkeys(names, one), dict.fromkeys(names, other))

    assert all(finding.sentence.endswith(".") for finding in found)


CALLS = "\n".join(f"function h{n}() {{ h{n + 1}(); h{n + 1}() }}" for n in range(3_000))


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "-" * 100_000 + "1",
        "x=a" + "[0]" * 50_000,
        "\n".join(f"def h{n}():\n    h{n + 1}()" for n in range(3_000)) + "\ndef test_a():\n    h0()",
        "test(" * 50_000,
        "function" + " " * 200_000 + "catch((" + " " * 200_000,
        "'\\" * 100_000,
        "/*" * 100_000,
        "=/[" * 60_000,
        CALLS + "test('a', () => { h0() })",
    ],
)
def test_a_hostile_text_takes_no_time_and_does_no_harm(text):
    names = ("tests/test_a.py", "a.test.js")

    assert isinstance(tamper.findings(dict.fromkeys(names, ""), dict.fromkeys(names, text)), tuple)


async def test_a_repository_cannot_show_us_other_files_than_its_save_points_hold(tmp_path):
    base = save(tmp_path, {"tests/test_a.py": "def test_a():\n    assert x == 1\n"})
    head = save(tmp_path, {"tests/test_a.py": "def test_a():\n    assert True\n"})
    git(tmp_path, "replace", f"{head}:tests/test_a.py", f"{base}:tests/test_a.py")

    found = await tamper.compare(tmp_path, base, head)
    await repository.checkout(tmp_path, head, tmp_path / "copy")

    assert Kind.HOLLOW in {one.kind for one in found}
    assert "True" in (tmp_path / "copy/tests/test_a.py").read_text()
