"""Of several processes one speaks with services, and another takes over when it is gone."""

import asyncio

import psycopg

from ground.postgres import Cluster
from ground.until import until
from orchestrator.bus import Bus
from orchestrator.presence import CHANNELS, OnPostgres

HOLDERS = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = {CHANNELS} AND granted"


async def test_one_at_a_time_and_the_next_when_its_connection_is_gone(postgres_cluster: Cluster):
    url = await postgres_cluster.create("one_speaks")
    order: list[str] = []
    leave = asyncio.Event()

    async def speak(name: str) -> None:
        async with OnPostgres(url, Bus(), alone=False).only_one(CHANNELS) as lost:
            order.append(name)
            await lost.wait() if name == "first" else await leave.wait()
            order.append(f"{name} ends")

    first = asyncio.create_task(speak("first"))
    await until(lambda: order == ["first"])
    second = asyncio.create_task(speak("second"))
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as operator:
        [(pid,)] = await (await operator.execute(HOLDERS)).fetchall()
        assert order == ["first"]
        await operator.execute("SELECT pg_terminate_backend(%s)", [pid])
    await until(lambda: {"second", "first ends"} <= set(order))
    leave.set()
    await asyncio.gather(first, second)
    await postgres_cluster.drop("one_speaks")
