"""A builder that means harm, in a project like any other: it gets at nothing, and the project goes its way."""

import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import processes
from ground.nursery import Nursery
from ground.server import Server
from journeys import walk
from journeys.caller import Caller

pytestmark = pytest.mark.timeout(300)
AGENT = Path(__file__).parents[1] / "executors" / "hostile_agent.py"


@pytest.fixture
async def server(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Server]:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "targets.json").write_text("{}")
    command = shlex.join([sys.executable, "-I", "-S", str(AGENT), str(tmp_path / "given" / "targets.json")])
    server = nursery.server(tmp_path / "data", rate_limits="off", builder_command=command, sandbox="needed")
    (tmp_path / ".env").write_text("OPENAI_API_KEY=canary-of-the-settings\n")  # where the server starts, and reads it
    async with server:
        yield server
    assert processes.of(tmp_path) == []


def targets(server: Server, folder: Path, repository: Path, other: Path) -> dict[str, Any]:
    assert server.child
    commit = subprocess.check_output(["git", "-C", str(other), "rev-parse", "HEAD"], text=True).strip()
    places = {"data": server.data, "env": folder / ".env", "repository": repository, "other": other}
    places["marks"] = folder / "marks"
    return {name: str(place) for name, place in places.items()} | {
        "other_commit": commit, "person": str(other), "stray": f"stray-{os.getpid()}", "abstract": str(folder),
        "socket": str(folder / "sock"), "port": server.port, "database_port": server.port, "address": own_address(),
        "server": server.child.pid,
    }  # fmt: skip


def own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


async def test_it_gets_at_nothing_of_a_real_server(server: Server, tmp_path: Path):
    me = Caller(server, within=90)
    other = await walk.planned(me, "other")
    project = await walk.planned(me, "hostile")
    where = [Path((await me.see(f"/projects/{each}"))["repository"]) for each in (project, other)]
    own = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-q", "--allow-empty", "-m", "Its own")
    subprocess.run(["git", "-C", str(where[1]), *own], check=True)  # both may have begun alike, in the same second
    (tmp_path / "marks").mkdir()
    (tmp_path / "given" / "targets.json").write_text(json.dumps(targets(server, tmp_path, *where)))
    before = refs(where[0])

    await walk.answer(me, project, "hostile-plan", "PHASE_START")
    gate = await me.gate(project, "PHASE_COMPLETE")

    (copy,) = (server.data / "work" / project / "phases").glob("1*/")
    got = json.loads((copy / "attempts.json").read_text())
    assert {name: what for name, what in got.items() if what["got"]} == {}
    assert len(got) > 40
    assert refs(where[0]) == before
    assert list((tmp_path / "marks").iterdir()) == []
    assert not [said for said in gate["considerations"] if said.startswith("While the builder worked")]
    for secret in (server.token, "canary-of-the-settings", (server.data / "secret.key").read_text(errors="replace")):
        assert secret not in (copy / "attempts.json").read_text()
    await me.do(f"/gates/{gate['id']}/answer", "hostile-result", decision="approve", version=gate["version"])
    await me.close()


def refs(repository: Path) -> str:
    """What the app is, and all that lies around it in its repository."""
    git = repository / ".git"
    hooks = sorted(path.name for path in (git / "hooks").glob("*")) if (git / "hooks").is_dir() else []
    ours = ("for-each-ref", "refs/heads/main", "refs/heads/planted")
    listed = subprocess.check_output(["git", "-C", str(repository), *ours])
    return f"{listed.decode()} {hooks} {(git / 'config').read_text()}"


async def test_the_starter_saves_within_walls_and_its_save_points_are_the_apps(tmp_path: Path, nursery: Nursery):
    async with nursery.server(tmp_path / "data", rate_limits="off", sandbox="needed") as server:
        me = Caller(server, within=90)
        project = await walk.planned(me, "walled")
        await walk.phase(me, project, "walled")
        await me.reaches(project, "completed")
        repository = (await me.see(f"/projects/{project}"))["repository"]
        authors = subprocess.check_output(["git", "-C", repository, "log", "--format=%an"], text=True).splitlines()
        runs = (await me.see(f"/projects/{project}/runs"))["items"]
        await me.close()

    assert authors.count("Starter") >= 2
    assert {run["status"] for run in runs} == {"COMPLETED"}
