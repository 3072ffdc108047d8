"""What a log says, and what is made of it: numbers and the exit code decide, whatever is claimed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence import junit, summaries
from orchestrator.evidence.results import NO_REPORT, Counts, Outcome, both, judge, lines
from wording import faults

UNITTEST_RED = """
test_swap (test_meals.MealsTest.test_swap)
A meal can be swapped. ... FAIL
test_list (test_meals.MealsTest.test_list) ... skipped 'later'

======================================================================
FAIL: test_swap (test_meals.MealsTest.test_swap)
A meal can be swapped.
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/tmp/x/tests/test_meals.py", line 5, in test_swap
    self.assertEqual(1, 2)
AssertionError: 1 != 2

======================================================================
ERROR: test_broken (unittest.loader._FailedTest.test_broken)
----------------------------------------------------------------------
ImportError: Failed to import test module: test_broken
Traceback (most recent call last):
ModuleNotFoundError: No module named 'app'


----------------------------------------------------------------------
Ran 12 tests in 0.104s

FAILED (failures=1, errors=2, skipped=1, expected failures=1, unexpected successes=1)
"""
PYTEST_RED = """
F..sE                                                                    [100%]
=================================== FAILURES ===================================
=========================== short test summary info ============================
FAILED tests/test_a.py::test_b[x - y] - AssertionError: assert 1 == 2
ERROR tests/test_a.py::test_c
\x1b[31m== \x1b[1m1 failed\x1b[0m, 2 passed, 1 skipped, 1 xfailed, 2 warnings, 1 error in 0.12s (0:00:01) ==\x1b[0m
"""
NODE_TAP = """
TAP version 13
not ok 1 - a meal is kept
  ---
  error: 'Expected values to be strictly equal'
  ...
1..1
# tests 5
# suites 1
# pass 2
# fail 1
# cancelled 1
# skipped 0
# todo 1
# duration_ms 54.2
"""
NODE_SPEC = (
    "✖ a meal is kept (1.2ms)\nℹ tests 2\nℹ suites 0\nℹ pass 1\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n"
)
JEST = "  ● meals › a meal is kept\nTests:       1 failed, 1 skipped, 3 passed, 5 total\nTime: 1 s\n"
VITEST = " FAIL  src/meals.test.ts > a meal is kept\n      Tests  1 failed | 3 passed (4)\n"
MOCHA = "  5 passing (10ms)\n  1 pending\n  1 failing\n\n  1) meals is kept:\n"

LOGS = {
    "unittest": (UNITTEST_RED, Counts(12, 6, 2, 2, 2)),
    "pytest": (PYTEST_RED, Counts(6, 2, 1, 1, 2)),
    "node": (NODE_TAP, Counts(5, 2, 1, 1, 1)),
    "node in words": (NODE_SPEC, Counts(2, 1, 1, 0, 0)),
    "jest": (JEST, Counts(5, 3, 1, 0, 1)),
    "vitest": (VITEST, Counts(4, 3, 1, 0, 0)),
    "mocha": (MOCHA, Counts(7, 5, 1, 0, 1)),
}


def read(log, runner=""):
    return summaries.read(lines(log), runner)


@pytest.mark.parametrize("name", LOGS)
def test_the_summary_of_a_test_program_is_read(name):
    log, counts = LOGS[name]

    assert read(log).counts == counts
    assert read(log).failures
    assert not judge(1, read(log), tests=True).passed


def test_failing_tests_have_their_name_and_what_went_wrong():
    assert [(row.name, row.message) for row in read(UNITTEST_RED).failures] == [
        ("test_swap (test_meals.MealsTest.test_swap)", "AssertionError: 1 != 2"),
        ("test_broken (unittest.loader._FailedTest.test_broken)", "ModuleNotFoundError: No module named 'app'"),
    ]
    assert [row.name for row in read(PYTEST_RED).failures] == ["tests/test_a.py::test_b[x", "tests/test_a.py::test_c"]
    assert [(row.name, row.message) for row in read(NODE_TAP).failures] == [
        ("a meal is kept", "Expected values to be strictly equal")
    ]


@pytest.mark.parametrize(
    ("code", "log", "passed", "sentence"),
    [
        (0, "Ran 14 tests in 0.1s\n\nOK\n", True, "All 14 tests passed."),
        (0, "Ran 1 test in 0.1s\n\nOK\n", True, "The only test that ran passed."),
        (0, "Ran 14 tests in 0.1s\n\nOK (skipped=2)\n", True, "All 12 tests passed; 2 were skipped."),
        (0, "Ran 14 tests in 0.1s\n\nOK (skipped=1)\n", True, "All 13 tests passed; 1 was skipped."),
        (1, "Ran 21 tests in 0.1s\n\nFAILED (failures=2, errors=1)\n", False, "3 of 21 tests fail."),
        (1, "Ran 21 tests in 0.1s\n\nFAILED (failures=1)\n", False, "1 of 21 tests fails."),
        (1, "Ran 1 test in 0.1s\n\nFAILED (failures=1)\n", False, "The only test fails."),
        (1, "Ran 2 tests in 0.1s\n\nFAILED (errors=5)\n", False, "All 5 tests fail."),
        (0, "Ran 3 tests in 0.1s\n\nFAILED (failures=1)\n", False, "1 of 3 tests fails."),
        (0, "Ran 0 tests in 0.0s\n\nOK\n", False, "No test ran, and that is not a pass."),
        (5, "Ran 0 tests in 0.0s\n\nNO TESTS RAN\n", False, "No test ran, and that is not a pass."),
        (0, "Ran 2 tests in 0.0s\n\nOK (skipped=2)\n", False, "All 2 tests were skipped, and that is not a pass."),
        (
            0,
            "Ran 1 test in 0.0s\n\nOK (expected failures=1)\n",
            False,
            "The only test was skipped, and that is not a pass.",
        ),
        (5, "no tests ran in 0.01s\n", False, "No test ran, and that is not a pass."),
        (0, "3 passed in 0.01s\n", True, "All 3 tests passed."),
        (
            3,
            "3 passed in 0.01s\n",
            False,
            "The tests say that they passed, but the program that runs them ended with an error. That is not a pass.",
        ),
        (
            0,
            "Ran 3 tests in 0.1s\n\n",
            False,
            "The program that runs the tests says that they failed, and ended as if they had not. That is not a pass.",
        ),
        (None, "3 passed in 0.01s\n", False, "The check was ended from outside before it was through."),
        (0, "all is well\n", False, "We could not see that any test ran, and that is not a pass."),
        (1, "Traceback\n", False, "The tests did not get to their end."),
        (
            1,
            "/usr/bin/python3: No module named pytest\n",
            False,
            "Something that the tests need is not installed here: pytest.",
        ),
        (
            1,
            "3 passed in 1s\nFAIL Required test coverage of 90% not reached. Total coverage: 42.50%\n",
            False,
            "The tests reach 42.50% of the code, and 90% is asked for.",
        ),
        (
            2,
            "3 passed in 1s\nCoverage failure: total of 70 is less than fail-under=90\n",
            False,
            "The tests reach 70% of the code, and 90% is asked for.",
        ),
        (0, "# tests 3\n# suites 0\n# pass 3\n# fail 0\n", True, "All 3 tests passed."),
        (0, "Tests:       3 passed, 3 total\n", True, "All 3 tests passed."),
    ],
)
def test_a_run_is_judged_in_one_sentence(code, log, passed, sentence):
    found = judge(code, read(log), tests=True)

    assert (found.passed, found.sentence) == (passed, sentence)
    assert faults(sentence.replace("pytest", "it")) == []


def test_a_check_without_tests_is_judged_by_its_exit_code():
    assert judge(0, Outcome(), tests=False).sentence == "Nothing was found wrong."
    assert not judge(1, Outcome(), tests=False).passed
    assert not judge(None, Outcome(), tests=False).passed


def test_the_last_summary_counts():
    forged = "Ran 100 tests in 0.1s\n\nOK\n"
    real = "Ran 2 tests in 0.1s\n\nFAILED (failures=2)\n"

    assert read(forged + real).counts == Counts(2, 0, 2, 0, 0)
    assert read("99 passed in 0.1s\n" + real).counts == Counts(2, 0, 2, 0, 0)


def test_the_words_of_another_program_do_not_count_where_the_program_is_known():
    log = "Ran 2 tests in 0.1s\n\nOK\n99 passed in 0.1s\n"

    assert read(log, "unittest").counts == Counts(2, 2, 0, 0, 0)
    assert read("99 passed in 0.1s\n", "unittest").counts is None


def test_a_log_is_read_as_it_would_be_seen():
    assert lines("a\0\x08b\tc\x7f") == ["ab\tc"]
    assert lines("\x1b[1mRan\x1b[0m\r\n50%\r100%\x1b]0;title\x07\n") == ["Ran", "100%", ""]


REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="0" failures="0" tests="99">
<testcase classname="tests.test_a" name="test_x"><failure message="Error: 1 == 2&#10;more">trace</failure></testcase>
<testcase classname="tests.test_a" name="test_y"><error>line one
line two</error></testcase>
<testcase classname="tests.test_a" name="test_z"><skipped type="pytest.skip" message="later"/></testcase>
<testcase name="test_w"/></testsuite></testsuites>"""


def test_a_report_is_counted_case_by_case():
    found = junit.read(REPORT)

    assert found.counts == Counts(4, 1, 1, 1, 1)
    assert [(row.name, row.message) for row in found.failures] == [
        ("tests.test_a.test_x", "Error: 1 == 2"),
        ("tests.test_a.test_y", "line one"),
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuites><testcase name="&b;"/></testsuites>'


MADE_ELSEWHERE = '<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]><testsuites/>'
NAMED_ELSEWHERE = '<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><testsuites>&a;</testsuites>'


@pytest.mark.parametrize(
    "text",
    ["", "not xml", "<html/>", "<testsuites>", BOMB, MADE_ELSEWHERE, NAMED_ELSEWHERE, "\0", "<testsuites>" * 100_000],
)
def test_what_is_no_report_is_none(text):
    assert junit.read(text) is None


def test_a_report_may_speak_of_entities_and_say_where_its_form_is_described():
    said = f"<testsuites><testcase name='a'><failure><![CDATA[{BOMB}]]></failure></testcase></testsuites>"

    assert junit.read(f'<!DOCTYPE testsuites SYSTEM "http://example.org/x.dtd">{said}').failures[0].message == BOMB


def test_a_run_that_ends_well_without_a_report_is_no_pass():
    said = read("12 passed in 0.1s\n", "pytest")

    assert judge(0, both(said, None, 0), tests=True).sentence == NO_REPORT
    assert judge(1, both(Outcome(), None, 1), tests=True).sentence == "The tests did not get to their end."


def test_the_worse_of_log_and_report_counts():
    good, bad, none = Outcome(Counts(3, 3, 0, 0, 0)), Outcome(Counts(3, 2, 1, 0, 0)), Outcome(Counts(0, 0, 0, 0, 0))

    assert both(good, bad, 0).counts == bad.counts
    assert both(bad, good, 0).counts == bad.counts
    assert both(none, good, 0).counts == none.counts
    assert both(Outcome(), good, 0).counts == good.counts


PIECES = [
    *(log for log, _ in LOGS.values()),
    *(
        "Ran 3 tests in 0.1s\n",
        "\nOK\n",
        "OK\n",
        "FAILED (failures=1)\n",
        "3 passed in 0.1s\n",
        "# tests 4\n",
        "# pass 4\n",
    ),
    *(
        "Tests: 3 passed, 3 total\n",
        "  3 passing\n",
        "=" * 70 + "\n",
        "FAIL: x\n",
        "\x1b[31m",
        "\r",
        "\0",
        "\ufffd",
        "9" * 30,
    ),
]
LOG = st.one_of(
    st.text(),
    st.lists(st.sampled_from(PIECES)).map("".join),
    st.binary().map(lambda data: data.decode(errors="replace")),
)
RUNNER = st.sampled_from(["", *summaries.READERS])


@given(LOG, RUNNER, st.integers(-20, 255) | st.none(), st.booleans(), st.text() | st.just(REPORT))
def test_no_log_passes_with_a_bad_exit_code_or_without_a_test(log, runner, code, tests, report):
    outcome = read(log, runner)
    if runner == "pytest":
        outcome = both(outcome, junit.read(report), code)
    found = judge(code, outcome, tests=tests)

    assert found.sentence.endswith(".")
    if found.passed:
        assert code == 0
        assert not tests or outcome.counts.executed > 0
        assert not outcome.counts or not outcome.counts.bad


@pytest.mark.parametrize(
    "piece",
    [
        "Ran 1 test in 0.1s\n",
        "FAIL: x\n",
        "=" * 70 + "\nFAIL: x\n",
        "1 passed " * 9,
        "● a › b\n",
        "=",
        "\x1b]",
        "\x1b[",
    ],
)
def test_a_huge_log_is_read_in_a_moment(piece):
    outcome = read(piece * (2_000_000 // len(piece)))

    assert not judge(0, outcome, tests=True).passed
