"""Copies for emergencies: taken while the server works, and an installation that goes on from one."""

import io
import stat
import subprocess
import sys
import tarfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from ground.program import Program
from ground.server import Server
from ground.until import until
from orchestrator.errors import NotPossible
from orchestrator.operations.backup import Steady
from orchestrator.store import dumps

SAME = ("messages", "visions", "gates", "phases", "events", "brief")


@pytest.fixture
async def served(installation: Program) -> AsyncIterator[Server]:
    """A server of either kind."""
    async with Server(installation.folder / "data", installation.settings.get("DATABASE_URL")) as server:
        yield server


async def asked(server: Server, project: str, before: str | None = None) -> str:
    """The decision for which a project waits, when it does, and it is another one than before."""

    async def gate() -> str | None:
        found = (await server.http.get(f"/api/v1/projects/{project}")).json()["waiting_for"]
        return found if found != before else None

    return await until(gate, 60)


async def wanted(server: Server, project: str) -> bool:
    """Have the vision written, as soon as it is known what of."""
    said = await server.http.post(f"/api/v1/projects/{project}/vision")
    assert said.status_code in {200, 409}, said.text
    return said.status_code == 200


async def approve(server: Server, gate: str) -> None:
    answered = await server.http.post(f"/api/v1/gates/{gate}/answer", json={"decision": "approve"})
    assert answered.status_code == 200, answered.text


async def test_an_installation_goes_on_from_its_copy(
    served: Server, installation: Program, tmp_path: Path, request: pytest.FixtureRequest
):
    made = (await served.http.post("/api/v1/projects", json={"idea": "An app for recipes"})).json()["id"]
    await until(partial(wanted, served, made), 60)
    vision = await asked(served, made)
    await approve(served, vision)
    roadmap = await asked(served, made, vision)
    before = (await served.http.get(f"/api/v1/projects/{made}/export")).json()

    copy = tmp_path / "copy.tar.gz"
    said = (await installation("backup", str(copy), "--json")).json
    assert said == {"file": str(copy), "bytes": copy.stat().st_size, "not_in_it": []}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert "exists already" in await installation.refused("backup", str(copy))
    assert "is not empty" in await installation.refused("restore", str(copy))
    await served.terminate()

    fresh = {"DATA_DIR": str(tmp_path / "elsewhere" / "data")}
    if installation.settings:
        full, other_kind = installation.having(DATA_DIR=str(tmp_path / "full")), {"DATABASE_URL": ""}
        assert "is not empty. Name a new one" in await full.refused("restore", str(copy))
        fresh["DATABASE_URL"] = await request.getfixturevalue("postgres_cluster").create("restored")
    else:
        other_kind = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}
    wrong = installation.having(DATA_DIR=str(tmp_path / "wrong"), **other_kind)
    assert "it cannot be restored on" in await wrong.refused("restore", str(copy))
    restored = installation.having(**fresh)
    found = (await restored("restore", str(copy), "--json")).json
    assert found == {"projects": 1, "log_is_whole": True, "broken": [], "not_in_it": []}

    async with Server(Path(fresh["DATA_DIR"]), fresh.get("DATABASE_URL")) as server:
        after = (await server.http.get(f"/api/v1/projects/{made}/export")).json()
        assert {name: after[name] for name in SAME} == {name: before[name] for name in SAME}
        await approve(server, roadmap)
        await asked(server, made, roadmap)
        project = (await server.http.get(f"/api/v1/projects/{made}")).json()
        assert (project["step"], project["repository"]) == ("plan", f"{fresh['DATA_DIR']}/work/{made}/repo")
    assert (await restored("audit", "verify")).out == "The log is whole.\n"


async def test_a_copy_goes_to_a_pipe_and_back(plain: Program, tmp_path: Path):
    await plain("user", "add", "nadia@example.org", "Nadia", "--owner")
    command = [sys.executable, "-m", "orchestrator", "backup", "-"]
    copy = subprocess.run(command, cwd=plain.folder, env=plain.environment, capture_output=True, check=True)
    assert copy.stderr == b""
    (tmp_path / "piped.tar.gz").write_bytes(copy.stdout)

    restored = plain.having(DATA_DIR=str(tmp_path / "elsewhere"))
    said = await restored("restore", "piped.tar.gz")
    assert said.out == "Restored 0 projects. The log is whole. Start with: orchestrator serve.\n"
    assert (await restored("user", "list")).out == "nadia@example.org  Nadia  owner\n"


async def test_what_is_not_a_whole_copy_is_refused_and_leaves_nothing(plain: Program, tmp_path: Path):
    good = tmp_path / "good.tar.gz"
    await plain("backup", str(good))
    half = tmp_path / "half.tar.gz"
    half.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    copies = [half, tmp_path / "nothing.tar.gz", holding(tmp_path / "1", "notes.txt")]
    copies += [holding(tmp_path / "2", "work/../../out"), holding(tmp_path / "3", "work/link/out", link="../../..")]

    restored = plain.having(DATA_DIR=str(tmp_path / "elsewhere"))
    for copy in copies:
        assert "is not a whole copy of an installation" in await restored.refused("restore", str(copy))
        assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not (tmp_path / "out").exists()


def holding(copy: Path, name: str, link: str = "") -> Path:
    """A copy that somebody made by hand."""
    with tarfile.open(copy, "w:gz") as tar:
        if link:
            member = tarfile.TarInfo("work/link")
            member.type, member.linkname = tarfile.SYMTYPE, link
            tar.addfile(member)
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    return copy


def test_a_file_that_becomes_shorter_while_it_is_read_stays_as_long_as_it_was():
    assert Steady(io.BytesIO(b"abc")).read(5) == b"abc\0\0"
    assert Steady(io.BytesIO(b"abc")).read(2) == b"ab"


def test_a_missing_program_of_postgresql_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotPossible, match="pg_dump is not installed"):
        dumps.program("pg_dump", tmp_path)
