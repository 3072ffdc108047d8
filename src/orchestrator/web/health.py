"""Is it alive, and can it work? Each part in a line."""

import shutil
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from orchestrator.errors import NotPossible
from orchestrator.models import providers
from orchestrator.runtime import read, runtime
from orchestrator.store import migrate, wanted

router = APIRouter(tags=["health"])
ROOM_MB = 200  # of free disk below which work cannot be kept safely


@router.get("/health")
async def health() -> dict[str, str]:
    """Say that the process is alive."""
    return {"status": "ready"}


@router.get("/health/db")
async def database() -> JSONResponse:
    """Say whether the database answers and has the form that this version needs."""
    return _answer({"database": await _database()})


@router.get("/health/ai")
async def model() -> JSONResponse:
    """Say who talks with people."""
    return _answer({"ai": _model()})


@router.get("/health/ready")
async def ready() -> JSONResponse:
    """Say whether everything that work needs is there."""
    return _answer({"database": await _database(), "disk": _disk(), "work": await _work(), "builders": _builders()})


def _model() -> dict[str, Any]:
    """What came of asking it last; it is not asked for this, since that costs money."""
    live = runtime()
    if live.model is None:
        lacking = bool(live.settings.model)
        return {"ok": not lacking, "says": providers.says(live.settings)}
    about = live.model.about()
    if about.fault:
        return {"ok": False, "says": f"{about.says} {about.fault}"}
    last = f" It answered last after {about.seconds:.1f} seconds." if about.at else " It was not asked yet."
    return {"ok": True, "says": about.says + last}


async def _database() -> dict[str, Any]:
    try:
        found = await migrate.current(runtime().database)
    except (SQLAlchemyError, OSError):
        return {"ok": False, "says": "The database does not answer."}
    return {"ok": found == migrate.HEAD, "says": f"The database answers. Its form is {found}."}


async def _work() -> dict[str, Any]:
    try:
        missing = await read(wanted.everywhere)
    except (SQLAlchemyError, OSError):
        return {"ok": False, "says": "We cannot see what is to be done."}
    return {"ok": runtime().presence.claimed.is_set(), "says": f"{len(missing)} pieces of work wait or run."}


def _disk() -> dict[str, Any]:
    free = shutil.disk_usage(runtime().settings.data_dir).free // 2**20
    return {"ok": free > ROOM_MB, "says": f"{free:,} MB are free."}


def _builders() -> dict[str, Any]:
    return {"ok": True, "says": " ".join(builder.describe() for builder in runtime().builders.values())}


def _answer(parts: dict[str, dict[str, Any]]) -> JSONResponse:
    fine = all(part["ok"] for part in parts.values())
    return JSONResponse({"status": "ready" if fine else "not ready", **parts}, 200 if fine else NotPossible.status)
