"""What a proof is, and what it may say: proven or failed with what shows it, or honestly not checked."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.domain.ready.report import Evidence, State
from orchestrator.evidence.ready.look import Look


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a proof: the state, a plain sentence, and what shows it."""

    state: State
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


Prove = Callable[[Look], Awaitable[Found]]


@dataclass(frozen=True, slots=True)
class Proof:
    """How an item is proven. `covers` are the files of which it speaks: it goes stale when one of them changes.

    `network`: it asks a registry, so what it says holds for a day at most. `history`: it speaks of what was saved
    before as well, so it holds for this save point alone.
    """

    item: str
    prove: Prove
    covers: tuple[str, ...] = ("*",)
    network: bool = False
    history: bool = False


def proven(sentence: str, *evidence: Evidence) -> Found:
    """Nothing is proven without something that shows it."""
    assert evidence, "a proof needs evidence"
    return Found(State.PROVEN, sentence, evidence)


def failed(sentence: str, *evidence: Evidence) -> Found:
    return Found(State.FAILED, sentence, evidence)


def unchecked(sentence: str, *evidence: Evidence) -> Found:
    return Found(State.NOT_CHECKED, sentence, evidence)


def not_needed(reason: str, *evidence: Evidence) -> Found:
    return Found(State.NOT_NEEDED, reason, evidence)


def first_failure(found: Iterable[Found]) -> Found | None:
    """Of several findings the one that decides against it."""
    return next((one for one in found if one.state is not State.PROVEN), None)
