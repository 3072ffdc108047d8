"""Commands about the database: its form, and the log in it."""

from typing import Annotated

import typer

from orchestrator.cli import showing
from orchestrator.cli.showing import JSON

form = typer.Typer(help="The form of the database, which newer versions change.", no_args_is_help=True)
audit = typer.Typer(help="The log of everything that happened.", no_args_is_help=True)


@form.command()
def upgrade(
    to: Annotated[str, typer.Argument(help="A form; without, the newest.")] = "head", as_json: JSON = False
) -> None:
    """Bring the database to the form that this version needs."""
    from orchestrator.operations import database, place  # noqa: PLC0415 - the database is slow to load

    _tell(place.run(lambda here: database.upgrade(here, to), whatever_form=True), as_json)


@form.command()
def downgrade(to: Annotated[str, typer.Argument(help="A form, or “base” for none.")], as_json: JSON = False) -> None:
    """Take the database back to an earlier form. What that form does not know is lost: make a backup first."""
    from orchestrator.operations import database, place  # noqa: PLC0415

    _tell(place.run(lambda here: database.downgrade(here, to), whatever_form=True), as_json)


@form.command()
def current(as_json: JSON = False) -> None:
    """Say which form the database has."""
    from orchestrator.operations import database, place  # noqa: PLC0415

    _tell(place.run(database.current, whatever_form=True), as_json)


def _tell(form: str, as_json: bool) -> None:
    showing.one({"form": form}, as_json, lambda one: one["form"])


@audit.command()
def verify(as_json: JSON = False) -> None:
    """Find out whether a row of the log was changed, removed or moved. Ends with 1 if so."""
    from orchestrator.operations import audit, place  # noqa: PLC0415

    broken = place.run(audit.broken)
    if as_json:
        showing.one({"whole": not broken, "broken": broken}, as_json, str)
    else:
        showing.many(broken, as_json, lambda one: f"{one['project_id']}: {one['sentence']}", "The log is whole.")
    if broken:
        raise typer.Exit(1)
