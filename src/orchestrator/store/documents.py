"""Visions, lists of phases and plans, each in versions that stay."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.errors import NotFound
from orchestrator.store.tables import DocumentRow, ProjectRow


async def add(
    db: AsyncSession,
    project_id: str,
    name: str,
    data: dict[str, Any],
    markdown: str,
    *,
    note: str = "",
    author: str = "",
) -> DocumentRow:
    """Store the next version."""
    before = await find(db, project_id, name)
    row = DocumentRow(
        project_id=project_id,
        name=name,
        version=before.version + 1 if before else 1,
        data=data,
        markdown=markdown,
        note=note,
        author_name=author,
        created_at=clock.now(),
    )
    db.add(row)
    return row


async def find(db: AsyncSession, project_id: str, name: str, version: int | None = None) -> DocumentRow | None:
    """Read one version, or the newest."""
    query = select(DocumentRow).where(DocumentRow.project_id == project_id, DocumentRow.name == name)
    if version is not None:
        query = query.where(DocumentRow.version == version)
    return await db.scalar(query.order_by(DocumentRow.version.desc()).limit(1))


async def latest(db: AsyncSession, project_id: str, name: str, version: int | None = None) -> DocumentRow:
    """Like find, but raise NotFound with a sentence."""
    if row := await find(db, project_id, name, version):
        return row
    word = name.partition("-")[0]
    raise NotFound(f"There is no {word} yet." if version is None else f"There is no version {version} of the {word}.")


async def agreed(db: AsyncSession, project: ProjectRow) -> DocumentRow:
    """Read the vision that counts: the version approved last, or the newest while none is."""
    return await latest(db, project.id, "vision", project.agreed or None)


async def versions(db: AsyncSession, project_id: str, name: str) -> list[DocumentRow]:
    """Read all versions, newest first."""
    query = select(DocumentRow).where(DocumentRow.project_id == project_id, DocumentRow.name == name)
    return list(await db.scalars(query.order_by(DocumentRow.version.desc())))
