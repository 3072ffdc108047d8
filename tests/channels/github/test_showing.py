"""What we say on GitHub stands there once, is edited in place, and calls nobody who is not meant."""

import pytest

from channels.github.issue import BOT, Town
from ground.github_api import Fault, limited
from ground.until import until
from orchestrator.channels.github import markup
from orchestrator.conversation.command import perform
from orchestrator.domain.command import Answer
from orchestrator.domain.elsewhere import PostStatus
from orchestrator.domain.gate import Decision
from orchestrator.runtime import read, tx
from orchestrator.store import posts, rooms

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
