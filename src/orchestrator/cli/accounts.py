"""Commands about accounts, and about keys (tokens) for programs."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from orchestrator.cli import showing
from orchestrator.cli.showing import JSON

user = typer.Typer(help="Accounts.", no_args_is_help=True)
token = typer.Typer(help="Keys (tokens) for programs.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="Whose account.")]
Id = Annotated[str, typer.Argument(help="The key’s id, as `token list` shows it.")]


@user.command("add")
def add(
    email: Annotated[str, typer.Argument(help="Where this person is reached.")],
    name: Annotated[str, typer.Argument(help="What this person is called.")],
    owner: Annotated[bool, typer.Option("--owner", help="May see and change everything.")] = False,
    as_json: JSON = False,
) -> None:
    """Make an account, and the link by which its person chooses a password."""
    found = _do(lambda accounts, here: accounts.add(here, email, name, owner=owner))
    showing.one(
        found, as_json, lambda one: f"Send this link to {one['email']}. It works once, for a week:\n{one['link']}"
    )


@user.command("list")
def list_users(as_json: JSON = False) -> None:
    """List the accounts."""
    showing.many(_do(lambda accounts, here: accounts.all(here)), as_json, _account, "Nobody yet.")


@user.command("link")
def link(email: Email, as_json: JSON = False) -> None:
    """Make a link that signs somebody in once, for an hour: for who lost the password."""
    showing.one(_do(lambda accounts, here: accounts.link(here, email)), as_json, lambda one: one["link"])


@user.command("disable")
def disable(email: Email) -> None:
    """Shut somebody out at once. What they did stays."""
    _do(lambda accounts, here: accounts.disable(here, email))
    typer.echo(f"{email} cannot come in any more.")


@user.command("enable")
def enable(email: Email) -> None:
    """Let somebody in again."""
    _do(lambda accounts, here: accounts.enable(here, email))
    typer.echo(f"{email} can come in again.")


@token.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    email: Annotated[str, typer.Option("--user", help="For whom it acts; without, the first owner.")] = "",
    days: Annotated[int, typer.Option(min=0, max=36500, help="How long it works; 0 for ever.")] = 365,
    as_json: JSON = False,
) -> None:
    """Make a key (token) for a program. It is shown once."""
    found = _do(lambda accounts, here: accounts.token_create(here, name, email, days))
    showing.one(found, as_json, lambda one: one["token"])


@token.command("list")
def list_tokens(as_json: JSON = False) -> None:
    """List the keys, without their secret part."""
    showing.many(_do(lambda accounts, here: accounts.token_list(here)), as_json, _key)


@token.command("rotate")
def rotate(
    id: Id,
    hours: Annotated[int, typer.Option(min=0, max=8760, help="How long the old one goes on.")] = 24,
    as_json: JSON = False,
) -> None:
    """Make the successor of a key, while the old one goes on for a while."""
    found = _do(lambda accounts, here: accounts.token_rotate(here, id, hours))
    showing.one(found, as_json, lambda one: one["token"])


@token.command("revoke")
def revoke(
    id: Annotated[str, typer.Argument(help="The key’s id, as `token list` shows it, or the key itself.")],
) -> None:
    """End a key at once."""
    _do(lambda accounts, here: accounts.token_revoke(here, id))
    typer.echo("This key does not work any more.")


def _do(what: Callable[[Any, Any], Any]) -> Any:
    from orchestrator.operations import accounts, place  # noqa: PLC0415 - the database is slow to load

    return place.run(lambda here: what(accounts, here))


def _account(one: dict[str, Any]) -> str:
    marks = [word for word, true in (("owner", one["owner"]), ("shut out", one["disabled_at"])) if true]
    return "  ".join([one["email"], one["name"], *marks])


def _key(one: dict[str, Any]) -> str:
    until = f"until {one['expires_at']:%Y-%m-%d}" if one["expires_at"] else "for ever"
    return f"{one['id']}  {one['name']}  {one['user']}  {f'works {until}' if one['works'] else 'ended'}"
