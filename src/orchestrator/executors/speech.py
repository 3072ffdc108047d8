"""Turns what a builder tells of its work into plain sentences; the technical side of it goes into the details."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.domain.run import Activity
from orchestrator.executors import troubles
from orchestrator.executors.permissions import mentioned

ENDED = {"completed", "failed"}
LONG = 500  # of a title in the details
SAYS = {
    "read": "Is reading.",
    "search": "Is looking for the right place.",
    "think": "Is thinking.",
    "fetch": "Is looking something up.",
    "delete": "Is removing something.",
    "move": "Is moving something.",
    "execute": "Is trying something out.",
    "switch_mode": "Is going over to its next step.",
}
RUNS = (
    (re.compile(r"\b(tests?|pytest|unittest|vitest|jest|playwright)\b"), "Is running the tests."),
    (re.compile(r"\bgit\b.*\bcommit\b"), "Is making a save point."),
    (re.compile(r"\b(install|uv sync|uv add)\b"), "Is fetching building blocks."),
)
SAID = "Explains what it is doing."
FAILED = "Something it tried did not work."


@dataclass(slots=True)
class Step:
    """What is known of one thing that the builder does. It may be told in pieces, and later pieces before earlier."""

    kind: str = "other"
    title: str = ""
    status: str = "pending"
    paths: set[str] = field(default_factory=set)
    raw: Any = None
    told: str = ""
    over: bool = False

    def add(self, update: Any) -> None:
        """A `tool_call`, a `tool_call_update` and a question have the same fields, and most may be missing."""
        self.kind = update.kind or self.kind
        self.title = update.title or self.title
        self.status = update.status or self.status
        self.raw = update.raw_input if update.raw_input is not None else self.raw
        self.paths |= {location.path for location in update.locations or ()} | mentioned(update.raw_input)
        self.paths |= {content.path for content in update.content or () if content.type == "diff"}

    def deed(self) -> str:
        """Once, when the step has ended: a text that is the same for two steps that do the same. Empty otherwise."""
        if self.over or self.status not in ENDED:
            return ""
        what = json.dumps([self.kind, self.title, sorted(self.paths), self.raw], sort_keys=True, default=str)
        self.over, self.raw = True, None  # the input may be large, and nobody asks for it any more
        return hashlib.sha256(what.encode()).hexdigest()


class Speech:
    """Remembers what was told before, because builders tell in pieces."""

    def __init__(self, worktree: Path, clean: Callable[[str], str]) -> None:
        self.steps: dict[str, Step] = {}
        self.changed: set[str] = set()  # paths of files
        self.cost: dict[str, Any] = {}
        self.hints = troubles.Hints()
        self._worktree, self._clean, self._plan = str(worktree) + "/", clean, ""
        self._hear: Mapping[str, Callable[[Any], Activity | None]] = {
            "agent_message_chunk": self._text,
            "plan": self._list,
            "tool_call": self._step,
            "tool_call_update": self._step,
            "usage_update": self._usage,
        }

    def hear(self, update: Any) -> Activity | None:
        """What to tell a person of this, if anything."""
        self.hints = troubles.heard(self.hints, update.field_meta)
        return self._hear.get(update.session_update, lambda _: None)(update)

    def step(self, update: Any) -> Step:
        """The step that this is about, with what this adds to it."""
        step = self.steps.get(update.tool_call_id)
        if step is None or (step.over and getattr(update, "session_update", "") == "tool_call"):  # a name used anew
            step = self.steps[update.tool_call_id] = Step()
        step.add(update)
        return step

    def files(self) -> list[str]:
        """What the builder says that it changed."""
        return self._short(self.changed)

    def _text(self, update: Any) -> Activity | None:
        text = update.content.text if update.content.type == "text" else ""
        return Activity(SAID, "text", {"said": text}) if text else None

    def _list(self, update: Any) -> Activity | None:
        return self._planned([(entry.content, entry.status) for entry in update.entries])

    def _planned(self, steps: list[tuple[str, str]]) -> Activity | None:
        entries = [{"title": self._clean(content)[:LONG], "status": status} for content, status in steps]
        sentence = listed(entries)
        if not entries or sentence == self._plan:
            return None
        self._plan = sentence
        return Activity(sentence, "plan", {"entries": entries})

    def _step(self, update: Any) -> Activity | None:
        step = self.step(update)
        if steps := noted(step.raw):
            return self._planned(steps)
        if step.kind == "edit" and step.status == "completed":
            self.changed |= step.paths
        sentence = self._sentence(step)
        if not sentence or sentence == step.told:
            return None
        step.told = sentence
        return Activity(sentence, "tool", self._details(step))

    def _sentence(self, step: Step) -> str:
        if step.status == "failed":
            return FAILED
        if step.kind == "edit":
            return changed(len(self.changed)) if step.status == "completed" else ""
        return step.told or (tries(step) if step.kind == "execute" else SAYS.get(step.kind, "Is working."))

    def _details(self, step: Step) -> dict[str, Any]:
        title = self._clean(step.title)[:LONG]
        return {"title": title, "kind": step.kind, "status": step.status, "paths": self._short(step.paths)}

    def _short(self, paths: set[str]) -> list[str]:
        return sorted(path.removeprefix(self._worktree) for path in paths)

    def _usage(self, update: Any) -> Activity | None:
        cost = update.cost
        self.cost |= {"used": update.used, "size": update.size}  # what it cost is not told each time
        if cost:
            self.cost |= {"amount": cost.amount, "currency": cost.currency}
        spent = cost is not None and round(cost.amount, 2) > 0  # some tell zero where they do not know
        sentence = f"Has spent {cost.amount:.2f} {cost.currency} so far." if spent else "Is working."
        return Activity(sentence, "usage", dict(self.cost))


def noted(raw: Any) -> list[tuple[str, str]]:
    """The list of steps that some builders note by a tool of theirs, and tell as nothing else."""
    found = raw.get("todos") if isinstance(raw, dict) else None
    entries = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [(str(one["content"]), str(one.get("status", ""))) for one in entries if one.get("content")]


def listed(entries: Iterable[dict[str, str]]) -> str:
    """What a builder's list of steps says about now."""
    entries = list(entries)
    if now := [entry["title"] for entry in entries if entry["status"] == "in_progress"]:
        return f"Works on: {now[0]}"
    if all(entry["status"] == "completed" for entry in entries):
        return "Has come to the end of its list."
    return f"Has made a list of {len(entries)} steps." if len(entries) > 1 else "Knows its next step."


def changed(files: int) -> str:
    return f"Changed {files} files." if files > 1 else "Changed a file."


def tries(step: Step) -> str:
    """What it tries out. Some builders say only later what it is: until then nothing is told of it."""
    sentence = runs(step)
    return "" if sentence == SAYS["execute"] and step.status == "pending" and not command(step) else sentence


def command(step: Step) -> Any:
    return step.raw.get("command", "") if isinstance(step.raw, dict) else ""


def runs(step: Step) -> str:
    text = f"{step.title} {command(step)}".lower()
    return next((sentence for pattern, sentence in RUNS if pattern.search(text)), SAYS["execute"])
