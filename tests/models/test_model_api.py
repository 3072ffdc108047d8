"""The stand-in for the APIs of models, spoken to by the libraries that people use."""

import asyncio
import json
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from anthropic.types import Message, RawMessageStreamEvent
from models_spoken import APIS, Reply, agent, piece, streamed
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, Field, TypeAdapter
from pydantic_ai import ToolOutput
from pydantic_ai.exceptions import ModelConnectionError, ModelRequestRejectedError, ModelServerError

from ground.model_api import ModelApi
from ground.model_values import Gives
from ground.scripted import by_turn, last, says
from ground.until import until

every_api = pytest.mark.parametrize("kind", APIS)
TESTS = Path(__file__).parents[1]
WORDS = "Who brings the tea “home”, and when? 🍵"


@every_api
async def test_the_first_piece_is_seen_while_the_rest_is_held_back(kind: str):
    rest = asyncio.Event()
    seen = ""
    async with (
        ModelApi(lambda _: says(WORDS, how=Gives(piece=15, hold=rest), ready=True)) as api,
        agent(kind, api) as asks,
        asks.run_stream_events("A shop for tea") as events,
    ):
        async for event in events:
            seen += piece(event)
            if seen and not rest.is_set():
                assert (seen, api.given) == ('{"reply": "Who ', [])
                rest.set()
            if event.event_kind == "agent_run_result":
                assert event.result.output == Reply(reply=WORDS, ready=True)
    assert json.loads(seen) == {"reply": WORDS, "ready": True}


@every_api
async def test_an_answer_can_come_whole_and_says_what_it_cost(kind: str):
    async with ModelApi(lambda _: says(WORDS, how=Gives(usage=(1200, 34, 1000)))) as api, agent(kind, api) as asks:
        result = await asks.run("A shop for tea")
        events = await streamed(asks)
    assert result.output.reply == WORDS
    for used in (result.usage, events[-1].result.usage):
        assert (used.input_tokens, used.output_tokens, used.cache_read_tokens) == (1200, 34, 1000)


@every_api
async def test_words_can_stand_before_a_call(kind: str):
    async with ModelApi(lambda _: says("Hello", how=Gives(text="Let me think. "))) as api, agent(kind, api) as asks:
        seen = "".join(piece(event) for event in await streamed(asks))
    assert seen == 'Let me think. {"reply": "Hello"}'


@every_api
async def test_it_tells_what_it_was_asked_in_the_same_words_for_every_api(kind: str):
    async with ModelApi(by_turn(says("Which tea?"), says("Good"))) as api, agent(kind, api) as asks:
        first = await asks.run("A shop")
        await asks.run("Green tea", message_history=first.all_messages())

    one, two = api.asked
    assert (one.api, one.system, one.said, one.last) == (kind, "Be brief.", (("user", "A shop"),), "A shop")
    assert (one.tools, one.output) == (("answer",), "answer")
    assert set(one.schema["properties"]) == {"reply", "ready"}
    assert [role for role, _ in two.said] == ["user", "call", "result", "user"]
    assert json.loads(two.said[1][1]) == {"reply": "Which tea?"}
    assert two.last == "Green tea"


async def bodies(api: ModelApi, kind: str, *, stream: bool) -> list[dict]:
    """What comes back for the last request, asked once more: one body, or all that is streamed."""
    asked = api.asked[-1]
    path = {"anthropic": "/messages", "chat": "/chat/completions", "responses": "/responses"}[kind]
    keys = {name: value for name, value in asked.headers.items() if name in {"authorization", "x-api-key"}}
    keys["anthropic-version"] = "2023-06-01"
    async with httpx.AsyncClient() as client:
        said = await client.post(api.openai + path, json={**asked.body, "stream": stream}, headers=keys)
    if not stream:
        return [said.json()]
    lines = [line.removeprefix("data: ") for line in said.text.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line not in {"[DONE]", '{"type": "ping"}'}]


@every_api
@pytest.mark.parametrize("stop", ["", "length", "refused"])
async def test_what_it_sends_is_what_the_libraries_describe(kind: str, stop: str):
    whole, streams = {
        "anthropic": (TypeAdapter(Message), TypeAdapter(RawMessageStreamEvent)),
        "chat": (TypeAdapter(ChatCompletion), TypeAdapter(ChatCompletionChunk)),
        "responses": (TypeAdapter(Response), TypeAdapter(ResponseStreamEvent)),
    }[kind]
    gives = says("Hello", how=Gives(text="Well."))
    async with ModelApi(by_turn(gives, *[replace(gives, stop=stop)] * 2)) as api, agent(kind, api) as asks:
        await asks.run("Hello")
        (one,) = await bodies(api, kind, stream=False)
        many = await bodies(api, kind, stream=True)
    assert whole.validate_python(one)
    assert len([streams.validate_python(event) for event in many]) > 5


NO_KEY = {"anthropic-version": "2023-06-01"}
KEYS = {**NO_KEY, "authorization": "Bearer a key"}
SAYS = [{"role": "user", "content": "Hello"}]
CALLS = {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "answer", "input": {}}]}
CALL = {"id": "c1", "type": "function", "function": {"name": "answer", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "Done"}
CALLED = {"role": "assistant", "tool_calls": [CALL]}


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/v1/embeddings", {"model": "m"}, KEYS, 404),
        ("/v1/messages", {"model": "m", "max_tokens": 5, "messages": SAYS}, NO_KEY, 401),
        ("/v1/chat/completions", {"model": "m", "messages": SAYS}, {}, 401),
        ("/v1/chat/completions", {"model": "m", "messages": SAYS}, {"authorization": "Basic a"}, 401),
        ("/v1/responses", {"model": "m", "input": "Hello"}, {"x-api-key": "a key"}, 401),
        ("/v1/messages", {"model": "m", "messages": SAYS}, KEYS, 400),
        ("/v1/messages", {"model": "m", "max_tokens": 5, "messages": []}, KEYS, 400),
        ("/v1/messages", {"model": "m", "max_tokens": 5, "messages": [*SAYS, CALLS, *SAYS]}, KEYS, 400),
        ("/v1/messages", {"model": "m", "max_tokens": 5, "messages": SAYS}, {"x-api-key": "a key"}, 400),
        ("/v1/chat/completions", {"messages": SAYS}, KEYS, 400),
        ("/v1/chat/completions", {"model": "m", "messages": [{"role": "user"}, {"content": "x"}]}, KEYS, 400),
        (
            "/v1/chat/completions",
            {"model": "m", "messages": [{"role": "assistant", "tool_calls": [CALLED]}]},
            KEYS,
            400,
        ),
        ("/v1/chat/completions", {"model": "m", "messages": [CALLED, *SAYS, RESULT]}, KEYS, 400),
        ("/v1/chat/completions", {"model": "m", "messages": [RESULT]}, KEYS, 400),
        ("/v1/responses", {"model": "m", "input": []}, KEYS, 400),
        ("/v1/responses", {"model": "m", "input": "x", "tool_choice": {"type": "function", "name": "no"}}, KEYS, 400),
        ("/v1/responses", ["no object"], KEYS, 400),
    ],
)
async def test_what_no_such_api_takes_is_refused_and_nobody_is_asked(path: str, body, headers: dict, status: int):
    async with ModelApi(lambda _: Gives(text="Hello")) as api, httpx.AsyncClient() as client:
        said = await client.post(api.anthropic + path, json=body, headers=headers)
    assert (said.status_code, api.asked) == (status, [])
    assert said.json()["error"]["message"]
    (refused,) = api.refused
    assert refused.startswith(f"POST {path}: {status}")


@every_api
async def test_only_the_right_key_opens_it_where_there_is_one(kind: str):
    async with ModelApi(lambda _: says("Hello"), key="right") as api:
        async with agent(kind, api, key="wrong") as asks:
            with pytest.raises(ModelRequestRejectedError) as said:
                await asks.run("Hello")
        async with agent(kind, api, key="right") as asks:
            assert (await asks.run("Hello")).output.reply == "Hello"
    assert said.value.status_code == 401


async def test_a_request_too_many_is_told_when_it_closes():
    api = await ModelApi(by_turn(says("One"))).__aenter__()
    async with agent("chat", api) as asks:
        await asks.run("Hello")
        with pytest.raises(ModelServerError):
            await asks.run("And again")
    with pytest.raises(AssertionError, match="number 2"):
        await api.__aexit__(None)


async def test_the_last_answer_can_be_given_again_and_again():
    async with ModelApi(last(says("One"), says("Two"))) as api, agent("chat", api) as asks:
        assert [(await asks.run("Hello")).output.reply for _ in range(4)] == ["One", "Two", "Two", "Two"]


async def test_arguments_without_a_tool_are_given_as_text():
    async with ModelApi(lambda _: says("Hello")) as api, agent("responses", api, output_type=str) as asks:
        assert (await asks.run("Hello")).output == '{"reply": "Hello"}'


@every_api
async def test_who_is_kept_waiting_can_go_and_that_is_seen(kind: str):
    async with ModelApi(lambda _: Gives(hang=True)) as api, agent(kind, api) as asks:
        waiting = asyncio.create_task(streamed(asks))
        await until(lambda: api.asked)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await until(lambda: api.left)
    assert api.left == api.asked


@every_api
@pytest.mark.parametrize("gives", [Gives(hang=True), says("Hello", how=Gives(hold=asyncio.Event()))])
async def test_it_closes_while_somebody_waits(kind: str, gives: Gives):
    async with ModelApi(lambda _: gives) as api, agent(kind, api) as asks:
        before = asyncio.all_tasks()
        waiting = asyncio.create_task(streamed(asks))
        await until(lambda: api.asked)
        await api.close()
        with pytest.raises(ModelConnectionError):
            await waiting
        assert asyncio.all_tasks() == before


class Phase(BaseModel):
    title: str = Field(max_length=12)
    steps: list[str] = Field(min_length=2)
    size: int = Field(ge=1)


class Plan(BaseModel):
    reply: str
    phases: list[Phase] = Field(min_length=1)
    after: Phase | None
    done: bool


async def test_as_a_program_it_fills_in_what_is_demanded_and_takes_its_time():
    pace = ("--first", "120", "--pause", "10", "--pieces", "8", "--reply", "Good morning")
    command = (sys.executable, "-m", "ground.model_api", *pace)
    program = await asyncio.create_subprocess_exec(*command, cwd=TESTS, stdout=asyncio.subprocess.PIPE)
    try:
        api = ModelApi(lambda _: Gives(), port=int((await program.stdout.readline()).decode().rpartition(":")[2]))
        async with agent("anthropic", api, output_type=ToolOutput(Plan, name="plan")) as asks:
            began = time.monotonic()
            plan = (await asks.run("Hello")).output
            took = time.monotonic() - began
    finally:
        program.send_signal(signal.SIGTERM)
        await program.communicate()
    assert plan.reply == "Good morning"
    assert plan.phases == [Phase(title="Good morning", steps=["Good morning"] * 2, size=1)]
    assert took >= 0.12 + 7 * 0.01
    assert program.returncode == 0
