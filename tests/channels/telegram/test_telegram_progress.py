"""How far the work is, below the decision that was answered last."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.telegram.town import Town, room, town
from ground.telegram_api import TelegramApi
from ground.until import until
from orchestrator.domain.command import Answer
from orchestrator.domain.gate import Decision, Kind
from orchestrator.domain.project import Step
from orchestrator.domain.question import Question
from orchestrator.runtime import read, tx
from orchestrator.store import gates, posts, projects


@pytest.fixture
async def still(tmp_path: Path, telegram: TelegramApi) -> AsyncIterator[Town]:
    """A town in which nobody works."""
    async with town(tmp_path / "data", telegram, reconcile_s=3600) as one:
        yield one


async def test_what_follows_is_shown_below_the_answer_and_can_be_paused_there(still: Town):
    here = still
    user, nadia = await here.linked("Nadia")
    project = await here.project(user)
    await tx(_planning, project)
    question = Question(Kind.ROADMAP, "Shall we build it in these two phases?", "w", "y", "n")
    gate = await tx(_ask_roadmap, project, question)
    card = await here.sees(nadia.chat, "Shall we build it in these two phases?")
    await tx(_answered, gate, user)
    await here.sees(nadia.chat, "Approved by you")
    await until(lambda: card.buttons == ["Pause", "Stop"])
    assert "🔵 Meal planning app" in card.text
    await here.answered(nadia.press("Stop"))
    await here.sees(nadia.chat, "Shall I cancel the whole project?")
    await here.answered(nadia.press("No, go on"))
    assert (await here.answered(nadia.press("Pause")))[0] == "Paused. Nothing is lost."
    await until(lambda: card.buttons == ["Go on"])
    assert (await here.row(project)).step is Step.PAUSED
    assert [post.subject for post in await read(posts.of_room, (await room(nadia.chat)).id)].count(f"gate:{gate}") == 1


async def _planning(db, project: str) -> None:
    (await projects.locked(db, project)).step = Step.ROADMAP


async def _ask_roadmap(db, project: str, question: Question) -> str:
    return (await gates.open(db, await projects.locked(db, project), question)).id


async def _answered(db, gate: str, user) -> None:
    """Answered, and at work; nobody carries it here."""
    row = await projects.locked(db, (await gates.get(db, gate)).project_id)
    gates.answer(db, row, await gates.get(db, gate), Answer(gate, Decision.APPROVE), user.acts())
    row.step = Step.DRAFTING
    await projects.touch(db, row, waiting=False)
