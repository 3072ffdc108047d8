"""A builder that is a running SCAR, spoken to over HTTP: each job is sent once, and git says what came of it."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from weakref import WeakValueDictionary

import httpx

from orchestrator.domain.run import Activity, Job, Report
from orchestrator.errors import BuilderLost, NotPossible
from orchestrator.executors.scar import commands, errand, fence, http, replies, setup
from orchestrator.executors.scar.errand import Errand
from orchestrator.executors.scar.http import Http, Unsure
from orchestrator.executors.scar.notes import Note, Notes
from orchestrator.executors.scar.talk import ScarLimits, Talk, spell
from orchestrator.ports import Exchange, Hear, Tell, silence

DESCRIPTION = (
    "SCAR, a coding agent that runs on its own at {url}. It works on a copy of its own. We can neither hold it within "
    "bounds nor see what it costs, and it cannot be stopped in the middle: after a Stop it may work on for a while, "
    "but nothing of that becomes part of your app by itself."
)
BEGINS = "Hands the work to SCAR. SCAR cannot be stopped in the middle: after a Stop it may work on for a while."
JOINS = "SCAR was asked for this already, so we wait for that and do not ask twice."
ONCE_MORE = "SCAR had not taken it, so it is asked now."
STILL = (
    "SCAR has been at work for {long} and has not finished. We cannot stop it, so it may still be running. When you "
    "try again, we first wait for it and do not ask twice."
)
LOST = "SCAR was started anew in the middle of its work, so nobody knows how that ended."
LOST_SO = f"{LOST} What it had saved is kept, and it is asked again."
MARKS = 3  # tries to set a mark


class Lost(BuilderLost):
    """The run is over for certain, and what it saved is here; nobody knows more."""


class ScarHttp:
    def __init__(self, url: str, exchange: Exchange, notes: Notes, limits: ScarLimits) -> None:
        self._url, self._exchange, self._notes, self._limits = url, exchange, notes, limits
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def describe(self) -> str:
        return DESCRIPTION.format(url=self._url)

    async def run(self, job: Job, tell: Tell, hear: Hear = silence) -> Report:
        """As `ports.Executor` promises, but for one thing: SCAR cannot be cancelled, we can only let go of it."""
        errand.must_know(job)
        await http.must_be_private(self._url)
        here = http.is_here(self._url)
        meeting = await self._exchange.meet(job.project, job.worktree, here=here)
        mine = Errand(job, meeting, self._exchange, self._notes)
        timeout = httpx.Timeout(self._limits.answer_s)
        queue = self._queues.setdefault(mine.name, asyncio.Lock())
        async with queue, httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
            talk = Talk(Http(self._url, client), mine.name, tell, self._limits)
            return await self._within_time(Run(mine, talk, tell, hear))

    async def _within_time(self, run: "Run") -> Report:
        try:
            async with asyncio.timeout(self._limits.hard_s) as clock:
                return await run.done()
        except TimeoutError:
            if not clock.expired():
                raise
            return Report(ok=False, sentence=STILL.format(long=spell(self._limits.hard_s)), details={"unknown": True})


class Run:
    """One job, from wherever it stands to its end."""

    def __init__(self, mine: Errand, talk: Talk, tell: Tell, hear: Hear) -> None:
        self._mine, self._talk, self._tell, self._hear = mine, talk, tell, hear

    async def done(self) -> Report:
        try:
            report = await self._first()
            while report.ok and (said := await self._hear()):
                self._mine = replace(self._mine, job=commands.wishing(self._mine.job, said))
                report = await self._begun(self._mine.note())
        except BuilderLost:
            raise
        except NotPossible as problem:
            return Report(ok=False, sentence=str(problem), details=dict(problem.more))
        return report

    async def _first(self) -> Report:
        note, job = self._mine.note(), self._mine.job
        if note and note.key == job.key and note.state == "over":
            return await self._mine.again(note)
        if note and note.open and (note.key == job.key or note.asks == self._mine.asks):
            await self._tell(Activity(JOINS))
            return await self._joined(note)
        return await self._begun(note)

    async def _joined(self, note: Note) -> Report:
        """What was sent before, by a process that is gone or by us in another try: it may be over, at work or lost."""
        try:
            return await self._ended(note)
        except Lost:
            await self._tell(Activity(LOST_SO))
            return await self._begun(self._mine.note())

    async def _begun(self, before: Note | None) -> Report:
        mine, talk = self._mine, self._talk
        await talk.free()
        meeting = await mine.published()
        await setup.ready(talk, meeting, mine.job.project, commands.NAMES[mine.job.kind])
        await self._tell(Activity(BEGINS))
        time = before.time + 1 if before else 1
        await talk.ask(fence.around(mine.job.key, time).before)
        note = mine.write(Note(key=mine.job.key, asks=mine.asks, time=time, head=meeting.head, state="sending"))
        return await self._ended(await self._sent(note))

    async def _sent(self, note: Note) -> Note:
        """Written down before and after. Where nobody knows whether SCAR took it, we look before it is sent again."""
        try:
            await self._talk.http.say(self._talk.name, commands.invoke(self._mine.job, self._mine.meeting.branch))
        except Unsure:
            return note
        except NotPossible:
            self._mine.write(note.now(state="lost"))
            raise
        return self._mine.write(note.now(state="sent"))

    async def _ended(self, note: Note) -> Report:
        around = fence.around(note.key, note.time)
        for _ in range(MARKS):
            with suppress(Unsure):
                await self._talk.http.say(self._talk.name, around.after)
            await self._talk.over(around)
            if fence.answered(self._talk.texts, around.after):
                break
        heard = fence.within(self._talk.texts, around)
        if heard is None or not fence.answered(self._talk.texts, around.after):
            return await self._lost(note)
        if not heard and note.state == "sending" and not (await self._mine.brought(note)).moved:
            await self._tell(Activity(ONCE_MORE))
            return await self._begun(note)
        return await self._mine.ended(note, replies.judged(heard))

    async def _lost(self, note: Note) -> Report:
        report = await self._mine.saved(note)
        if report is None:
            raise Lost(LOST)
        return report
