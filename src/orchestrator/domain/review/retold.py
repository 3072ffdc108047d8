"""What a model may say of what was built: nothing that the facts do not, and nothing once they change. Pure."""

import hashlib
import json
import re
from typing import Any

from orchestrator.domain import plain
from orchestrator.domain.review import execution
from orchestrator.domain.review.facts import Facts, Phase

FITS = ""
FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
PLACE = re.compile(r"https?:|www\.|[`@<>]|\w/\w|\b\w+\.(?:py|js|ts|html|css|md|json|toml|yaml)\b", re.IGNORECASE)
JUDGES = plain.words(
    "production secure securely security safe safely ready bug bugs bug-free perfect perfectly flawless flawlessly "
    "guarantee guaranteed"
)
WORD = re.compile(r"[\w-]+")


def material(facts: Facts) -> dict[str, Any]:
    """All that it is told: what was promised and kept, what went well, what was hard, what was left out."""
    done = facts.done
    return {
        "app": facts.name,
        "parts": [_part(phase) for phase in done],
        "parts_in_all": len(done),
        "promises_in_all": sum(len(phase.promises) for phase in done),
        "promises_kept": sum(promise.kept for phase in done for promise in phase.promises),
        "went_well": list(execution.well(done)),
        "was_hard": list(execution.hard(facts, done, whole=True)),
        "left_out": list(execution.left(facts, facts.phases)),
    }


def _part(phase: Phase) -> dict[str, Any]:
    told = {"number": phase.number, "title": phase.title, "outcome": phase.outcome, "features": list(phase.features)}
    kept = [promise.text for promise in phase.promises if promise.kept]
    return told | {"kept": kept, "not_kept": [promise.text for promise in phase.promises if not promise.kept]}


def key(facts: Facts) -> str:
    """Of what it speaks: another one as soon as anything is built, taken out, kept or broken."""
    built = json.dumps([_told_apart(phase) for phase in facts.done], ensure_ascii=False)
    return hashlib.sha256(built.encode()).hexdigest()


def _told_apart(phase: Phase) -> list[Any]:
    promises = sorted((one.id, one.text, one.kept) for one in phase.promises)
    return [phase.number, phase.title, promises, sorted(map(str, phase.files))]


def wrong(text: str, told: str) -> str:
    """What is wrong with it, for the model that wrote it; `told` is all that it was told. Empty where nothing is."""
    if not text.strip():
        return "`told` must say something."
    if len(text) > execution.WORDS:
        return f"At most {execution.WORDS:,} characters."
    if found := PLACE.search(text):
        return f"No code, addresses or names of files: “{found[0]}”."
    if made_up := sorted(set(FIGURE.findall(text)) - set(FIGURE.findall(told))):
        return f"These figures are not in the facts: {', '.join(made_up)}."
    if judged := sorted((_words(text) & JUDGES) - _words(told)):
        return f"You do not judge it: leave out “{'”, “'.join(judged)}”."
    return FITS


def _words(text: str) -> set[str]:
    return set(WORD.findall(text.lower()))
