"""The programs' way in: everything a person can do, as JSON under /api/v1."""

from fastapi import APIRouter

from orchestrator.web.api import builders, costs, gates, messages, phases, projects, records

router = APIRouter(prefix="/api/v1")
for part in (projects, messages, gates, phases, costs, records, builders):
    router.include_router(part.router)
