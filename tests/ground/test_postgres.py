"""The PostgreSQL of the tests."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from ground.postgres import Cluster, running
from ground.until import until

TESTS = Path(__file__).parents[1]
HOLDING = """
import sys
from ground.postgres import running
with running() as cluster:
    print(cluster.port, cluster.folder, flush=True)
    sys.stdin.read()
"""


async def said(address: str, statement: str) -> list[tuple[object, ...]]:
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
        cursor = await connection.execute(statement)
        return await cursor.fetchall() if cursor.description else []


async def test_a_database_is_made_and_dropped(postgres_cluster: Cluster):
    address = await postgres_cluster.create("made")
    assert await said(address, "SELECT current_database()") == [("made",)]

    await postgres_cluster.drop("made")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        await said(address, "SELECT 1")


async def test_a_copy_of_a_database_has_its_rows(postgres_cluster: Cluster):
    address = await postgres_cluster.create("first")
    await said(address, "CREATE TABLE kept AS SELECT 7 AS number")

    copy = await postgres_cluster.create("second", template="first")

    assert await said(copy, "SELECT number FROM kept") == [(7,)]
    for name in ("first", "second"):
        await postgres_cluster.drop(name)


async def test_a_database_in_use_can_be_dropped(postgres_cluster: Cluster):
    address = await postgres_cluster.create("used")
    async with await psycopg.AsyncConnection.connect(address) as connection:
        await postgres_cluster.drop("used")
        with pytest.raises(psycopg.OperationalError):
            await connection.execute("SELECT 1")


async def test_what_is_committed_is_on_disk_and_only_this_machine_is_listened_to(postgres_cluster: Cluster):
    address = postgres_cluster.url()
    assert await said(address, "SHOW synchronous_commit") == [("on",)]
    assert await said(address, "SHOW fsync") == [("on",)]
    assert await said(address, "SHOW listen_addresses") == [("127.0.0.1",)]


async def test_it_restarts_with_what_was_committed_and_without_those_who_were_connected():
    with running() as cluster:
        async with await psycopg.AsyncConnection.connect(cluster.url(), autocommit=True) as connection:
            await connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

            await cluster.restart()

            with pytest.raises(psycopg.OperationalError):
                await connection.execute("SELECT 1")
        assert await said(cluster.url(), "SELECT number FROM kept") == [(7,)]


def test_it_leaves_nothing_behind():
    with running() as cluster:
        folder = cluster.folder
        assert (folder / "data" / "postmaster.pid").exists()

    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(cluster.url())


async def test_it_ends_when_the_test_run_is_killed():
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", HOLDING], cwd=TESTS, stdin=pipe, stdout=pipe, text=True) as run:
        port, folder = run.stdout.readline().split()
        server = Path(folder, "data", "postmaster.pid").read_text().split()[0]
        assert Path("/proc", server).exists()
        assert await said(Cluster(int(port), Path(folder)).url(), "SELECT 1") == [(1,)]

        run.kill()

    await until(lambda: not Path(folder).exists() and not Path("/proc", server).exists())
