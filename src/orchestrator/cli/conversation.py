"""Commands of a conversation: talking, and the decisions that come up in it."""

import sys
from typing import Annotated, Any

import typer

from orchestrator.cli import asking, showing
from orchestrator.cli.showing import JSON

commands = typer.Typer()
Gate = Annotated[str, typer.Argument(help="The decision’s id; without, the only one that waits.")]
Note = Annotated[str, typer.Option(help="A few words about it.")]
STATUS = {"APPROVED": "Approved", "REJECTED": "Rejected", "CHANGES_REQUESTED": "Changes asked for"}
UNDO = "To take that back within 60 seconds: orchestrator take-back {id}"


@commands.command()
def chat(
    project: Annotated[str, typer.Argument(help="Its id; without, the newest project.")] = "",
    idea: Annotated[str, typer.Option(help="Begin a new project with this idea.")] = "",
) -> None:
    """Talk about a project here, until the input ends (Ctrl-D). Lines may also come from a pipe."""
    from orchestrator.channels.terminal import Chat  # noqa: PLC0415 - only needed here

    if project and idea:
        raise typer.BadParameter("A new idea makes a new project: give one of the two.")
    server = asking.server()
    found = server.post("/projects", {"idea": idea}) if idea else asking.project(server, project)
    typer.echo(f"{found['name']}  ({found['id']})\n")
    Chat(server, found["id"], sys.stdout, typed=sys.stdin.isatty()).run(sys.stdin)


@commands.command()
def gates(as_json: JSON = False) -> None:
    """List the decisions that wait for you."""
    from orchestrator.channels.terminal import gate_text  # noqa: PLC0415 - only needed here

    found = asking.server().get("/gates", status="pending")["items"]
    showing.many(found, as_json, lambda gate: f"{gate_text(gate)}\n", "Nothing waits for you.")


@commands.command()
def approve(
    gate: Gate = "",
    note: Note = "",
    way: Annotated[
        str, typer.Option(help="Which way out of a problem, or for how long; `orchestrator gates` names them.")
    ] = "",
    as_json: JSON = False,
) -> None:
    """Say yes to a decision."""
    _answer(gate, {"decision": "approve", "note": note, "way": way or None}, as_json)


@commands.command()
def reject(gate: Gate = "", note: Note = "", as_json: JSON = False) -> None:
    """Say no to a decision."""
    _answer(gate, {"decision": "reject", "note": note}, as_json)


@commands.command()
def changes(
    gate: Annotated[str, typer.Argument(help="The decision’s id; “-” for the only one that waits.")],
    what: Annotated[str, typer.Argument(help="What should be different.")],
    as_json: JSON = False,
) -> None:
    """Ask for changes at a decision."""
    _answer(gate.removeprefix("-"), {"decision": "changes", "note": what}, as_json)


@commands.command()
def take_back(
    gate: Annotated[str, typer.Argument(help="The id of the decision that was answered.")], as_json: JSON = False
) -> None:
    """Take an answer back, within 60 seconds: what it began is stopped, and the question is asked again."""
    taken = asking.server().post(f"/gates/{gate}/take-back", {})
    showing.one(taken, as_json, lambda one: f"Taken back. It is asked again: {one['question']}")


def _answer(gate: str, body: dict[str, Any], as_json: bool) -> None:
    server = asking.server()
    answered = server.post(f"/gates/{gate or asking.only_decision(server)}/answer", body)
    showing.one(answered, as_json, lambda one: f"{STATUS[one['status']]}: {one['question']}\n{UNDO.format(**one)}")
