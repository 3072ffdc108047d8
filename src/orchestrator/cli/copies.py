"""Commands that copy a whole installation, and make one from a copy."""

from pathlib import Path
from typing import Annotated, Any

import typer

from orchestrator.cli import showing
from orchestrator.cli.showing import JSON

commands = typer.Typer()
OUTSIDE = "Not in it, because they are yours: the repositories in {}. Copy them yourself."


@commands.command()
def backup(
    file: Annotated[str, typer.Argument(help="A new file, such as copy.tar.gz; “-” for standard output.")],
    as_json: JSON = False,
) -> None:
    """Copy everything into one file, also while the server runs. It holds the keys: keep it like a password."""
    from orchestrator.operations import backup as backups  # noqa: PLC0415 - the database is slow to load
    from orchestrator.operations import place  # noqa: PLC0415

    target = None if file == "-" else Path(file)
    found = place.run(lambda here: backups.write(here, target))
    if target is None:
        typer.echo(_outside(found), err=True, nl=bool(found["not_in_it"]))
    else:
        showing.one(found, as_json, _written)


@commands.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `orchestrator backup` wrote.")], as_json: JSON = False
) -> None:
    """Fill an empty data folder (and an empty PostgreSQL database) from a copy."""
    import asyncio  # noqa: PLC0415 - slow to load, like the rest

    from orchestrator.operations import restore as restores  # noqa: PLC0415
    from orchestrator.settings import read  # noqa: PLC0415

    found = asyncio.run(restores.read(read(), file))
    showing.one(found, as_json, _restored)
    if not found["log_is_whole"]:
        raise typer.Exit(1)


def _written(found: dict[str, Any]) -> str:
    return f"Everything is in {found['file']} ({found['bytes']:,} bytes). {_outside(found)}".strip()


def _restored(found: dict[str, Any]) -> str:
    projects = f"{found['projects']} {'project' if found['projects'] == 1 else 'projects'}"
    log = "is whole" if found["log_is_whole"] else "is NOT whole: see orchestrator audit verify"
    return f"Restored {projects}. The log {log}. Start with: orchestrator serve. {_outside(found)}".strip()


def _outside(found: dict[str, Any]) -> str:
    return OUTSIDE.format(", ".join(found["not_in_it"])) if found["not_in_it"] else ""
