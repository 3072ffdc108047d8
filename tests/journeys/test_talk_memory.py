"""A conversation of a thousand messages costs no more than one of fifty, and what mattered in it is not forgotten."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ground.model_api import ModelApi
from ground.model_values import Asked, Gives
from ground.nursery import Nursery
from ground.scripted import says
from journeys import talk, written
from orchestrator.conversation.look import RECENT
from orchestrator.conversation.summing import AT_ONCE, DUE, MEMORY

pytestmark = pytest.mark.timeout(300)
SHORT, LONG = 50, 1000
FACT = "We are allergic to nuts."
FEW = 300  # characters


def remembers(asked: Asked) -> Gives:
    """A model that keeps what matters, whether it stands in a message or in the memory before."""
    return Gives(args={"memory": f"- {FACT}" if FACT in asked.last else "- They talked about dinners."})


def answers(memory: Callable[[Asked], Gives]) -> Callable[[Asked], Gives]:
    return talk.answering(turn=lambda _: says("Well."), memory=memory)


def summed(asked: list[Asked]) -> list[int]:
    """The messages that were given to be summed up, in order."""
    given = "\n".join(one.last.partition("The messages:")[2] for one in asked if talk.form(one) == "memory")
    return [int(place) for place in re.findall(r"Message ‹(\d+)›", given)]


async def test_a_long_conversation_costs_what_a_short_one_does(talkers: Nursery, tmp_path: Path):
    lengths = {}
    async with ModelApi(answers(remembers)) as api, talkers.server(tmp_path / "data", **talk.settings(api)) as server:
        for number in (SHORT, LONG):
            project = await written.project(server, number, at3=FACT)
            before = len(api.asked)
            await talk.say(server, project, "Hello, Orchestrator")
            await talk.say(server, project, "What do you know of us?")
            asked = api.asked[before:]
            turn = [one for one in asked if talk.form(one) == "turn"][-1]
            lengths[number] = len(talk.prompt(turn))
            assert FACT in talk.prompt(turn)
            assert (await talk.row(server, project)).summary == f"- {FACT}"
            places = summed(asked)
            assert places == list(range(1, len(places) + 1))
            assert number - RECENT - DUE < len(places) <= number + 4 - RECENT
            assert len(asked) - 2 <= number // AT_ONCE + 1
    assert lengths[LONG] <= lengths[SHORT] + FEW


async def test_where_no_model_sums_up_the_first_words_are_kept(talkers: Nursery, tmp_path: Path):
    def cannot(_: Asked) -> Gives:
        return Gives(error="credit")

    async with ModelApi(answers(cannot)) as api, talkers.server(tmp_path / "data", **talk.settings(api)) as server:
        kept = {}
        for number in (60, 300):
            project, before = await written.project(server, number), len(api.asked)
            await talk.say(server, project, "Hello, Orchestrator")
            await talk.say(server, project, "What do you know of us?")
            kept[number] = (await talk.row(server, project)).summary
            places = summed(api.asked[before:])
            assert places == list(range(1, len(places) + 1))
            assert len(places) > number - RECENT - DUE
    first = "Message {}1{}. We talked about the dinners of the week"
    assert kept[60].startswith("- Owner: " + first.format("<", ">"))
    told = [one for one in api.asked if one.last.endswith("What do you know of us?")]
    assert first.format("‹", "›") in talk.prompt(told[0])
    assert len(kept[300]) <= MEMORY
    assert "Message <251>" in kept[300]
