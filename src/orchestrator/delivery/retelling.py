"""Has a model say in a few sentences what was built. The facts count; without a model there are only these."""

import json
from dataclasses import replace

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import faults, prompts
from orchestrator.delivery import drafting
from orchestrator.domain import plain
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.cost import Usage
from orchestrator.domain.fence import fenced
from orchestrator.domain.review import retold
from orchestrator.domain.review.facts import Facts
from orchestrator.ports import Words
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import documents, projects, spends

NAME = "retold"


class ReportText(BaseModel):
    """What came of the app, in your words."""

    model_config = ConfigDict(extra="ignore")

    told: Words


async def known(project_id: str, facts: Facts) -> Facts:
    """The facts with what was said about exactly these, if anything was."""
    row = await read(documents.find, project_id, NAME)
    return replace(facts, words=row.markdown) if row and row.data["of"] == retold.key(facts) else facts


async def asked(project_id: str, facts: Facts) -> Facts:
    """The same, and a model is asked where nothing was said yet: once for the same facts, and within the limit."""
    model, key = runtime().model, retold.key(facts)
    if not model or not facts.done or not await read(_is_due, project_id, key):
        return await known(project_id, facts)
    told = json.dumps(retold.material(facts), ensure_ascii=False, indent=1)
    answer, usage = await drafting.asked(
        model, prompts.text("report"), fenced("facts", told), ReportText, lambda one: retold.wrong(one.told, told)
    )
    text = plain.one_line(plain.clean(answer.told)) if answer else ""
    await tx(_keep, project_id, key, text, usage)
    faults.point("retold")
    return replace(facts, words=text)


async def _is_due(db: AsyncSession, project_id: str, key: str) -> bool:
    before = await documents.find(db, project_id, NAME)
    return (before is None or before.data["of"] != key) and not spends.reached(await projects.row(db, project_id))


async def _keep(db: AsyncSession, project_id: str, key: str, text: str, usage: Usage) -> None:
    row = await projects.locked(db, project_id)
    kept = await documents.add(db, project_id, NAME, {"of": key}, text, author=ORCHESTRATOR.name)
    spends.add(db, row, "report", str(kept.version), usage)
