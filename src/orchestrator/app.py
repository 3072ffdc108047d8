"""Composition root: settings to Runtime to FastAPI."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import __version__, clock, folder, models, runtime, telemetry, vault
from orchestrator.bus import Bus
from orchestrator.channels import carry, services
from orchestrator.conversation import turn
from orchestrator.delivery import chores, hub_rounds, leg, readiness, reconcile
from orchestrator.delivery.previews import Prototypes
from orchestrator.domain.cost import Currency
from orchestrator.errors import OrchestratorError
from orchestrator.executors import installed, scar
from orchestrator.forge import hub
from orchestrator.forge.git import Git
from orchestrator.jobs.local import Local
from orchestrator.models.lazy import Lazy
from orchestrator.ports import Executor, Jobs, Model
from orchestrator.presence import OnFile, OnPostgres, Presence
from orchestrator.settings import Settings, read
from orchestrator.store import engine, links, migrate, secrets, tokens
from orchestrator.telemetry import Metrics
from orchestrator.web import (
    actions,
    address,
    api,
    following,
    health,
    hooks,
    oneself,
    operations,
    pages,
    preview,
    reference,
    rendering,
    security,
    swaps,
)
from orchestrator.web.limits import Limits

log = structlog.get_logger(__name__)
DOES = {"leg": leg.leg, "turn": turn.turn, "look": readiness.look}


async def compose(settings: Settings, metrics: Metrics) -> runtime.Runtime:
    """Build the live parts and bring the database up to date."""
    data = folder.ready(settings.data_dir)
    keys, bus, builder = vault.load(data), Bus(), installed.default(settings)
    database = engine.connect(settings.database_url, data)
    await engine.answers(database)
    await migrate.upgrade(database)
    async with engine.reading(database)() as db:
        settings = settings.filled(await secrets.all(db, keys))
    _log(settings)
    forge = Git(data / "work", scar.passes(settings))
    builders: dict[str, Executor] = {**installed.builders(settings), **scar.builders(settings, forge)}
    url = settings.database_url
    presence: Presence = OnPostgres(url, bus, alone=settings.jobs == "local") if url else OnFile(data)
    return runtime.Runtime(
        settings=settings,
        database=database,
        writes=engine.writing(
            database,
            bus.committed,
            lambda kind: metrics.events.labels(kind).inc(),
            seal=keys.derive("audit"),
            decision_days=settings.decision_days,
            currency=Currency(settings.currency, settings.dollar),
        ),
        reads=engine.reading(database),
        bus=bus,
        presence=presence,
        jobs=await _jobs(settings),
        builders=builders,
        builder=builder,
        forge=forge,
        previews=Prototypes(data, forge, namespaces=settings.namespaces),
        vault=keys,
        metrics=metrics,
        model=models.load(settings),
        hub=hub.client(settings),
    )


def _log(settings: Settings) -> None:
    pretty, level = settings.log_format == "text", settings.log_level.upper()
    telemetry.set_up(sys.stderr, pretty=pretty, level=level, secrets=settings.secrets())


async def _jobs(settings: Settings) -> Jobs:
    at_once = {"leg": settings.legs_at_once, "turn": settings.turns_at_once, "look": 1}
    if settings.jobs == "local":
        return Local(DOES, at_once, settings.drain_s)
    from orchestrator.jobs.procrastinate import Procrastinate  # noqa: PLC0415 - need not be installed elsewhere

    assert settings.database_url, "several processes need PostgreSQL"
    jobs = Procrastinate(settings.database_url, DOES, at_once, settings.drain_s, settings.stalled_s)
    await jobs.create_tables()
    return jobs


@asynccontextmanager
async def working(live: runtime.Runtime) -> AsyncIterator[None]:
    """Hold our place, carry work, and leave in order: nothing goes on when this ends."""
    runtime.start(live)
    holding = asyncio.create_task(live.presence.hold())
    claimed = asyncio.create_task(live.presence.claimed.wait())
    await asyncio.wait({holding, claimed}, return_when=asyncio.FIRST_COMPLETED)
    if holding.done():
        claimed.cancel()
        holding.result()  # another process excludes us: end here, before we touch its work
    holding.add_done_callback(_end_unless_cancelled)
    speaking = carry.forever(services.load(live.settings))
    parts = (
        live.previews.carry(),
        live.jobs.carry(),
        reconcile.forever(),
        chores.forever(),
        hub_rounds.forever(),
        speaking,
        _warm(live.model),
    )
    tasks = [_task(part) for part in parts]
    try:
        yield
    finally:
        for task in reversed(tasks):
            task.cancel()
            await asyncio.wait({task})
        holding.cancel()
        await asyncio.wait({holding})
        if live.hub:
            await live.hub.close()
        await live.database.dispose()


def _task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(work)


async def _warm(model: Model | None) -> None:
    """Have what a model needs ready before the first person waits for it."""
    if isinstance(model, Lazy):
        try:
            await model.loaded()
        except OrchestratorError as problem:
            log.warning("model.not_loaded", reason=str(problem))


def _end_unless_cancelled(holding: asyncio.Task[None]) -> None:
    """A process that lost its place must not go on working."""
    if not holding.cancelled():
        signal.raise_signal(signal.SIGTERM)


def create(settings: Settings | None = None) -> FastAPI:
    """Make the application. Nothing is opened before its lifespan begins."""
    settings = settings or read()
    metrics = telemetry.metrics()
    _log(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        live = await compose(settings, metrics)
        async with working(live):
            await _let_in(live.settings)
            yield

    app = FastAPI(title="Project Orchestrator", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    hooks.install(app, lambda: runtime.runtime().settings, runtime.tx)
    for part in (health, api, pages, swaps, following, actions, oneself, operations, preview, reference, rendering):
        app.include_router(part.router)
    app.state.leave = _leave
    _protect(app, settings, metrics)
    return app


def _leave() -> None:
    """Let go of those who follow: the process is asked to end."""
    runtime.runtime().bus.close()


def _protect(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    hosts = frozenset(name.strip() for name in settings.hosts.split(",") if name.strip())
    security.install(
        app,
        security.Security(
            tx=runtime.tx,
            read=runtime.read,
            render=rendering.render,
            limits=Limits(on=settings.rate_limits == "on"),
            public_url=settings.address,
            hosts=hosts,
            trusted_proxies=address.networks(
                name.strip() for name in settings.trusted_proxies.split(",") if name.strip()
            ),
            body_limit=settings.body_limit,
            session_hours=settings.session_hours,
            metrics=metrics,
        ),
    )


async def _let_in(settings: Settings) -> None:
    """See that the first person can come in: by the token of a script, or by a link that is printed once."""
    if settings.bootstrap_token:
        await runtime.tx(tokens.bootstrap, settings.bootstrap_token.get_secret_value(), clock.now())
    key = await runtime.tx(_first_link)
    if key and not settings.bootstrap_token:
        say = f"\n  Open this link to begin (it works once, for an hour):\n  {settings.address}/setup?key={key}\n\n"
    else:
        say = f"\n  Project Orchestrator is at {settings.address}\n\n"
    sys.stdout.write(say)
    sys.stdout.flush()


async def _first_link(db: AsyncSession) -> str | None:
    return await links.first(db, clock.now())
