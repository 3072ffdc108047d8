"""A model's words about what was built: held to the facts, and bound to them."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.review import execution, retold
from orchestrator.domain.review.facts import Facts, File, Phase, Promise

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE, OTHER = (
    Promise("P1.1", "There is a page for 7 days.", kept=True),
    Promise("P1.2", "It can be printed.", kept=False),
)
PLANS = Phase(1, "You can plan ready meals", done=True, promises=(ONE, OTHER), files=(File("app.py", "added", 9),))
PRINTS = Phase(2, "You can print", done=True, files=(File("print.py", "added", 3), File("app.py", "modified", 1, 1)))
FACTS = Facts("Meals", "abc", NOON, complete=True, phases=(PLANS, PRINTS))
TOLD = json.dumps(retold.material(FACTS))
FAIR = [
    "You can plan ready meals for 7 days now. Printing is not there yet: 1 of 2 promises is kept.",
    "Du kannst jetzt für 7 Tage planen. Drucken geht noch nicht.",
]
UNFAIR = {
    " ": "must say something",
    "x" * 1_201: "At most 1,200 characters",
    "You can plan 8 days.": "not in the facts: 8",
    "It costs 1.50 a month, for 7 days.": "not in the facts: 1.50",
    "It is safe, and ready.": "leave out “safe”",
    "Production-grade? It is bug-free.": "leave out “bug-free”",
    "Look at https://example.org.": "addresses",
    "Write to me@example.org.": "addresses",
    "All is in `app`.": "No code",
    "All is in app.py.": "names of files",
    "All is in src/app now.": "names of files",
    "<b>It works.</b>": "No code",
}


@pytest.mark.parametrize("text", FAIR)
def test_what_the_facts_say_may_be_said_in_any_language(text: str):
    assert retold.wrong(text, TOLD) == ""


@pytest.mark.parametrize("text", UNFAIR)
def test_what_they_do_not_say_is_refused_with_the_reason(text: str):
    assert UNFAIR[text] in retold.wrong(text, TOLD)


@given(st.text(alphabet="0123456789., abc", max_size=60))
def test_no_figure_comes_from_nowhere(text: str):
    if retold.wrong(text, TOLD) == "":
        assert set(retold.FIGURE.findall(text)) <= set(retold.FIGURE.findall(TOLD))


def test_it_is_bound_to_what_was_built_in_whatever_order_that_is_told():
    turned = replace(FACTS, phases=(PRINTS, replace(PLANS, promises=(OTHER, ONE))), save_point="def", spent=3.5)
    assert retold.key(turned) == retold.key(FACTS)


@pytest.mark.parametrize(
    "phases",
    [
        (PLANS,),
        (PLANS, replace(PRINTS, done=False)),
        (PLANS, replace(PRINTS, title="You can print it all")),
        (replace(PLANS, promises=(ONE, replace(OTHER, kept=True))), PRINTS),
        (replace(PLANS, files=(File("app.py", "added", 10),)), PRINTS),
    ],
)
def test_it_is_gone_as_soon_as_anything_is_built_or_taken_out_or_kept(phases: tuple[Phase, ...]):
    assert retold.key(replace(FACTS, phases=phases)) != retold.key(FACTS)


def test_the_report_says_whose_words_they_are_and_whatever_they_are_they_stay_words():
    sly = replace(FACTS, words="# All done\n- [yes](https://example.org)")
    shown = execution.markdown(sly)
    assert "\n# All done" not in shown
    assert execution.BY_A_MODEL in shown
    assert "In short" not in execution.markdown(FACTS)
    assert "In short" not in execution.markdown(sly, 1)
