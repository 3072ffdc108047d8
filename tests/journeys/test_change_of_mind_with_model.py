"""With a language model, too, what would change is offered as a button, and the words of that button act."""

from pathlib import Path

import pytest

from ground.model_api import ModelApi
from ground.model_values import Asked, Gives
from ground.nursery import Nursery
from ground.scripted import filled, says
from journeys import walk
from journeys.caller import Caller
from orchestrator.domain import delta

pytestmark = pytest.mark.timeout(200)
FEATURES = ("Plan the week", "Swap a meal")


def answers(asked: Asked) -> Gives:
    """A model that takes down an idea and a wish, and leaves vision and phases to plain rules."""
    if "reply" not in asked.schema.get("properties", {}):
        return Gives(args=filled(asked.schema, "Something else"))
    if "reminders" in asked.last:
        wish = [{"do": "tell", "topic": "features", "text": "Get reminders"}]
        return says("I have noted the reminders.", changes=wish, offer="change_vision")
    told = [{"do": "tell", "topic": "what", "text": "An app that plans dinners"}]
    told += [{"do": "tell", "topic": "features", "text": text} for text in FEATURES]
    return says("I have noted that.", changes=told)


async def test_a_model_offers_the_change_and_its_button_shows_it(tmp_path: Path, nursery: Nursery):
    async with ModelApi(answers) as api:
        with_model = {"model": "openai-chat:gpt-5", "openai_base_url": api.openai, "openai_api_key": "key"}
        async with nursery.server(tmp_path, rate_limits="off", **with_model) as server:
            me = Caller(server)
            project = await walk.planned(me, "model")
            await me.gate(project, "PHASE_START")
            await me.do(f"/projects/{project}/messages", "model-wish", text="Please add reminders")
            await walk.replied(me, project)
            assert f'value="{delta.SHOW}"' in await me.page(f"/projects/{project}")

            asked = len(api.asked)
            await me.do(f"/projects/{project}/messages", "model-show", text=delta.SHOW)
            gate = await me.gate(project, "VISION_DOC")
            changes = [text for label, text in gate["facts"] if label == "What changes"]
            assert changes == ["One thing was added.", "What it does, new: “Get reminders. Must have”."]
            assert not [one for one in api.asked[asked:] if one.last.endswith(delta.SHOW)]
            await walk.answer(me, project, "model-no", "VISION_DOC", "reject")
            await me.gate(project, "PHASE_START")
            await me.close()
