"""Watches over a conversation with a builder until it ends: by itself, by a crash, by our clock, or by a Stop."""

import asyncio
import time
from asyncio import FIRST_COMPLETED, Task, create_task
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from orchestrator import clock
from orchestrator.contain.process import WHY, Spawned
from orchestrator.domain.run import Activity, Job, Report
from orchestrator.errors import BuilderLost
from orchestrator.executors import troubles
from orchestrator.executors.bill import bill
from orchestrator.executors.ears import Ears
from orchestrator.executors.loops import Loops
from orchestrator.executors.session import Session
from orchestrator.executors.troubles import Trouble
from orchestrator.executors.wire import Wire
from orchestrator.ports import Hear, Tell, silence

if TYPE_CHECKING:
    from acp import ClientSideConnection, RequestError
    from acp.schema import PromptResponse, Usage

ENDS = {
    "end_turn": "The builder says that it has finished.",
    "max_tokens": "The builder stopped because the work became longer than it can hold at once.",
    "max_turn_requests": "The builder stopped because it had taken as many steps as it may.",
    "refusal": "The builder declined to do this.",
    "cancelled": "The builder stopped before it had finished.",
}
CRASHED = "The builder stopped in the middle of its work."
NEVER_BEGAN = "The builder stopped before it had begun."
SILENT = "The builder did not answer when we greeted it."
FOREIGN = "The builder does not speak the language that we speak with builders."
TROUBLE = "The builder met a problem of its own and stopped."
QUIET = "Nothing was heard for {time}. That is normal: it thinks, or waits for something that takes long."
OURS = {WHY["time"], WHY["memory"], WHY["processes"]}
ERRORS = 4000  # characters of its errors that are kept
MINUTE = 60
LOOK_S = 0.5  # signs of life move the end of our patience, so we look at the clock again
STOP_S = 0.2  # from a Stop until the builder's tree is killed
LAST_WORDS_S = 2.0  # for what is still on its way when a builder has gone


@dataclass(frozen=True, slots=True)
class AgentLimits:
    start_s: float = 60  # for its first answers
    quiet_s: float = 60  # without one until it is said that this is normal; then after twice as long, and so on
    stall_s: float = 600  # without any sign of life
    hard_s: float = 3600
    grace_s: float = 5  # to end by itself when asked to
    repeats: int = 10  # of one and the same thing while nothing changes
    lock_s: float = 10
    memory_mb: int = 4096
    processes: int = 512


@dataclass(slots=True)
class Talk:
    """One conversation with one running builder."""

    job: Job
    ears: Ears
    wire: Wire
    loops: Loops
    spawned: Spawned
    connection: "ClientSideConnection"
    limits: AgentLimits
    session: Session
    hear: Hear = silence
    name: str = "The builder"
    began: float = field(default_factory=time.monotonic)
    quiet: float = 0  # seconds after which the silence is next worth a word

    def hush(self) -> None:
        """Say that silence is normal, before somebody thinks that nothing happens."""
        silent = time.monotonic() - self.ears.heard_at
        if silent < self.limits.quiet_s:
            self.quiet = self.limits.quiet_s
        elif self.session.id and silent >= self.quiet:
            self.quiet *= 2
            self.ears.note(Activity(QUIET.format(time=spell(silent)), "quiet"))

    def left(self) -> float:
        """Seconds until one of our clocks runs out, if nothing happens."""
        now = time.monotonic()
        hard = self.began + self.limits.hard_s - now
        return min(hard, self.ears.heard_at + self.limits.stall_s - now) if self.session.id else hard

    def details(self, **more: Any) -> dict[str, Any]:
        """What is kept of it in a report, behind the sentence."""
        said, speech = self.ears.clean(self.ears.said), self.ears.speech
        cost = bill(speech.cost, more.get("usage", {}), speech.hints.model or self.session.model)
        return {"said": said, "changed": speech.files(), "cost": cost, **more}

    def trace(self) -> dict[str, str]:
        """What is kept of one that was lost."""
        return {"last_errors": self.ears.clean(self.spawned.stderr.text()[-ERRORS:])}


async def watched(talk: Talk, tell: Tell) -> Report:
    """How the conversation ended. Everything heard is told before. Raises BuilderLost where it may be tried again."""
    telling = create_task(talk.ears.pass_on(tell))
    going = create_task(_until_over(talk))
    try:
        await asyncio.wait({telling, going}, return_when=FIRST_COMPLETED)
        if going.done():
            talk.ears.close()
        await telling
        return going.result()
    finally:
        telling.cancel()
        going.cancel()
        await asyncio.gather(telling, going, return_exceptions=True)


async def _until_over(talk: Talk) -> Report:
    asked = create_task(_asked(talk))
    ended = create_task(talk.spawned.ended())
    looping = create_task(talk.loops.found())
    tasks: set[Task[Any]] = {asked, ended, looping}
    try:
        while (left := talk.left()) > 0 and not any(task.done() for task in tasks):
            await asyncio.wait(tasks, timeout=min(left, LOOK_S), return_when=FIRST_COMPLETED)
            talk.hush()
        if asked.done() or ended.done():
            return await _outcome(talk, asked, ended)
        sentence = _looped(talk) if looping.done() else _overdue(talk)
        await _cancel(talk, asked, talk.limits.grace_s)
        return Report(ok=False, sentence=sentence, details=talk.details())
    except asyncio.CancelledError:
        await _cancel(talk, asked, STOP_S)
        raise
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _asked(talk: Talk) -> "PromptResponse":
    """Greet the builder, open a session, and ask for the work: its answer comes when it has ended.

    What people said meanwhile it is told then: a builder in the middle of something would not notice.
    """
    from acp import PROTOCOL_VERSION, text_block  # noqa: PLC0415 - takes a second
    from acp.schema import ClientCapabilities, Implementation  # noqa: PLC0415

    us = Implementation(name="project-orchestrator", version="1")
    async with asyncio.timeout(talk.limits.start_s):
        theirs = await talk.connection.initialize(
            PROTOCOL_VERSION, client_capabilities=ClientCapabilities(), client_info=us
        )
        words = await talk.session.begin(talk.connection, theirs.agent_capabilities, talk.job, talk.ears)
    talk.ears.heard_at = time.monotonic()
    answer: PromptResponse = await talk.connection.prompt(talk.session.id, [text_block(words)])
    while answer.stop_reason == "end_turn" and (said := await talk.hear()):
        answer = await talk.connection.prompt(talk.session.id, [text_block(said)])
    if answer.stop_reason == "end_turn":
        talk.session.over()
    return answer


async def _cancel(talk: Talk, asked: "Task[PromptResponse]", grace: float) -> None:
    """Ask it to end, and give it a moment for that. Whether it does is not important: it is killed afterwards."""
    if not talk.session.id:
        return
    telling_it = create_task(talk.connection.cancel(session_id=talk.session.id))
    await asyncio.wait({asked}, timeout=grace)
    telling_it.cancel()
    await asyncio.gather(telling_it, return_exceptions=True)


async def _outcome(talk: Talk, asked: "Task[PromptResponse]", ended: "Task[tuple[int | None, str]]") -> Report:
    """What its answer means, or that there is none. Raises BuilderLost where the same job may be tried again."""
    from acp import RequestError  # noqa: PLC0415 - takes a second

    await asyncio.wait({asked}, timeout=LAST_WORDS_S)  # its answer may still be on its way when it has gone
    try:
        response = await asked if asked.done() else None
    except RequestError as error:
        return _refused(talk, error)
    except TimeoutError as error:
        raise BuilderLost(SILENT, **talk.trace()) from error
    except ValidationError as error:
        raise BuilderLost(FOREIGN, **talk.trace()) from error
    except ConnectionError:
        response = None
    if response is None:
        return await _gone(talk, ended)
    now = clock.now().astimezone()
    if trouble := troubles.ended(talk.ears.said, talk.ears.speech.hints, now):
        return _in_trouble(talk, trouble, usage=dumped(response.usage))
    return Report(
        ok=response.stop_reason == "end_turn",
        sentence=ENDS[response.stop_reason],
        details=talk.details(stop_reason=response.stop_reason, usage=dumped(response.usage)),
    )


def _refused(talk: Talk, error: "RequestError") -> Report:
    hints, now = talk.ears.speech.hints, clock.now().astimezone()
    if trouble := troubles.refused(error.code, error.data, str(error), hints, now):
        return _in_trouble(talk, trouble, problem=talk.ears.clean(str(error)))
    raise BuilderLost(TROUBLE, code=error.code, problem=talk.ears.clean(str(error)), **talk.trace()) from error


def _in_trouble(talk: Talk, trouble: Trouble, **more: Any) -> Report:
    """It cannot go on by itself, and trying again at once would not help."""
    sentence = troubles.sentence(trouble, talk.name, clock.now().astimezone())
    return Report(ok=False, sentence=sentence, details=talk.details(**more), goes_on=trouble.until)


async def _gone(talk: Talk, ended: "Task[tuple[int | None, str]]") -> Report:
    """It hung up without an answer."""
    if talk.wire.garbled:
        raise BuilderLost(FOREIGN, **talk.trace())
    await asyncio.wait({ended}, timeout=LAST_WORDS_S)
    code, why = ended.result() if ended.done() else (None, "")
    if why in OURS:
        return Report(ok=False, sentence=f"The builder was stopped. {why}", details=talk.details())
    raise BuilderLost(CRASHED if talk.session.id else NEVER_BEGAN, exit_code=code, **talk.trace())


def _overdue(talk: Talk) -> str:
    if time.monotonic() - talk.began >= talk.limits.hard_s:
        return f"The builder took longer than {spell(talk.limits.hard_s)}, so we stopped it."
    return f"The builder gave no sign of life for {spell(talk.limits.stall_s)}, so we stopped it."


def _looped(talk: Talk) -> str:
    return f"The builder did the same thing {talk.limits.repeats} times and nothing changed, so we stopped it."


def dumped(usage: "Usage | None") -> dict[str, Any]:
    return usage.model_dump(exclude_none=True) if usage else {}


def spell(seconds: float) -> str:
    minutes = seconds >= 2 * MINUTE
    count, unit = (round(seconds / MINUTE), "minute") if minutes else (round(seconds), "second")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
