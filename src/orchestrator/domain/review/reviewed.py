"""The review of how a project was made: the score, each difference, its own rules, and what to do better. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from orchestrator.domain.plain import counted
from orchestrator.domain.review import improving, patterns, rules
from orchestrator.domain.review.divergence import Divergence
from orchestrator.domain.review.execution import said_with_code
from orchestrator.domain.review.facts import Facts, Ready
from orchestrator.domain.review.improving import Action
from orchestrator.domain.review.patterns import Judged
from orchestrator.domain.review.score import RULE, Score, score
from orchestrator.domain.review.wording import bullets, code, document, head, said, table

TITLE = "System review"
ABOUT = "It compares what was planned with what came of it. It is worked out by the rules at its end, not by opinion."
NOTHING = "Nothing is part of the app yet, so there is nothing to compare."
NO_RULES = "The project has no AGENTS.md or CLAUDE.md, or no list in it. There is nothing to judge."
NONE = "There is nothing to add: no difference asks for it, or it is said already."
APPLY = "Each change can be taken as it is: save it as a file and give it to `git apply`. Nothing is changed by itself."
NOT_LOOKED = "Nobody has checked yet what stands before strangers may use it. The page “Ready?” does so."


@dataclass(frozen=True, slots=True)
class Review:
    """What follows from the facts, and from nothing else."""

    facts: Facts
    found: tuple[Divergence, ...]
    score: Score
    judged: tuple[Judged, ...]
    actions: tuple[Action, ...]


def review(facts: Facts, ours: Mapping[str, str]) -> Review:
    """Work it out. `ours` are our own commands by the places where a project keeps its own."""
    found = rules.found(facts)
    kept = sum(promise.kept for promise in facts.promises)
    actions = improving.actions(found, dict(facts.guides), facts.closed, ours)
    return Review(facts, found, score(kept, len(facts.promises), found), patterns.judged(facts), actions)


def markdown(one: Review) -> str:
    facts = one.facts
    begun = bool(facts.done)
    return document(
        f"# {TITLE}",
        head(facts),
        ABOUT,
        "## Result and plan",
        f"**{one.score.text} out of 10**: {one.score.sum}." if begun else NOTHING,
        RULE,
        "## Differences",
        *(
            [part for place, each in enumerate(one.found, 1) for part in _difference(place, each)]
            or ["None was found."]
        ),
        "## The project’s own rules",
        _rules(one.judged) if one.judged else NO_RULES,
        "## What to do better",
        *(_actions(one.actions) if one.actions else [NONE]),
        "## What is left to do",
        _left(facts.ready),
        "## The rules of this review",
        table(("What is compared", "What follows"), ((rule.compares, rule.follows) for rule in rules.RULES)),
    )


def _difference(place: int, one: Divergence) -> Iterable[str]:
    where = f"phase {one.phase}" if one.phase else "the whole project"
    yield f"### {place}. {where[:1].upper()}{where[1:]}: {one.kind}"
    yield bullets(
        (
            f"**Planned:** {said_with_code(one.planned)}",
            f"**What came of it:** {said_with_code(one.actual)}",
            f"**Reason:** {said(one.reason)}",
            f"**Class:** {one.kind}, {'justified' if one.justified else 'not justified'}",
            f"**Root cause:** {one.cause}",
            f"**Impact:** {one.impact}",
        ),
        "",
    )


def _rules(judged: Iterable[Judged]) -> str:
    return bullets((f"{said(one.rule)} ({code(one.paper)}): **{one.kept}**. {said(one.why)}" for one in judged), "")


def _actions(actions: Iterable[Action]) -> Iterable[str]:
    yield APPLY
    for one in actions:
        yield f"### {code(one.path)}: {counted(len(one.lines), 'line')} to add"
        yield bullets(map(said_with_code, one.lines), "")
        fence = "`" * max(3, _longest(one.patch) + 1)
        yield f"{fence}diff\n{one.patch}{fence}"


def _longest(text: str) -> int:
    """Of the marks for code in it."""
    return max((len(part) for part in "".join(char if char == "`" else " " for char in text).split()), default=0)


def _left(ready: Ready | None) -> str:
    if ready is None or not ready.looked:
        return NOT_LOOKED
    hours = f"about {ready.hours:g} hours of work" if ready.left else "nothing"
    return f"{ready.score} of {ready.total} questions that strangers would ask are proven; left is {hours}."


def values(one: Review) -> dict[str, Any]:
    """For programs."""
    ready = one.facts.ready
    return {
        "commit": one.facts.save_point,
        "at": one.facts.at.isoformat(),
        "complete": one.facts.complete,
        "score": one.score.points if one.facts.done else None,
        "rule": RULE,
        "promises": {"kept": one.score.kept, "total": one.score.promised},
        "divergences": [asdict(each) | {"classification": each.kind} for each in one.found],
        "patterns": [asdict(each) for each in one.judged],
        "actions": [asdict(each) for each in one.actions],
        "remaining": {"hours": ready.hours, "left": ready.left, "looked": ready.looked} if ready else None,
        "rules": [{"id": rule.id, "compares": rule.compares, "follows": rule.follows} for rule in rules.RULES],
    }
