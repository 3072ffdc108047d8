"""Whatever is wrong with a model, a person reads an honest sentence, loses nothing, and may try again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from ground import ports
from ground.model_api import ModelApi
from ground.model_values import Asked, Gives
from ground.nursery import Nursery
from ground.scripted import says
from ground.server import Server
from ground.until import until
from journeys import talk
from orchestrator.models.sentences import AGAIN, SENTENCES

IMPATIENT = {"model_silence_s": 0.4, "model_limit_s": 3}
STARTED = "These words were begun in vain, and nobody may keep them."
BEGUN = says(STARTED, changes=[talk.tell("what", "Something in vain")])
SPARE = "The other one answers you. Who is it for?"
WELL = "Now I can answer. Who is it for?"
NOTED = [talk.tell("problem", "Nobody knows what to cook")]
NO_FORM = Gives(text="I would rather just chat.")


@dataclass(frozen=True)
class Fault:
    """What the model does, what a person then reads, and how often it is asked for it."""

    gives: Gives
    sentence: str
    asked: int = 1


def of(gives: Gives = BEGUN, **how: object) -> Gives:
    return Gives(**{name: getattr(gives, name) for name in ("args", "text")} | how)


FAULTS = {
    "silent": Fault(of(hang=True), "slow", asked=2),
    "slow": Fault(of(piece=2, pause=0.3), "slow"),
    "stuck": Fault(of(piece=40, pause=60), "slow"),
    "unavailable": Fault(of(error="unavailable"), "down", asked=2),
    "overloaded": Fault(of(error="overloaded"), "down", asked=2),
    "broken": Fault(of(error="server"), "down", asked=2),
    "limited": Fault(of(error="rate"), "limited", asked=2),
    "credit": Fault(of(error="credit"), "credit"),
    "key": Fault(of(error="key"), "key"),
    "forbidden": Fault(of(error="forbidden"), "key"),
    "unknown": Fault(of(error="model"), "setup"),
    "long": Fault(of(error="long"), "long"),
    "refusing": Fault(Gives(stop="refused"), "refused"),
    "chatting": Fault(NO_FORM, "nonsense", asked=2),
    "empty": Fault(Gives(args={"reply": ""}), "nonsense", asked=2),
    "misshapen": Fault(Gives(args={"reply": STARTED, "changes": 5}), "nonsense", asked=2),
    "garbled": Fault(Gives(args='{"reply": "These words'), "nonsense", asked=2),
    "length": Fault(Gives(args='{"reply": "These words', stop="length"), "cut", asked=2),
    "cut off": Fault(of(piece=40, cut_after=1), "cut"),
    "failing": Fault(of(piece=40, cut_after=1, error="overloaded"), "down"),
}


def answers(asked: Asked) -> Gives:
    """The first words name the fault; whoever tries again is answered; another provider always answers."""
    if asked.api == "responses":
        return says(SPARE, changes=NOTED)
    told = [text for role, text in asked.said if role == "user"]
    if any(text.startswith(AGAIN) for text in told):
        return says(WELL, changes=NOTED)
    wanted = next((name for name in FAULTS for text in told if text.startswith(f"Fault {name}:")), "")
    return FAULTS[wanted].gives if wanted else talk.HELLO


@pytest.fixture(scope="module")
async def alone(talkers: Nursery, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Server, ModelApi]]:
    """A server with a model that has every fault, on demand."""
    folder = tmp_path_factory.mktemp("alone")
    async with (
        ModelApi(answers) as api,
        talkers.server(folder / "data", **talk.settings(api, talk.ANTHROPIC, **IMPATIENT)) as server,
    ):
        yield server, api


@pytest.fixture(scope="module")
async def backed(talkers: Nursery, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Server, ModelApi]]:
    """The same, with another provider's model behind it."""
    folder = tmp_path_factory.mktemp("backed")
    given = IMPATIENT | {"fallback_model": talk.RESPONSES}
    async with (
        ModelApi(answers) as api,
        talkers.server(folder / "data", **talk.settings(api, talk.ANTHROPIC, **given)) as server,
    ):
        yield server, api


@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_is_told_as_it_is_and_nothing_is_lost(name: str, alone: tuple[Server, ModelApi]):
    (server, api), fault = alone, FAULTS[name]
    project, before = await talk.begin(server), len(api.asked)
    words = f"Fault {name}: my mother wants larger letters"
    known = (await talk.row(server, project)).brief
    async with talk.listening(server, project) as ear:
        assert await talk.say(server, project, words) == SENTENCES[fault.sentence]
        await until(lambda: len(ear.all("message.created")) == 4)
    assert len(api.asked) - before == fault.asked
    assert ear.written == ""  # what was begun is taken back
    row = await talk.row(server, project)
    assert (row.brief, row.quick) == (known, [AGAIN])
    assert [one["text"] for one in await talk.replied(server, project)][-2:] == [words, SENTENCES[fault.sentence]]
    await again(server, api, project, words)


async def again(server: Server, api: ModelApi, project: str, words: str) -> None:
    """“Try again” answers what was said before; our sentence about the fault is nothing that anybody said."""
    assert await talk.say(server, project, AGAIN) == WELL
    told = talk.prompt(api.asked[-1])
    assert words in told
    assert not [sentence for sentence in SENTENCES.values() if sentence in told]
    assert (await talk.row(server, project)).brief["problem"].startswith("Nobody knows what to cook")
    assert len(await talk.replied(server, project)) == 6


@pytest.mark.parametrize("name", FAULTS)
async def test_another_model_takes_over_and_one_reply_is_left(name: str, backed: tuple[Server, ModelApi]):
    (server, api), fault = backed, FAULTS[name]
    project, before = await talk.begin(server), len(api.asked)
    async with talk.listening(server, project) as ear:
        assert await talk.say(server, project, f"Fault {name}: larger letters") == SPARE
        await until(lambda: ear.written == SPARE and len(ear.all("message.created")) == 4)
    assert [asked.api for asked in api.asked[before:]] == [*["anthropic"] * fault.asked, "responses"]
    assert [one["text"] for one in await talk.replied(server, project)][-1] == SPARE
    assert (await talk.row(server, project)).brief["problem"].startswith("Nobody knows what to cook")


async def test_a_model_that_nobody_answers_for_is_told_of(talkers: Nursery, tmp_path, alone: tuple[Server, ModelApi]):
    _, api = alone
    nobody = f"http://127.0.0.1:{ports.free()}"
    given = talk.settings(api, talk.ANTHROPIC, **IMPATIENT) | {"anthropic_base_url": nobody}
    async with talkers.server(tmp_path / "data", **given) as server:
        project = await talk.begin(server)
        assert await talk.say(server, project, "Hello?") == SENTENCES["down"]
        assert (await talk.row(server, project)).quick == [AGAIN]
        health = await server.http.get("/health/ai")
    assert health.status_code == 503
    assert SENTENCES["down"] in health.json()["ai"]["says"]
