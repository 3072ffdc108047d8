"""The command that says whether something may be called production-ready."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestrator.cli import showing
from orchestrator.cli.showing import JSON

commands = typer.Typer()


@commands.command()
def readiness(
    path: Annotated[Path, typer.Argument(help="A folder with a git repository.")] = Path(),
    as_json: JSON = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the report as Markdown.")] = False,
    item: Annotated[list[str] | None, typer.Option(help="Ask only this item, such as T1; can be given again.")] = None,
    only: Annotated[str, typer.Option(help="Ask only one category, such as security.")] = "",
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask anew what was found out before.")] = False,
    approved: Annotated[
        str, typer.Option(help="The commit or tag that a person approved last; tests must not prove less since.")
    ] = "",
) -> None:
    """Say whether a repository may be called production-ready: 54 questions, each with evidence. Ends with 1 if not."""
    from orchestrator.domain.ready import written  # noqa: PLC0415 - slow to load
    from orchestrator.operations import readiness as operations  # noqa: PLC0415

    asked = operations.asked(item or [], only)
    report = asyncio.run(operations.report(path, asked, fresh=fresh, approved=approved, say=_progress))
    if as_json:
        showing.one(written.values(report), as_json, str)
    else:
        typer.echo(written.markdown(report) if markdown else written.text(report))
    if not report.ready:
        raise typer.Exit(1)


def _progress(sentence: str) -> None:
    sys.stderr.write(f"… {sentence}\n")
    sys.stderr.flush()
