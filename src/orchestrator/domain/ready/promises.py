"""The two questions about what was promised: whether it is there, and whether each step of the day was tried. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from orchestrator.domain.ready.board import PROMISED, Kept, Line, Promised
from orchestrator.domain.ready.items import BY_ID
from orchestrator.domain.ready.report import Answer, Evidence, State, Vouched, attested, not_checked

TRIED = "F2"
NOTHING: Final = "Nothing was promised yet: the phases say what will be."
NO_STEPS: Final = "The vision tells of no day with the app, so there is no step to try."
NAMED: Final = 3  # promises in one sentence


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody said yes to a phase that is part of the app. `opened`: its trial copy was opened before, at just that
    save point.
    """

    phase: int
    by: str
    at: datetime
    opened: bool


def everything(promised: Promised, lines: Sequence[Line], evidence: tuple[Evidence, ...]) -> Answer:
    """F1: whether every feature, and every criterion of every phase, is kept."""
    item = BY_ID[PROMISED]
    mine = [line for line in lines if line.promise.item != PROMISED]  # a phase for this very question is its answer
    if not mine:
        return not_checked(item, NOTHING)
    of_one = {one.feature for one in promised.promises}
    bare = [title for id, title in promised.features if id not in of_one]
    left = [line for line in mine if line.kept is not Kept.KEPT]
    if not left and not bare:
        said = f"All {_promises(len(mine))} are kept, each with a test of its own."
        return Answer(item, State.PROVEN, said, evidence)
    if not left:
        return Answer(item, State.FAILED, f"No phase promises anything for “{bare[0]}”.", evidence)
    state = State.OUT_OF_DATE if not bare and all(line.aged for line in left) else State.FAILED
    return Answer(item, state, _left(left, len(mine)), evidence)


def journey(promised: Promised, lines: Sequence[Line], evidence: tuple[Evidence, ...]) -> Answer:
    """F2: whether an end-to-end test names each step of the user's day."""
    item = BY_ID[TRIED]
    if not promised.steps:
        return not_checked(item, NO_STEPS)
    left = [line for line in lines if line.kept is not Kept.KEPT]
    if not left:
        return Answer(item, State.PROVEN, f"Each of {len(lines)} steps has an end-to-end test that passed.", evidence)
    if all(line.kept is Kept.NOT_YET for line in left) and len(left) == len(lines):
        said = f"No end-to-end test names a step of the day, such as {left[0].promise.id}: “{left[0].promise.text}”"
        return Answer(item, State.FAILED, said, evidence)
    state = State.OUT_OF_DATE if all(line.aged for line in left) else State.FAILED
    said = f"{len(left)} of {len(lines)} steps have no end-to-end test that passed: {_ids(left)}."
    return Answer(item, state, said, evidence)


def _left(left: Sequence[Line], whole: int) -> str:
    first = left[0]
    why = f"{first.promise.id}, “{first.promise.text.rstrip('.')}”: {first.why}"
    return f"{len(left)} of {_promises(whole)} {'is' if len(left) == 1 else 'are'} not kept ({_ids(left)}). {why}"


def _ids(lines: Sequence[Line]) -> str:
    return ", ".join([line.promise.id for line in lines[:NAMED]] + ["…"] * (len(lines) > NAMED))


def _promises(count: int) -> str:
    return f"{count} promise{'s' * (count != 1)}"


def by_people(tries: Sequence[Try], phases: Collection[int], now: datetime) -> Answer | None:
    """F2 in another way: each phase in the app was tried on its trial copy by whoever said yes to it."""
    known = {one.phase: one for one in tries if one.opened}
    if not phases or not set(phases) <= set(known):
        return None
    last = known[max(phases)]
    said = "Each phase was opened on its trial copy before I said yes to it."
    word = attested(BY_ID[TRIED], Vouched(last.by, said, last.at), now)
    if word.state is not State.ATTESTED:
        return word
    sentence = f"Each phase was tried on its trial copy before the yes to it, the last one by {last.by}"
    return replace(word, sentence=f"{sentence} on {last.at:%-d %B}.")
