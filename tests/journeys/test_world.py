"""The world outside lets us down: a full disk, a folder that vanished, one with work in it. Said, and nothing lost."""

import contextlib
import os
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import processes
from ground.nursery import Nursery
from ground.server import SERVE, Server
from ground.until import until
from journeys import count, reported, walk
from journeys.caller import Caller

pytestmark = pytest.mark.timeout(300)
AGENT = Path(__file__).with_name("moody_agent.py")
DISK_MB = 260  # below 200 free ones a server does not count as ready
WORDS = "eighteen letters, "


def repository(folder: Path, **more: str) -> Path:
    """A repository of somebody's own, with a test."""
    test = "import unittest\n\n\nclass Known(unittest.TestCase):\n    def test_it(self):\n        self.assertTrue(1)\n"
    for name, text in {"tests/test_known.py": test, **more}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    for words in (("init", "-q", "-b", "main"), ("add", "."), (*who, "commit", "-q", "-m", "first")):
        subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)
    return folder


def builder(folder: Path) -> dict[str, object]:
    for name in ("moods", "targets"):
        (folder / name).mkdir()
    command = shlex.join([sys.executable, "-I", "-S", str(AGENT), str(folder / "moods")])
    return {"rate_limits": "off", "reconcile_s": 0.5, "builder_command": command}


@pytest.fixture
async def server(tmp_path: Path, nursery: Nursery) -> AsyncIterator[Server]:
    async with nursery.server(tmp_path / "data", **builder(tmp_path)) as started:
        yield started
    assert processes.of(tmp_path) == []


async def test_a_folder_that_vanished_is_a_question_and_when_it_is_back_we_go_on(server: Server, tmp_path: Path):
    me, shop = Caller(server), repository(tmp_path / "shop", **{reported.REVIEW: "What I think.\n"})
    project = await walk.planned(me, "vanish", str(shop))
    await walk.answer(me, project, "vanish-plan", "PHASE_START")
    await me.gate(project, "PHASE_COMPLETE")

    shop.rename(tmp_path / "away")
    await walk.answer(me, project, "vanish-result", "PHASE_COMPLETE")
    gate = await me.gate(project, "ERROR_RESOLUTION")
    assert gate["question"] == (
        f"The folder {shop} is not there any more. When it is back, we go on. How shall we go on?"
    )

    (tmp_path / "away").rename(shop)
    await me.do(f"/gates/{gate['id']}/answer", "vanish-back", decision="approve", way="differently")
    await me.reaches(project, "completed")
    assert (shop / "app.py").exists()
    assert (shop / reported.EXECUTION).read_text().startswith("# Execution report\n")
    assert (shop / reported.REVIEW).read_text() == "What I think.\n", "somebody else wrote that"
    await me.close()


async def test_a_folder_with_unsaved_work_is_not_touched_before_its_person_has_saved_it(server: Server, tmp_path: Path):
    me, shop = Caller(server), repository(tmp_path / "shop")
    (shop / "tests" / "test_known.py").write_text("# half a thought\n")
    project = str((await me.do("/projects", "dirty", idea=walk.IDEA, repository=str(shop)))["id"])
    await walk.replied(me, project)
    await me.do(f"/projects/{project}/vision", "dirty-vision")
    await walk.answer(me, project, "dirty-yes", "VISION_DOC")

    gate = await me.gate(project, "ERROR_RESOLUTION")
    assert gate["question"].startswith(f"In {shop} there are changes that are not saved yet: tests/test_known.py. ")
    assert (shop / "tests" / "test_known.py").read_text() == "# half a thought\n"

    subprocess.run(["git", "-C", str(shop), "checkout", "-q", "."], check=True)
    await me.do(f"/gates/{gate['id']}/answer", "dirty-saved", decision="approve", way="differently")
    await me.gate(project, "ROADMAP")
    await me.close()


async def test_a_repository_that_never_was_is_told_at_once_when_it_is_needed(server: Server, tmp_path: Path):
    me = Caller(server)
    project = str((await me.do("/projects", "never", idea=walk.IDEA, repository=str(tmp_path / "none")))["id"])
    await walk.replied(me, project)
    await me.do(f"/projects/{project}/vision", "never-vision")
    await walk.answer(me, project, "never-yes", "VISION_DOC")

    gate = await me.gate(project, "ERROR_RESOLUTION")

    assert gate["question"] == f"There is no folder {tmp_path / 'none'}. How shall we go on?"
    await me.close()


async def test_a_full_disk_is_said_and_when_there_is_room_again_everything_goes_on(tmp_path: Path):
    """The data folder is a small disk of its own, in a space of its own; we reach into it by way of the server."""
    data = tmp_path / "disk" / "data"
    data.mkdir(parents=True)
    server = Server(data, command=on_a_small_disk(data), **builder(tmp_path))
    async with server:
        me, ballast = Caller(server), Path(f"/proc/{server.child.pid}/root", *data.parts[1:], "homes", "ballast")
        project = await walk.planned(me, "full")
        await me.gate(project, "PHASE_START")  # from here on nothing of ours is at work

        fill(ballast)
        said, refused = await until_refused(server, project)
        assert refused.json()["detail"] == (
            "There is no room left on the disk, so nothing was stored. What was saved before is safe."
        )
        assert (await server.http.get("/health/ready")).json()["disk"] == {"ok": False, "says": "0 MB are free."}
        ballast.unlink()
        messages = (await me.see(f"/projects/{project}/messages?limit=200"))["items"]
        assert len([message for message in messages if message["text"].startswith(WORDS)]) == said

        mood(tmp_path, project, "steady")
        await walk.answer(me, project, "full-plan", "PHASE_START")
        await me.reaches(project, "building")
        fill(ballast)
        await until(lambda: "full" in server.log, within=60)
        ballast.unlink()
        await through(me, project)
        async with count.opened(server) as _:
            pass
        await me.close()


async def through(me: Caller, project: str) -> None:
    """Whatever was asked meanwhile: on, to the end."""
    for number in range(5):
        gate = await me.until(lambda: any_gate(me, project), "a decision")
        way = {"way": "differently"} if gate["kind"] == "ERROR_RESOLUTION" else {}
        await me.do(f"/gates/{gate['id']}/answer", f"through-{number}", decision="approve", **way)
        if gate["kind"] == "PHASE_COMPLETE":
            break
    await me.reaches(project, "completed")


async def any_gate(me: Caller, project: str) -> dict[str, Any] | None:
    found = (await me.see(f"/projects/{project}/gates?status=pending"))["items"]
    return found[0] if found else None


async def until_refused(server: Server, project: str) -> tuple[int, httpx.Response]:
    """The database has some room of its own left. How many messages were still taken, and how one was refused."""
    for number in range(2000):
        answer = await server.http.post(f"/api/v1/projects/{project}/messages", json={"text": WORDS * 1000})
        if answer.status_code != 202:
            return number, answer
    raise AssertionError("the disk was never full")


def on_a_small_disk(data: Path) -> tuple[str, ...]:
    mount = f'mount -t tmpfs -o size={DISK_MB}m small "$0" && exec "$@"'
    private = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    return ("unshare", "--mount", *private, "sh", "-c", mount, str(data), *SERVE)


def fill(ballast: Path) -> None:
    """To the last byte."""
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * (1 << 20))
            file.flush()


def mood(folder: Path, project: str, mood: str) -> None:
    (folder / "moods" / project).write_text(mood)
