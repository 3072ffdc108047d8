"""Takes back what tests seem to prove where they, or what watches over them, prove less than what was approved last."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from orchestrator import clock
from orchestrator.domain.ready.report import Answer, Evidence, State
from orchestrator.evidence import tamper
from orchestrator.evidence.finding import Finding, Kind, Severity

TESTS = frozenset({"T1", "T2", "T3", "T4", "T5", "T6", "F1", "F3"})
WATCH = frozenset({"T11"})
ABOUT: dict[Kind, frozenset[str]] = {
    Kind.THRESHOLD: frozenset({"T1", "T11"}),
    Kind.LEFT_OUT: frozenset({"T1", "T2", "T11"}),
    Kind.CHECKS: TESTS | WATCH,
    Kind.AUTOMATION: WATCH,
    Kind.FORGIVEN: TESTS | WATCH,
}


async def judged(source: Path, approved: str, commit: str, answers: Sequence[Answer]) -> list[Answer]:
    """The same answers, without those that a change since then made easier to have."""
    found = await tamper.compare(source, approved, commit)
    alarms = [one for one in found if one.severity is Severity.ALARM]
    return [_less(answer, approved, commit, alarms) for answer in answers]


def _less(answer: Answer, approved: str, commit: str, alarms: Iterable[Finding]) -> Answer:
    mine = [one for one in alarms if answer.item.id in ABOUT.get(one.kind, TESTS)]
    if not mine or not answer.counts:
        return answer
    said = f"Since what was approved last, less is proven by it: {mine[0].sentence}"
    text = "\n".join(f"{one.path}: {one.sentence}" for one in mine)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    shown = Evidence(f"compared with {approved[:10]}", commit, clock.now(), excerpt=text[:4_000], sha256=sha256)
    return replace(
        answer,
        state=State.FAILED,
        sentence=said,
        evidence=(*answer.evidence, shown),
        details={**answer.details, "wrong": said},
    )
