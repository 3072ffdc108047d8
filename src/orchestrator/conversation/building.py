"""Who builds a project, and where its builder may reach: changed by the owner, from the next piece of work on."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.command import Actor, SetBuilder
from orchestrator.domain.run import Network
from orchestrator.errors import NotUnderstood
from orchestrator.executors import agents
from orchestrator.runtime import runtime
from orchestrator.store import events, projects
from orchestrator.store.tables import ProjectRow


async def change(db: AsyncSession, row: ProjectRow, command: SetBuilder, actor: Actor) -> None:
    """Take what is given; what is not stays as it is."""
    if not (command.builder or command.network):
        raise NotUnderstood("Please say which builder, or which network.", field="builder")
    builder, network = _builder(command.builder or row.builder, row), _network(command.network or row.network)
    if (builder, network) == (row.builder, row.network):
        return
    said: dict[str, Any] = {"from": row.builder, "to": builder}
    said["title"] = agents.title(builder) if builder != row.builder else ""
    said["network"] = network if network != row.network else ""
    events.append(db, row, actor, "project.built_by", **said)
    row.builder, row.network = builder, network
    await projects.touch(db, row)


def _builder(id: str, row: ProjectRow) -> str:
    here = runtime().builders
    if id != row.builder and id not in here:
        raise NotUnderstood(f"There is no builder “{id[:40]}” here. There is: {', '.join(here)}.", field="builder")
    return id


def _network(name: str) -> Network:
    if name not in set(Network):
        raise NotUnderstood(f"The network is one of: {', '.join(Network)}.", field="network")
    return Network(name)
