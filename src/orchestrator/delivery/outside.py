"""Notices what changed outside of the trial copy while a builder worked: it has no business there."""

import os
from collections.abc import Mapping
from pathlib import Path

from orchestrator.domain.plain import listed
from orchestrator.errors import OrchestratorError
from orchestrator.runtime import runtime

# What we ourselves keep in the data folder; the database's own companions begin with its name.
FOLDERS = frozenset({"checks", "copies", "homes", "legs", "previews", "work"})
KEYS = frozenset({"secret.key", "terminal.key"})
DATABASE = "orchestrator."
MOST = 5  # names in one sentence
Look = Mapping[str, str]  # what stands there, and in which state


async def look(project_id: str) -> Look:
    """How the app's own folder and ours stand. A folder that is not there yet, or any more, is seen by others."""
    data = runtime().settings.data_dir.resolve()
    try:
        app = await runtime().forge.standing(project_id)
    except OrchestratorError:
        app = {}
    return {f"{name} in the app’s own folder": state for name, state in app.items()} | {
        f"{name} among our own files": state for name, state in _around(data).items()
    }


def changed(before: Look, after: Look) -> str:
    """A sentence that names what is different; empty if nothing is."""
    found = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if not found:
        return ""
    more = [f"{len(found) - MOST} more"] if len(found) > MOST else []
    return (
        f"While the builder worked, something changed outside of its trial copy: {listed([*found[:MOST], *more])}. "
        "Nothing of that is part of this phase. If it was not you, look at it before you go on."
    )


def _around(data: Path) -> dict[str, str]:
    found = {}
    for entry in os.scandir(data):
        if entry.name in KEYS:
            status = entry.stat(follow_symlinks=False)
            found[entry.name] = f"{status.st_mtime_ns} {status.st_size}"
        elif entry.name not in FOLDERS and not entry.name.startswith(DATABASE):
            found[entry.name] = "there"
    return found
