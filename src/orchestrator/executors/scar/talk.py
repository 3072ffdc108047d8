"""One conversation with SCAR while a job lasts: ask and read the answer, wait until all is over, and tell of it."""

import asyncio
import time
from dataclasses import dataclass

from orchestrator.domain.run import Activity
from orchestrator.executors.scar import fence, replies
from orchestrator.executors.scar.fence import Fence
from orchestrator.executors.scar.http import Http, Unsure
from orchestrator.executors.scar.transcript import Transcript
from orchestrator.ports import Tell

MINUTE = 60
PATIENCE = "SCAR is at work; it has said nothing for {long}, which is normal."
EARLIER = "SCAR is still at work on something that it was asked for before. We wait until that is over."
DEAF = 5  # questions in a row that stay without an answer before we give SCAR up
NO_FENCE = Fence("", "")


@dataclass(frozen=True, slots=True)
class ScarLimits:
    hard_s: float = 1800
    answer_s: float = 15  # for one request
    quiet_s: float = 60  # of silence, until a person is told that it is normal
    shortest_s: float = 0.05  # between two looks; they become rarer the longer SCAR is silent
    longest_s: float = 2.0
    ack_s: float = 120  # until SCAR must have shown that it noticed us, on GitHub
    settle_s: float = 5  # until it would have shown that it listens to itself


class Patience:
    """How long to wait until the next look, and whether it is time to say that silence is normal."""

    def __init__(self, limits: ScarLimits, tell: Tell) -> None:
        self._limits, self._tell = limits, tell
        self.news()

    def news(self) -> None:
        self._since, self._told = time.monotonic(), 0

    @property
    def silent_s(self) -> float:
        return time.monotonic() - self._since

    def pause_s(self) -> float:
        return min(self._limits.longest_s, max(self._limits.shortest_s, self.silent_s / 10))

    async def said(self, sentence: str = PATIENCE) -> None:
        """Say so now and then."""
        times = int(self.silent_s // self._limits.quiet_s)
        if times > self._told:
            self._told = times
            await self._tell(Activity(sentence.format(long=spell(self.silent_s))))


class Talk:
    """Asks one thing at a time: whatever SCAR does in a conversation, it does in the order in which it was asked."""

    def __init__(self, http: Http, name: str, tell: Tell, limits: ScarLimits) -> None:
        self.http, self.name, self._tell, self._limits = http, name, tell, limits
        self._transcript, self._told, self._last = Transcript(), 0, ""
        self._deaf = 0

    @property
    def texts(self) -> list[str]:
        return self._transcript.texts

    async def ask(self, message: str) -> str:
        """Send a command of SCAR's own, which takes no builder, and give its answer when all is over."""
        await self._read()
        before = len(self.texts)
        await self.http.say(self.name, message)
        await self.over()
        said = self.texts[before:] if not self._transcript.lost else []
        return said[-1] if said else ""

    async def free(self) -> None:
        """Wait until SCAR has done whatever it was asked for before, by whomever."""
        if await self._busy():
            await self._tell(Activity(EARLIER))
            await self.over()

    async def over(self, around: Fence = NO_FENCE) -> None:
        """Wait until all that was asked for is over, and tell of what stands between these marks."""
        patience = Patience(self._limits, self._tell)
        while True:
            busy = await self._busy()
            if await self._read():
                patience.news()
            await self._pass_on(around)
            if not busy or (around.after and fence.answered(self.texts, around.after)):
                return
            await patience.said()
            await asyncio.sleep(patience.pause_s())

    async def _pass_on(self, around: Fence) -> None:
        heard = (fence.within(self.texts, around) or []) if around.before else []
        for text in heard[self._told :]:
            activity = replies.activity(text) if text != self._last else None
            self._last = text
            if activity:
                await self._tell(activity)
        self._told = max(self._told, len(heard))

    async def _busy(self) -> bool:
        """One that does not answer for a moment counts as busy, for some moments."""
        try:
            busy = await self.http.busy(self.name)
        except Unsure:
            if self._given_up():
                raise
            return True
        self._deaf = 0
        return busy

    async def _read(self) -> list[str]:
        try:
            return self._transcript.add(await self.http.transcript(self.name))
        except Unsure:
            if self._given_up():
                raise
            return []

    def _given_up(self) -> bool:
        self._deaf += 1
        return self._deaf >= DEAF


def spell(seconds: float) -> str:
    minutes = seconds >= MINUTE
    count, unit = (int(seconds // MINUTE), "minute") if minutes else (round(seconds), "second")
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
