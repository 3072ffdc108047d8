"""What we say on GitHub stands there once, is edited in place, and calls nobody who is not meant."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from channels.github.issue import BOT, Town
from ground.github_api import Fault, limited
from ground.until import until
from orchestrator.channels.github import markup
from orchestrator.conversation.command import perform
from orchestrator.domain.command import Answer
from orchestrator.domain.elsewhere import PostStatus
from orchestrator.domain.gate import MAY_BE_TAKEN_BACK, Decision, Status
from orchestrator.runtime import read, tx
from orchestrator.store import gates, posts, rooms
from orchestrator.store.elsewhere import PostRow

COMMENTS = "POST .*/issues/\\d+/comments"
FAULTS = {
    "it breaks": lambda: Fault(COMMENTS, status=502),
    "it breaks after it was done": lambda: Fault(COMMENTS, status=502, after=True),
    "the line breaks": lambda: Fault(COMMENTS, drop=True),
    "the line breaks after it was done": lambda: Fault(COMMENTS, drop=True, after=True),
    "it is slow": lambda: Fault(COMMENTS, slow=0.5),
    "too much at once": lambda: limited(COMMENTS, seconds=1),
    "too much in an hour": lambda: limited(COMMENTS, seconds=1, primary=True),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_goes_wrong_each_comment_is_there_once(here: Town, fault: str):
    ana = await here.link(here.ana)
    project = await here.project(ana)
    here.github.faults.append(FAULTS[fault]())
    issue = here.ana.opens(here.repo, "Talk", "@orchestrator-bot hello there")
    await here.heard()
    await here.decision(ana, project)
    await here.says(issue, "Is this the app you want?")
    await until(lambda: _nothing_due(here, issue))

    texts = here.said(issue)
    assert len(texts) == len(set(texts))
    assert len([one for one in texts if "Is this the app you want?" in one]) == 1
    assert all(row.status is PostStatus.SHOWN for row in await here.of_issue(issue))


async def test_an_answer_can_be_taken_back_in_the_issue_for_a_minute(here: Town):
    ana = await here.link(here.ana)
    project = await here.project(ana)
    issue = here.ana.opens(here.repo, "Talk", "@orchestrator-bot hello there")
    await here.heard()
    gate = await here.decision(ana, project)
    await here.says(issue, "Is this the app you want?")
    here.ana.says(here.repo, issue, "/reject")
    await here.come()
    receipt = await here.says(issue, "`/undo` takes this back, until")
    here.ana.says(here.repo, issue, "/undo")
    await here.come()

    await here.says(issue, "Taken back by @ana")
    await here.says(issue, "### 🟡 Decision: Is this the app you want?")
    assert receipt == here.comment(issue, "### ↩️ Decision")
    assert (await read(gates.get, gate.id)).status is Status.TAKEN_BACK
    here.ana.says(here.repo, issue, "/undo")
    await here.come()
    await here.says(issue, "There is no answer that can be taken back any more")


async def test_after_that_minute_the_receipt_no_longer_says_so(here: Town):
    ana = await here.link(here.ana)
    project = await here.project(ana)
    issue = here.ana.opens(here.repo, "Talk", "@orchestrator-bot hello there")
    await here.heard()
    gate = await here.decision(ana, project)
    await here.says(issue, "Is this the app you want?")
    await perform(Answer(gate.id, Decision.REJECT), ana.acts(), "no")
    await here.says(issue, "`/undo` takes this back, until")
    await until(lambda: tx(_a_minute_passes, gate.id))

    await until(lambda: not any("/undo" in one for one in here.said(issue)))
    assert here.comment(issue, "Rejected by @ana")
    await until(lambda: _nothing_due(here, issue))


async def _a_minute_passes(db: AsyncSession, id: str) -> bool:
    """As soon as the receipt waits for that minute to be over."""
    gate, post = await gates.get(db, id), await posts.get(db, await _of(db, id))
    if post.due_at != gate.answered_at + MAY_BE_TAKEN_BACK:
        return False
    gate.answered_at -= MAY_BE_TAKEN_BACK
    post.due_at -= MAY_BE_TAKEN_BACK
    posts.wake(db)
    return True


async def _of(db: AsyncSession, id: str) -> str:
    return await db.scalar(select(PostRow.id).where(PostRow.subject == f"gate:{id}"))


async def test_a_mark_that_somebody_else_wrote_is_not_ours(here: Town):
    ana = await here.link(here.ana)
    await here.project(ana)
    issue = here.ana.opens(here.repo, "Talk", "@orchestrator-bot hello there")
    await here.heard()
    here.github.faults.append(Fault(COMMENTS, status=502))
    here.ana.says(here.repo, issue, "@orchestrator-bot /help")
    await here.come()
    post = await until(lambda: _due(here, issue))
    here.person("eve").says(here.repo, issue, f"<!-- orchestrator:{post} -->\nfake")
    await here.says(issue, "begin a line")

    assert len([one for one in here.repo.conversation(issue) if one["user"].login == BOT]) == len(here.said(issue))
    assert any(one["body"].endswith("fake") for one in here.repo.conversation(issue))


async def test_where_nothing_can_be_said_any_more_we_stop_and_the_operator_sees_why(here: Town):
    ana = await here.link(here.ana)
    project = await here.project(ana)
    issue = here.ana.opens(here.repo, "Talk", "@orchestrator-bot hello there")
    await here.heard()
    await here.says(issue, "Talk")
    message = "Unable to create comment because issue is locked."
    here.github.faults.append(Fault(COMMENTS, times=9, status=403, message=message))
    await here.decision(ana, project)
    [(dead, room)] = await until(lambda: read(posts.dead))

    assert dead.problem == room.problem == "This issue is locked on GitHub, so nothing can be said there."
    assert len([one for one in here.github.asked if one.startswith("POST") and one.endswith("/comments")]) < 9


async def test_a_comment_of_ours_that_somebody_deleted_stays_deleted(here: Town):
    ana = await here.link(here.ana)
    project = await here.project(ana)
    issue = here.ana.opens(here.repo, "Talk", "@orchestrator-bot hello there")
    await here.heard()
    gate = await here.decision(ana, project)
    card = await here.says(issue, "Is this the app you want?")
    here.github.world.delete_comment(here.repo, here.github.me, card)
    await perform(Answer(gate.id, Decision.REJECT), ana.acts(), "no")
    [(dead, room)] = await until(lambda: read(posts.dead))

    assert (dead.subject, room.problem) == (f"gate:{gate.id}", "")


async def test_words_of_others_call_nobody(here: Town):
    ana = await here.link(here.ana)
    project = await here.project(ana)
    issue = here.ana.opens(here.repo, "Talk", "@orchestrator-bot hello there")
    await here.heard()
    room = await read(rooms.at, "github", f"acme/shop#{issue}")
    said = {"text": "cc @everybody and #1, <!-- hidden --> a@b.org"}
    await tx(posts.add, room.id, "word:test", project_id=project, said=said)
    await here.says(issue, "everybody")

    text = next(one for one in here.said(issue) if "everybody" in one)
    assert "@everybody" not in text
    assert "#1" not in text
    assert "<!--" not in text
    assert "a@b.org" in text


def test_a_text_that_is_too_long_ends_with_where_all_of_it_is():
    long = markup.fitting("a" * 200_000, "https://example.org/p")
    assert len(long) < 65_000
    assert long.endswith("[All of it is here](https://example.org/p)")


@pytest.mark.parametrize("name", ["octo", "ana-b"])
def test_what_would_call_somebody_is_defused_and_nothing_else_is(name: str):
    assert f"@{name}" not in markup.words(f"hello @{name}, and (@{name})")
    assert markup.words("mail me@example.org") == "mail me@example.org"


async def _nothing_due(here: Town, issue: int) -> bool:
    rows = await here.of_issue(issue)
    return bool(rows) and all(row.status is PostStatus.SHOWN for row in rows)


async def _due(here: Town, issue: int) -> str:
    return next((row.id for row in await here.of_issue(issue) if row.tries and not row.outside), "")
