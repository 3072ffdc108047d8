"""Asking through Pydantic AI, with models of this process: what is told while it is written, and what goes wrong."""

import json
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import BaseModel
from pydantic_ai import exceptions as ai
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel

from orchestrator.errors import NoAnswer
from orchestrator.models import faults, live
from orchestrator.models.live import Bounds, Live
from orchestrator.models.sentences import SENTENCES
from orchestrator.ports import ANEW, Line, Prompt
from orchestrator.settings import Settings

PROMPT = Prompt("Be kind.", "<note>", (Line("person", "Hello"), Line("us", "Hi"), Line("person", "A bread shop")))
Pieces = Callable[[list[ModelMessage]], AsyncIterator[str]]


class Reply(BaseModel):
    """The answer."""

    reply: str
    number: int = 0


def speaking(*answers: str | Exception) -> FunctionModel:
    """A model that gives these answers, one after the other, in pieces of five characters."""
    waiting = iter(answers)

    async def stream(_messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[dict[int, DeltaToolCall]]:
        given = next(waiting)
        if isinstance(given, Exception):
            raise given
        yield {0: DeltaToolCall(name=info.output_tools[0].name, json_args="")}
        for at in range(0, len(given), 5):
            yield {0: DeltaToolCall(json_args=given[at : at + 5])}

    return FunctionModel(stream_function=stream)


def asked(*models: FunctionModel, prices: tuple[float, float] | None = None) -> Live:
    return Live(models, Bounds(10, 10), prices)


def says(reply: str, **fields: object) -> str:
    return json.dumps({"reply": reply, **fields})


async def test_the_form_is_filled_in_and_its_text_told_on_the_way():
    said: list[str] = []
    thought = await asked(speaking(says("Fresh bread, then?", number=3))).ask(PROMPT, Reply, said.append)
    assert thought.value == Reply(reply="Fresh bread, then?", number=3)
    assert "".join(said) == "Fresh bread, then?"
    assert len(said) > 2
    assert (thought.usage.calls, thought.usage.priced) == (1, False)


async def test_an_answer_without_its_form_is_asked_for_again_and_taken_back():
    said: list[str] = []
    model = speaking(says("First", number="many"), says("Second"))
    thought = await asked(model).ask(PROMPT, Reply, said.append)
    assert thought.value.reply == "Second"
    assert "".join(said) == f"First{ANEW}Second"
    assert thought.usage.calls == 2


async def test_the_next_model_answers_where_one_does_not_and_what_both_cost_is_added():
    said: list[str] = []
    lost = speaking(says("Half", number="x"), says("Again", number="y"))
    thought = await asked(lost, speaking(says("Here I am")), prices=(1, 1)).ask(PROMPT, Reply, said.append)
    assert thought.value.reply == "Here I am"
    assert "".join(said).rpartition(ANEW)[2] == "Here I am"
    assert thought.usage.calls == 3
    assert thought.usage.micros == thought.usage.read + thought.usage.written > 0


async def test_where_nobody_answers_the_last_one_says_why():
    first, second = ai.ModelConnectionError("m", "no route", phase="connect"), ai.ModelTimeoutError("m", "slow")
    with pytest.raises(NoAnswer) as told:
        await asked(speaking(first), speaking(second)).ask(PROMPT, Reply)
    assert (told.value.reason, str(told.value)) == ("slow", SENTENCES["slow"])


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ai.ModelHTTPError.for_category(ai.ModelRateLimitError, status_code=429, model_name="m"), "limited"),
        (ai.ModelHTTPError.for_category(ai.ModelQuotaExceededError, status_code=429, model_name="m"), "credit"),
        (ai.ModelHTTPError(400, "m", {"message": "Your credit balance is too low"}), "credit"),
        (ai.ModelHTTPError.for_category(ai.ModelAuthenticationError, status_code=401, model_name="m"), "key"),
        (ai.ModelHTTPError.for_category(ai.ModelNotFoundError, status_code=404, model_name="m"), "setup"),
        (ai.ModelHTTPError.for_category(ai.ModelServerError, status_code=500, model_name="m"), "down"),
        (ai.ModelConnectionError("m", "broken off", phase="read"), "cut"),
        (ai.ContentFilterError("no"), "refused"),
        (ai.IncompleteToolCall("half"), "cut"),
        (ai.UnexpectedModelBehavior("words"), "nonsense"),
        (ai.UserError("no such model"), "setup"),
        (TimeoutError(), "slow"),
        (ValueError("?"), "nonsense"),
    ],
)
def test_each_fault_has_its_reason_and_each_reason_its_sentence(error: Exception, reason: str):
    assert faults.reason(error) == reason
    assert SENTENCES[reason].endswith(".")


async def test_a_provider_that_nobody_knows_is_told_as_a_setting_to_look_at():
    with pytest.raises(NoAnswer) as told:
        live.connect(Settings(model="nobody:knows"))
    assert told.value.reason == "setup"


async def test_a_provider_whose_library_is_not_there_is_told_as_something_to_install():
    with pytest.raises(NoAnswer) as told:
        live.connect(Settings(model="cohere:command"))
    assert told.value.reason == "library"
