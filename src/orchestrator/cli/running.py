"""Commands that run the product, or look whether it can run."""

import typer

from orchestrator.cli import showing
from orchestrator.cli.showing import JSON

commands = typer.Typer()


@commands.command()
def serve() -> None:
    """Start the server: the page, the API and the work."""
    from orchestrator import serve as server  # noqa: PLC0415 - slow to load

    raise typer.Exit(server.main())


@commands.command()
def worker() -> None:
    """Carry work without a page, beside servers on the same PostgreSQL."""
    from orchestrator import worker as carrying  # noqa: PLC0415 - slow to load

    carrying.main()


@commands.command()
def doctor(as_json: JSON = False) -> None:
    """Look whether this installation has what it needs. Ends with 1 if something is missing."""
    import asyncio  # noqa: PLC0415 - slow to load, like the rest

    from orchestrator.operations import doctor as doctors  # noqa: PLC0415
    from orchestrator.settings import read  # noqa: PLC0415

    found = asyncio.run(doctors.look(read()))
    showing.many(found, as_json, lambda one: f"{'ok  ' if one['ok'] else 'LOOK'}  {one['what']}: {one['says']}")
    if not all(one["ok"] for one in found):
        raise typer.Exit(1)
