"""What every job of SCAR's has in common, whichever way we speak with it: what is sent, and what is taken back."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from orchestrator.domain.run import Job, Report, RunKind
from orchestrator.errors import Conflict, NotPossible
from orchestrator.executors.scar import commands, outcome
from orchestrator.executors.scar.notes import Note, Notes
from orchestrator.executors.scar.replies import Verdict
from orchestrator.ports import Brought, Exchange, Meeting

FOREIGN = "SCAR cannot do this kind of work."
MOST_PLAN = 2_000_000


@dataclass(frozen=True, slots=True)
class Errand:
    """A job, where we meet for it, and our note about it."""

    job: Job
    meeting: Meeting
    exchange: Exchange
    notes: Notes

    @property
    def name(self) -> str:
        return commands.conversation(self.job.project, self.meeting.branch)

    @property
    def asks(self) -> str:
        return commands.identity(self.job)

    def note(self) -> Note | None:
        return self.notes.read(self.name)

    def write(self, note: Note) -> Note:
        return self.notes.write(self.name, note)

    async def published(self) -> Meeting:
        """Our side is there, with what the builder is to read."""
        texts, lacking = commands.texts(self.job), commands.lacking()
        return await self.exchange.publish(self.job.project, self.job.worktree, self.meeting, texts, lacking)

    async def brought(self, note: Note, hint: str = "") -> Brought:
        """Its side is here, as far as it goes on from what we sent."""
        since = replace(self.meeting, head=note.head)
        return await self.exchange.bring_back(self.job.project, self.job.worktree, since, hint)

    async def ended(self, note: Note, verdict: Verdict) -> Report:
        """What it comes to, written down before anybody is told, so that it is the same when it is asked for again."""
        try:
            report = await self._seen(note, verdict)
        except Conflict as problem:  # it will not be better when we look again: it has to be done again
            report = Report(ok=False, sentence=str(problem), details={"said": verdict.said})
        said = {"ok": report.ok, "sentence": report.sentence, "details": report.details}
        self.write(note.now(key=self.job.key, state="over", **said))
        return report

    async def _seen(self, note: Note, verdict: Verdict) -> Report:
        brought = await self.brought(note, verdict.branch)
        report = outcome.report(self.job, verdict, brought)
        if report.ok and self.job.kind is RunKind.PLAN:
            await self._in_place(outcome.plan(self.job, brought))
        return report

    async def again(self, note: Note) -> Report:
        """The same as before."""
        if note.ok:
            await self.brought(note)
        return Report(ok=note.ok, sentence=note.sentence, details=note.details)

    async def saved(self, note: Note) -> Report | None:
        """What can be taken of a run whose end nobody saw: git decides. None where it has to be done again."""
        brought = await self.brought(note)
        if self.job.kind is not RunKind.PLAN or not outcome.plan(self.job, brought):
            self.write(note.now(state="lost"))
            return None
        return await self.ended(note, Verdict(ok=True, sentence=outcome.STOPPED))

    async def _in_place(self, found: str) -> None:
        """The plan lies where plans lie, wherever SCAR put it."""
        wanted = commands.plan(self.job.phase)
        if found != wanted:
            text = await asyncio.to_thread(read, self.job.worktree, found)
            await self.exchange.publish(self.job.project, self.job.worktree, self.meeting, {wanted: text}, {})


def must_know(job: Job) -> None:
    if job.kind not in commands.NAMES or not job.project:
        raise NotPossible(FOREIGN)


def read(worktree: Path, path: str) -> str:
    """A file of the copy itself, not what a link in it leads to."""
    place = (worktree / path).resolve()
    if not place.is_relative_to(worktree.resolve()) or not place.is_file():
        return ""
    with place.open(encoding="utf-8", errors="replace") as stream:
        return stream.read(MOST_PLAN)
