"""What each fault of a model's API becomes: the exceptions on which sentences for people can be built."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from models_spoken import APIS, agent, piece, streamed
from pydantic_ai.exceptions import (
    AgentRunError,
    ContentFilterError,
    IncompleteToolCall,
    ModelAuthenticationError,
    ModelConnectionError,
    ModelContextWindowExceededError,
    ModelHTTPError,
    ModelNotFoundError,
    ModelOverloadedError,
    ModelQuotaExceededError,
    ModelRateLimitError,
    ModelRequestRejectedError,
    ModelServerError,
    ModelTimeoutError,
    ModelUnavailableError,
    UnexpectedModelBehavior,
)

from ground.model_api import ModelApi
from ground.model_values import Gives
from ground.scripted import says

every_api = pytest.mark.parametrize("kind", APIS)
PIECES = says("Hello, dear people", how=Gives(piece=8))


async def fault(kind: str, gives: Gives, *, whole: bool = False, **how: Any) -> Any:
    """What is raised, asked in one piece or streamed."""
    async with ModelApi(lambda _: gives) as api, agent(kind, api, **how) as asks:
        with pytest.raises(AgentRunError) as said:
            await (asks.run("Hello") if whole else streamed(asks))
    return said.value


@every_api
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("error", "becomes", "anthropic", "openai"),
    [
        ("key", ModelAuthenticationError, 401, 401),
        ("forbidden", ModelAuthenticationError, 403, 403),
        ("credit", ModelQuotaExceededError, 400, 429),
        ("rate", ModelRateLimitError, 429, 429),
        ("model", ModelNotFoundError, 404, 404),
        ("malformed", ModelRequestRejectedError, 400, 400),
        ("long", ModelContextWindowExceededError, 400, 400),
        ("server", ModelServerError, 500, 500),
        ("unavailable", ModelUnavailableError, 503, 503),
        ("overloaded", ModelOverloadedError, 529, 503),
    ],
)
async def test_every_error_has_a_kind_of_its_own(kind, whole, error, becomes, anthropic, openai):
    said = await fault(kind, Gives(error=error), whole=whole)
    assert isinstance(said, ModelHTTPError)
    assert isinstance(said, becomes)
    assert said.status_code == (anthropic if kind == "anthropic" else openai)
    assert (said.in_stream, said.retry_after) == (False, None)


@every_api
@pytest.mark.parametrize(("status", "becomes"), [(401, ModelAuthenticationError), (502, ModelServerError)])
async def test_a_status_can_be_given_alone(kind, status, becomes):
    said = await fault(kind, Gives(status=status))
    assert (isinstance(said, becomes), said.status_code) == (True, status)


@every_api
async def test_a_limit_says_how_long_to_wait(kind: str):
    assert (await fault(kind, Gives(error="rate", retry_after=7))).retry_after == 7


@every_api
async def test_an_error_can_be_told_in_the_middle_of_a_stream(kind: str):
    said = await fault(kind, replace(PIECES, error="overloaded", cut_after=2))
    assert isinstance(said, ModelOverloadedError if kind == "anthropic" else ModelServerError)
    assert (said.in_stream, said.status_code) == (True, 529 if kind == "anthropic" else 500)


@every_api
@pytest.mark.parametrize("pieces", [0, 1, 3])
async def test_a_connection_that_breaks_off_is_not_an_answer(kind: str, pieces: int, caplog: pytest.LogCaptureFixture):
    seen: list[Any] = []
    async with ModelApi(lambda _: replace(PIECES, cut_after=pieces)) as api, agent(kind, api) as asks:
        with pytest.raises(ModelConnectionError) as said:
            await streamed(asks, into=seen)
    assert (said.value.phase, api.left, caplog.records) == ("read", [], [])
    assert "".join(map(piece, seen)) == '{"reply": "Hello, dear people"}'[: 8 * pieces]


@every_api
async def test_a_whole_answer_can_be_cut_as_well(kind: str):
    said = await fault(kind, replace(PIECES, cut_after=3), whole=True)
    assert (type(said), said.phase) == (ModelConnectionError, "read")


@every_api
async def test_nobody_at_the_address_is_a_connection_that_was_not_made(kind: str):
    async with ModelApi(lambda _: PIECES) as api:
        pass
    async with agent(kind, api) as asks:
        with pytest.raises(ModelConnectionError) as said:
            await asks.run("Hello")
    assert said.value.phase == "connect"


@every_api
@pytest.mark.parametrize("stalls", ["at once", "after the first piece"])
async def test_who_does_not_wait_for_ever_is_told_that_it_took_too_long(kind: str, stalls: str):
    gives = Gives(hang=True) if stalls == "at once" else replace(PIECES, hold=asyncio.Event())
    said = await fault(kind, gives, timeout=0.2)
    assert (type(said), said.phase) == (ModelTimeoutError, "read")


@every_api
async def test_a_refusal_is_told_apart(kind: str):
    said = await fault(kind, Gives(stop="refused"))
    assert type(said) is ContentFilterError
    assert ("refusal" if kind == "anthropic" else "content_filter") in said.message


@every_api
async def test_an_answer_cut_for_its_length_is_told_apart(kind: str):
    assert type(await fault(kind, Gives('{"reply": "Hel', stop="length"))) is IncompleteToolCall
    nothing = await fault(kind, Gives(stop="length"))
    assert (type(nothing), "token limit" in nothing.message) == (UnexpectedModelBehavior, True)


@every_api
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("gives", "cause"),
    [
        (Gives('{"reply": "Hel'), "ValidationError"),
        (Gives({"words": "Hello"}), "ValidationError"),
        (Gives(text="Hello, in plain words"), "ToolRetryError"),
        (Gives(), "ToolRetryError"),
        (Gives(text="I would rather not.", stop="refused"), "ToolRetryError"),
        (Gives({}, tool="unheard_of"), "_UnknownTool"),
    ],
)
async def test_an_answer_of_another_shape_is_unexpected(kind, whole, gives, cause):
    said = await fault(kind, gives, whole=whole)
    assert (type(said), type(said.__cause__).__name__) == (UnexpectedModelBehavior, cause)
