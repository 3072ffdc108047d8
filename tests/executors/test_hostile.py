"""A builder that means harm, run as any other: what it tries, one by one, and that it gets nothing."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

import processes
from orchestrator.contain.gateway import World
from orchestrator.contain.sandbox import Sandbox
from orchestrator.domain.run import Job, Network, RunKind
from orchestrator.executors.acp import Acp
from orchestrator.executors.watch import AgentLimits
from orchestrator.forge.git import Git

AGENT = Path(__file__).with_name("hostile_agent.py")
QUICK = AgentLimits(start_s=30, stall_s=60, hard_s=120, grace_s=0.3, repeats=6)
CANARY = "canary-1a2b3c"
ATTEMPTS = subprocess.run(
    ["sed", "-n", "/^@attempt/{n;s/def \\(.*\\)():/\\1/p}", AGENT], check=True, capture_output=True, text=True
).stdout.split()


@dataclass
class Targets:
    """Where everything is that it is after."""

    data: str
    env: str
    repository: str
    other: str
    other_commit: str
    person: str
    marks: str
    stray: str
    abstract: str
    socket: str
    port: int
    database_port: int
    address: str
    server: int


@asynccontextmanager
async def answering(*addresses):
    """Something at each of these that says a secret to whoever connects."""

    async def answer(_reader, writer):
        writer.write(f"HTTP/1.1 200 OK\r\n\r\n{CANARY}".encode())
        writer.close()

    kind = {socket.AF_INET: asyncio.start_server, socket.AF_UNIX: asyncio.start_unix_server}
    made = [socket.socket(family) for family, _ in addresses]
    for one, (_, address) in zip(made, addresses, strict=True):
        one.bind(address)
    servers = [await kind[one.family](answer, sock=one) for one in made]
    try:
        yield [one.getsockname() for one in made]
    finally:
        for server in servers:
            server.close()


def own_address():
    """One of this machine's that is not loopback's; loopback's where there is no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return probe.getsockname()[0]


class Rebinding:
    """A name that means a public address when it is judged, and loopback ever after."""

    def __init__(self):
        self.reached = []

    async def look_up(self, host, _port):
        if host in {"example.org", "pypi.org"}:
            return ["93.184.216.34"]
        return ["93.184.216.34"] if host.startswith("rebind") and not self.reached else ["127.0.0.1"]

    async def reach(self, address, _port):
        self.reached.append(address)
        raise ConnectionRefusedError


@dataclass
class Scene:
    folder: Path
    targets: Targets
    worktree: Path
    git: Git
    told: list
    world: World

    async def tell(self, activity):
        self.told.append(activity)

    async def run(self, prompt, network=Network.OPEN, limits=QUICK, **more):
        (self.folder / "given").mkdir(exist_ok=True)
        given = self.folder / "given" / "targets.json"
        given.write_text(json.dumps(asdict(self.targets)))
        data = Path(self.targets.data)
        walls = Sandbox("needed", hidden=(data, Path(self.targets.env)), world=self.world)
        command = (sys.executable, "-I", "-S", str(AGENT), str(given))
        agent = Acp(command, "A hostile builder.", data / "homes", limits=limits, walls=walls,
                    env={"MODEL_KEY": "canary-of-its-own"})  # fmt: skip
        binds = await self.git.lend("shop", self.worktree)
        job = Job("k", RunKind.EXECUTE, self.worktree, prompt, network=network, binds=binds, **more)
        try:
            return await agent.run(job, self.tell)
        finally:
            self.back = await self.git.take_back(self.worktree)


@pytest.fixture
async def scene(tmp_path):
    data = tmp_path / "data"
    git = Git(data / "work")
    app = await git.create("shop", {"app.txt": "ours\n"})
    other = await git.create("other", {"app.txt": f"{CANARY}\n"})
    worktree = await git.trial("shop", 1, 1, "First")
    for name in ("secret.key", "terminal.key", "orchestrator.db"):
        (data / name).write_text(CANARY)
    (data / "homes" / "of-another").mkdir(parents=True)
    (tmp_path / ".env").write_text(f"KEY={CANARY}\n")
    (tmp_path / "marks").mkdir()
    person = tmp_path / "person"
    person.mkdir()
    (person / "diary.txt").write_text(CANARY)
    address = own_address()
    server = subprocess.Popen(["sleep", "1000"], env={"ORCHESTRATOR_TOKEN": CANARY}, cwd="/")
    places = [(socket.AF_INET, ("0.0.0.0", 0)), (socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, f"\0{tmp_path}"),
              (socket.AF_UNIX, str(tmp_path / "sock"))]  # fmt: skip
    world = Rebinding()
    async with answering(*places) as at:
        targets = Targets(
            *(str(data), str(tmp_path / ".env"), str(app.path), str(other.path), await git.head(other.path)),
            *(str(person), str(tmp_path / "marks"), f"stray-{os.getpid()}", str(tmp_path), str(tmp_path / "sock")),
            *(at[0][1], at[1][1], address, server.pid),
        )
        yield Scene(tmp_path, targets, worktree, git, [], World(world.look_up, world.reach))
    assert server.poll() is None
    server.kill()
    server.wait()
    assert processes.of(tmp_path) == []


def whole(folder):
    """All that is in a repository but for its trial copies, and for new objects."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "worktrees" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if "feature-1-first" not in path.name}


async def test_it_gets_nothing_whatever_it_tries(scene):
    before = whole(Path(scene.targets.repository))

    report = await scene.run("everything")

    assert (report.ok, report.details["said"], scene.back) == (True, "", "")
    got = json.loads((scene.worktree / "attempts.json").read_text())
    assert {name: what for name, what in got.items() if what["got"]} == {}
    assert sorted(got) == sorted(ATTEMPTS)
    assert len(ATTEMPTS) > 40
    assert not [
        path for path in scene.worktree.rglob("*") if path.is_file() and CANARY in path.read_text(errors="replace")
    ]
    assert list((scene.folder / "marks").iterdir()) == []
    assert not [place for place in ("/tmp", "/dev/shm", "/var/tmp") if Path(place, scene.targets.stray).exists()]
    after = whole(Path(scene.targets.repository))
    assert {name: after.get(name) for name in before} == before
    assert {name.split("/")[1] for name in after.keys() - before.keys()} == {"objects"}
    assert processes.of(scene.folder) == []


async def test_what_it_left_to_be_run_by_us_is_run_within_its_walls(scene):
    """Whoever notices that nothing changes has git look at the copy, by settings that lie there."""
    report = await scene.run("leads_git_astray")

    assert report.sentence == "The builder did the same thing 6 times and nothing changed, so we stopped it."
    assert list((scene.folder / "marks").iterdir()) == []
    await scene.git.keep(scene.worktree, "Kept")
    assert list((scene.folder / "marks").iterdir()) == []


async def test_a_bomb_ends_with_its_run(scene):
    report = await scene.run("bomb", limits=AgentLimits(start_s=30, stall_s=60, hard_s=60, processes=150))

    assert report.sentence == "The builder was stopped. It started more programs at once than it may, so we ended it."
    assert processes.of(scene.folder) == []


async def test_what_it_saves_becomes_the_copys_history_and_nothing_else_does(scene):
    app = Path(scene.targets.repository)
    before = await scene.git.head(scene.worktree)

    assert (await scene.run("good")).ok

    after = await scene.git.head(scene.worktree)
    assert [point.subject for point in await scene.git.history(scene.worktree, before, after)] == ["The app prints"]
    assert await scene.git.keep(scene.worktree, "Nothing is left to keep") == after
    refs = subprocess.check_output(["git", "for-each-ref", "--format=%(refname)"], cwd=app, text=True).split()
    assert refs == ["refs/heads/feature-1-first", "refs/heads/main"]
    assert [each.name for each in scene.worktree.parent.iterdir() if ".lent" in each.name] == []


async def test_to_read_only_means_that_nothing_can_be_changed(scene):
    report = await scene.run("good", read_only=True)

    assert "Read-only file system" in report.details["said"]
    assert not (scene.worktree / "app.py").exists()


@pytest.mark.parametrize("network", list(Network))
async def test_wherever_it_may_reach_it_is_told_once_where_it_may_not(scene, network):
    assert (await scene.run("reaches", network=network)).ok

    told = [activity for activity in scene.told if activity.kind == "permission"]
    wanted = {
        "closed": ["127.0.0.1", "example.org", "pypi.org"],
        "listed": ["127.0.0.1", "example.org"],
        "open": ["127.0.0.1"],
    }
    assert sorted(activity.sentence for activity in told) == [
        f"The builder wanted to reach {host}. It may not." for host in wanted[network]
    ]
