"""The shape of a plan: a whole one passes, and whatever is left out is named."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain import plan

WHOLE = """\
# Plan for phase 2: swap a meal

## User story

Nadia swaps a meal because plans change.

## Outcome

A button next to each dinner.

## Acceptance criteria

- **P2.1** A meal can be swapped
- **P2.10** A swap can be taken back

## Tests

- `tests/test_swap.py`
  - `test_a_meal_can_be_swapped` for P2.1
  - `test_a_swap_can_be_taken_back` for P2.10

## Files

- `app.py`

## Risks

None that we know of.

## Readiness

Errors are told in words.
"""
IDS = ("P2.1", "P2.10")


def without(heading: str) -> str:
    return re.sub(rf"## {heading}\n\n.*?(?=\n## |\Z)", "", WHOLE, flags=re.DOTALL)


def test_a_whole_plan_leaves_nothing_open():
    assert plan.missing(WHOLE, IDS) == ()


@pytest.mark.parametrize(
    ("heading", "what"),
    [
        ("User story", "who can then do what, and why (User story)"),
        ("Outcome", "what a person can try when it is done (Outcome)"),
        ("Files", "the files (Files)"),
        ("Risks", "the risks (Risks)"),
        ("Readiness", "what it does for security, errors and documentation (Readiness)"),
    ],
)
def test_a_part_that_is_not_there_is_named(heading, what):
    assert plan.missing(without(heading), IDS) == (f"The plan does not say {what}.",)


@pytest.mark.parametrize("heading", ["User story", "Tests", "Risks"])
def test_a_heading_with_nothing_below_it_is_not_there(heading):
    emptied = re.sub(rf"(## {heading}\n\n).*?(?=\n## |\Z)", r"\1", WHOLE, flags=re.DOTALL)

    assert any(f"({heading})" in sentence for sentence in plan.missing(emptied, IDS))


def test_every_criterion_must_be_repeated_and_have_a_test():
    untested = WHOLE.replace("  - `test_a_swap_can_be_taken_back` for P2.10\n", "")
    unsaid = WHOLE.replace("- **P2.10** A swap can be taken back\n", "")

    assert plan.missing(untested, IDS) == ("The plan names no test for P2.10.",)
    assert plan.missing(unsaid, IDS) == ("The plan does not repeat the acceptance criterion P2.10.",)
    assert plan.missing(WHOLE, (*IDS, "P2.2")) == ("The plan does not repeat the acceptance criterion P2.2.",)


def test_an_id_is_not_found_in_a_longer_one():
    assert plan.missing(WHOLE.replace("P2.1\n", "P2.11\n"), ("P2.1",)) != ()
    assert plan.missing(WHOLE.replace("**P2.1**", "**P2.1.1**").replace("P2.1\n", "P2.10\n"), ("P2.1",)) != ()


def test_a_test_may_be_named_where_the_criterion_stands():
    told = WHOLE.replace("  - `test_a_meal_can_be_swapped` for P2.1\n", "").replace(
        "A meal can be swapped\n", "A meal can be swapped\\\n  Shown by `Swapping.test_swap`\n"
    )

    assert plan.missing(told, IDS) == ()


def test_tests_without_a_file_are_not_enough():
    vague = WHOLE.replace("- `tests/test_swap.py`\n", "- we will try it\n")

    assert plan.missing(vague, IDS) == ("The plan names no test file.",)


@pytest.mark.parametrize("file", ["src/swap.test.ts", "swap_test.go", "spec/swap_spec.rb", "tests/swap.py"])
def test_test_files_of_other_languages_are_known(file):
    assert plan.missing(WHOLE.replace("tests/test_swap.py", file), IDS) == ()


@pytest.mark.parametrize("form", ["### {}", "**{}**", "1. **{}**", "## 3. {}", "## {}:", "## {} and more"])
def test_headings_may_be_written_in_many_ways(form):
    written = re.sub(r"## (User story|Tests|Risks|Readiness)", lambda found: form.format(found[1]), WHOLE)

    assert plan.missing(written, IDS) == ()


def test_headings_in_code_are_none():
    hidden = WHOLE.replace("## Risks\n\nNone that we know of.\n", "```\n## Risks\n\nNone\n```\n")

    assert plan.missing(hidden, IDS) == ("The plan does not say the risks (Risks).",)


def test_nothing_at_all_leaves_all_open():
    assert len(plan.missing("", IDS)) == len(plan.SECTIONS) + len(IDS)


@given(st.text(alphabet=st.sampled_from('#*- `|\n.P21tesTRiskFils:“”"/'), max_size=400), st.lists(st.text(max_size=6)))
def test_whatever_is_written_is_looked_at(text, ids):
    assert all(sentence.endswith(".") for sentence in plan.missing(text, ids))
