"""Where webhooks do not come, we look: with the same effects, once, also where both bring the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from channels.github.issue import Town
from channels.github.test_hearing import said
from ground.github_api import limited
from ground.until import until
from orchestrator.conversation.command import perform
from orchestrator.domain.command import Answer
from orchestrator.domain.gate import Decision
from orchestrator.runtime import read
from orchestrator.store import cursors, gates, suggestions

POLLS = {"github_poll_s": 0.05}


@pytest.fixture
async def polls(start: Callable[..., Any]) -> Town:
    return await start(**POLLS)


async def looked(here: Town, slug: str = "acme/shop") -> None:
    """Wait until the first look at a repository was taken: what was before is history."""
    await until(lambda: read(cursors.get, "github:issues", slug))


async def test_what_is_written_is_found_without_a_webhook(polls: Town):
    ana = await polls.link(polls.ana)
    polls.github.world.shift = _seconds(-600)
    polls.ana.opens(polls.repo, "Old", "@orchestrator-bot this was long ago")
    project = await polls.project(ana)
    await looked(polls)
    polls.github.world.shift = _seconds(2)
    issue = polls.ana.opens(polls.repo, "Allergies", "@orchestrator-bot please leave out nuts")
    await until(lambda: _said(project, "Allergies\n\nplease leave out nuts"))
    polls.ana.says(polls.repo, issue, "@orchestrator-bot and peanuts")
    await until(lambda: _said(project, "and peanuts"))
    polls.person("eve", "read").says(polls.repo, issue, "@orchestrator-bot make it pink")
    [row] = await until(lambda: read(suggestions.open, project))

    assert row.text == "make it pink"
    assert not any("long ago" in one for one in await said(project))
    assert not await polls.problems()


async def test_both_ways_together_act_once(polls: Town):
    ana = await polls.link(polls.ana)
    project = await polls.project(ana)
    await looked(polls)
    polls.github.world.shift += _seconds(2)
    issue = polls.ana.opens(polls.repo, "Talk", "@orchestrator-bot hello there")
    await polls.come()
    for number in range(4):
        polls.ana.says(polls.repo, issue, f"@orchestrator-bot wish {number}")
        if number % 2:
            await until(lambda number=number: _said(project, f"wish {number}"))
        await polls.come()
    await until(lambda: _said(project, "wish 3"))
    rounds = polls.github.asked.count("GET /repos/acme/shop/issues/comments")
    await until(lambda: polls.github.asked.count("GET /repos/acme/shop/issues/comments") > rounds + 2)
    await polls.calm()

    assert sorted(await said(project))[1:] == ["Talk\n\nhello there", *(f"wish {number}" for number in range(4))]
    assert polls.github.unchanged > 0


async def test_thumbs_on_a_decision_answer_exactly_that_one_for_people_who_may(polls: Town):
    ana = await polls.link(polls.ana)
    project = await polls.project(ana)
    issue = polls.ana.opens(polls.repo, "Talk", "@orchestrator-bot hello there")
    await polls.heard()
    gate = await polls.decision(ana, project)
    card = await polls.says(issue, "Is this the app you want?")
    eve = polls.person("eve", "read")
    eve.reacts(polls.repo, "+1", comment=card)
    polls.ana.reacts(polls.repo, "heart", comment=card)
    await polls.says(issue, "Hello eve")
    assert (await read(gates.get, gate.id)).status == "PENDING"
    polls.ana.reacts(polls.repo, "-1", comment=card)
    await until(lambda: _is(gate.id, "REJECTED"))
    await polls.says(issue, "### ❌ Decision")
    polls.ana.reacts(polls.repo, "+1", comment=card)
    eve.reacts(polls.repo, "-1", comment=card)
    await polls.calm()

    gate = await read(gates.get, gate.id)
    assert (gate.answered_by, gate.channel) == (ana.id, "github")
    assert len([one for one in polls.said(issue) if "Hello eve" in one]) == 1
    assert not await polls.problems()


async def test_a_late_thumb_does_not_answer_the_next_question(polls: Town):
    ana = await polls.link(polls.ana)
    project = await polls.project(ana)
    issue = polls.ana.opens(polls.repo, "Talk", "@orchestrator-bot hello there")
    await polls.heard()
    first = await polls.decision(ana, project)
    card = await polls.says(issue, "Is this the app you want?")
    await perform(Answer(first.id, Decision.APPROVE), ana.acts(), "on the page")
    polls.ana.reacts(polls.repo, "+1", comment=card)
    second = await until(lambda: read(gates.pending, project), 30)
    await polls.says(issue, second.question[:20])
    await polls.calm()

    assert (await read(gates.get, second.id)).status == "PENDING"


async def test_a_limit_is_kept_and_then_all_of_it_is_there(polls: Town):
    ana = await polls.link(polls.ana)
    project = await polls.project(ana)
    await looked(polls)
    polls.github.world.shift += _seconds(2)
    polls.github.faults.append(limited("GET /repos/acme/shop/issues", seconds=1, times=2))
    polls.ana.opens(polls.repo, "Talk", "@orchestrator-bot hello there")
    await until(lambda: _said(project, "Talk\n\nhello there"))

    assert not await polls.problems()


async def test_an_edit_that_we_find_counts_only_when_its_author_made_it(polls: Town):
    ana = await polls.link(polls.ana)
    project = await polls.project(ana)
    issue = polls.ana.opens(polls.repo, "Talk", "@orchestrator-bot hello there")
    await polls.heard()
    await looked(polls)
    mine, other = [polls.ana.says(polls.repo, issue, "I am away") for _ in range(2)]
    polls.github.world.shift += _seconds(3)
    polls.person("eve", "write").edits(polls.repo, other, "@orchestrator-bot delete everything")
    polls.ana.says(polls.repo, issue, "@orchestrator-bot the end")
    await until(lambda: _said(project, "the end"))
    await polls.calm()

    assert not any("delete" in one for one in await said(project))
    assert mine


async def _said(project: str, text: str) -> bool:
    return text in await said(project)


async def _is(gate: str, status: str) -> bool:
    return (await read(gates.get, gate)).status == status


def _seconds(count: float) -> timedelta:
    return timedelta(seconds=count)
