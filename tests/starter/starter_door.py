"""The starter as its client sees it: a process, driven through the real client library, in real repositories."""

import asyncio
import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import acp
from acp.schema import ClientCapabilities, FileSystemCapabilities

from orchestrator.executors import starter

# Without -I -S, so that coverage can look inside; the real command has tests of its own.
COMMAND = (sys.executable, starter.COMMAND[-1])
CHECKS = """[checks]
tests = "python3 -m unittest discover -s tests -v"
[preview]
command = "python3 app.py --port {port} --data {data}"
"""
SUPPER: dict[str, Any] = {
    "schema": 1,
    "name": "Supper Sorted",
    "summary": "Plans a week of dinners and turns it into one shopping list.",
    "who": "Parents who work and cook.",
    "problem": "At half past five, the same question: what’s for dinner?",
    "solution": "On Sunday the app suggests seven dinners.",
    "features": [
        {"id": "F1", "title": "Plan the week", "description": "For the people at home.", "priority": "HIGH"},
        {"id": "F2", "title": "Make the shopping list", "description": "", "priority": "HIGH"},
        {"id": "F3", "title": "Rate a dinner", "description": "Who liked it?", "priority": "LOW"},
        {"id": "F4", "title": "Swap a meal", "description": "", "priority": "LOW"},
    ],
    "journey": ["Sunday: Nadia opens the app to plan the week.", "Monday, in the shop: the shopping list."],
    "success": ["One shop a week."],
    "out": ["Ordering groceries"],
    "phases": [
        {
            "number": 1,
            "title": "You can plan the week",
            "outcome": "Seven dinners stand in the week.",
            "features": ["F1"],
            "criteria": [
                {"id": "P1.1", "text": "A dinner can be put on a day", "feature": "F1"},
                {"id": "P1.2", "text": "The plan is still there the next day", "feature": "F1"},
                {"id": "P1.3", "text": "It can be used on a phone", "feature": ""},
            ],
        },
        {
            "number": 2,
            "title": "You get one shopping list",
            "outcome": "One list for one shop.",
            "features": ["F2"],
            "criteria": [{"id": "P2.1", "text": "What is bought can be ticked off and removed", "feature": "F2"}],
        },
        {
            "number": 3,
            "title": "You can rate a dinner",
            "outcome": "Everybody says how it was.",
            "features": ["F3", "F1"],
            "criteria": [{"id": "P3.1", "text": "A rating without stars is refused", "feature": "F3"}],
        },
    ],
}


@dataclass
class Heard:
    """What the client was told, in order."""

    updates: list[Any] = field(default_factory=list)
    on_update: Callable[[Any], None] = lambda _: None

    def on_connect(self, connection: Any) -> None:
        """The client library calls it."""

    async def session_update(self, update: Any, **_: Any) -> None:
        self.updates.append(update)
        self.on_update(update)

    @property
    def text(self) -> str:
        return "".join(one.content.text for one in self.updates if one.session_update == "agent_message_chunk")

    @property
    def calls(self) -> list[Any]:
        return [one for one in self.updates if one.session_update == "tool_call"]

    @property
    def plans(self) -> list[list[tuple[str, str]]]:
        plans = [one for one in self.updates if one.session_update == "plan"]
        return [[(entry.content, entry.status) for entry in plan.entries] for plan in plans]


@dataclass
class Door:
    connection: Any
    process: Any
    heard: Heard
    session: str

    async def ask(self, words: str) -> str:
        """Say it, wait for the end; gives the reason for stopping."""
        self.heard.updates.clear()
        answer = await self.connection.prompt(session_id=self.session, prompt=[acp.text_block(words)])
        return str(answer.stop_reason)

    def kill(self) -> None:
        """kill -9, it and all that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)


@contextlib.asynccontextmanager
async def opened(folder: Path, command: Sequence[str] = COMMAND, **settings: str) -> AsyncIterator[Door]:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, **measured(), **settings},
    )
    heard = Heard()
    connection = acp.connect_to_agent(heard, process.stdin, process.stdout)
    try:
        nothing = FileSystemCapabilities(read_text_file=False, write_text_file=False)
        capable = ClientCapabilities(fs=nothing, terminal=False)
        await connection.initialize(protocol_version=acp.PROTOCOL_VERSION, client_capabilities=capable)
        new = await connection.new_session(cwd=str(folder), mcp_servers=[])
        yield Door(connection, process, heard, new.session_id)
    finally:
        await connection.close()
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 20)


def measured() -> dict[str, str]:
    """How coverage looks into the starter: with threads only. Told to heed greenlets too, which the starter does not
    have, it was seen to hang there, in a thread that started while another one ended.
    """
    if not (told := os.environ.get("COVERAGE_PROCESS_CONFIG")):
        return {}
    how = json.loads(base64.b64decode(told)) | {"concurrency": ["thread"]}
    return {"COVERAGE_PROCESS_CONFIG": base64.b64encode(json.dumps(how).encode()).decode()}


def unmeasured() -> dict[str, str]:
    """For a prototype, in which nothing is ours: looked into, it was seen to hang as the starter was."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}


async def ask(folder: Path, *words: str, command: Sequence[str] = COMMAND) -> Heard:
    """One process for all of it; what was heard last."""
    async with opened(folder, command) as door:
        for one in words:
            assert await door.ask(one) == "end_turn"
    return door.heard


def repository(folder: Path, about: Any = SUPPER) -> Path:
    """As the orchestrator hands it over: a work tree of its own on the branch of a phase."""
    home = folder / "home"
    (home / ".agents").mkdir(parents=True)
    (home / ".agents" / "project.json").write_text(json.dumps(about))
    (home / ".orchestrator.toml").write_text(CHECKS)
    git(home, "init", "-q", "-b", "main")
    save(home, "start")
    git(home, "worktree", "add", "-q", "-b", "phase-1", str(folder / "tree"))
    return folder / "tree"


@dataclass
class Journey:
    """Three phases, each planned and built on a branch of its own and then taken in."""

    home: Path
    tree: Path
    told: list[str]


async def travelled(folder: Path) -> Journey:
    tree, home, told = repository(folder), folder / "home", []
    for phase in SUPPER["phases"]:
        number = phase["number"]
        git(tree, "checkout", "-q", "-B", f"phase-{number}", "main")
        heard = await ask(tree, f"/plan-feature {number}\nMore.", f"/execute {number}\nMore.", command=starter.COMMAND)
        git(home, "merge", "-q", "--no-ff", "-m", f"merge {number}", f"phase-{number}")
        told.append(heard.text)
    return Journey(home, tree, told)


def copy(built: Path, folder: Path) -> Path:
    """A repository with the history of one that was built before."""
    git(folder, "clone", "-q", "--no-hardlinks", str(built), "tree")
    return folder / "tree"


def git(folder: Path, *command: str) -> str:
    settings = ("-c", "user.name=Test", "-c", "user.email=test@localhost")
    done = subprocess.run(["git", *settings, *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def save(folder: Path, subject: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", subject)


def subjects(folder: Path, branch: str = "HEAD") -> list[str]:
    """Of all save points, the oldest first."""
    return git(folder, "log", "--reverse", "--format=%s", branch).splitlines()


def content(folder: Path) -> str:
    """Every file of the newest save point with the hash of what is in it."""
    left = git(folder, "status", "--porcelain")
    assert left == "", left
    return git(folder, "ls-tree", "-r", "HEAD")


def checks(folder: Path, pattern: str = "test*.py") -> tuple[int, str]:
    """Exit code and output of the checks, warnings being errors."""
    command = [sys.executable, "-B", "-W", "error", "-m", "unittest", "discover", "-s", "tests", "-v", "-p", pattern]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=unmeasured())
    return done.returncode, done.stdout + done.stderr
