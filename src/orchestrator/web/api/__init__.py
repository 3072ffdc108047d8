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
    readiness,
    records,
    reports,
    rules,
    suggestions,
)

router = APIRouter(prefix="/api/v1")
PARTS = (
    projects,
    messages,
    gates,
    phases,
    costs,
    records,
    builders,
    readiness,
    reports,
    rules,
    suggestions,
    me,
    operations,
    issues,
)
for part in PARTS:
    router.include_router(part.router)
