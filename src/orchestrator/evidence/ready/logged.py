"""Whether its diary can be searched: nearly every line has a time, a level and words, and each request leaves one."""

import asyncio
import secrets
from collections.abc import Iterable

from orchestrator.evidence.ready import audited, things, traces
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.people import patient
from orchestrator.evidence.ready.proof import Found, failed, proven
from orchestrator.evidence.ready.traces import Record
from orchestrator.evidence.words import counted, short

TIMES = {"time", "ts", "timestamp", "@timestamp", "asctime", "date", "datetime", "t"}
LEVELS = {"level", "lvl", "severity", "levelname", "log_level", "loglevel", "priority"}
WORDS = {"message", "msg", "event", "text", "body"}
LEVEL = {"trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal", "alert", "emergency"}
ENOUGH, FEWEST, OFTEN, LOOKS = 0.95, 5, 5, 15


def lacks(record: Record) -> str:
    """Which of the three a line does not say."""
    said = {key.rpartition(".")[2].lower(): value for key, value in record.items()}
    if not any(audited.moments(said[key]) for key in TIMES & said.keys()):
        return "a time"
    levels = [str(said[key]).lower() for key in LEVELS & said.keys()]
    if not any(level in LEVEL or level.isdigit() for level in levels):
        return "a level"
    return "" if any(str(said[key]).strip() for key in WORDS & said.keys()) else "words"


def wrong_with(lines: Iterable[str]) -> tuple[list[str], int]:
    """The lines that cannot be searched, each with what it lacks, and how many there are in all."""
    kept = [line for line in lines if line.strip()]
    found = []
    for line in kept:
        record = traces.parsed(line)
        why = "is prose" if record is None else f"lacks {lack}" if (lack := lacks(record)) else ""
        if why:
            found.append(f"{why}: {line}")
    return found, len(kept)


async def structured(asked: Asked) -> Found:
    since = len(asked.app.log)
    missing = await _unheard(asked, since)
    lines = asked.app.printed(asked.began)
    wrong, number = await asyncio.to_thread(wrong_with, lines)
    shown = "\n".join(short(line, 300) for line in (*wrong[:5], *lines[-10:]))
    evidence = asked.seen("what it printed while it was asked", said=f"{number} lines, {len(wrong)} unclear\n{shown}")
    if number < FEWEST:
        return failed(f"While it was asked many things it printed {counted(number, 'line')}.", evidence)
    if len(wrong) > number * (1 - ENOUGH):
        return failed(f"{len(wrong):,} of {counted(number, 'line')} in its log cannot be searched by parts.", evidence)
    if missing:
        return failed(f"Its log has no line about {missing}.", evidence)
    return proven(f"{number - len(wrong):,} of {number:,} lines have a time, a level and words.", evidence)


async def _unheard(asked: Asked, since: int) -> str:
    """A request of which nothing is written, among several of ours; empty where each of them left its line."""
    known = things.readable(asked) or ["/"]
    asking = [f"{path}?asked={secrets.token_hex(4)}" for path in (known * OFTEN)[:OFTEN]]
    for path in asking:
        await patient(asked.client, "GET", path)
    left = asking
    for _ in range(LOOKS):
        records = [record for line in asked.app.printed(since) if (record := traces.parsed(line))]
        left = [path for path in asking if sum(_tells(one, path) for one in records) < _times(asking, path)]
        if not left:
            break
        await asyncio.sleep(0.1)
    return f"a request for {left[0].partition('?')[0]}" if left else ""


def _times(asking: list[str], path: str) -> int:
    return sum(one.partition("?")[0] == path.partition("?")[0] for one in asking)


def _tells(record: Record, path: str) -> bool:
    """Whether this line is about a request for this path."""
    return any(path.partition("?")[0] in str(value) for value in record.values())
