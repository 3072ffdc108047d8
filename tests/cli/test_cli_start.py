"""What stops the server, a worker or a command at its start: one sentence, and exit code 1."""

import asyncio
import socket
import sqlite3
from contextlib import suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from ground.postgres import Cluster
from ground.program import Program
from ground.server import SERVE, Server
from ground.until import until
from journeys import walk
from journeys.caller import Caller

COMMANDS = [
    ("serve",), ("worker",), ("doctor",), ("status",), ("db", "current"), ("user", "list"), ("secret", "list"),
    ("audit", "verify"), ("backup", "copy.tar.gz"), ("restore", "copy.tar.gz"),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
async def test_a_wrong_setting_stops_every_command(command: tuple[str, ...], plain: Program):
    wrong = plain.having(ORCHESTRATOR_DECISION_DAYS="0", PORT="1025")
    assert await wrong.refused(*command) == "ORCHESTRATOR_DECISION_DAYS cannot be used: it must be at least 1."


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"PORT": "99999"}, "ORCHESTRATOR_PORT (or PORT) cannot be used: “99999” is not a port"),
        ({"ORCHESTRATOR_HOST": "no.such.host.example"}, "ORCHESTRATOR_HOST cannot be used"),
        ({"ORCHESTRATOR_HOST": "192.0.2.1"}, "Port 1025 on 192.0.2.1 cannot be used."),
        ({"ORCHESTRATOR_BUILDER": "magic"}, "ORCHESTRATOR_BUILDER cannot be used: it must be starter, acp, claude, "),
        ({"DATA_DIR": "/proc/1"}, "Nothing can be written in the data folder /proc/1"),
        ({"DATA_DIR": "file"}, "cannot be made: file exists. Set DATA_DIR"),
        (
            {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"},
            "The database on 127.0.0.1, port 9 does not let us in.",
        ),
    ],
)
async def test_the_server_says_why_it_cannot_start(settings: dict[str, str], says: str, plain: Program):
    (plain.folder / "file").write_text("")
    assert says in await plain.having(**({"PORT": "1025"} | settings)).refused("serve")


async def test_a_taken_port_is_told(plain: Program):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        says = await plain.having(PORT=str(port)).refused("serve")
    assert says.startswith(f"Port {port} on 127.0.0.1 is taken by another program.")


async def test_a_second_server_on_the_same_data_is_refused_and_the_first_goes_on(tmp_path: Path):
    async with Server(tmp_path / "data") as first:
        second = Program(tmp_path, {"PORT": "1025"})
        assert await second.refused("serve") == "Another orchestrator already works in this data directory."
        assert (await first.http.get("/api/v1/projects")).status_code == 200


async def test_a_file_that_is_no_database_is_told(plain: Program):
    (plain.folder / "data").mkdir()
    (plain.folder / "data" / "orchestrator.db").write_bytes(b"this is not a database" * 100)
    assert "cannot be opened. (file is not a database)" in await plain.refused("user", "list")
    assert "cannot be opened. (file is not a database)" in await plain.having(PORT="1025").refused("serve")


async def test_an_older_form_is_left_to_the_operator(plain: Program):
    await plain("db", "upgrade")
    database = sqlite3.connect(plain.folder / "data" / "orchestrator.db", isolation_level=None)
    database.execute("UPDATE alembic_version SET version_num = '0000'")
    database.close()
    assert "does not know" in await plain.refused("user", "list")


async def test_a_worker_needs_what_the_servers_have(plain: Program):
    says = await plain.refused("worker")
    assert says == "A worker needs DATABASE_URL and ORCHESTRATOR_JOBS=procrastinate, as the servers have."


async def test_a_worker_takes_over_from_a_server_that_died(tmp_path: Path, postgres_cluster: Cluster):
    database = await postgres_cluster.create("shared")
    server = Server(tmp_path / "data", database, jobs="procrastinate", rate_limits="off")
    async with server:
        me = Caller(server)
        made = await walk.begin(me)
        await walk.replied(me, made)
        await me.do(f"/projects/{made}/vision", "write")
        asked = (await me.gate(made, "VISION_DOC"))["id"]
        await me.close()
        await server.terminate()
        await server.start(crash_at="leg")
        await server.ready()
        with suppress(httpx.TransportError):  # it may not live long enough to answer
            await server.http.post(f"/api/v1/gates/{asked}/answer", json={"decision": "approve"})
        await until(lambda: server.running is None, 60)  # it died with the work in its hands

        command, environment = (*SERVE[:-1], "worker"), server.environment | {"ORCHESTRATOR_CRASH_AT": ""}
        worker = await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=tmp_path, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert await worker.stdout.readline() == b"Working. Ctrl-C ends it.\n"
            await until(lambda: step(database), 60)
            worker.terminate()
            assert await worker.wait() == 0
        finally:
            if worker.returncode is None:
                worker.kill()
    await postgres_cluster.drop("shared")


async def step(database: str) -> bool:
    async with await psycopg.AsyncConnection.connect(database) as connection:
        return await (await connection.execute("SELECT step FROM projects")).fetchone() == ("roadmap",)
