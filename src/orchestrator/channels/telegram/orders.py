"""What can be asked for with a slash. Each becomes a command of ours, or a few words about how things stand."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from orchestrator.channels.telegram import finding, stating
from orchestrator.channels.telegram.buttons import Verb, button
from orchestrator.channels.telegram.visits import NEW, Visit, choose, said, say
from orchestrator.conversation.command import perform
from orchestrator.domain import policy
from orchestrator.domain.command import Answer, Cancel, Create, Pause, Reset, Resume, Undo
from orchestrator.domain.gate import Decision, Way
from orchestrator.domain.project import Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import Conflict, NotUnderstood
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import documents
from orchestrator.store.pages import Standing
from orchestrator.store.tables import GateRow
from orchestrator.telling import standing

ALONE = "Please write that to me alone, not in a group."
NOTHING_WAITS = "Nothing waits for an answer."
LOOK_FIRST = "Please look at this first; then answer it."
NO_VISION = "There is no vision yet. It is written when we have talked about your idea."


class NoProject(Exception):
    """It is not clear which project is meant."""


async def start(visit: Visit, _rest: str) -> None:
    found = await finding.choices(visit)
    if not found:
        await say(visit, f"Hello {visit.user.name}. {finding.NONE_YET}\n\nYou need no special words. /help shows more.")
        return
    more = "Write what you want to say, or choose what we talk about:"
    await say(visit, f"Hello {visit.user.name}. {more}", finding.rows(found))


async def new(visit: Visit, rest: str) -> None:
    if not visit.alone:
        raise Conflict(ALONE)
    if rest:
        await create(visit, rest)
    else:
        await stating.ask_idea(visit)


async def create(visit: Visit, idea: str) -> None:
    """Begin a project with this idea, and talk about it from now on."""
    outcome = await perform(Create(idea), visit.actor, visit.key + NEW)
    await tx(choose, visit.room.id, str(outcome["project"]))
    await stating.forget(visit)


async def projects(visit: Visit, _rest: str) -> None:
    if not visit.alone:
        await status(visit, "")
        return
    found = await finding.choices(visit)
    if not found:
        await say(visit, finding.NONE_YET)
        return
    lines = [f"- **{_plain(one.project.name)}**: {_plain(standing.status(one))}" for one in found]
    await say(visit, "\n".join(lines) + "\n\nWhich one shall we talk about?", finding.rows(found))


def _plain(text: str) -> str:
    """Within Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#~&" else char for char in text)


async def switch(visit: Visit, rest: str) -> None:
    found = await finding.choices(visit, rest)
    exact = [one for one in found if one.project.name.casefold() == rest.casefold()]
    if rest and len(one := exact or found) == 1:
        await tx(finding.switch, visit, one[0].project.id)
        return
    if rest and not found:
        raise NotUnderstood(f"I found no project of yours called “{rest[:60]}”. /projects lists them.")
    if not found:
        raise Conflict(finding.NONE_YET if visit.alone else finding.NONE_OWNED)
    await say(visit, "Which one shall we talk about?", finding.rows(found))


async def status(visit: Visit, _rest: str) -> None:
    found = await _found(visit)
    more = "\n\n/continue shows the question again." if found.gate else ""
    await say(visit, f"{_plain(standing.status(found))}{more}", project=found.project.id)


async def go_on(visit: Visit, _rest: str) -> None:
    """Show the open question; go on with what is paused; else say how things stand."""
    found = await _found(visit)
    if found.gate:
        await tx(finding.show_again, visit.room.id, found.gate.id, found.project.id)
    elif found.project.step is Step.PAUSED:
        await perform(Resume(found.project.id), visit.actor, visit.key)
    else:
        await status(visit, "")


async def approve(visit: Visit, rest: str) -> None:
    found = await _found(visit)
    gate = _gate(found)
    if await is_seen(visit, gate):
        way = _way(gate, rest)
        given = Answer(gate.id, Decision.APPROVE, version=gate.version or None, way=way)
        await perform(given, visit.actor, visit.key)


async def changes(visit: Visit, rest: str) -> None:
    gate = _gate(await _found(visit))
    if not await is_seen(visit, gate):
        return
    if rest:
        await perform(Answer(gate.id, Decision.CHANGES, rest, version=gate.version or None), visit.actor, visit.key)
    else:
        await stating.ask_what(visit, gate)


async def reject(visit: Visit, rest: str) -> None:
    gate = _gate(await _found(visit))
    if await is_seen(visit, gate):
        await perform(Answer(gate.id, Decision.REJECT, rest, version=gate.version or None), visit.actor, visit.key)


async def is_seen(visit: Visit, gate: GateRow) -> bool:
    """Nobody answers what was not to be seen where they answer: then it is shown first."""
    if await read(finding.was_seen, visit.room.id, gate.id):
        return True
    await say(visit, LOOK_FIRST, project=gate.project_id)
    await tx(finding.show_again, visit.room.id, gate.id, gate.project_id)
    return False


def _way(gate: GateRow, rest: str) -> Way | None:
    """“2”, “back”, or nothing."""
    if not rest:
        return None
    ways = [Way(way["way"]) for way in gate.ways]
    if rest.isdecimal() and 0 < int(rest) <= len(ways):
        return ways[int(rest) - 1]
    if rest.lower() in ways:
        return Way(rest.lower())
    raise NotUnderstood("Write /approve alone, or press one of the buttons. Nothing was decided.")


async def pause(visit: Visit, _rest: str) -> None:
    await perform(Pause((await _found(visit)).project.id), visit.actor, visit.key)


async def resume(visit: Visit, _rest: str) -> None:
    await perform(Resume((await _found(visit)).project.id), visit.actor, visit.key)


async def cancel(visit: Visit, _rest: str) -> None:
    """What we just asked for is left; else the whole project, after asking once more."""
    if stating.waits_for(visit):
        await stating.forget(visit, "Good, it stays as it is.")
        return
    found = await _found(visit)
    policy.require(found.role, Cancel)
    await ask_cancel(visit, found)


async def ask_cancel(visit: Visit, found: Standing) -> None:
    text = "Shall I cancel the whole project? What was made so far is kept. To take a break, /pause is enough."
    id = found.project.id
    rows = [[button("Yes, cancel it", Verb.CANCEL, id), button("No, go on", Verb.LEAVE)]]
    await say(visit, text, rows, id)


async def reset(visit: Visit, _rest: str) -> None:
    found = await _found(visit)
    policy.require(found.role, Reset)
    text = "Shall we start over with the idea? What was made so far is kept, and so is the history."
    rows = [[button("Yes, start over", Verb.RESET, found.project.id), button("No, go on", Verb.LEAVE)]]
    await say(visit, text, rows, found.project.id)


async def undo(visit: Visit, _rest: str) -> None:
    found = await _found(visit)
    policy.require(found.role, Undo)
    done = [phase for phase in found.phases if phase.status is PhaseStatus.COMPLETED]
    if not done:
        raise Conflict("No phase is part of your app yet, so there is nothing to undo.")
    last = done[-1]
    text = f"Shall I take phase {last.number} out of your app again: {_plain(last.title)}? Nothing is deleted."
    yes = button("Yes, undo it", Verb.UNDO, found.project.id, last.number)
    await say(visit, text, [[yes, button("No, leave it", Verb.LEAVE)]], found.project.id)


async def cost(visit: Visit, _rest: str) -> None:
    found = await _found(visit)
    money, project = runtime().currency, found.project
    limit = f"The limit is {money.sum(project.budget)}." if project.budget else "There is no limit."
    text = f"{standing.spent(project)}." if project.spent else f"Nothing is spent. {limit}"
    await say(visit, text, project=project.id)


async def vision(visit: Visit, _rest: str) -> None:
    found = await _found(visit)
    row = await read(documents.find, found.project.id, "vision")
    if row is None:
        raise Conflict(NO_VISION)
    await say(visit, "", project=found.project.id, document="vision", version=row.version)


async def link(visit: Visit, _rest: str) -> None:
    await say(visit, f"You are {_plain(visit.user.name)} here. You can unlink this account on the settings page.")


async def help(visit: Visit, _rest: str) -> None:
    lines = [f"/{name}: {order.says}" for name, order in ORDERS.items()]
    await say(visit, "Just write what you want to say. Beside that there is:\n\n" + "  \n".join(lines))


async def _found(visit: Visit) -> Standing:
    """The project at hand. Raises NoProject."""
    if found := await finding.at_hand(visit):
        return found
    raise NoProject


def _gate(found: Standing) -> GateRow:
    """The open decision, for who may answer it."""
    policy.require(found.role, Answer)
    if found.gate is None:
        raise Conflict(f"{NOTHING_WAITS} {standing.status(found)}")
    return found.gate


async def ask_which(visit: Visit, kept: str = "") -> None:
    """Which project is meant? `kept` words are said there once it is chosen."""
    found = await finding.choices(visit)
    if not visit.alone:
        await say(visit, finding.UNBOUND)
        return
    if not found:
        await say(visit, finding.NONE_YET)
        return
    rows = [*finding.rows(found), *([[button("A new idea", Verb.NEW)]] if kept else [])]
    await tx(said, visit.room.id, visit.number, finding.WHICH, rows, None, kept=kept)


@dataclass(frozen=True, slots=True)
class Order:
    does: Callable[[Visit, str], Awaitable[None]]
    says: str


ORDERS: dict[str, Order] = {
    "start": Order(start, "Begin, or link this chat"),
    "new": Order(new, "Begin something new: /new and your idea"),
    "projects": Order(projects, "Your projects"),
    "switch": Order(switch, "Choose what we talk about"),
    "status": Order(status, "How it stands"),
    "continue": Order(go_on, "Show the open question, or go on"),
    "approve": Order(approve, "Say yes to the open question"),
    "changes": Order(changes, "Say what should be different"),
    "reject": Order(reject, "Say no to the open question"),
    "pause": Order(pause, "Stop for now; nothing is lost"),
    "resume": Order(resume, "Go on where we stopped"),
    "cancel": Order(cancel, "Leave a question, or end the project"),
    "undo": Order(undo, "Take the last phase out again"),
    "cost": Order(cost, "What was spent"),
    "vision": Order(vision, "Read the vision"),
    "reset": Order(reset, "Start over with the idea"),
    "link": Order(link, "Whose account this is"),
    "help": Order(help, "What I understand"),
}
