"""A builder that is a SCAR which listens to the comments of GitHub issues: one command at a time, never repeated."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

import httpx

from orchestrator import clock
from orchestrator.domain.run import Activity, Job, Report
from orchestrator.errors import BuilderLost, NotPossible
from orchestrator.executors.scar import commands, errand, github_api, replies
from orchestrator.executors.scar.errand import Errand
from orchestrator.executors.scar.github_api import Comment, Github, Limited
from orchestrator.executors.scar.http import Unsure
from orchestrator.executors.scar.notes import Note, Notes
from orchestrator.executors.scar.replies import Verdict
from orchestrator.executors.scar.run import BEGINS, JOINS, ONCE_MORE, STILL
from orchestrator.executors.scar.talk import DEAF, EARLIER, Patience, ScarLimits, spell
from orchestrator.ports import Exchange, Hear, Tell, silence

DESCRIPTION = (
    "SCAR, a coding agent that works on GitHub: it is asked in the comments of an issue, under the name {mention}. We "
    "can neither hold it within bounds nor see what it costs, and it cannot be stopped in the middle: after a Stop it "
    "may work on for a while, but nothing of that becomes part of your app by itself."
)
SAME = (
    "Our account on GitHub and SCAR’s are the same, “{bot}”. SCAR would answer itself without end, so each of the two "
    "needs an account of its own. Give us the key (GITHUB_TOKEN) of another account."
)
UNHEARD = (
    "SCAR has not noticed our comment on GitHub for {long}: {where}. We do not ask a second time by ourselves, because "
    "it would do the work twice. See whether SCAR is running and lets us in. When you try again, we first look whether "
    "it has answered, and ask anew only if it has not."
)
NO_COMMANDS = (
    "SCAR does not find our commands in the main version of the app on GitHub. They are in the folder "
    "“.agents/commands” of the branch “{branch}”: take that folder into the main version there, then try again."
)
SLOW_DOWN = "GitHub wants to be left alone for {long}. Then we look again."
LIMIT = "GitHub lets us ask again in {long} only. Nothing is lost, and nothing is asked twice."
SHORT_S = 90.0  # so long we sit it out
NO_PRIME = (
    "SCAR does not find the command “prime” in the main version of the app on GitHub. Put a file "
    "“.agents/commands/prime.md” there that says what to look at, then try again."
)
TITLE, LOOK = "Phase {phase}: {branch}", "Look around in {branch}"
BODY = (
    "Project Orchestrator has a builder work here. Please leave the comments as they are: an edit would start it again."
)


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are on GitHub, and whom we speak with. With an `issue`, all is said there."""

    url: str
    token: str
    mention: str
    bot: str
    issue: int = 0


class ScarGithub:
    def __init__(self, account: Account, exchange: Exchange, notes: Notes, limits: ScarLimits) -> None:
        self._account, self._exchange, self._notes, self._limits = account, exchange, notes, limits
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._notices: dict[tuple[str, int], Notices] = defaultdict(Notices)

    def describe(self) -> str:
        return DESCRIPTION.format(mention=self._account.mention)

    def noticed(self, payload: Mapping[str, Any]) -> None:
        """GitHub told us of a comment: whoever waits for it need not wait for the next look."""
        if (found := github_api.noticed(payload)) and found[:2] in self._notices:
            self._notices[found[:2]].add(found[2])

    async def run(self, job: Job, tell: Tell, hear: Hear = silence) -> Report:
        """As `ports.Executor` promises, but for one thing: SCAR cannot be cancelled, we can only let go of it."""
        errand.must_know(job)
        meeting = await self._exchange.meet(job.project, job.worktree, here=False)
        mine = Errand(job, meeting, self._exchange, self._notes)
        repository = github_api.slug(meeting.url)
        name = f"{repository}#{self._account.issue}" if self._account.issue else mine.name
        queue = self._queues.setdefault(name, asyncio.Lock())
        timeout = httpx.Timeout(self._limits.answer_s)
        async with queue, httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
            github = Github(client, self._account.url, self._account.token, repository)
            run = Run(mine, github, self._account, self._limits, tell, hear, self._notices)
            return await self._within_time(run)

    async def _within_time(self, run: "Run") -> Report:
        try:
            async with asyncio.timeout(self._limits.hard_s) as waiting:
                return await run.done()
        except TimeoutError:
            if not waiting.expired():
                raise
            return Report(ok=False, sentence=STILL.format(long=spell(self._limits.hard_s)), details={"unknown": True})


class Notices:
    """Comments that we were told of before we looked."""

    def __init__(self) -> None:
        self.comments: dict[int, Comment] = {}
        self._news = asyncio.Event()

    def add(self, comment: Comment) -> None:
        self.comments[comment.id] = comment
        self._news.set()

    async def within(self, seconds: float) -> None:
        """Returns when we are told of something, or after so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()


class Run:
    """One job, from wherever it stands to its end."""

    def __init__(
        self,
        mine: Errand,
        github: Github,
        account: Account,
        limits: ScarLimits,
        tell: Tell,
        hear: Hear,
        notices: dict[tuple[str, int], Notices],
    ) -> None:
        self._mine, self._github, self._account = mine, github, account
        self._limits, self._tell, self._hear, self._notices = limits, tell, hear, notices
        self._issues: set[int] = set()  # in which we have looked

    async def done(self) -> Report:
        try:
            report = await self._first()
            while report.ok and (said := await self._hear()):
                job = commands.wishing(self._mine.job, said)
                self._mine = replace(self._mine, job=job)
                report = await self._begun(self._mine.note())
        except Limited as limited:
            when = clock.now() + timedelta(seconds=limited.seconds)
            return Report(ok=False, sentence=LIMIT.format(long=spell(limited.seconds)), goes_on=when)
        except BuilderLost:
            raise
        except NotPossible as problem:
            return Report(ok=False, sentence=str(problem), details=dict(problem.more))
        finally:
            for issue in self._issues:
                self._notices.pop((self._github.slug.lower(), issue), None)
        return report

    async def _first(self) -> Report:
        if (await self._patiently(self._github.me)).lower() == self._account.bot.lower():
            return Report(ok=False, sentence=SAME.format(bot=self._account.bot))
        note, job = self._mine.note(), self._mine.job
        if note and note.key == job.key and note.state == "over":
            return await self._mine.again(note)
        if note and note.open and (note.key == job.key or await self._heard(note)):
            await self._tell(Activity(JOINS))
            return await self._ended(note)
        return await self._begun(note)

    async def _heard(self, note: Note) -> bool:
        """Whether SCAR has noticed what was asked before, and it is what is asked now.

        Nobody asks twice by himself. But where it never noticed, and a person says try again, that is an answer.
        """
        return note.asks == self._mine.asks and bool(self._answers(await self._comments(note.issue), note))

    async def _begun(self, before: Note | None) -> Report:
        mine = self._mine
        issue = self._account.issue or await self._patiently(self._issue)
        last = await self._free(issue)
        meeting = await mine.published()
        await self._tell(Activity(BEGINS))
        time = before.time + 1 if before else 1
        about = {"time": time, "head": meeting.head, "comment": last, "issue": issue}
        note = mine.write(Note(key=mine.job.key, asks=mine.asks, state="sending", **about))
        return await self._ended(await self._sent(note))

    async def _issue(self) -> int:
        job, branch = self._mine.job, self._mine.meeting.branch
        title = (TITLE if job.phase else LOOK).format(phase=job.phase, branch=branch)
        return await self._github.issue(f"<!-- {self._mine.name} -->", title, BODY)

    async def _sent(self, note: Note) -> Note:
        """Written down before and after. Where nobody knows whether it is there, we look before it is sent again."""
        try:
            comment = await self._patiently(lambda: self._github.say(note.issue, self._text))
        except Unsure:
            return note
        except NotPossible:
            self._mine.write(note.now(state="lost"))
            raise
        return self._mine.write(note.now(state="sent", comment=comment))

    async def _ended(self, note: Note) -> Report:
        if note.state == "sending":
            found = await self._own(note)
            if found is None:
                await self._tell(Activity(ONCE_MORE))
                return await self._begun(note)
            note = self._mine.write(note.now(state="sent", comment=found))
        verdict = await self._verdict(note)
        if verdict is None:
            where = f"{self._github.slug}, issue {note.issue}"
            sentence = UNHEARD.format(long=spell(self._limits.ack_s), where=where)
            return Report(ok=False, sentence=sentence, details={"unknown": True, "issue": note.issue})
        return await self._mine.ended(note, verdict)

    async def _own(self, note: Note) -> int | None:
        """Our comment, if it is there: looked for as long as it may still be on its way."""
        me, patience = await self._patiently(self._github.me), Patience(self._limits, self._tell)
        while True:
            for comment in await self._comments(note.issue):
                mine = comment.author.lower() == me.lower() and comment.text.strip() == self._text
                if comment.id > note.comment and mine:
                    return comment.id
            if patience.silent_s > self._limits.answer_s:
                return None
            await asyncio.sleep(patience.pause_s())

    async def _verdict(self, note: Note) -> Verdict | None:
        """What SCAR answered in the end; None if it did not even notice us."""
        patience, told = Patience(self._limits, self._tell), set[int]()
        while True:
            answers = self._answers(await self._comments(note.issue), note)
            for comment in answers:
                if comment.id not in told:
                    told.add(comment.id)
                    patience.news()
                    await self._pass_on(comment)
            if (final := finals(answers)) is not None:
                return self._judged(final)
            if not answers and patience.silent_s > self._limits.ack_s:
                return None
            await patience.said()
            await self._wait(note.issue, patience)

    async def _pass_on(self, comment: Comment) -> None:
        if activity := replies.activity(comment.text):
            await self._tell(activity)

    def _judged(self, final: Sequence[Comment]) -> Verdict:
        found = [replies.judged(comment.text.split(replies.PARTS)) for comment in final]
        verdict = next((each for each in found if each.ok and (each.plan or each.branch)), found[-1])
        if verdict.said.startswith("Command '") and not verdict.ok:
            missing = NO_PRIME if self._mine.job.read_only else NO_COMMANDS
            return replace(verdict, sentence=missing.format(branch=self._mine.meeting.branch))
        return verdict

    async def _free(self, issue: int) -> int:
        """Wait until nothing goes on there that was asked before; gives the last comment."""
        patience, told = Patience(self._limits, self._tell), False
        while True:
            comments = await self._comments(issue)
            theirs = [comment for comment in comments if self._is_bot(comment)]
            at_work = bool(theirs) and (replies.is_sign(theirs[-1].text) or self._asks_itself(theirs[-1], patience))
            if not at_work:
                return comments[-1].id if comments else 0
            if not told and replies.is_sign(theirs[-1].text):
                await self._tell(Activity(EARLIER))
                told = True
            await self._wait(issue, patience)

    def _asks_itself(self, last: Comment, patience: Patience) -> bool:
        """Where SCAR listens to itself, a plan that names the next command starts it again a moment later."""
        mentions = re.search(rf"@{re.escape(self._account.mention)}(?:[\s,:;]|$)", last.text, re.IGNORECASE)
        return mentions is not None and patience.silent_s < self._limits.settle_s

    def _answers(self, comments: Sequence[Comment], note: Note) -> list[Comment]:
        return [comment for comment in comments if comment.id > note.comment and self._is_bot(comment)]

    def _is_bot(self, comment: Comment) -> bool:
        return comment.author.lower() == self._account.bot.lower()

    @property
    def _text(self) -> str:
        command = commands.invoke(self._mine.job, self._mine.meeting.branch)
        return f"@{self._account.mention} {command}"

    async def _comments(self, issue: int) -> list[Comment]:
        """All that are there, and those that we were told of."""
        self._issues.add(issue)
        seen = await self._patiently(lambda: self._github.comments(issue), again=True)
        known = {comment.id: comment for comment in seen}
        told = self._notices[self._github.slug.lower(), issue].comments
        return [comment for _, comment in sorted((told | known).items())]

    async def _wait(self, issue: int, patience: Patience) -> None:
        await self._notices[self._github.slug.lower(), issue].within(patience.pause_s())

    async def _patiently(self, ask: Any, *, again: bool = False) -> Any:
        """Asked when GitHub lets us; what only reads is asked again when it does not answer for a moment."""
        deaf = 0
        while True:
            try:
                return await ask()
            except Limited as limited:
                if limited.seconds > SHORT_S:
                    raise
                await self._tell(Activity(SLOW_DOWN.format(long=spell(limited.seconds))))
                await asyncio.sleep(limited.seconds)
            except Unsure:
                deaf += 1
                if not again or deaf >= DEAF:
                    raise
                await asyncio.sleep(self._limits.shortest_s * 2**deaf)


def finals(answers: Sequence[Comment]) -> list[Comment] | None:
    """The answers in the end, when there are as many as runs were begun: a notice of GitHub may come twice."""
    begun = sum(replies.is_start(comment.text) for comment in answers)
    final = [comment for comment in answers if not replies.is_sign(comment.text)]
    return final if final and len(final) >= begun else None
