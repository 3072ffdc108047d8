"""Somebody with the database file at hand changes the log; `audit verify` says where."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ground.program import Program
from ground.server import Server

FIRST = "number = 1 AND project_id = (SELECT id FROM projects)"
LAST = "project_id = 'installation' AND number = (SELECT max(number) FROM events WHERE project_id = 'installation')"
OF_PROJECT = "project_id != 'installation'"
SWAP = (
    f"UPDATE events SET number = 103 - number WHERE number < 3 AND {OF_PROJECT};"
    f"UPDATE events SET number = number - 100 WHERE number > 100 AND {OF_PROJECT}"
)
TAMPERED = {
    "a row that was changed": (f"UPDATE events SET actor_name = 'Somebody else' WHERE {FIRST}", "Event 1 was changed"),
    "a row whose content was changed": (f"UPDATE events SET data = '{{}}' WHERE {FIRST}", "Event 1 was changed"),
    "a row that was removed": (f"DELETE FROM events WHERE {FIRST}", "Event 1 is missing."),
    "rows that changed places": (SWAP, "Event 1 was changed"),
    "an end that was cut off": (f"DELETE FROM events WHERE {LAST}", "The log ends at event"),
    "a project that was removed": (
        "PRAGMA foreign_keys=OFF; DELETE FROM projects",
        "Its events are there, but the project itself was removed.",
    ),
    "a project that was removed with its events": (
        f"PRAGMA foreign_keys=OFF; DELETE FROM projects; DELETE FROM events WHERE {OF_PROJECT}",
        "This project was created once and is gone.",
    ),
}


@pytest.fixture(scope="module")
async def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that a server left, with one project in it."""
    folder = tmp_path_factory.mktemp("honest") / "data"
    async with Server(folder) as server:
        assert (await server.http.post("/api/v1/projects", json={"idea": "An app for birds"})).status_code == 201
    return folder


async def test_an_honest_log_is_whole(original: Path):
    assert (await Program(original.parent)("audit", "verify")).out == "The log is whole.\n"


@pytest.mark.parametrize("how", TAMPERED)
async def test_tampering_is_seen(how: str, original: Path, tmp_path: Path):
    shutil.copytree(original, tmp_path / "data")
    statements, says = TAMPERED[how]
    with closing(sqlite3.connect(tmp_path / "data" / "orchestrator.db", isolation_level=None)) as database:
        database.executescript(statements)

    said = await Program(tmp_path)("audit", "verify")
    assert said.code == 1
    assert says in said.out
    assert said.err == ""
