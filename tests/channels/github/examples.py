"""What GitHub really sends, collected by its users (@octokit/webhooks-examples, MIT): fetched once, not kept here."""

import copy
import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ground.agents import FETCHED_S, QUIET, alone, reached

PACKAGE = "@octokit/webhooks-examples@7.6.1"
CACHE = Path(__file__).parents[3] / ".cache" / "octokit"
WORDS = "@orchestrator-bot yes please\n\n/approve"
PARTS = ("action", "issue", "comment", "review", "pull_request", "repository", "sender", "changes", "installation")
INSIDE = ("id", "number", "body", "user", "full_name", "login", "title", "type", "from", "created_at", "updated_at")
WRONG: tuple[Any, ...] = (None, 0, -1, True, 1.5, "", "x", "\ud800", "a\u0000b", [], {}, [{}], {"id": {}}, 10**30)


@cache
def all_there_are() -> dict[str, list[dict[str, Any]]]:
    """The payloads by event. Leaves the test out where they can neither be found nor fetched."""
    with alone(CACHE):
        if not (CACHE / "whole").exists():
            _fetch()
    found = json.loads((CACHE / "node_modules/@octokit/webhooks-examples/api.github.com/index.json").read_text())
    return {event["name"]: event["examples"] for event in found}


def _fetch() -> None:
    if not shutil.which("npm"):
        pytest.skip("Examples of GitHub’s webhooks were not tried: npm is not installed here.")
    if not reached(PACKAGE):
        pytest.skip("Examples of GitHub’s webhooks were not tried: their registry cannot be reached.")
    command = ["npm", "install", "--prefix", str(CACHE), "--ignore-scripts", *QUIET, PACKAGE]
    subprocess.run(command, check=True, capture_output=True, timeout=FETCHED_S)
    (CACHE / "whole").touch()


def speaking(payload: dict[str, Any], words: str = WORDS) -> dict[str, Any]:
    """The same where somebody says something to us."""
    said = copy.deepcopy(payload)
    for part in ("comment", "review", "issue", "pull_request"):
        if isinstance(said.get(part), dict) and "body" in said[part]:
            said[part]["body"] = words
    return said


def broken(payload: dict[str, Any], dice: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """The same with something missing or of the wrong kind, so often."""
    places = list(_places(payload))
    for _ in range(count):
        said = copy.deepcopy(payload)
        for path in dice.sample(places, min(len(places), dice.choice((1, 1, 1, 2, 3)))):
            _break(said, path, dice)
        yield said


def _places(payload: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for part in PARTS:
        if part in payload:
            yield (part,)
            yield from (path for path in _inside(payload[part], (part,)) if len(path) <= 3)


def _inside(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        for name in (*INSIDE, "body"):
            if name in value:
                yield (*path, name)
                yield from _inside(value[name], (*path, name))


def _break(said: dict[str, Any], path: tuple[str, ...], dice: random.Random) -> None:
    inside: Any = said
    for name in path[:-1]:
        inside = inside.get(name) if isinstance(inside, dict) else None
    if not isinstance(inside, dict):
        return
    if dice.random() < 0.3:
        inside.pop(path[-1], None)
    else:
        inside[path[-1]] = dice.choice(WRONG)
