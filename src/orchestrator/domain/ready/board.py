"""Whether what was promised is kept: by tests that passed on the app as it is now, and by nothing else. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

PROMISED = "F1"
NOT_IN = "It belongs to phase {phase}, which is not part of the app yet."
NO_TEST = "No test that passed has tried it."
WENT = "No test tries it any more."
CHANGED = "The app has changed since it was proven."
SHOWN: Final = 5  # tests of one promise that are named


class Kept(StrEnum):
    KEPT = "kept"
    NOT_YET = "not_yet"
    BROKEN = "broken"  # it was kept once


SAID: Final = {Kept.KEPT: "Kept", Kept.NOT_YET: "Not yet", Kept.BROKEN: "Broken"}


@dataclass(frozen=True, slots=True)
class Promise:
    """A criterion of a phase, or a step of the user's day. `item` is the question that has to be proven for it."""

    id: str
    text: str
    feature: str = ""  # the id of the feature it belongs to
    phase: int = 0
    item: str = ""
    built: bool = True  # whether its phase is part of the app


@dataclass(frozen=True, slots=True)
class Promised:
    """All that an approved vision and its phases promise."""

    features: tuple[tuple[str, str], ...] = ()  # id and title
    steps: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()

    @property
    def days(self) -> tuple[Promise, ...]:
        """The steps of the user's day, each with an id that a test can name."""
        return tuple(Promise(f"J{place}", text) for place, text in enumerate(self.steps, 1))


@dataclass(frozen=True, slots=True)
class Run:
    """What tests that we ran showed about one content: the promises that each passing one names. `wrong` is a sentence
    where not all is well with that run: then it keeps nothing. `now`: that is the content of the app as it is.
    """

    commit: str
    tests: Mapping[str, Sequence[str]] = field(default_factory=dict)
    wrong: str = ""
    now: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One promise on the board. `tests` are those that tried it, on the app as it is now where it is kept."""

    promise: Promise
    kept: Kept
    why: str
    tests: tuple[str, ...] = ()
    aged: bool = False  # broken only because nobody has looked since the app changed


@dataclass(frozen=True, slots=True)
class Board:
    """What was promised, and how it stands."""

    promised: Promised = Promised()
    lines: tuple[Line, ...] = ()


def board(promises: Iterable[Promise], runs: Sequence[Run], answers: Mapping[str, bool | None]) -> tuple[Line, ...]:
    """How each promise stands, by the runs, oldest first, and by which questions are proven; None: unknown."""
    return tuple(_of_item(one, answers) if one.item else _line(one, runs) for one in promises)


def _line(one: Promise, runs: Sequence[Run]) -> Line:
    now = next((run for run in reversed(runs) if run.now), None)
    if now and not now.wrong and (tests := now.tests.get(one.id)):
        return Line(one, Kept.KEPT, _tried_by(tests), tuple(tests))
    once = next((run for run in reversed(runs) if not run.wrong and run.tests.get(one.id)), None)
    if once is None or not one.built:
        return Line(one, Kept.NOT_YET, _not_yet(one, now))
    tests = tuple(once.tests[one.id])
    if now is None:
        return Line(one, Kept.BROKEN, CHANGED, tests, aged=True)
    return Line(one, Kept.BROKEN, f"It fails now: {now.wrong}" if now.wrong else WENT, tests)


def _not_yet(one: Promise, now: Run | None) -> str:
    if not one.built:
        return NOT_IN.format(phase=one.phase)
    return now.wrong if now and now.wrong else NO_TEST


def _tried_by(tests: Sequence[str]) -> str:
    return "A test of it passed." if len(tests) == 1 else f"{len(tests)} tests of it passed."


def _of_item(one: Promise, answers: Mapping[str, bool | None]) -> Line:
    """It is kept while the question that it is about is proven."""
    proven = answers.get(one.item)
    if not one.built:
        return Line(one, Kept.NOT_YET, NOT_IN.format(phase=one.phase))
    if proven:
        return Line(one, Kept.KEPT, f"{one.item} is proven.")
    why = CHANGED if proven is None else f"{one.item} was asked again, and failed."
    return Line(one, Kept.BROKEN, why, aged=proven is None)


def features(promised: Promised, lines: Iterable[Line]) -> tuple[tuple[str, str, tuple[Line, ...]], ...]:
    """Id, title and lines of each feature; last what belongs to none."""
    known = [line for line in lines if line.promise.item != PROMISED]
    titles = dict(promised.features)
    found = [(id, title, tuple(line for line in known if line.promise.feature == id)) for id, title in titles.items()]
    rest = tuple(line for line in known if line.promise.feature not in titles)
    return (*found, *([("", "The app as a whole", rest)] if rest else []))


def of_feature(lines: Collection[Line]) -> Kept:
    """A feature is as good as the worst of its promises, and one without a promise is not there yet."""
    if any(line.kept is Kept.BROKEN for line in lines):
        return Kept.BROKEN
    return Kept.KEPT if lines and all(line.kept is Kept.KEPT for line in lines) else Kept.NOT_YET


def counts(lines: Iterable[Line]) -> dict[Kept, int]:
    known = [line.kept for line in lines]
    return {one: known.count(one) for one in Kept}


def told(lines: Sequence[Line]) -> str:
    """“5 kept, 2 not yet, 1 broken”."""
    return ", ".join(f"{number} {SAID[one].lower()}" for one, number in counts(lines).items() if number)


def read(said: Mapping[str, Any], built: Collection[int] | None = None) -> Promised:
    """What the paper says that we keep in a repository. `built` are the phases in the app; None: all that it names."""
    phases = said.get("phases", ())
    return Promised(
        tuple((str(one["id"]), str(one["title"])) for one in said.get("features", ())),
        tuple(str(step) for step in said.get("journey", ())),
        tuple(
            Promise(
                str(one["id"]),
                str(one["text"]),
                str(one.get("feature", "")),
                int(phase["number"]),
                str(one.get("item", "")),
                built is None or int(phase["number"]) in built,
            )
            for phase in phases
            for one in phase.get("criteria", ())
        ),
    )


def values(known: Board) -> list[dict[str, Any]]:
    """For programs: the features, each with its promises."""
    return [
        {"feature": id, "title": title, "state": of_feature(own), "promises": [_value(line) for line in own]}
        for id, title, own in features(known.promised, known.lines)
    ]


def _value(line: Line) -> dict[str, Any]:
    one = line.promise
    return {
        "id": one.id,
        "text": one.text,
        "state": line.kept,
        "why": line.why,
        "phase": one.phase,
        "item": one.item,
        "tests": list(line.tests),
    }


def text(known: Board) -> list[str]:
    """For a terminal: how many, and those that are not kept."""
    if not known.lines:
        return []
    left = [line for line in known.lines if line.kept is not Kept.KEPT]
    lines = [f"  {line.promise.id:<5}{SAID[line.kept]}: {line.why}" for line in left]
    return ["", f"Promises: {told(known.lines)}", *lines]


def markdown(known: Board) -> list[str]:
    """Its part of the report."""
    if not known.lines:
        return []
    parts = ["", "## What was promised", "", f"{told(known.lines)}."]
    for _, title, own in features(known.promised, known.lines):
        parts += ["", f"### {_cell(title)}: {SAID[of_feature(own)].lower()}", ""]
        parts += [_paragraph(line) for line in own]
    return parts


def _paragraph(line: Line) -> str:
    tests = ", ".join(f"`{name.replace('`', '')}`" for name in line.tests[:SHOWN])
    why = f"{line.why} {tests}".strip()
    return f"- **{line.promise.id}** ({SAID[line.kept]}): {_cell(line.promise.text)} {why}"


def _cell(said: str) -> str:
    return " ".join(said.replace("<", "&lt;").split())
