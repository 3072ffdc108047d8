"""The programs' way in: everything a person can do, as JSON under /api/v1."""

from fastapi import APIRouter

from orchestrator.web.api import (
    builders,
    costs,
    gates,
    issues,
    me,
    messages,
    operations,
    phases,
    projects,
    records,
    rules,
    suggestions,
)

router = APIRouter(prefix="/api/v1")
for part in (projects, messages, gates, phases, costs, records, builders, rules, suggestions, me, operations, issues):
    router.include_router(part.router)
