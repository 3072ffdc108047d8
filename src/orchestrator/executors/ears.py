"""Our side of the conversation with a builder: hears what it tells, in order, and answers what it asks."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.domain.run import Activity, Ask, Job, Wish
from orchestrator.executors import permissions, wishes, worktree
from orchestrator.executors.loops import Loops
from orchestrator.executors.permissions import Bounds, Verdict, choice
from orchestrator.executors.speech import Speech, Step
from orchestrator.ports import Tell

if TYPE_CHECKING:
    from acp.schema import PermissionOption, RequestPermissionResponse, ToolCallUpdate

WAITING = 500  # so many activities may wait to be told; then the builder has to wait too
Count = Callable[[Sequence[str]], Awaitable[int]]  # of the files with a save point at these places
TEXT_S, TEXT_LONG = 0.3, 4000  # words come in crumbs: they are collected for so long, or until they are so many
REFUSED = "The builder wanted to reach {host}. It may not."
STEPS = {"tool_call", "tool_call_update"}


class Ears:
    """What the SDK calls a client. `heard_at` is the last sign of life, `said` the end of what the builder said.

    `ask` is what it wants and has to have asked, once there is such a thing: then it has to end.
    """

    def __init__(self, job: Job, bounds: Bounds, loops: Loops, clean: Callable[[str], str], count: Count) -> None:
        self.speech, self.said, self.heard_at = Speech(job.worktree, clean), "", time.monotonic()
        self.ask: asyncio.Future[Ask] = asyncio.get_running_loop().create_future()
        self._job, self._bounds, self._count = job, bounds, count
        self._loops, self.clean = loops, clean
        self._waiting: deque[Activity] = deque()
        self.deaf = False  # to what is told once more
        self._closed, self._stirred, self._emptied = False, asyncio.Event(), asyncio.Event()

    async def session_update(self, session_id: str, update: Any, **_: Any) -> None:  # noqa: ARG002 - named by the SDK
        """Waits for nothing, or what was told first might be heard later."""
        self.heard_at = time.monotonic()
        if self.deaf:
            return
        if activity := self.speech.hear(update):
            self._put(activity)
        if update.session_update in STEPS and (deed := self.speech.steps[update.tool_call_id].deed()):
            self._loops.add(deed)

    async def request_permission(
        self,
        session_id: str,  # noqa: ARG002 - named by the SDK
        tool_call: "ToolCallUpdate",
        options: "list[PermissionOption]",
        **_: Any,
    ) -> "RequestPermissionResponse":
        """Answered at once, by rule: no builder waits for a person, and none can talk one into something."""
        self.heard_at = time.monotonic()
        step = self.speech.step(tool_call)
        said = await self._verdict(step)
        why = said.refused or (permissions.ASKS[said.ask.wish] if said.ask else "")
        if why:
            details = {"title": self.clean(step.title), "kind": step.kind, "paths": sorted(step.paths)}
            self._put(Activity(why, "permission", details))
        if said.ask and not self.ask.done():
            self.ask.set_result(said.ask)
        return answer(None if said.ask else choice(options, allow=not why))

    async def _verdict(self, step: Step) -> Verdict:
        line = self.clean(permissions.command(step.raw))
        wanted = tuple(wishes.of(line)) if line else ()
        paths = set(self._real(step))
        removes = {self._where(place) for one in wanted if one.wish is Wish.DELETE for place in one.removes or ()}
        removes |= paths if step.kind == "delete" else set()
        paths |= {place for place in removes if not self._bounds.within(place)}
        kept = [str(place) for place in removes if self._bounds.within(place)]
        asked = permissions.Step(step.kind, tuple(paths), line, wanted, await self._count(kept) if kept else 0)
        return permissions.verdict(asked, self._job, self._bounds)

    def note(self, activity: Activity) -> None:
        """Have something told that the builder did not say itself."""
        self._put(activity)

    def refused(self, host: str, port: int) -> None:
        """Our gateway did not let it out to there."""
        self._put(Activity(REFUSED.format(host=host), "permission", {"host": host, "port": port}))

    async def room(self) -> None:
        """Returns when there is room for more to be heard."""
        while len(self._waiting) >= WAITING:
            self._emptied.clear()
            await self._emptied.wait()

    def close(self) -> None:
        """Nothing more will be heard."""
        self._closed = True
        self._stirred.set()

    async def pass_on(self, tell: Tell) -> None:
        """Tell everything that was heard, in order, until closed and all is told."""
        while self._waiting or not self._closed:
            await self._ripe()
            if self._waiting:
                activity = self._waiting.popleft()
                self._emptied.set()
                await tell(self._cleaned(activity))

    def _put(self, activity: Activity) -> None:
        if activity.kind == "text":
            self.said = (self.said + activity.details["said"])[-TEXT_LONG:]
            if self._waiting and self._waiting[-1].kind == "text" and not self._full():
                activity = joined(self._waiting.pop(), activity)
        self._waiting.append(activity)
        self._stirred.set()

    async def _ripe(self) -> None:
        """Something is there to be told; words, when some time has passed or something else comes after them."""
        while not self._waiting and not self._closed:
            await self._stir()
        with suppress(TimeoutError):
            async with asyncio.timeout(TEXT_S):
                while self._crumbs() and not self._closed:
                    await self._stir()

    def _crumbs(self) -> bool:
        return len(self._waiting) == 1 and self._waiting[0].kind == "text" and not self._full()

    def _full(self) -> bool:
        return len(self._waiting[-1].details["said"]) >= TEXT_LONG

    async def _stir(self) -> None:
        self._stirred.clear()
        await self._stirred.wait()

    def _cleaned(self, activity: Activity) -> Activity:
        """Words come in crumbs, so they can only be cleaned when they are whole."""
        if activity.kind != "text":
            return activity
        return Activity(activity.sentence, "text", {"said": self.clean(activity.details["said"])})

    def _where(self, place: str) -> Path:
        """Where it leads to, as far as that is known before a shell has looked at it."""
        return real(self._job.worktree, worktree.certain(place))

    def _real(self, step: Step) -> list[Path]:
        return [real(self._job.worktree, path) for path in step.paths]


def joined(first: Activity, second: Activity) -> Activity:
    return Activity(first.sentence, "text", {"said": first.details["said"] + second.details["said"]})


def real(worktree: Path, path: str) -> Path:
    """Where a path leads to, links followed. One that leads nowhere is outside of everything."""
    try:
        return (worktree / path).resolve()
    except (OSError, RuntimeError, ValueError):
        return Path("/")


def answer(option: str | None) -> "RequestPermissionResponse":
    from acp.schema import AllowedOutcome, DeniedOutcome, RequestPermissionResponse  # noqa: PLC0415 - takes a second

    if option is None:
        return RequestPermissionResponse(outcome=DeniedOutcome(outcome="cancelled"))
    return RequestPermissionResponse(outcome=AllowedOutcome(outcome="selected", option_id=option))
