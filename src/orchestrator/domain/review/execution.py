"""The report of what was built: features, files, checks, what went well and what did not; facts alone. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from orchestrator.domain import plain
from orchestrator.domain.gate import Kind, Status
from orchestrator.domain.plain import counted, listed
from orchestrator.domain.review import planned, rules
from orchestrator.domain.review.divergence import Divergence
from orchestrator.domain.review.facts import Check, Decision, Facts, Phase, Promise
from orchestrator.domain.review.wording import bullets, changed, code, document, head, length, said
from orchestrator.domain.run import RunKind, RunStatus

SHOWN = 40  # files by name
SIGNS = {"added": "new", "modified": "changed", "deleted": "taken out"}
TITLE = "Execution report"
FROM = (
    "It is made from what was written down, from git, and from checks that we ran ourselves. No builder’s word counts."
)
NOTHING = 0.005  # what would look like it
WORDS = 1_200  # characters of a model
BY_A_MODEL = "These are the words of an AI model, who was told the facts below. What stands below counts."
EARLY = "Nothing is part of the app yet."


def markdown(facts: Facts, number: int = 0) -> str:
    """The whole project, or one phase of it, which may still be in the making."""
    phases = _of(facts, number)
    shown = [phase for phase in phases if phase.done or number]
    of = f": phase {number}" if number else ""
    return document(
        f"# {TITLE}{of}",
        head(facts),
        FROM,
        *([] if number else in_short(facts)),
        "## What was built",
        *([part for phase in shown for part in _built(phase)] or [EARLY]),
        "## Files",
        *_files(facts, phases, whole=not number),
        "## Checks",
        *(_checks(shown) or ["Nothing was checked yet."]),
        "## What went well",
        bullets(well(shown), "No fact says so yet."),
        "## What was hard",
        bullets(hard(facts, phases, whole=not number), "Nothing was cut off, sent back, stopped or alarmed."),
        "## Where it is not what was planned",
        bullets((_differs(one) for one in rules.found(facts) if number in {0, one.phase}), "Nowhere, by our rules."),
        "## What was left out, and why",
        bullets(left(facts, phases), "Nothing that was promised."),
        "## Time and money",
        _spent(facts, phases, number),
    )


def _of(facts: Facts, number: int) -> list[Phase]:
    """All phases in their order, or one."""
    return sorted((phase for phase in facts.phases if number in {0, phase.number}), key=lambda phase: phase.number)


def _in_order(phase: Phase) -> list[Promise]:
    return sorted(phase.promises, key=lambda one: [int(part) for part in re.findall(r"\d+", one.id)] or [0])


def in_short(facts: Facts) -> list[str]:
    """A model's words, if there are any, and whose they are."""
    return ["## In short", f"> {said(facts.words, WORDS)}", BY_A_MODEL] if facts.words else []


def values(facts: Facts, number: int = 0) -> dict[str, Any]:
    """For programs."""
    phases = _of(facts, number)
    files = facts.files if not number else tuple(file for phase in phases for file in phase.files)
    return {
        "commit": facts.save_point,
        "at": facts.at.isoformat(),
        "complete": facts.complete,
        "words": "" if number else facts.words,
        "phases": [asdict(phase) for phase in phases],
        "files": [asdict(file) for file in files],
    }


def _built(phase: Phase) -> list[str]:
    kept = sum(promise.kept for promise in phase.promises)
    state = "part of the app" if phase.done else "not part of the app yet"
    features = f" Features: {listed([said(one) for one in phase.features])}." if phase.features else ""
    return [
        f"### Phase {phase.number}: {said(plain.uncapital(phase.title))}",
        f"{said(phase.outcome)}{features} It is {state}; {kept} of {len(phase.promises)} promises are kept.",
        bullets((f"{one.id} ({'kept' if one.kept else 'open'}): {said(one.text)}" for one in _in_order(phase)), ""),
    ]


def _files(facts: Facts, phases: Sequence[Phase], *, whole: bool) -> Iterator[str]:
    every = facts.files if whole else tuple(file for phase in phases for file in phase.files)
    yield f"From the beginning to now: {changed(every)}." if whole else f"In this phase: {changed(every)}."
    ours = sorted((file for file in every if planned.matters(file.path)), key=lambda file: file.path)
    if ours:
        yield bullets(
            (f"{code(file.path)} {SIGNS[file.status]}, +{file.added} −{file.removed}" for file in ours[:SHOWN]), ""
        )
    if len(ours) > SHOWN:
        yield f"And {len(ours) - SHOWN:,} more."


def _checks(phases: Sequence[Phase]) -> list[str]:
    return [text for phase in phases if phase.checks for text in (_rounds(phase), _newest(phase))]


def _rounds(phase: Phase) -> str:
    found = f"; {counted(phase.red, 'time')} they found something" if phase.red else "; they found nothing"
    return f"Phase {phase.number}: our checks ran {counted(len(phase.rounds), 'time')}{found}."


def _newest(phase: Phase) -> str:
    return bullets(
        (_check(check) for check in sorted(phase.checks, key=lambda one: (one.place, one.round, one.name))), ""
    )


def _check(check: Check) -> str:
    shown = f", save point `{check.save_point[:10]}`, log `{check.log[:12]}`" if check.log else ""
    passed = "passed" if check.passed else "found something"
    return f"“{said(check.name)}” {passed}: {said(check.sentence)} ({check.seconds:.1f} s{shown})"


def well(phases: Sequence[Phase]) -> Iterator[str]:
    """What the facts say went well."""
    for phase in phases:
        told = [*(["every promise is kept"] if phase.promises and all(one.kept for one in phase.promises) else [])]
        told += ["our checks found nothing from the first time on"] if phase.checks and not phase.red else []
        told += ["tests were saved before the code"] if phase.first_tests else []
        told += ["no alarm"] if phase.checks and not any(one.alarm for one in phase.noticed) else []
        told += ["nobody had to say how to go on"] if phase.done and not phase.asked(Kind.ERROR_RESOLUTION) else []
        if told:
            yield f"Phase {phase.number}: {listed(told)}."


def hard(facts: Facts, phases: Sequence[Phase], *, whole: bool) -> Iterator[str]:
    """What was cut off, sent back, stopped or alarmed."""
    for phase in phases:
        yield from (f"Phase {phase.number}: {one}" for one in _troubles(phase))
    if whole:
        if facts.stops:
            yield f"Work was stopped {counted(facts.stops, 'time')} by a person."
        limits = [one for one in facts.decisions if one.kind is Kind.BUDGET]
        limits += [one for phase in phases for one in phase.asked(Kind.BUDGET)]
        if limits:
            yield f"The limit was reached {counted(len(limits), 'time')}."


def _troubles(phase: Phase) -> Iterator[str]:
    if phase.red:
        repairs = len(phase.worked(RunKind.REPAIR))
        yield f"our checks found something {counted(phase.red, 'time')}, and {counted(repairs, 'repair')} followed."
    failed = [work for work in phase.work if work.status is RunStatus.FAILED]
    if failed:
        yield f"{counted(len(failed), 'try', 'tries')} came to nothing: {said(min(one.sentence for one in failed))}"
    cut = sum(work.begun > 1 for work in phase.work)
    if cut:
        yield f"{counted(cut, 'piece')} of work {'was' if cut == 1 else 'were'} cut off and begun again."
    yield from (f"a question: {said(one.question)}" for one in _sorted(phase, Kind.ERROR_RESOLUTION))
    yield from (f"the builder asked for leave: {said(one.question)}" for one in _sorted(phase, Kind.PERMISSION))
    yield from (f"alarm: {said(one.sentence)}" for one in sorted(phase.noticed, key=str) if one.alarm)


def _sorted(phase: Phase, kind: Kind, *statuses: Status) -> Sequence[Decision]:
    return sorted(phase.asked(kind, *statuses), key=lambda one: one.question)


def _differs(one: Divergence) -> str:
    where = f"Phase {one.phase}: " if one.phase else ""
    return f"{where}planned was {said_with_code(one.planned)}; {said_with_code(one.actual)} ({one.kind})."


def said_with_code(text: str) -> str:
    """A sentence of ours that may name places between marks."""
    parts = text.split("`")
    return "".join(
        code(part) if place % 2 else said(part) if part.strip() else part for place, part in enumerate(parts)
    )


def left(facts: Facts, phases: Sequence[Phase]) -> Iterator[str]:
    """What was promised and is not there, and why."""
    for phase in phases:
        if not phase.done:
            why = "it was taken out again" if phase.undone else "it is not finished"
            yield f"Phase {phase.number}, {said(plain.uncapital(phase.title))}: {why}."
        open_ = [promise.id for promise in _in_order(phase) if not promise.kept]
        if phase.done and open_:
            yield f"Phase {phase.number}: no test that passed speaks of {listed(open_)}."
        refused = _sorted(phase, Kind.PERMISSION, Status.REJECTED)
        yield from (f"Phase {phase.number}: not allowed by a person: {said(one.question)}" for one in refused)
    yield from (f"{one.actual[:1].upper()}{one.actual[1:]}. {one.reason}" for one in rules.dropped(facts))


def _spent(facts: Facts, phases: Sequence[Phase], number: int) -> str:
    seconds = sum(work.seconds for phase in phases for work in phase.work)
    checked = sum(check.seconds for phase in phases for check in phase.checks)
    money = sum(phase.money for phase in phases) if number else facts.spent
    limit = f" The first limit was {facts.symbol}{facts.limit:,.2f}." if facts.limit and not number else ""
    built = f"Builders worked {length(seconds)}, and our checks took {length(checked)}."
    cost = f"less than {facts.symbol}0.01" if 0 < money < NOTHING else f"{facts.symbol}{money:,.2f}"
    return f"{built} It cost {cost}.{limit}"
