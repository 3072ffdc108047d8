"""Whether tests came first is read from the save points."""

import pytest
from evidence_repo import git, save

from orchestrator.evidence import history

TEST = "def test_a():\n    assert go()\ndef test_b():\n    assert go()\n"
CODE = "def go():\n    return 1\n"
PLAN = {".agents/plans/phase-1.md": "# Plan"}


@pytest.mark.parametrize(
    ("steps", "first", "sentence"),
    [
        ([PLAN, {"tests/test_a.py": TEST}, {"app.py": CODE}], True, "Tests were written first: 2 of them."),
        (
            [{"tests/test_a.py": TEST}, {"web/a.test.js": "test('c', () => expect(c()).toBe(1))"}, {"app.py": CODE}],
            True,
            "Tests were written first: 3 of them.",
        ),
        ([{"tests/test_a.py": TEST}], True, "Tests were written first: 2 of them."),
        ([{"tests/test_a.py": TEST}, {"pages/list.json": "{}"}], True, "Tests were written first: 2 of them."),
        ([{"pages/list.json": "{}"}, {"tests/test_a.py": TEST}], False, "The code was written before its tests."),
        ([{"app.py": CODE}, {"tests/test_a.py": TEST}], False, "The code was written before its tests."),
        (
            [{"app.py": CODE, "tests/test_a.py": TEST}],
            False,
            "Tests and code came together, so we cannot see that the tests were written first.",
        ),
        ([{"app.py": CODE}], False, "No tests were written or changed."),
        ([PLAN], False, "No tests were written or changed."),
        ([], False, "No tests were written or changed."),
        (
            [{"tests/test_a.py": "# soon\n"}, {"app.py": CODE}],
            False,
            "Files of tests came before the code, but there was no new test in them.",
        ),
        (
            [{"tests/test_old.py": "def test_old():\n    assert go() == 3\n"}, {"app.py": CODE}],
            False,
            "Files of tests came before the code, but there was no new test in them.",
        ),
    ],
)
async def test_the_order_of_save_points_is_said(tmp_path, steps, first, sentence):
    base = head = save(tmp_path, {"tests/test_old.py": "def test_old():\n    assert go()\n", "old.py": CODE})
    for files in steps:
        head = save(tmp_path, files)

    found = await history.tests_first(tmp_path, base, head)

    assert (found.first, found.sentence) == (first, sentence)


async def test_the_save_point_at_which_the_tests_must_have_failed_is_named(tmp_path):
    base = save(tmp_path, {"README.md": "x"})
    save(tmp_path, {"tests/test_a.py": TEST, f"tests/{'f' * 40}": "named like a save point"})
    tests = save(tmp_path, {})
    head = save(tmp_path, {"pages/list.json": CODE})

    found = await history.tests_first(tmp_path, base, head)

    assert found.commit == tests
    assert found.tests == 2


async def test_the_first_save_points_of_all_and_joined_histories_are_read(tmp_path):
    base = save(tmp_path, {"README.md": "x"})
    git(tmp_path, "checkout", "-q", "--orphan", "other")
    git(tmp_path, "rm", "-rfq", ".")
    save(tmp_path, {"tests/test_a.py": TEST})
    git(tmp_path, "merge", "-q", "--allow-unrelated-histories", "-m", "joined", base)

    found = await history.tests_first(tmp_path, base, save(tmp_path, {"app.py": CODE}))

    assert found.first
