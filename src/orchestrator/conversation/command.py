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
    meanwhile,
    said,
    standing,
    taking_back,
    taking_part,
)
from orchestrator.conversation.exchange import Wants
from orchestrator.delivery import reconcile
from orchestrator.domain import answer as answers
from orchestrator.domain import delta, policy, suggestion, text
from orchestrator.domain.brief import Brief, Topic
from orchestrator.domain.command import (
    Actor,
    Answer,
    Cancel,
    Command,
    Create,
    Decline,
    Forget,
    OfProject,
    Pause,
    Prime,
    RemoveMember,
    Rename,
    Reset,
    Resume,
    Say,
    SetBudget,
    SetBuilder,
    SetMember,
    TakeBack,
    TakeUp,
    Undo,
    Validate,
    WriteVision,
)
from orchestrator.domain.elsewhere import SERVICES
from orchestrator.domain.gate import Kind
from orchestrator.domain.project import WORKING, Project, Signal, Step, can
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import Conflict, NotUnderstood, OrchestratorError
from orchestrator.runtime import runtime, tx
from orchestrator.store import (
    agreed,
    asides,
    commands,
    events,
    gates,
    messages,
    phases,
    projects,
    rules,
    runs,
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


async def decline(db: AsyncSession, command: Decline, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    await suggestions.decided(db, row, command.suggestion_id, taken=False, by=actor)
    return _done(row)


async def take_back(db: AsyncSession, command: TakeBack, actor: Actor) -> Outcome:
    """Ask again what was answered a moment ago, whoever answered it."""
    gate = await gates.get(db, command.gate_id)
    policy.require(await projects.role(db, gate.project_id, actor.user_id), TakeBack)
    row = await projects.locked(db, gate.project_id)
    await _take_back(db, row, gate.id, actor)
    return _done(row) | {"gate": gate.id}


async def _take_back(db: AsyncSession, row: ProjectRow, id: str, actor: Actor) -> None:
    await taking_back.take_back(db, row, await gates.get(db, id), actor)


async def write_vision(db: AsyncSession, command: WriteVision, actor: Actor) -> Outcome:
    """The first vision, or, when one was agreed, what would change in it."""
    row = await _mine(db, command, actor)
    brief = Brief.model_validate(row.brief)
    signal = delta.wanted(projects.value(row), brief, await agreed.brief(db, row))
    await projects.move(db, row, signal, actor)
    return _done(row)


async def pause(db: AsyncSession, command: Pause, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    await _pause(db, row, actor)
    return _done(row)


async def _pause(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    await _stop(db, row, Signal.STOPPED, actor)
    messages.note(db, row, f"Paused by {actor.name}. Nothing is lost, and nothing is being spent.")


async def cancel(db: AsyncSession, command: Cancel, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    await _cancel(db, row, actor)
    return _done(row)


async def _cancel(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    await _stop(db, row, Signal.CANCELLED, actor)
    messages.note(
        db, row, f"Cancelled by {actor.name}. What was made so far is kept. Write “start over” to begin again."
    )


async def _stop(db: AsyncSession, row: ProjectRow, signal: Signal, actor: Actor) -> None:
    """End whatever is going on: the job sees it by the row."""
    worked = row.step in WORKING
    await projects.move(db, row, signal, actor)
    if worked:
        await runs.cancel(db, row)


async def resume(db: AsyncSession, command: Resume, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    await _resume(db, row, actor)
    return _done(row)


async def _resume(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    await projects.move(db, row, Signal.RESUMED, actor)
    messages.note(db, row, "We go on where we stopped.")


async def reset(db: AsyncSession, command: Reset, actor: Actor) -> Outcome:
    """Back to the conversation with an empty brief. What was written and built stays, and so does the history."""
    row = await _mine(db, command, actor)
    await _reset(db, row, actor)
    return _done(row)


async def _reset(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    await _stop(db, row, Signal.RESET, actor)
    await asides.forget(db, row.id)
    row.brief, row.asked, row.note, row.agreed = Brief().model_dump(mode="json"), Topic.WHAT, "", 0
    events.append(db, row, actor, "brief.changed", brief=row.brief)
    row.summary, row.summed, row.topic_from = "", row.last_event, row.last_event
    messages.reply(db, row, "We start over. What would you like to make? Everything from before stays in the history.")


async def prime(db: AsyncSession, command: Prime, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    await _prime(db, row, actor)
    return _done(row)


async def _prime(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    await projects.move(db, row, Signal.PRIME, actor)
    messages.note(db, row, "The builder looks again at what is there. Then you see the phases anew.")


async def validate(db: AsyncSession, command: Validate, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    await _validate(db, row, actor)
    return _done(row)


async def _validate(db: AsyncSession, row: ProjectRow, actor: Actor) -> None:
    if projects.value(row).can_validate and not (await phases.get(db, row.id, row.phase)).commit:
        raise Conflict(f"Nothing of phase {row.phase} was built yet, so there is nothing to check.")
    await projects.move(db, row, Signal.VALIDATE, actor)
    messages.note(db, row, f"Phase {row.phase} is being checked again.")


async def undo(db: AsyncSession, command: Undo, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    finished = [phase for phase in await phases.of(db, row.id) if phase.status is PhaseStatus.COMPLETED]
    if not any(phase.number == command.phase for phase in finished):
        raise Conflict(f"Phase {command.phase} is not part of your app, so there is nothing to undo.")
    if command.phase != finished[-1].number:
        newest = finished[-1].number
        raise Conflict(f"Phase {newest} builds on phase {command.phase}. Undo phase {newest} first.")
    if row.change_from:
        raise Conflict("The vision is just being changed. Answer that first.")
    if row.undo or row.paused_from is Step.MERGING:
        raise Conflict("Another phase is just being taken in or out. Let that go on first.")
    await projects.move(db, row, Signal.UNDO, actor, undo=command.phase)
    row.undo = command.phase
    return _done(row)


async def rename(db: AsyncSession, command: Rename, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    name = text.line(command.name, LONGEST_NAME)
    if not name:
        raise NotUnderstood("Please give it a name.", field="name")
    events.append(db, row, actor, "project.renamed", **{"from": row.name, "to": name})
    row.name = name
    row.brief = row.brief | {"name": name}
    await projects.touch(db, row)
    return _done(row)


async def set_budget(db: AsyncSession, command: SetBudget, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    await budget.change(db, row, command.amount, actor)
    return _done(row)


async def forget(db: AsyncSession, command: Forget, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    await rules.remove(db, row, command.rule_id, actor)
    return _done(row)


async def set_builder(db: AsyncSession, command: SetBuilder, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    await building.change(db, row, command, actor)
    return _done(row)


async def set_member(db: AsyncSession, command: SetMember, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    user = await taking_part.let(db, row, command, actor)
    return _done(row) | {"user": user.id, "new": user.password is None}


async def remove_member(db: AsyncSession, command: RemoveMember, actor: Actor) -> Outcome:
    row = await _mine(db, command, actor)
    await taking_part.end(db, row, command.user_id, actor)
    return _done(row)


async def _mine(db: AsyncSession, command: OfProject, actor: Actor) -> ProjectRow:
    """Lock the project's row, if this person may do this."""
    policy.require(await projects.role(db, command.project_id, actor.user_id), type(command))
    return await projects.locked(db, command.project_id)


def _done(row: ProjectRow) -> Outcome:
    return {"project": row.id, "stage": row.stage}


Act = Callable[[Actor], Awaitable[None]]
MEANS: dict[Wants, tuple[type[Command], Signal, Callable[[AsyncSession, ProjectRow, Actor], Awaitable[None]]]] = {
    Wants.PAUSE: (Pause, Signal.STOPPED, _pause),
    Wants.RESUME: (Resume, Signal.RESUMED, _resume),
    Wants.CANCEL: (Cancel, Signal.CANCELLED, _cancel),
    Wants.RESET: (Reset, Signal.RESET, _reset),
    Wants.PRIME: (Prime, Signal.PRIME, _prime),
    Wants.VALIDATE: (Validate, Signal.VALIDATE, _validate),
}
VERBS: dict[type[Command], Callable[[AsyncSession, Any, Actor], Awaitable[Outcome]]] = {
    Create: create,
    Say: say,
    Answer: answer,
    TakeBack: take_back,
    TakeUp: take_up,
    Decline: decline,
    WriteVision: write_vision,
    Pause: pause,
    Resume: resume,
    Cancel: cancel,
    Reset: reset,
    Prime: prime,
    Validate: validate,
    Undo: undo,
    Rename: rename,
    SetBudget: set_budget,
    Forget: forget,
    SetBuilder: set_builder,
    SetMember: set_member,
    RemoveMember: remove_member,
}
