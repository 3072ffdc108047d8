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


async def again(db: AsyncSession, project_id: str, name: str, version: int, note: str, author: str) -> DocumentRow:
    """Have an older version as the newest one again, under a number of its own."""
    old = await latest(db, project_id, name, version)
    text = old.markdown.replace(f"Version {version}.", f"Version {await newest(db, project_id, name) + 1}.", 1)
    return await add(db, project_id, name, dict(old.data), text, note=note, author=author)


async def newest(db: AsyncSession, project_id: str, name: str) -> int:
    """The number of the newest version; 0 while there is none."""
    found = await find(db, project_id, name)
    return found.version if found else 0


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
