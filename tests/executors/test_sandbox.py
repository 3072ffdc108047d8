"""What a builder that means well finds within its walls: all that it needs to work."""

import asyncio
import os
import shutil
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import processes
from orchestrator.contain import boundary as boundaries
from orchestrator.contain import process
from orchestrator.contain.boundary import Boundary
from orchestrator.contain.sandbox import PORT, Sandbox, Tenant, room
from orchestrator.domain.run import Job, Network, Rule, RunKind, Wish

ASK = """for url in sys.argv[1:]:
    try: print(u.urlopen(url).read().decode())
    except OSError as problem: print(type(problem).__name__)
"""
PYTHON = (sys.executable, "-I", "-S")


@pytest.fixture
def inside(tmp_path):
    """Runs a command as a builder's is run, and gives what it wrote and its exit code."""
    home, worktree = tmp_path / "data" / "homes" / "h", tmp_path / "data" / "work" / "w"
    for folder in (home, worktree):
        folder.mkdir(parents=True)

    async def run(*command, network=Network.CLOSED, models=(), programs=(), mode="needed", **more):
        tenant = Tenant(command, process.environment(home), home, programs, models)
        job = Job("k", RunKind.EXECUTE, worktree, "", network=network, **more)
        refused = []
        async with (
            room(Sandbox(mode, (tmp_path / "data",)), job, tenant) as place,
            place.opened(lambda *where: refused.append(where)) as (whole, env),
            process.spawn(whole, cwd=worktree, env=env) as spawned,
        ):
            said = (await spawned.stdout.read()).decode()
            code, _ = await spawned.ended()
            run.errors, run.refused = spawned.stderr.text(), refused
            return said, code

    run.worktree, run.home, run.folder = worktree, home, tmp_path
    yield run
    assert processes.of(tmp_path) == []


async def test_it_writes_in_its_copy_its_home_and_for_a_moment_elsewhere(inside):
    said, code = await inside(
        "sh", "-c", "touch copied $HOME/kept $TMPDIR/passing /tmp/gone && pwd && id -un && echo $HOME"
    )

    assert (said.split(), code) == ([str(inside.worktree), "builder", str(inside.home)], 0), inside.errors
    assert (inside.worktree / "copied").exists()
    assert (inside.home / "kept").exists()
    assert (inside.worktree / "copied").stat().st_uid == os.getuid()


async def test_its_exit_code_its_input_and_its_ends_are_passed_on(inside):
    assert await inside("sh", "-c", "exit 3") == ("", 3)
    assert await inside("sh", "-c", "echo out; exec >&-; sleep 0.1") == ("out\n", 0)


async def test_it_has_no_child_that_it_did_not_make(inside):
    code = "import os\ntry: os.waitpid(-1, 0)\nexcept ChildProcessError: print('none')"

    assert await inside(*PYTHON, "-c", code) == ("none\n", 0)


async def test_what_ends_takes_the_way_out_along(inside):
    """Else it would wait for a process of ours."""
    said, code = await inside("sh", "-c", "(setsid sleep 307 &) ; echo done")

    assert (said, code) == ("done\n", 0)
    assert processes.of(inside.folder) == []


async def test_a_place_that_a_person_allowed_can_be_written(inside):
    (inside.folder / "beside").mkdir()
    touch = ("touch", str(inside.folder / "beside" / "file"))

    assert (await inside(*touch))[1] != 0
    rule = Rule(Wish.OUTSIDE, str(inside.folder / "beside"), allowed=True)
    assert (await inside(*touch, rules=(rule,)))[1] == 0
    assert (inside.folder / "beside" / "file").exists()


async def test_what_lies_with_its_program_stays_hidden_where_it_is_ours(inside):
    (inside.folder / "tools").mkdir()
    (inside.folder / "tools" / "tool").write_text("a tool")
    (inside.folder / "data" / "secret.key").write_text("canary")
    show = f"cat {inside.folder}/tools/tool; ls {inside.folder}/data"

    said, _ = await inside("sh", "-c", show, programs=(inside.folder,))

    assert said.split("\n") == ["a toolhomes", "work", ""]


@asynccontextmanager
async def stand_in(answers):
    """A host on this machine, in the place of one elsewhere."""
    seen = []

    async def answer(reader, writer):
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        seen.append(path)
        body = answers.get(path.rstrip("/"))
        head = "HTTP/1.1 200 OK" if body is not None else "HTTP/1.1 404 Not Found"
        kind = "application/json" if path.startswith("/npm") else "text/html"
        body = body or b""
        writer.write(
            f"{head}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
            + body
        )
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], seen


async def test_its_model_on_this_machine_is_reached_by_its_own_address_and_nothing_else_is(inside):
    async with stand_in({"/v1": b"hello"}) as (port, _), stand_in({"/v1": b"other"}) as (other, _):
        ask = "import sys, urllib.request as u\n" + ASK
        urls = (f"http://127.0.0.1:{port}/v1", f"http://localhost:{port}/v1", f"http://127.0.0.1:{other}/v1")

        said, _ = await inside(*PYTHON, "-c", ask, *urls, models=(f"127.0.0.1:{port}",))

    assert said.split() == ["hello", "hello", "URLError"], inside.errors


async def test_pip_finds_its_building_blocks_through_the_gateway(inside):
    """Asked for by the name of a host, so that the proxy is used."""
    page = b'<html><body><a href="/files/tiny-1.0-py3-none-any.whl">tiny-1.0-py3-none-any.whl</a></body></html>'
    wheel = tiny(inside.folder)
    async with stand_in({"/simple/tiny": page, "/files/tiny-1.0-py3-none-any.whl": wheel}) as (port, seen):
        url = f"http://127.0.0.1:{port}/simple"
        python = Path(sys.executable).resolve()
        proxy = (
            f"export NO_PROXY= no_proxy=; venv/bin/pip install -q --disable-pip-version-check --index-url {url} tiny"
        )
        script = f"{python} -m venv venv && {proxy} && venv/bin/python -c 'import tiny; print(tiny.NAME)'"

        said, _ = await inside("sh", "-c", script, models=(f"127.0.0.1:{port}",), programs=(Path(sys.base_prefix),))

    assert said == "tiny\n", inside.errors
    assert seen == ["/simple/tiny/", "/files/tiny-1.0-py3-none-any.whl"]


def tiny(folder):
    """A building block with one file."""
    import zipfile

    with zipfile.ZipFile(folder / "wheel", "w") as wheel:
        wheel.writestr("tiny.py", 'NAME = "tiny"\n')
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tiny-1.0.dist-info/RECORD", "tiny.py,,\ntiny-1.0.dist-info/METADATA,,\n")
    return (folder / "wheel").read_bytes()


async def test_git_and_curl_are_told_why_they_cannot_get_out(inside):
    _, code = await inside("git", "ls-remote", "http://example.org/x.git")

    assert code != 0
    assert "403" in inside.errors
    assert inside.refused == [("example.org", 80)]


async def test_much_goes_through_both_ways(inside):
    much = os.urandom(5_000_000)
    async with stand_in({"/big": much}) as (port, _):
        ask = (
            "import sys, hashlib, urllib.request as u\nprint(hashlib.sha256(u.urlopen(sys.argv[1]).read()).hexdigest())"
        )
        said, _ = await inside(*PYTHON, "-c", ask, f"http://127.0.0.1:{port}/big", models=(f"127.0.0.1:{port}",))
    import hashlib

    assert said.strip() == hashlib.sha256(much).hexdigest()


async def test_without_walls_it_runs_as_it_always_did(inside):
    said, code = await inside("sh", "-c", "echo $HTTP_PROXY; ls -d /etc/passwd", mode="off")

    assert (said, code) == ("\n/etc/passwd\n", 0)


async def test_programs_find_the_way_out_by_the_usual_names(inside):
    said, _ = await inside("env")

    env = dict(line.split("=", 1) for line in said.splitlines())
    assert {env[name] for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")} == {
        f"http://127.0.0.1:{PORT}"
    }
    assert env["NO_PROXY"] == env["no_proxy"] == "localhost,127.0.0.1,::1"


def test_each_thing_that_is_missing_has_a_sentence():
    assert len({Boundary("root", "bwrap", gate=True).around, Boundary("root", "bwrap").around, Boundary("root").around,
                Boundary("root", without=boundaries.UNUSABLE).around, boundaries.bare().around}) == 5  # fmt: skip


UNPRIVILEGED = """
import asyncio, sys
from pathlib import Path
from orchestrator.contain import process
from orchestrator.contain.boundary import boundary
from orchestrator.contain.sandbox import Sandbox, Tenant, room
from orchestrator.domain.run import Job, RunKind

async def main(folder):
    home, worktree = folder / "homes/h", folder / "work"
    for place in (home, worktree):
        place.mkdir(parents=True)
    (folder / "secret.key").write_text("canary")
    tenant = Tenant(("sh", "-c", f"touch made; ls {folder}; ls /home /root; id -un"), process.environment(home), home)
    job = Job("k", RunKind.EXECUTE, worktree, "")
    async with (
        room(Sandbox("needed", (folder,)), job, tenant) as place,
        place.opened(print) as (command, env),
        process.spawn(command, cwd=worktree, env=env) as spawned,
    ):
        said = (await spawned.stdout.read()).decode().split()
        print(boundary().space, boundary().gate, said, (worktree / "made").exists(), spawned.stderr.text()[-300:])

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.mark.parametrize("user", [65534], ids=["nobody"])
def test_it_works_for_an_ordinary_account_too(tmp_path, user):
    """Run as root, as somebody else; else as whoever runs this."""
    mine, owner = os.getuid() == 0, {}
    folder = Path(shutil.copytree(tmp_path, f"/var/tmp/orchestrator-{os.getpid()}")) if mine else tmp_path
    if mine:
        shutil.chown(folder, user, user)
        owner = {"user": user, "group": user, "extra_groups": []}
    try:
        python = shutil.which("python3", path="/usr/bin:/bin") if mine else sys.executable
        code, env = UNPRIVILEGED, {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(boundaries.__file__).parents[2])}
        done = subprocess.run(
            [python, "-c", code, str(folder / "data")],
            env=env,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **owner,
        )
    finally:
        if mine:
            shutil.rmtree(folder)

    assert done.stdout.startswith("user True ['homes', 'work', 'builder'] True"), done
