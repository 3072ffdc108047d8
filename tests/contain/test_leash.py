"""The leash as the program it is: what it says on its line, and when."""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict

import pytest

import processes
from orchestrator.contain import leash as leashes
from orchestrator.contain.boundary import Limits, boundary

ORDERS = {**asdict(Limits()), "space": "shared"}
GROWING = "import os, time\nos.fork(), os.fork(), os.fork()\nx = bytearray(b'x') * (40 << 20)\ntime.sleep(300)"
PYTHON = (sys.executable, "-I", "-S", "-c")


@contextmanager
def leash(folder, *command, **orders):
    """The program with our end of its line. With all of Python, so that it can be seen which lines are run."""
    ours, theirs = socket.socketpair()
    written = [f"{name}={value}" for name, value in {**ORDERS, "line": theirs.fileno(), **orders}.items()]
    program = [sys.executable, "-m", leashes.__name__, *written, "--", *command]
    with ours, subprocess.Popen(program, cwd=folder, pass_fds=(theirs.fileno(),), stdout=subprocess.DEVNULL):
        theirs.close()
        try:
            with ours.makefile("rb") as said:
                yield ours, said
        finally:
            ours.close()


def words(folder, *command, **orders):
    with leash(folder, *command, **orders) as (line, said):
        line.sendall(b"go")
        return said.read().decode().splitlines()


@pytest.mark.parametrize("space", ["shared", boundary().space])
def test_it_says_that_it_began_and_how_it_ended(tmp_path, space):
    assert words(tmp_path, "true", space=space) == ["began", "ended 0"]
    assert words(tmp_path, "sh", "-c", "exit 7", space=space) == ["began", "ended 7"]
    assert words(tmp_path, "sh", "-c", "kill -9 $$", space=space) == ["began", "ended 137"]


@pytest.mark.parametrize("space", ["shared", boundary().space])
def test_it_says_why_it_could_not_begin(tmp_path, space):
    assert words(tmp_path, "no-such-program", space=space) == ["failed No such file or directory"]


def test_it_says_which_limit_was_reached(tmp_path):
    assert words(tmp_path, "sleep", "300", seconds=0.1) == ["began", "time"]
    assert words(tmp_path, *PYTHON, GROWING, memory_mb=150) == ["began", "memory"]
    assert words(tmp_path, *PYTHON, GROWING, processes=5) == ["began", "processes"]
    assert processes.of(tmp_path) == []


def test_it_does_not_begin_before_it_is_told_to(tmp_path):
    with leash(tmp_path, "touch", "begun") as (line, said):
        line.shutdown(socket.SHUT_WR)
        assert said.read() == b""

    assert not (tmp_path / "begun").exists()


def test_let_go_it_says_so_and_leaves_nothing(tmp_path):
    with leash(tmp_path, "sh", "-c", "setsid sleep 300 & sleep 300") as (line, said):
        line.sendall(b"go")
        assert said.readline() == b"began\n"
        line.shutdown(socket.SHUT_WR)
        assert said.read() == b"dropped\n"

    assert processes.of(tmp_path) == []


def test_what_asks_it_to_end_otherwise_is_not_heard(tmp_path):
    with leash(tmp_path, "sleep", "0.3") as (line, said):
        line.sendall(b"go")
        assert said.readline() == b"began\n"
        parent = next(pid for pid in processes.pids(tmp_path) if leashes.__name__ in processes.command(pid))
        for each in (1, 2, 15):
            os.kill(parent, each)
        assert said.read() == b"ended 0\n"


def test_a_lock_that_stays_taken_is_said(tmp_path):
    lock = tmp_path / "lock"
    with leash(tmp_path, "sleep", "300", lock=lock) as (line, said):
        line.sendall(b"go")
        assert said.readline() == b"began\n"
        assert words(tmp_path, "true", lock=lock, lock_seconds=0.1) == ["busy"]
    assert words(tmp_path, "true", lock=lock, lock_seconds=5) == ["began", "ended 0"]
