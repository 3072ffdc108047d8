"""Whatever a builder does within its walls and whatever happens to us: nothing is left. What is missing is said."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import processes
from orchestrator.contain import boundary as boundaries
from orchestrator.contain import process, sandbox
from orchestrator.contain.boundary import Boundary
from orchestrator.contain.sandbox import Sandbox, Tenant
from orchestrator.domain.run import Job, RunKind

STUBBORN = """
import signal, subprocess, time
for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(each, signal.SIG_IGN)
subprocess.Popen(["setsid", "sleep", "301"])
subprocess.Popen(["sh", "-c", "trap '' TERM; (setsid sleep 302 &) ; sleep 303"])
print("ready", flush=True)
time.sleep(300)
"""
PARENT = f"""
import asyncio, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_sandbox_ends import STUBBORN, working

async def main():
    async with working(Path(sys.argv[1]), sys.argv[2] == "True"):
        await asyncio.sleep(300)

asyncio.run(main())
"""
WHAT = """
import asyncio
from orchestrator.contain.boundary import boundary
from orchestrator.contain.sandbox import Sandbox
from orchestrator.errors import NotPossible
print(boundary().around)
try:
    asyncio.run(Sandbox("needed").offers())
    print("It can be done.")
except NotPossible as reason:
    print(reason)
"""


@asynccontextmanager
async def working(
    folder, namespaces=True, changed=lambda place: place, command=(sys.executable, "-I", "-S", "-c", STUBBORN)
):
    """A builder at work, within walls."""
    home, worktree = folder / "homes" / "h", folder / "work"
    for place in (home, worktree):
        place.mkdir(parents=True, exist_ok=True)
    tenant = Tenant(command, process.environment(home), home)
    async with (
        sandbox.room(Sandbox("needed"), Job("k", RunKind.EXECUTE, worktree, ""), tenant) as room,
        changed(room).opened(print) as (whole, env),
        process.spawn(whole, cwd=worktree, env=env, namespaces=namespaces) as spawned,
    ):
        yield spawned


@pytest.fixture(params=[True, False], ids=["own-space", "shared-space"])
def namespaces(request):
    return request.param


async def test_stopped_nothing_is_left_and_soon(tmp_path, namespaces):
    async with working(tmp_path, namespaces) as spawned:
        assert await spawned.stdout.readline() == b"ready\n"
        await processes.there(tmp_path, "sleep 30", count=3)
        began = time.monotonic()

    assert processes.of(tmp_path) == []
    assert time.monotonic() - began < processes.SOON
    assert [path.name for path in (tmp_path / "homes").iterdir()] == ["h"]


async def test_killed_ourselves_nothing_is_left_and_soon(tmp_path, namespaces):
    folder = tmp_path / "theirs"
    folder.mkdir()
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder), str(namespaces)], env=env)
    try:
        await processes.there(folder, "sleep 30", count=3)
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()

    assert await processes.gone(folder) < processes.SOON


async def test_a_leash_that_is_killed_takes_everything_along(tmp_path):
    async with working(tmp_path) as spawned:
        await spawned.stdout.readline()
        os.kill(spawned.leash.pid, signal.SIGKILL)
        assert await spawned.ended() == (None, process.WHY["lost"])

    await processes.gone(tmp_path)


async def test_where_there_is_no_network_of_its_own_it_works_within_walls_all_the_same(tmp_path):
    def ungated(room):
        return replace(room, boundary=replace(room.boundary, gate=False), walls=replace(room.walls, closed=False))

    show = (
        "sh",
        "-c",
        "cat; ls -A / | grep -c root; ls /etc | grep -c shadow; test -s /etc/hosts && echo $HTTP_PROXY.",
    )
    async with working(tmp_path, changed=ungated, command=show) as spawned:
        spawned.stdin.write(b"given\n")
        spawned.stdin.write_eof()
        assert (await spawned.stdout.read()).decode().split()[0::2] == ["given", "0"], spawned.stderr.text()


def what(path):
    env = {"PATH": str(path), "PYTHONPATH": str(Path(boundaries.__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-c", WHAT], env=env, check=True, capture_output=True, text=True
    ).stdout.splitlines()


def stand_in(folder, text):
    folder.mkdir()
    (folder / "bwrap").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "bwrap").chmod(0o755)
    return folder


def test_what_is_missing_is_said_and_where_it_is_needed_nothing_works_without_it(tmp_path):
    real = boundaries.boundary().walls
    nothing, refusing = tmp_path / "nothing", stand_in(tmp_path / "old", "exit 1")
    half = stand_in(tmp_path / "half", f'case "$*" in *--unshare-net*) exit 1 ;; esac; exec {real} "$@"')

    assert what(nothing) == [boundaries.MISSING, f"{sandbox.NEEDED} {boundaries.MISSING}"]
    assert what(refusing) == [boundaries.UNUSABLE, f"{sandbox.NEEDED} {boundaries.UNUSABLE}"]
    assert what(half) == [boundaries.UNGATED, "It can be done."]
    assert Boundary("root", real, gate=True).around == boundaries.WALLED
    assert asyncio.run(Sandbox("off").offers()).around == boundaries.OFF
