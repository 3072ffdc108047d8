"""What the report says about one question, and that it says no for the right reason."""

import asyncio
import tempfile
from pathlib import Path

from reaching import sandbox

from orchestrator.domain.ready.report import Answer, State
from orchestrator.evidence.ready import asking


async def asked(source: Path, item: str, memory: Path | None = None) -> Answer:
    """The answer to one question about what is checked out there."""
    with tempfile.TemporaryDirectory(prefix="asked-") as folder:
        at = Path(folder)
        found = await asking.report(source, "HEAD", at, sandbox=sandbox(), items=(item,), memory=memory, fresh=True)
    return next(answer for answer in found.answers if answer.item.id == item)


def refused(source: Path, item: str, *words: str, memory: Path | None = None) -> Answer:
    """It is failed, with a sentence that has these words in it."""
    return stands(source, item, State.FAILED, *words, memory=memory)


def stands(source: Path, item: str, state: State, *words: str, memory: Path | None = None) -> Answer:
    """It is said to be so, with these words."""
    answer = asyncio.run(asked(source, item, memory))
    assert answer.state is state, f"{item} is {answer.state}: {answer.sentence}"
    for word in words:
        assert word in answer.sentence, answer.sentence
    return answer
