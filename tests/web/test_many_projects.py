"""The page of projects asks the database as often for eighteen projects as for two."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ground.stores import Originals, Store
from orchestrator import clock
from orchestrator.domain.brief import Brief
from orchestrator.domain.command import Actor
from orchestrator.domain.project import Project
from orchestrator.store import pages, people, projects
from orchestrator.web.auth import Person
from orchestrator.web.show import around, home
from orchestrator.web.show.viewer import Viewer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Originals(tmp_path, lambda: None).copy("sqlite") as store:
        yield store


@pytest.fixture
async def viewer(store: Store) -> Viewer:
    user = await store.tx(people.create_first, "nadia@example.org", "Nadia", "a hash", NOW)
    return Viewer(Person(user.id, user.name, user.email, True, "", "session", "", "", False), NOW, UTC)


async def made(store: Store, viewer: Viewer, count: int) -> None:
    owner = Actor(viewer.person.user_id, viewer.person.name)
    for _ in range(count):
        await store.tx(projects.add, Project(clock.new_id(), "Bread"), "Bread on Saturday", "", Brief(), owner)


async def statements(store: Store, look: Callable[..., Any]) -> int:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    sa.event.listen(store.database.reader.sync_engine, "before_cursor_execute", note)
    await store.read(look)
    sa.event.remove(store.database.reader.sync_engine, "before_cursor_execute", note)
    return len([each for each in said if each.startswith("SELECT")])


@pytest.mark.parametrize("chosen", [{}, {"query": "bread"}])
async def test_the_first_page_takes_no_more_statements_for_more_projects(store: Store, viewer: Viewer, chosen: dict):
    async def look(db: Any) -> None:
        await around.shell(db, viewer, rail=False)
        assert await home.page(db, viewer, **chosen)

    seen = []
    for more in (2, 16):
        await made(store, viewer, more)
        seen.append(await statements(store, look))

    assert seen[0] == seen[1] <= 10


async def test_a_list_for_programs_is_three_statements(store: Store, viewer: Viewer):
    await made(store, viewer, 18)

    assert await statements(store, lambda db: pages.page(db, viewer.person.user_id)) == 3
