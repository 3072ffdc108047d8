"""The one door for everything a person can do: authorised, acted on and recorded once per key, in one transaction."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock, faults
from orchestrator.conversation import (
    budget,
    building,
    deciding,
    interview,
    linking,
    meanwhile,
    moving,
    proving,
    said,
    standing,
    taking_back,
    taking_part,
)
from orchestrator.conversation.exchange import Wants
from orchestrator.delivery import reconcile
from orchestrator.domain import answer as answers
from orchestrator.domain import delta, policy, suggestion, text
from orchestrator.domain.brief import Brief
from orchestrator.domain.command import (
    Actor,
    Answer,
    Attest,
    BringIn,
    Cancel,
    Command,
    Create,
    Decline,
    Forget,
    Mend,
    OfProject,
    Pause,
    Prime,
    Prove,
    RemoveMember,
    Rename,
    Reset,
    Resume,
    Say,
    SetBudget,
    SetBuilder,
    SetHub,
    SetMember,
    TakeBack,
    TakeUp,
    Undo,
    Validate,
    WriteVision,
)
from orchestrator.domain.elsewhere import SERVICES
from orchestrator.domain.gate import Kind
from orchestrator.domain.project import Project, Signal, can
from orchestrator.errors import Conflict, NotUnderstood, OrchestratorError
from orchestrator.runtime import runtime, tx
from orchestrator.store import (
    agreed,
    commands,
    events,
    gates,
    messages,
    projects,
    rules,
    suggestions,
)
from orchestrator.store.tables import ProjectRow

Outcome = dict[str, Any]
LONGEST_NAME = 120
WRITES = {Signal.ASKED: interview.WRITING, Signal.EXTENDED: standing.SHOWS}


async def perform(command: Command, actor: Actor, key: str) -> Outcome:
    """Do what was asked, once per person and key. Raises NotAllowed, NotFound, Conflict or NotUnderstood."""
    verb = type(command).__name__.lower()
    try:
        outcome = await tx(once, command, actor, f"{actor.user_id}:{key}")
    except OrchestratorError as refusal:
        runtime().metrics.commands.labels(verb, type(refusal).__name__).inc()
        raise
    runtime().metrics.commands.labels(verb, "done").inc()
    faults.point(f"performed:{verb}")
    return outcome


async def once(db: AsyncSession, command: Command, actor: Actor, key: str) -> Outcome:
    """Claim the key, act, remember, and start what the rows now ask for."""
    if (before := await commands.claim(db, key, repr(command))) is not None:
        return before
    db.info["room"] = actor.room  # what is said in answer, is said there as well
    outcome = await VERBS[type(command)](db, command, actor)
    await commands.remember(db, key, outcome)
    await reconcile.settle(db, outcome["project"])
    faults.point(f"performing:{type(command).__name__.lower()}")
    return outcome


async def create(db: AsyncSession, command: Create, actor: Actor) -> Outcome:
    idea = text.message(command.idea)
    name = text.line(command.name, LONGEST_NAME) or interview.name_of(idea)
    row = await projects.add(db, Project(clock.new_id(), name), idea, command.repository.strip(), Brief(), actor)
    row.builder = runtime().builder
    row.budget = runtime().currency.micros(runtime().settings.budget)
    if command.hub:
        await linking.change(db, row, command.hub, actor)
    message = messages.said(db, row, idea, actor)
    return {"project": row.id, "message": message.id, "sequence": message.sequence}


async def say(db: AsyncSession, command: Say, actor: Actor) -> Outcome:
    """Store what was said. An unmistakable answer to an open decision is that answer, and what is said to a builder at
    work is kept for it; everything else is talk.
    """
    role = await projects.role(db, command.project_id, actor.user_id)
    policy.require(role, Say)
    words = text.message(command.text)
    row = await projects.locked(db, command.project_id)
    act = await _meant(db, row, words, role)
    aside = None if act else meanwhile.aside(row, words, model=runtime().model is not None)
    talk = act is None and (aside is None or aside.talk)
    message = messages.said(db, row, words, actor, unanswered=talk)
    await projects.touch(db, row)
    if act is not None:
        await act(actor)
    if aside is not None:
        await meanwhile.keep(db, row, message.id, aside)
    return {"project": row.id, "message": message.id, "sequence": message.sequence}


async def _meant(db: AsyncSession, row: ProjectRow, words: str, role: policy.Role) -> "Act | None":
    """What these words do beside being said: only what is on the closed lists."""
    if (wants := said.wanted(words)) is Wants.WRITE_VISION and runtime().model:  # else the interview takes it up
        return await _writes(db, row, role)
    if wants and (meant := MEANS.get(wants)) and projects.value(row).may(meant[1]):
        verb, _, act = meant
        policy.require(role, verb)
        return lambda actor: act(db, row, actor)
    if again := taking_back.typed(row, words):
        policy.require(role, TakeBack)
        return lambda actor: _take_back(db, row, again, actor)
    gate = await gates.pending(db, row.id)
    typed = answers.command(words) or (answers.leave(words) if gate and gate.kind is Kind.PERMISSION else None)
    decision = typed.decision if typed else answers.unmistakable(words)
    if gate is None or decision is None or not policy.allows(role, Answer):
        return None
    if typed and typed.gate and typed.gate != gate.id:
        raise Conflict("That answer is for a question that is not open any more. Nothing was decided.")
    given = Answer(gate.id, decision, typed.note, way=typed.way) if typed else Answer(gate.id, decision)
    return lambda actor: deciding.decide(db, row, gate, given, actor)


async def _writes(db: AsyncSession, row: ProjectRow, role: policy.Role) -> "Act | None":
    """Write the vision where that is possible; where it is not, the conversation says why."""
    try:
        signal = delta.wanted(projects.value(row), Brief.model_validate(row.brief), await agreed.brief(db, row))
    except Conflict:
        return None
    if not can(row.step, signal):
        return None
    policy.require(role, WriteVision)

    async def act(actor: Actor) -> None:
        await projects.move(db, row, signal, actor)
        messages.reply(db, row, WRITES[signal])

    return act


async def answer(db: AsyncSession, command: Answer, actor: Actor) -> Outcome:
    gate = await gates.get(db, command.gate_id)
    policy.require(await projects.role(db, gate.project_id, actor.user_id), Answer)
    row = await projects.locked(db, gate.project_id)
    gate = await gates.get(db, command.gate_id)  # again, now that nobody else can answer it
    await deciding.decide(db, row, gate, command, actor)
    return {"project": row.id, "gate": gate.id, "status": gate.status, "stage": row.stage}


async def take_up(db: AsyncSession, command: TakeUp, actor: Actor) -> Outcome:
    """Whoever takes it up says it, as the quotation that it is: it does what their words may do, and no more."""
    row = await _mine(db, command, actor)
    found = await suggestions.decided(db, row, command.suggestion_id, taken=True, by=actor)
    words = suggestion.quoted(found.author, SERVICES.get(found.channel, found.channel), found.text)
    return await say(db, Say(command.project_id, words), actor)


async def take_back(db: AsyncSession, command: TakeBack, actor: Actor) -> Outcome:
    """Ask again what was answered a moment ago, whoever answered it."""
    gate = await gates.get(db, command.gate_id)
    policy.require(await projects.role(db, gate.project_id, actor.user_id), TakeBack)
    row = await projects.locked(db, gate.project_id)
    await _take_back(db, row, gate.id, actor)
    return _done(row) | {"gate": gate.id}


async def _take_back(db: AsyncSession, row: ProjectRow, id: str, actor: Actor) -> None:
    await taking_back.take_back(db, row, await gates.get(db, id), actor)


async def write_vision(db: AsyncSession, row: ProjectRow, _command: Command, actor: Actor) -> None:
    """The first vision, or, when one was agreed, what would change in it."""
    brief = Brief.model_validate(row.brief)
    signal = delta.wanted(projects.value(row), brief, await agreed.brief(db, row))
    await projects.move(db, row, signal, actor)


async def decline(db: AsyncSession, row: ProjectRow, command: Decline, actor: Actor) -> None:
    await suggestions.decided(db, row, command.suggestion_id, taken=False, by=actor)


async def rename(db: AsyncSession, row: ProjectRow, command: Rename, actor: Actor) -> None:
    name = text.line(command.name, LONGEST_NAME)
    if not name:
        raise NotUnderstood("Please give it a name.", field="name")
    events.append(db, row, actor, "project.renamed", **{"from": row.name, "to": name})
    row.name = name
    row.brief = row.brief | {"name": name}
    await projects.touch(db, row)


async def set_budget(db: AsyncSession, row: ProjectRow, command: SetBudget, actor: Actor) -> None:
    await budget.change(db, row, command.amount, actor)


async def forget(db: AsyncSession, row: ProjectRow, command: Forget, actor: Actor) -> None:
    await rules.remove(db, row, command.rule_id, actor)


async def remove_member(db: AsyncSession, row: ProjectRow, command: RemoveMember, actor: Actor) -> None:
    await taking_part.end(db, row, command.user_id, actor)


async def set_hub(db: AsyncSession, row: ProjectRow, command: SetHub, actor: Actor) -> None:
    await linking.change(db, row, command.hub, actor)


async def bring_in(db: AsyncSession, command: BringIn, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    return _done(row) | {"brought": await linking.bring_in(db, row, command.wishes)}


async def set_member(db: AsyncSession, command: SetMember, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    user = await taking_part.let(db, row, command, actor)
    return _done(row) | {"user": user.id, "new": user.password is None}


async def _mine(db: AsyncSession, command: OfProject, actor: Actor) -> ProjectRow:
    """Lock the project's row, if this person may do this."""
    policy.require(await projects.role(db, command.project_id, actor.user_id), type(command))
    return await projects.locked(db, command.project_id)


def _done(row: ProjectRow) -> Outcome:
    return {"project": row.id, "stage": row.stage}


Act = Callable[[Actor], Awaitable[None]]
Move = Callable[[AsyncSession, ProjectRow, Actor], Awaitable[None]]
Verb = Callable[[AsyncSession, Any, Actor], Awaitable[Outcome]]


def _of(act: Callable[[AsyncSession, ProjectRow, Any, Actor], Awaitable[None]]) -> Verb:
    """Something that is done to a project, for whoever may do it."""

    async def verb(db: AsyncSession, command: OfProject, actor: Actor) -> Outcome:
        row = await _mine(db, command, actor)
        await act(db, row, command, actor)
        return _done(row)

    return verb


def _moves(move: Move) -> Verb:
    """The same where the command says nothing but its name."""

    async def act(db: AsyncSession, row: ProjectRow, _command: OfProject, actor: Actor) -> None:
        await move(db, row, actor)

    return _of(act)


MEANS: dict[Wants, tuple[type[Command], Signal, Move]] = {
    Wants.PAUSE: (Pause, Signal.STOPPED, moving.pause),
    Wants.RESUME: (Resume, Signal.RESUMED, moving.resume),
    Wants.CANCEL: (Cancel, Signal.CANCELLED, moving.cancel),
    Wants.RESET: (Reset, Signal.RESET, moving.reset),
    Wants.PRIME: (Prime, Signal.PRIME, moving.prime),
    Wants.VALIDATE: (Validate, Signal.VALIDATE, moving.validate),
}
VERBS: dict[type[Command], Verb] = {
    Create: create,
    Say: say,
    Answer: answer,
    TakeBack: take_back,
    TakeUp: take_up,
    Decline: _of(decline),
    WriteVision: _of(write_vision),
    **{verb: _moves(move) for verb, _, move in MEANS.values()},
    Undo: _of(moving.undo),
    Rename: _of(rename),
    SetBudget: _of(set_budget),
    Forget: _of(forget),
    SetBuilder: _of(building.change),
    SetHub: _of(set_hub),
    BringIn: bring_in,
    Prove: _of(proving.prove),
    Attest: _of(proving.attest),
    Mend: _of(proving.mend),
    SetMember: set_member,
    RemoveMember: _of(remove_member),
}
