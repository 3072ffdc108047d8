"""👍 and 👎 on a decision's comment: answers to exactly that decision, by people who may."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.channels.github import hearing, notices
from orchestrator.channels.github.remark import Delivery, Remark
from orchestrator.channels.github.us import NAME, Us
from orchestrator.conversation.command import perform
from orchestrator.domain.command import Actor, Answer
from orchestrator.domain.gate import Decision, Status
from orchestrator.errors import NotFound, OrchestratorError, Unreachable
from orchestrator.runtime import read, tx
from orchestrator.store import gates, identities, posts, rooms
from orchestrator.store.tables import GateRow

KIND: Final = "reaction"  # no event of GitHub: it sends none, so we look ourselves
MEANS: Final = {"+1": Decision.APPROVE, "-1": Decision.REJECT}


async def answer(us: Us, told: Delivery) -> None:
    """Once for each sign; what cannot be done any more needs no words, for the comment shows what came of it."""
    sign, comment, issue = told.reaction, told.comment, told.issue
    if sign is None or comment is None or issue is None or sign.user is None or sign.content not in MEANS:
        return
    said = Remark(f"github:reaction:{sign.id}", told.repository.full_name, issue.number, sign.user, "")
    if sign.user.is_bot or await us.is_us(sign.user.login) or await read(hearing.was_heard, said.key):
        return
    gate = await read(_gate, said.address, str(comment.id))
    if gate is None or gate.status is not Status.PENDING:
        await tx(hearing.note_heard, said.key)
        return
    user = await read(identities.who, NAME, str(sign.user.id))
    writes = await us.writes(said.slug, sign.user.login)
    if user is None or not writes:
        text = notices.stranger(said.by.login, us.settings.address, suggests=False, may_link=user is None and writes)
        await tx(hearing.answer, said, text, f"stranger:{said.by.id}:asks")
        return
    try:
        given = Answer(gate.id, MEANS[sign.content], version=gate.version or None)
        await perform(given, Actor(user.id, user.name, NAME), said.key)
    except Unreachable:
        raise
    except NotFound:
        await tx(hearing.answer, said, notices.stranger(said.by.login, "", suggests=False, may_link=False))
    except OrchestratorError as refusal:
        await tx(hearing.answer, said, str(refusal))
    await tx(hearing.note_heard, said.key)


async def _gate(db: AsyncSession, address: str, comment: str) -> GateRow | None:
    """Which decision a comment of ours shows."""
    room = await rooms.at(db, NAME, address)
    post = await posts.by_outside(db, room.id, comment) if room else None
    kind, _, id = post.subject.partition(":") if post else ("", "", "")
    return await gates.get(db, id) if kind == "gate" else None
