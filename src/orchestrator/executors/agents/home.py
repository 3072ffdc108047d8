"""An agent's home before and after a run: our settings for it, and the sign-in that an operator did."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from orchestrator.executors.agents.kit import Kit

LARGEST = 1 << 20  # of what a sign-in leaves


def furnish(home: Path, kit: Kit) -> None:
    """Write what the agent is to find. What it left in the way itself, links above all, is removed and not followed."""
    for path, text in kit.files.items():
        put(home, path, text.encode())
    if kit.kept is None:
        return
    for path in kit.signed:
        if (kept := kit.kept / path).is_file():
            put(home, path, kept.read_bytes())


def bring_back(home: Path, kit: Kit) -> None:
    """Keep a sign-in that the agent renewed while it worked, so that the next run has it."""
    for path in kit.signed if kit.kept else ():
        kept = kit.kept / path if kit.kept else Path()
        fresh = read(home, path)
        if kept.is_file() and fresh and fresh != kept.read_bytes():
            put(kept.parent, kept.name, fresh)


def put(home: Path, path: str, content: bytes) -> None:
    """Write a file in one go, for us and for the agent alone, at exactly this place."""
    place = home
    for name in Path(path).parent.parts:
        place = place / name
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            place.unlink()
        place.mkdir(mode=0o700, exist_ok=True)
    target = place / Path(path).name
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    number, fresh = tempfile.mkstemp(dir=place)
    with os.fdopen(number, "wb") as file:
        file.write(content)
    Path(fresh).replace(target)


def read(home: Path, path: str) -> bytes:
    """A file of a sign-in as the agent left it; nothing where it is none, or is a link to somewhere else."""
    found = home / path
    if found.is_symlink() or not found.is_file() or not found.resolve().is_relative_to(home.resolve()):
        return b""
    content = found.read_bytes() if found.stat().st_size <= LARGEST else b""
    try:
        return content if isinstance(json.loads(content), dict) else b""
    except ValueError:
        return b""
