"""Commands that resist, and what is left of them: nothing."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import time

import pytest

import processes
from orchestrator.contain import boundary as boundaries
from orchestrator.contain import process
from orchestrator.errors import BuilderLost, NotPossible

DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.chdir("/")
        time.sleep(300)
    os._exit(0)
os.wait()
"""
STUBBORN = """
import signal, subprocess, sys, time
for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(each, signal.SIG_IGN)
subprocess.Popen(["setsid", "sleep", "301"])
subprocess.Popen(["sh", "-c", "trap '' TERM; (setsid sleep 302 &) ; sleep 303"])
print("ready", flush=True)
time.sleep(300)
"""
BREEDING = """
import os, time
for generation in range(7):
    os.fork()
time.sleep(300)
"""
OWN = process.boundary().namespaces


@pytest.fixture(params=[True, False], ids=["own-space", "shared-space"])
def namespaces(request):
    assert OWN or not request.param or process.boundary().sentence.startswith(boundaries.SHARED)
    return request.param


@pytest.fixture
def place(tmp_path, namespaces):
    env = process.environment(tmp_path / "home")

    class Place:
        folder = tmp_path

        async def run(self, *command, **more):
            more.setdefault("cwd", tmp_path)
            return await process.run(command, env=env, namespaces=namespaces, **more)

        def spawn(self, *command, **more):
            return process.spawn(command, cwd=tmp_path, env=env, namespaces=namespaces, **more)

        async def python(self, code, *arguments, **more):
            return await self.run(sys.executable, "-I", "-S", "-c", code, *arguments, **more)

    return Place()


async def test_both_outputs_are_kept_in_order_with_the_exit_code(place):
    ended = await place.run("sh", "-c", "echo one; echo two >&2; echo three; exit 3", log=place.folder / "log")

    assert (ended.code, ended.output, ended.timed_out, ended.why) == (3, "one\ntwo\nthree\n", False, "")
    assert (place.folder / "log").read_text() == ended.output
    assert ended.log_sha256 == hashlib.sha256(b"one\ntwo\nthree\n").hexdigest()
    assert 0 < ended.seconds < 10


async def test_a_command_ended_by_a_signal_has_a_code_as_in_a_shell(place):
    assert (await place.run("sh", "-c", "kill -9 $$")).code == 137
    assert (await place.run("sh", "-c", "kill -TERM $$")).code == 143


async def test_signals_have_their_usual_meaning(place):
    script = "import signal; print([signal.getsignal(each) for each in (13, 15, 2, 1)])"

    assert (await place.python(script)).output.count("SIG_DFL") == 2
    assert (await place.run("sh", "-c", "yes | head -1; echo $?")).output == "y\n0\n"


async def test_input_is_empty(place):
    assert (await place.run("cat")).output == ""


async def test_output_that_is_no_text_is_still_shown(place):
    assert (await place.run("printf", "\\377abc")).output == "\ufffdabc"


@pytest.mark.parametrize("script", [DAEMON, STUBBORN, BREEDING], ids=["daemon", "stubborn", "breeding"])
async def test_after_a_timeout_nothing_is_left(place, script):
    ended = await place.python(script, limits=process.Limits(seconds=0.7))

    assert processes.of(place.folder) == []
    if script is not DAEMON:
        assert (ended.code, ended.timed_out, ended.why) == (None, True, process.WHY["time"])


async def test_what_daemonises_does_not_outlive_the_command(place):
    ended = await place.python(DAEMON)

    assert ended.code == 0
    assert processes.of(place.folder) == []
    assert ended.seconds < 5


@pytest.mark.parametrize("script", [DAEMON + "time.sleep(300)", STUBBORN, BREEDING])
async def test_stopped_nothing_is_left_and_soon(place, script):
    running = asyncio.create_task(place.python(script))
    await processes.there(place.folder, "-c", count=2)

    began = time.monotonic()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert processes.of(place.folder) == []
    assert time.monotonic() - began < processes.SOON


async def test_stopped_twice_nothing_is_left_either(place):
    running = asyncio.create_task(place.python(STUBBORN))
    await processes.there(place.folder, "sleep 303")

    running.cancel()
    await asyncio.wait({running}, timeout=0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert processes.of(place.folder) == []


@pytest.mark.parametrize("moment", range(12))
async def test_stopped_at_any_moment_of_its_start_nothing_is_left(place, moment):
    running = asyncio.create_task(place.run("sh", "-c", "setsid sleep 300 & sleep 300"))
    await asyncio.wait({running}, timeout=moment * 0.005)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert processes.of(place.folder) == []


async def test_a_flood_is_cut_with_a_line_that_says_so_and_its_end_is_kept(place):
    flood = "import os\nfor _ in range(800): os.write(1, b'x' * 65536)\nos.write(1, b'the end')"

    ended = await place.python(flood, log=place.folder / "log")

    log = (place.folder / "log").read_bytes()
    assert ended.code == 0
    assert log.endswith(b"x\n[The rest is left out: there was more than 20 MB of it.]\n")
    assert len(log) < (20 << 20) + 100
    assert ended.log_sha256 == hashlib.sha256(log).hexdigest()
    assert ended.output.endswith("xthe end")
    assert len(ended.output) == 32768


async def test_too_much_memory_in_one_process_is_refused_to_it(place):
    ended = await place.python("x = bytearray(400 << 20)", limits=process.Limits(memory_mb=200))

    assert "MemoryError" in ended.output
    assert ended.code == 1


async def test_too_much_memory_in_all_of_them_together_ends_them(place):
    hold = "import os, time\nos.fork(), os.fork()\nx = bytearray(b'x') * (60 << 20)\ntime.sleep(300)"

    ended = await place.python(hold, limits=process.Limits(memory_mb=150, seconds=30))

    assert (ended.code, ended.why) == (None, process.WHY["memory"])
    assert processes.of(place.folder) == []


async def test_too_many_processes_are_ended(place):
    ended = await place.python(BREEDING, limits=process.Limits(processes=100, seconds=30))

    assert (ended.code, ended.why) == (None, process.WHY["processes"])
    assert processes.of(place.folder) == []


async def test_too_large_a_file_and_too_many_open_ones_are_refused(place):
    write = "open('large', 'wb').write(b'x' * (3 << 20))"
    opened = "kept = [open('/dev/null') for _ in range(100)]"

    assert (await place.python(write, limits=process.Limits(file_mb=2))).code != 0
    assert (place.folder / "large").stat().st_size == 2 << 20
    assert "Too many open files" in (await place.python(opened, limits=process.Limits(open_files=64))).output


async def test_a_program_that_is_not_there_is_named(place):
    with pytest.raises(NotPossible, match="The program “no-such-thing” is not installed on this machine"):
        await place.run("no-such-thing")
    with pytest.raises(NotPossible, match="not installed"):
        await place.run("./no-such-thing")


async def test_a_program_of_the_own_folder_is_found_and_one_that_is_no_program_is_refused(place):
    script = place.folder / "script"
    script.write_text("#!/bin/sh\necho here")
    script.chmod(0o755)
    assert (await place.run("./script")).output == "here\n"

    script.write_bytes(b"\x7fELF and no more")
    with pytest.raises(NotPossible, match="could not be started: Exec format error"):
        await place.run("./script")
    assert processes.of(place.folder) == []


async def test_a_folder_that_is_not_there_is_a_sentence(place):
    with pytest.raises(NotPossible, match="We could not start “true”: No such file or directory"):
        await place.run("true", cwd=place.folder / "nowhere")


async def test_a_conversation_goes_both_ways_and_a_flood_of_errors_does_no_harm(place):
    echo = (
        "import os, sys\nos.write(2, b'e' * 1_000_000)\nfor each in sys.stdin: print(each.upper(), end='', flush=True)"
    )
    async with place.spawn(sys.executable, "-I", "-S", "-c", echo) as spawned:
        for word in (b"one\n", b"two\n"):
            spawned.stdin.write(word)
            assert await spawned.stdout.readline() == word.upper()
        spawned.stdin.close()
        assert await spawned.ended() == (0, "")
        assert spawned.stderr.text() == "e" * 32768

    assert processes.of(place.folder) == []


async def test_the_dead_that_fall_to_the_leash_are_buried(place):
    orphans = "for each in 1 2 3 4 5; do (setsid sh -c : &); done; echo done; sleep 300"
    async with place.spawn("sh", "-c", orphans) as spawned:
        assert await spawned.stdout.readline() == b"done\n"
        await processes.until(lambda: processes.dead(spawned.leash.pid) == 0)
        await asyncio.wait({asyncio.create_task(spawned.ended())}, timeout=1.2)
        assert processes.dead(spawned.leash.pid) == 0


async def test_an_output_that_the_command_closes_is_closed_for_us(place):
    async with place.spawn(
        sys.executable, "-I", "-S", "-c", "import os, time\nos.close(1)\ntime.sleep(300)"
    ) as spawned:
        assert await spawned.stdout.read() == b""


async def test_left_in_the_middle_a_conversation_leaves_nothing(place):
    async with place.spawn(sys.executable, "-I", "-S", "-c", STUBBORN) as spawned:
        assert await spawned.stdout.readline() == b"ready\n"
        await processes.there(place.folder, "sleep 30", count=3)

    assert processes.of(place.folder) == []
    assert await spawned.ended() == (None, process.WHY["dropped"])


async def test_the_lock_is_held_until_the_last_process_is_gone_and_waited_for(place):
    lock, go = place.folder / "lock", place.folder / "go"
    script = f"setsid sleep 299 & until [ -e {go} ]; do sleep 0.02; done"
    first = asyncio.create_task(place.run("sh", "-c", script, lock=lock))
    await processes.there(place.folder, "sleep 299")
    long = asyncio.create_task(place.run("sleep", "300", lock=lock))
    await processes.there(place.folder, "lock_seconds", count=2)
    assert "sleep 300" not in processes.of(place.folder)
    go.touch()
    await first
    await processes.there(place.folder, "sleep 300")

    with pytest.raises(BuilderLost, match="has not ended yet"):
        await place.run("true", lock=lock, limits=process.Limits(lock_seconds=0.2))

    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await long
    assert (await place.run("true", lock=lock)).code == 0


async def test_waiting_for_the_lock_can_be_stopped(place):
    lock = place.folder / "lock"
    async with place.spawn("sleep", "300", lock=lock):
        waiting = asyncio.create_task(place.run("true", lock=lock))
        await processes.there(place.folder, "lock_seconds", count=2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


PARENT = """
import asyncio, sys
from pathlib import Path
from orchestrator.contain import process

async def main(folder, namespaces, script):
    env = process.environment(folder / "home")
    command = (sys.executable, "-I", "-S", "-c", script)
    run = process.run(command, cwd=folder, env=env, namespaces=namespaces, lock=folder / "lock")
    async with process.spawn(command, cwd=folder, env=env, namespaces=namespaces):
        await run

asyncio.run(main(Path(sys.argv[1]), sys.argv[2] == "True", sys.argv[3]))
"""


@pytest.mark.parametrize("script", [STUBBORN, BREEDING], ids=["stubborn", "breeding"])
async def test_killed_ourselves_nothing_of_it_is_left_and_soon(tmp_path, namespaces, script):
    folder = tmp_path / "theirs"
    folder.mkdir()
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder), str(namespaces), script])
    try:
        if script is STUBBORN:
            await processes.there(folder, "sleep 30", count=6)
        else:
            await processes.there(folder, "generation", count=256)
    finally:
        os.kill(parent.pid, signal.SIGKILL)
        parent.wait()

    assert await processes.gone(folder) < processes.SOON


async def test_a_leash_that_is_killed_takes_its_command_along(place):
    async with place.spawn("sleep", "300") as spawned:
        os.kill(spawned.leash.pid, signal.SIGKILL)
        assert await spawned.ended() == (None, process.WHY["lost"])

    await processes.gone(place.folder)


async def test_a_leash_that_is_killed_before_it_began_is_a_sentence(tmp_path):
    begun, line = boundaries.start(
        ("sleep", "300"), cwd=tmp_path, env=dict(os.environ), limits=process.Limits(), space="shared"
    )
    begun.kill()
    leash = process.Leash(begun, line)

    with pytest.raises(NotPossible, match="ended from outside before it began"):
        await leash.go()
    await leash.let_go()
    assert processes.of(tmp_path) == []


@pytest.mark.parametrize("space", ["root", "user"])
def test_a_space_that_works_has_no_rights_to_spare(space):
    """Where the machine offers it: there is a first process, and what we are outside we are inside."""
    whoami = ("sh", "-c", "[ $$ -lt 5 ] && [ $(id -u) = " + str(os.getuid()) + " ]")
    env = {"PATH": os.environ["PATH"]}
    begun, line = boundaries.start(whoami, cwd=process.Path("/"), env=env, limits=process.Limits(), space=space)
    with begun, line, line.makefile("rb") as said:
        line.sendall(b"go")
        assert said.read().endswith(b"ended 0\n") is boundaries.works(space)


async def test_only_in_its_own_space_it_sees_nothing_but_itself(tmp_path):
    env = process.environment(tmp_path / "home")
    seen = await process.run(("sh", "-c", "ls /proc | grep -c '^[0-9]'"), cwd=tmp_path, env=env)

    assert (int(seen.output) < 6) is OWN


async def test_the_environment_is_made_from_nothing(tmp_path):
    env = process.environment(tmp_path / "home", GIVEN="yes")
    shown = await process.run(("env",), cwd=tmp_path, env=env)

    assert dict(each.split("=", 1) for each in shown.output.splitlines() if not each.startswith("_=")) == env
    assert env["GIVEN"] == "yes"
    assert (tmp_path / "home" / "tmp").is_dir()
    assert env["TMPDIR"] == str(tmp_path / "home" / "tmp")
    assert not {"PYTEST_CURRENT_TEST", "USER"} & set(env)


async def test_no_rights_can_be_gained(place):
    assert "NoNewPrivs:\t1" in (await place.run("cat", "/proc/self/status")).output


def test_the_boundary_is_said_in_a_sentence():
    assert boundaries.Boundary("user", "bwrap", gate=True).sentence == f"{boundaries.OWN} {boundaries.WALLED}"
    assert boundaries.Boundary("user", "bwrap").around == boundaries.UNGATED
    assert boundaries.Boundary("shared").sentence == f"{boundaries.SHARED} {boundaries.MISSING}"
    assert boundaries.bare().around == boundaries.OFF
    assert not boundaries.Boundary("shared").namespaces


def test_elsewhere_than_on_linux_it_says_what_to_do():
    with pytest.raises(NotPossible, match="start Project Orchestrator in a container"):
        boundaries.suits("darwin")
