from orchestrator.evidence.promises import tried

LOG = """
test_p1_1_the_page_is_there (test_phase_1.T.test_p1_1_the_page_is_there)
P1.1, as far as a prototype shows it: There is a page. ... ok
test_p1_10_the_promise_is_on_its_page (test_phase_1.T.test_p1_10)
P1.10, written down and not tried: It is fast. ... ok
tests/test_shop.py::test_p2_3_prices_add_up PASSED
"""


def test_a_promise_counts_when_a_test_describes_it():
    assert tried(LOG, ["P1.1"]) == ("P1.1",)


def test_a_promise_that_is_only_written_down_does_not_count():
    assert tried(LOG, ["P1.10"]) == ()


def test_a_promise_counts_when_a_test_bears_its_id_in_its_name():
    assert tried(LOG, ["P2.3", "P2.30", "P2"]) == ("P2.3",)


def test_one_id_is_not_taken_for_another_that_begins_alike():
    assert tried("P1.10 works ... ok", ["P1.1"]) == ()
    assert tried("test_p1_10_works ... ok", ["P1.1"]) == ()
