"""Work in PostgreSQL's queue: for several processes. Procrastinate carries it; the rows say what there is to do."""

import asyncio
from typing import cast

import procrastinate
import psycopg
import structlog
from procrastinate.schema import SchemaManager
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.errors import Unreachable
from orchestrator.jobs.local import Does
from orchestrator.ports import Kind, Work

log = structlog.get_logger(__name__)
LEAVE_S = 3.0  # for signing off, beyond the moment that work gets to come to its end
CONNECT_S = 5.0  # for a connection: by itself the pool would wait half a minute for a database that is away
POLL_S = 1.0  # new work is notified; a retry, or a lock that another process let go of, is not

# `queueing_lock` is unique among waiting jobs only; a second one behind a running one would make its retry impossible.
# Two starts of one work cannot both find nothing: each holds the project's row.
DEFER = text("""
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        CAST(:kind AS varchar), CAST(:kind AS varchar), 0, CAST(:lock AS varchar), CAST(:name AS varchar),
        jsonb_build_object('project_id', CAST(:project_id AS varchar), 'number', CAST(:number AS integer)), NULL
    )]::procrastinate_job_to_defer_v1[])
    WHERE NOT EXISTS (
        SELECT FROM procrastinate_jobs WHERE queueing_lock = :name AND status IN ('todo', 'doing'))
""")
KNOWN = text("SELECT queueing_lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")


class Procrastinate:
    def __init__(self, url: str, does: Does, at_once: dict[str, int], drain_s: float, stalled_s: float) -> None:
        self._url, self._at_once, self._drain_s, self._stalled_s = url, at_once, drain_s, stalled_s
        connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=6, timeout=CONNECT_S)
        self._app = procrastinate.App(connector=connector)
        self._does = does
        for kind in does:
            self._register(kind)

    def _register(self, kind: str) -> None:
        @self._app.task(name=kind, queue=kind)
        async def task(project_id: str, number: int) -> None:
            try:
                await self._does[kind](project_id, number)
            except Unreachable as away:  # reconcile asks for it again
                log.warning("job.put_off", kind=kind, project=project_id, reason=str(away))

    async def create_tables(self) -> None:
        """Create the queue's tables where there are none; two processes may start at once."""
        async with await psycopg.AsyncConnection.connect(self._url) as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(7238)")
            found = await connection.execute("SELECT to_regclass('procrastinate_jobs')")
            if (await found.fetchone()) == (None,):
                await connection.execute(SchemaManager.get_schema().encode())

    async def start(self, db: AsyncSession, work: Work) -> None:
        lock = f"{work.kind}:{work.project_id}"
        values = {"kind": work.kind, "lock": lock, "name": f"{lock}:{work.number}"}
        await db.execute(DEFER, values | {"project_id": work.project_id, "number": work.number})

    async def known(self, db: AsyncSession) -> set[Work]:
        names = (name.split(":") for name in await db.scalars(KNOWN))
        return {Work(cast("Kind", kind), id, int(number)) for kind, id, number in names}

    async def carry(self) -> None:
        serving = asyncio.create_task(self._serve())
        try:
            await asyncio.shield(serving)
        finally:  # a worker that leaves signs off, and where there is no database it would try for long
            serving.cancel()
            await asyncio.wait({serving}, timeout=self._drain_s + LEAVE_S)

    async def _serve(self) -> None:
        while True:
            try:
                async with self._app.open_async(), asyncio.TaskGroup() as group:
                    for kind in self._at_once:
                        group.create_task(self._worker(kind))
                    group.create_task(self._take_over())
            except Exception:
                log.exception("queue.failed")  # the database went away, for example: open everything anew
                await asyncio.sleep(1)

    async def _worker(self, kind: str) -> None:
        await self._app.run_worker_async(
            queues=[kind],
            name=kind,
            concurrency=self._at_once[kind],
            delete_jobs="always",
            fetch_job_polling_interval=POLL_S,
            shutdown_graceful_timeout=self._drain_s,
            install_signal_handlers=False,
            update_heartbeat_interval=self._stalled_s / 3,
            stalled_worker_timeout=self._stalled_s,
        )
        raise RuntimeError("a worker whose connection breaks ends without an error")

    async def _take_over(self) -> None:
        """Give what a dead process was doing to whoever is free. One that only seemed dead is fenced by the rows."""
        manager, every = self._app.job_manager, self._stalled_s / 3
        async with await psycopg.AsyncConnection.connect(self._url) as alone:
            while True:
                async with alone.transaction():  # two at once would take a job back from whom the other gave it
                    await alone.execute("SELECT pg_advisory_xact_lock(7239)")
                    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=self._stalled_s):
                        log.warning("job.taken_over", job=job.queueing_lock)
                        await manager.retry_job(job)
                await asyncio.sleep(every)
