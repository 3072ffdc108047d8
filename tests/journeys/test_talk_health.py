"""Whoever runs this sees which model talks with people, what it lacks, and how it answered last."""

import asyncio
import json
import sys
from pathlib import Path

from ground.model_api import ModelApi
from ground.model_values import Gives
from ground.nursery import Nursery
from ground.scripted import by_turn, says
from ground.server import Server
from journeys import talk
from orchestrator.models.sentences import AGAIN, SENTENCES


async def health(server: Server) -> tuple[int, bool, str]:
    answer = await server.http.get("/health/ai")
    found = answer.json()["ai"]
    return answer.status_code, found["ok"], found["says"]


async def test_a_fault_and_an_answer_are_seen_in_the_health(talkers: Nursery, tmp_path: Path):
    answers = by_turn(talk.HELLO, Gives(error="credit"), says("I am back."))
    async with ModelApi(answers) as api, talkers.server(tmp_path / "data", **talk.settings(api)) as server:
        before = await health(server)
        project = await talk.begin(server)
        at_first = await health(server)
        await talk.say(server, project, "Are you there?")
        faulty = await health(server)
        assert await talk.say(server, project, AGAIN) == "I am back."
        after = await health(server)
        ready = await server.http.get("/health/ready")
    name = "Anthropic claude-sonnet-5 talks with people."
    assert before == (200, True, f"{name} It was not asked yet.")
    assert at_first[:2] == after[:2] == (200, True)
    assert after[2].startswith(f"{name} It answered last after ")
    assert faulty == (503, False, f"{name} {SENTENCES['credit']}")
    assert ready.status_code == 200


async def test_a_model_without_its_key_leaves_the_talking_to_the_interview(nursery: Nursery, tmp_path: Path):
    async with nursery.server(tmp_path / "data", **talk.QUICK, model=talk.ANTHROPIC) as server:
        project = await talk.begin(server)
        replies = [one["text"] for one in await talk.said(server, project) if one["role"] == "assistant"]
        status, ok, says = await health(server)
        doctor = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "orchestrator", "doctor", "--json"),
            env=server.environment,
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await doctor.communicate()
    assert len(replies) == 1
    assert (status, ok) == (503, False)
    assert "ANTHROPIC_API_KEY" in says
    finding = next(one for one in json.loads(told) if one["what"] == "ai model")
    assert (finding["ok"], finding["says"]) == (False, says)
    assert doctor.returncode == 1
