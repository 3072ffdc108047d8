"""How results are shown: a line each for people, JSON for programs."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

JSON = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def many(items: Sequence[Any], as_json: bool, line: Callable[[Any], str], none: str = "") -> None:
    """Show all of them; `none` is what a person reads where there are none."""
    if as_json:
        _json(list(items))
    else:
        typer.echo("\n".join(map(line, items)) or none or "There are none.")


def one(item: Any, as_json: bool, line: Callable[[Any], str]) -> None:
    if as_json:
        _json(item)
    else:
        typer.echo(line(item))


def _json(value: Any) -> None:
    typer.echo(json.dumps(value, default=_plain, ensure_ascii=False))


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
