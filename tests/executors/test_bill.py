"""What a builder's work cost, from what it tells: money, or tokens of a model, or nothing."""

from types import SimpleNamespace
from typing import Any

import pytest

from orchestrator.delivery.pricing import priced
from orchestrator.domain import cost
from orchestrator.domain.cost import Currency, Usage
from orchestrator.domain.run import Report
from orchestrator.executors.bill import bill, model_of

TOKENS = {"input_tokens": 2000, "output_tokens": 130, "cached_read_tokens": 1200, "cached_write_tokens": 100}
DOLLARS = Currency()


def test_what_was_read_includes_what_the_provider_knew_already():
    whole = bill({"used": 5, "size": 9}, TOKENS, "gpt-5")
    assert whole == {"used": 5, "size": 9, "read": 3300, "written": 130, "cached": 1200, "model": "gpt-5"}


@pytest.mark.parametrize(("told", "usage"), [({}, {}), ({}, {"input_tokens": 0, "output_tokens": None})])
def test_nothing_told_is_nothing(told: dict[str, Any], usage: dict[str, Any]):
    assert bill(told, usage, "gpt-5") == {}


@pytest.mark.parametrize(
    ("options", "model"),
    [
        (
            [SimpleNamespace(category="mode", current_value="x"), SimpleNamespace(category="model", current_value="m")],
            "m",
        ),
        ([SimpleNamespace(category="model", current_value=True)], ""),
        ([], ""),
        (None, ""),
    ],
)
def test_the_model_is_named_when_a_conversation_is_opened(options: Any, model: str):
    assert model_of(SimpleNamespace(config_options=options)) == model


async def paid(builder: str, told: dict[str, Any]) -> Usage:
    report = await priced(builder, Report(ok=True, sentence="", details={"cost": told}))
    return cost.told(report.details["cost"], DOLLARS, builder)


async def test_tokens_become_money_by_the_list_of_prices():
    usage = await paid("codex", bill({}, TOKENS, "gpt-5"))
    assert (usage.model, usage.read, usage.written, usage.cached, usage.calls) == ("codex", 3300, 130, 1200, 1)
    assert usage.priced
    assert 0 < usage.micros < 100_000


async def test_money_that_is_told_is_believed():
    usage = await paid("claude", bill({"amount": 0.25, "currency": "USD"}, TOKENS, "gpt-5"))
    assert (usage.micros, usage.read, usage.priced) == (250_000, 3300, True)


@pytest.mark.parametrize("told", [{}, {"used": 3, "size": 9}, {"read": 5, "model": "no-such-model"}, {"amount": 0.0}])
async def test_an_agent_that_tells_no_cost_is_a_piece_of_work_without_a_price(told: dict[str, Any]):
    usage = await paid("gemini", told)
    assert (usage.calls, usage.micros, usage.priced) == (1, 0, False)


async def test_the_starter_costs_nothing():
    report = Report(ok=True, sentence="", details={"cost": {}})
    assert await priced("starter", report) == report
    assert cost.told({}, DOLLARS, "starter") == Usage()


@pytest.mark.parametrize("read", [-5, 1.5, "many", None, 10**30])
def test_numbers_of_tokens_that_cannot_be_are_not_believed(read: Any):
    assert cost.told({"amount": 1, "currency": "USD", "read": read}, DOLLARS, "x").read in {0, cost.MOST_TOKENS}
