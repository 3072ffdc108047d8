"""The command line. People's commands talk to a running server; operators' commands work on the database."""

import sys

import typer
from typer.main import get_command

from orchestrator.cli import accounts, conversation, copies, database, projects, readiness, running, secrets
from orchestrator.errors import OrchestratorError

app = typer.Typer(
    help="Project Orchestrator: from an idea to tested software, with a decision at every step.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for part in (running, projects, conversation, copies, readiness):
    app.add_typer(part.commands)
for name, group in (
    ("db", database.form),
    ("user", accounts.user),
    ("token", accounts.token),
    ("secret", secrets.secret),
    ("audit", database.audit),
):
    app.add_typer(group, name=name)


def main(arguments: list[str] | None = None) -> int:
    """Run it, as it was called. Returns 0 when done, 1 with a sentence on stderr when refused, 2 for wrong usage."""
    try:
        ended = get_command(app).main(arguments, prog_name="orchestrator", standalone_mode=False)
    except OrchestratorError as refusal:
        return _end(str(refusal), 1)
    except typer.Abort:
        return _end("Ended.", 1)
    except typer.TyperException as wrong:
        said = wrong.format_message().rstrip(".").replace("Invalid value for", "This cannot be used for")
        return _end(f"{said}. Add --help to see how it is used.", 2)
    return ended if isinstance(ended, int) else 0


def _end(sentence: str, code: int) -> int:
    sys.stderr.write(f"{sentence}\n")
    return code
