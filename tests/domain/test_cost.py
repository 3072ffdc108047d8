"""What a project may cost, and how money is said and read."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.domain import cost
from orchestrator.domain.amount import amount
from orchestrator.domain.cost import MICROS, Currency

EURO = Currency("EUR", 0.9)
DOLLAR = Currency()


@pytest.mark.parametrize(
    ("currency", "micros", "words"),
    [
        (DOLLAR, 400_000, "$0.40"),
        (DOLLAR, 0, "$0.00"),
        (DOLLAR, 4_999, "less than $0.01"),
        (DOLLAR, 5_100, "$0.01"),
        (DOLLAR, 1_234_500_000, "$1,234.50"),
        (EURO, 1_000_000, "€0.90"),
        (Currency("GBP", 0.75), 1_000_000, "£0.75"),
        (Currency("CHF", 0.8), 1_500_000, "CHF 1.20"),
        (Currency("PLN", 4), 1_000_000, "PLN 4.00"),
        (Currency("JPY", 150), 1_000_000, "¥150"),
        (Currency("JPY", 150), 1_000, "less than ¥1"),
    ],
)
def test_money_is_said_as_people_write_it(currency: Currency, micros: int, words: str):
    assert currency.words(micros) == words


def test_a_round_limit_has_no_zeros_behind_it():
    assert [DOLLAR.sum(micros * MICROS // 10) for micros in (100, 125, 10_000)] == ["$10", "$12.50", "$1,000"]


@pytest.mark.parametrize(
    ("spent", "budget", "is_reached", "is_mostly_used"),
    [
        (0, 0, False, False),
        (99, 0, False, False),
        (79, 100, False, False),
        (80, 100, False, True),
        (100, 100, True, True),
    ],
)
def test_a_limit_is_reached_when_all_of_it_is_used_and_no_limit_never(
    spent: int, budget: int, is_reached: bool, is_mostly_used: bool
):
    assert (cost.reached(spent, budget), cost.mostly_used(spent, budget)) == (is_reached, is_mostly_used)


@pytest.mark.parametrize(
    ("currency", "spent", "budget", "then"),
    [
        (DOLLAR, 10.0, 10.0, 14.0),
        (DOLLAR, 10.02, 10.0, 14.0),
        (DOLLAR, 14.1, 14.0, 20.0),
        (DOLLAR, 20.0, 20.0, 28.0),
        (DOLLAR, 30.0, 10.0, 32.0),
        (DOLLAR, 40.0, 40.0, 60.0),
        (DOLLAR, 0.01, 0.01, 0.02),
        (EURO, 10.0, 10.0, 14.0),
        (Currency("JPY", 150), 1500, 1500, 2200),
    ],
)
def test_the_next_limit_is_round_and_about_half_as_much_again(
    currency: Currency, spent: float, budget: float, then: float
):
    proposed = cost.next_limit(currency.micros(spent), currency.micros(budget), currency)
    assert currency.rounded(proposed) == then


@example(1, 499_999_999_999, DOLLAR)
@given(st.integers(1, 10**12), st.integers(0, 10**12), st.sampled_from([DOLLAR, EURO, Currency("JPY", 150)]))
def test_the_next_limit_is_always_more_than_what_is_spent_and_what_was_allowed(
    budget: int, over: int, currency: Currency
):
    spent = budget + over
    proposed = cost.next_limit(spent, budget, currency)
    assert proposed > spent
    assert not cost.reached(spent, proposed)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("15", 15),
        ("€15", 15),
        ("15 €", 15),
        ("15 EUR", 15),
        ("Up to 12.50, please!", 12.5),
        ("make it 12,50 euros", 12.5),
        ("at most €1,500.", 1500),
        ("1,234.5", 1234.5),
        ("0", 0),
    ],
)
def test_one_sum_is_understood_however_it_is_written(text: str, said: float):
    assert amount(text, EURO) == said


@pytest.mark.parametrize(
    "text",
    ["", "more", "10 to 15", "-5", "− 5 or so", "$15", "15 dollars", "20 %", "only after phase 2", "1.500", "15 a week",
     "15.000,00", "1e9", "inf", "nan", "15 cents", "1,23,4", "no more than before", "15" * 200],
)  # fmt: skip
def test_what_could_mean_something_else_is_no_sum(text: str):
    assert amount(text, EURO) is None


@given(st.text(max_size=150))
def test_nothing_that_is_typed_as_a_sum_breaks(text: str):
    found = amount(text, EURO)
    assert found is None or found >= 0
