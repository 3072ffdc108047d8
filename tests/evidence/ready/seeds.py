"""Repositories made for one question, and what the report says about it."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path

from evidence.evidence_repo import save
from orchestrator.contain.sandbox import Sandbox
from orchestrator.domain.ready.report import Answer, State
from orchestrator.evidence.ready import asking

Files = Mapping[str, str | bytes | None]


def repo(folder: Path, *points: Files) -> Path:
    """A repository with these save points, one after the other."""
    for at, files in enumerate(points, 1):
        save(folder, dict(files), f"save point {at}")
    return folder


async def asked(source: Path, item: str) -> Answer:
    """The answer to one question about what is checked out there."""
    with tempfile.TemporaryDirectory(prefix="asked-") as folder:
        found = await asking.report(source, "HEAD", Path(folder), sandbox=Sandbox(), items=(item,))
    return next(answer for answer in found.answers if answer.item.id == item)


def refused(source: Path, item: str, *words: str) -> Answer:
    """It is failed, with a sentence that has these words in it."""
    answer = asyncio.run(asked(source, item))
    assert answer.state is State.FAILED, f"{item} is {answer.state}: {answer.sentence}"
    for word in words:
        assert word in answer.sentence, answer.sentence
    return answer
