"""A test speaks of the promises that its description names, or else its name; one that only writes it down of none."""

import pytest

from orchestrator.evidence import promises

LOG = """test_p1_1_week (tests.test_phase_1.Week.test_p1_1_week)
P1.1, as far as a prototype shows it: You see the week. ... ok
test_p1_2_swap (tests.test_phase_1.Week.test_p1_2_swap)
P1.2, written down and not tried: You swap a meal. ... ok
test_p1_10_more (tests.test_phase_1.Week.test_p1_10_more) ... ok
"""


@pytest.mark.parametrize(
    ("name", "description", "ids"),
    [
        ("test_p1_3_swaps_a_meal", "", {"P1.3"}),
        ("test_p1_30", "", {"P1.30"}),
        ("test_j2_she_shops", "", {"J2"}),
        ("test_swaps", "P2.1 and P2.2: you can swap a meal.", {"P2.1", "P2.2"}),
        ("test_p1_3_swaps", "P1.4: another one.", {"P1.4"}),
        ("test_p1_3_swaps", "P1.3, written down and not tried: a meal.", set()),
        ("J1: opens the week", "J1: opens the week", {"J1"}),
        ("test_jp1_3_or_help1_2", "XP1.3", set()),
        ("test_of_j2ee", "About J2EE and P1.", set()),
    ],
)
def test_the_ids_that_a_test_names(name, description, ids):
    assert promises.named(name, description) == ids


def test_the_tests_of_each_promise_are_found_in_a_log():
    found = promises.tests(LOG, ["P1.1", "P1.2", "P1.10", "P2.1"])
    assert set(found) == {"P1.1", "P1.10"}
    assert found["P1.1"] == ["test_p1_1_week (tests.test_phase_1.Week.test_p1_1_week)"]
