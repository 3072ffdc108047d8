"""Commands about secret settings that are stored, encrypted."""

import sys
from collections.abc import Callable
from getpass import getpass
from typing import Annotated, Any

import typer

from orchestrator.cli import showing
from orchestrator.cli.showing import JSON

secret = typer.Typer(help="Secret settings, encrypted at rest.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The variable, such as ORCHESTRATOR_TOKEN.")]


@secret.command("set")
def set_one(name: Name) -> None:
    """Store a secret setting; its value is read from the input. The variable itself, where it is set, goes first."""
    value = getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    _do(lambda hidden, here: hidden.set(here, name, value))
    typer.echo(f"{name} is stored. The server takes it when it is started next.")


@secret.command("list")
def list_names(as_json: JSON = False) -> None:
    """List the names of stored secrets."""
    showing.many(_do(lambda hidden, here: hidden.names(here)), as_json, str)


@secret.command("remove")
def remove(name: Name) -> None:
    """Forget a stored secret."""
    _do(lambda hidden, here: hidden.remove(here, name))
    typer.echo(f"{name} is not stored any more.")


@secret.command("rotate")
def rotate(as_json: JSON = False) -> None:
    """Make a new key, and encrypt all stored secrets with it."""
    count = _do(lambda hidden, here: hidden.rotate(here))
    showing.one({"encrypted_anew": count}, as_json, lambda _: f"A new key is in use; secrets encrypted anew: {count}.")


def _do(what: Callable[[Any, Any], Any]) -> Any:
    from orchestrator.operations import hidden, place  # noqa: PLC0415 - the database is slow to load

    return place.run(lambda here: what(hidden, here))
