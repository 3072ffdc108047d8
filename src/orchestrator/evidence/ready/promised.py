"""Whether what the vision promises is there: by the paper that is kept in the repository, and tests that we ran."""

import ast
import json
from collections.abc import Iterable

from orchestrator.domain.ready import board
from orchestrator.domain.ready import promises as rules
from orchestrator.domain.ready.board import Board, Line, Promised
from orchestrator.domain.ready.board import Run as Shown
from orchestrator.domain.ready.report import Answer, Evidence
from orchestrator.evidence import promises
from orchestrator.evidence.ready import hollow, testing
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, unchecked
from orchestrator.evidence.ready.suite import Kind, Result, Run
from orchestrator.evidence.words import counted

PAPER = ".agents/project.json"
NO_PAPER = f"What was promised is not written down in it ({PAPER}), so nobody can say whether it is kept."
ODD_PAPER = f"What {PAPER} says about what was promised cannot be read."
TRACED = "traced"  # by promise or step of the day, the tests that passed and name it


async def everything(look: Look) -> Found:
    """F1: each promise is named by a test that passed, in a run that can be believed."""
    if isinstance(promised := paper(look.texts), str):
        return unchecked(promised)
    run = await testing.believed(look)
    if isinstance(run, Found):
        return run
    shown = Shown(look.commit, await look.once("promises", _traced), _failing(run), now=True)
    return _found(rules.everything(promised, _lines(promised, shown), (_seen(look, run, shown),)), shown)


async def journey(look: Look) -> Found:
    """F2: each step of the user's day is named by an end-to-end test that passed."""
    if isinstance(promised := paper(look.texts), str):
        return unchecked(promised)
    run = await testing.believed(look)
    if isinstance(run, Found):
        return run
    whole = await testing.of_kind(look, run, Kind.END_TO_END)
    traced = await look.once("promises", _traced)
    found = {id: mine for id, tests in traced.items() if (mine := [name for name in tests if name in whole])}
    shown = Shown(look.commit, found, _failing(run), now=True)
    lines = board.board(promised.days, [shown], {})
    return _found(rules.journey(promised, lines, (_seen(look, run, shown),)), shown)


def paper(texts: dict[str, str]) -> Promised | str:
    """What was promised; or a sentence where that cannot be known."""
    if PAPER not in texts:
        return NO_PAPER
    try:
        return board.read(json.loads(texts[PAPER]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return ODD_PAPER


def shown(look: Look, answers: Iterable[Answer]) -> Board:
    """The board that goes with these answers; an empty one where nobody asked, or nothing could be known."""
    promised = paper(look.texts)
    mine = next((one for one in answers if one.item.id == board.PROMISED and TRACED in one.details), None)
    if isinstance(promised, str) or mine is None:
        return Board()
    return Board(promised, _lines(promised, Shown(look.commit, mine.details[TRACED], mine.details["wrong"], now=True)))


def _lines(promised: Promised, shown: Shown) -> tuple[Line, ...]:
    """Without those that a question has to be proven for: that question says it."""
    return board.board([one for one in promised.promises if not one.item], [shown], {})


async def _traced(look: Look) -> dict[str, list[str]]:
    """By id, the tests that passed and name it."""
    run = await testing.believed(look)
    assert isinstance(run, Run)
    described = _descriptions(look.texts)
    found: dict[str, list[str]] = {}
    for one in run.passed:
        for id in sorted(promises.named(one.case, described.get((one.file, one.case), one.case))):
            found.setdefault(id, []).append(one.id)
    return found


def _descriptions(texts: dict[str, str]) -> dict[tuple[str, str], str]:
    """What tests in Python say of themselves; in other languages their names are sentences."""
    return {place: ast.get_docstring(node) or "" for place, node in hollow.defined(texts).items()}


def _failing(run: Run) -> str:
    if not run.bad:
        return "" if run.passed else "No test ran, and that is not a pass."
    return f"{counted(len(run.bad), 'test')} {'fails' if len(run.bad) == 1 else 'fail'}: {_names(run.bad)}."


def _names(bad: tuple[Result, ...]) -> str:
    return ", ".join(one.id for one in bad[: rules.NAMED]) + (" …" if len(bad) > rules.NAMED else "")


def _seen(look: Look, run: Run, shown: Shown) -> Evidence:
    ran = run.evidence
    said = "\n".join(f"{id}: {', '.join(tests)}" for id, tests in sorted(shown.tests.items())) or "No test names one."
    return Evidence(
        f"{ran.what}, for promises", look.commit, ran.at, ran.exit_code, said[:4_000], ran.sha256, ran.seconds
    )


def _found(answer: Answer, shown: Shown) -> Found:
    details = {TRACED: dict(shown.tests), "wrong": shown.wrong}
    return Found(answer.state, answer.sentence, answer.evidence, details)


PROOFS = (Proof(board.PROMISED, everything), Proof(rules.TRIED, journey))
