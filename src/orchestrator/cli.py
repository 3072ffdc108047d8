"""The command line. People's commands talk to a running server; operators' commands work on the database."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestrator.errors import NotFound, OrchestratorError

JSON = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
app = typer.Typer(
    help="Project Orchestrator: from an idea to tested software, with a decision at every step.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
db = typer.Typer(help="The database's form.", no_args_is_help=True)
user = typer.Typer(help="Accounts.", no_args_is_help=True)
token = typer.Typer(help="Keys (tokens) for programs.", no_args_is_help=True)
secret = typer.Typer(help="Secret settings, encrypted at rest.", no_args_is_help=True)
audit = typer.Typer(help="The log of everything that happened.", no_args_is_help=True)
for name, group in (("db", db), ("user", user), ("token", token), ("secret", secret), ("audit", audit)):
    app.add_typer(group, name=name)


def main() -> int:
    """Run it. Returns 0 when done, 1 with a sentence on stderr when refused, 2 for wrong usage."""
    try:
        app(standalone_mode=False)
    except OrchestratorError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except typer.Abort:
        return 1
    except typer.Exit as ended:
        return ended.exit_code
    except Exception as wrong:
        if hasattr(wrong, "format_message"):  # wrong usage, as the command line's library tells it
            sys.stderr.write(f"{wrong.format_message()}\n")
            return 2
        raise
    return 0


@app.command()
def serve() -> None:
    """Start the server: the page, the API and the work."""
    from orchestrator import serve as server  # noqa: PLC0415 - slow to load, and only needed here

    raise typer.Exit(server.main())


@app.command()
def worker() -> None:
    """Carry work without a page, beside servers on the same PostgreSQL."""
    from orchestrator import worker as carrying  # noqa: PLC0415

    raise typer.Exit(carrying.main())


@app.command()
def projects(
    as_json: JSON = False, waiting: Annotated[bool, typer.Option(help="Only those that wait for you.")] = False
) -> None:
    """List your projects, those that wait for you first."""
    found = _server().get("/projects", limit=100, **({"waiting": "true"} if waiting else {}))["items"]
    _show(found, as_json, lambda item: f"{item['id']}  {item['name']}\n    {item['status_sentence']}")


@app.command()
def status(
    project: Annotated[str, typer.Argument(help="Its id; the newest without.")] = "", as_json: JSON = False
) -> None:
    """Say how a project stands."""
    found = _project(project)
    _show([found], as_json, lambda item: f"{item['name']}\n{item['status_sentence']}", one=True)


@app.command()
def gates(as_json: JSON = False) -> None:
    """List the decisions that wait for you."""
    from orchestrator.channels.terminal import gate_text  # noqa: PLC0415

    _show(_server().get("/gates", status="pending")["items"], as_json, gate_text)


Gate = Annotated[str, typer.Argument(help="The decision; the only one that waits without.")]
NoteText = Annotated[str, typer.Option(help="A few words about it.")]


@app.command()
def approve(
    gate: Gate = "",
    note: NoteText = "",
    way: Annotated[str, typer.Option(help="Out of a problem.")] = "",
    as_json: JSON = False,
) -> None:
    """Say yes to a decision."""
    _answer(gate, {"decision": "approve", "note": note, "way": way or None}, as_json)


@app.command()
def reject(gate: Gate = "", note: NoteText = "", as_json: JSON = False) -> None:
    """Say no to a decision."""
    _answer(gate, {"decision": "reject", "note": note}, as_json)


@app.command()
def changes(
    gate: Gate, what: Annotated[str, typer.Argument(help="What should be different.")], as_json: JSON = False
) -> None:
    """Ask for changes at a decision."""
    _answer(gate, {"decision": "changes", "note": what}, as_json)


@app.command()
def pause(project: str, as_json: JSON = False) -> None:
    """Stop a project at once; nothing is lost."""
    _show([_server().post(f"/projects/{project}/pause")], as_json, lambda item: item["status_sentence"], one=True)


@app.command()
def resume(project: str, as_json: JSON = False) -> None:
    """Let a paused project go on."""
    _show([_server().post(f"/projects/{project}/resume")], as_json, lambda item: item["status_sentence"], one=True)


@app.command()
def chat(
    project: Annotated[str, typer.Argument(help="Its id; without, the newest project.")] = "",
    idea: Annotated[str, typer.Option(help="Begin a new project with this idea.")] = "",
) -> None:
    """Talk about a project here; ends with the end of the input (Ctrl-D)."""
    from orchestrator.channels.terminal import Chat  # noqa: PLC0415

    server = _server()
    found = server.post("/projects", {"idea": idea}) if idea else _project(project)
    sys.stdout.write(f"{found['name']}  ({found['id']})\n\n")
    Chat(server, found["id"]).run()


@app.command()
def export(
    project: str, output: Annotated[Path | None, typer.Option(help="A file; the terminal without.")] = None
) -> None:
    """Hand out everything that is kept about a project, as JSON."""
    text = json.dumps(_server().get(f"/projects/{project}/export"), indent=2, ensure_ascii=False)
    if output:
        output.write_text(f"{text}\n")
    else:
        typer.echo(text)


@app.command()
def doctor(as_json: JSON = False) -> None:
    """Look whether this installation has what it needs."""
    from orchestrator import operate  # noqa: PLC0415

    found = [{"what": one.what, "ok": one.ok, "says": one.says} for one in operate.run(operate.doctor)]
    _show(found, as_json, lambda one: f"{'ok  ' if one['ok'] else 'LOOK'}  {one['what']}: {one['says']}")
    if not all(one["ok"] for one in found):
        raise typer.Exit(1)


@db.command()
def upgrade(to: Annotated[str, typer.Argument(help="A form; the newest without.")] = "head") -> None:
    """Bring the database to the form that this version needs."""
    _echo_form(lambda operate: operate.run(lambda here: operate.upgrade(here, to), migrated=False))


@db.command()
def downgrade(to: Annotated[str, typer.Argument(help="A form, or “base” for none.")]) -> None:
    """Take the database back to an earlier form. Make a copy for emergencies first."""
    _echo_form(lambda operate: operate.run(lambda here: operate.downgrade(here, to), migrated=False))


@db.command()
def current() -> None:
    """Say which form the database has."""
    _echo_form(lambda operate: operate.run(operate.current, migrated=False))


@user.command("add")
def user_add(
    email: str,
    name: str,
    owner: Annotated[bool, typer.Option(help="May see and change everything.")] = False,
    as_json: JSON = False,
) -> None:
    """Make an account, and the link by which its person chooses a password."""
    found = _operate(lambda operate, here: operate.user_add(here, email, name, owner=owner))
    _show([found], as_json, lambda one: f"{one['email']}: {one['link']}", one=True)


@user.command("list")
def user_list(as_json: JSON = False) -> None:
    """List the accounts."""
    found = _operate(lambda operate, here: operate.user_list(here))
    _show(found, as_json, lambda one: f"{one['email']}  {one['name']}{'  owner' if one['owner'] else ''}")


@user.command("link")
def user_link(email: str, as_json: JSON = False) -> None:
    """Make a link that signs somebody in once, for who lost the password."""
    found = _operate(lambda operate, here: operate.user_link(here, email))
    _show([found], as_json, lambda one: one["link"], one=True)


@user.command("disable")
def user_disable(email: str) -> None:
    """Shut somebody out at once. What they did stays."""
    _operate(lambda operate, here: operate.user_disable(here, email))


@user.command("enable")
def user_enable(email: str) -> None:
    """Let somebody in again."""
    _operate(lambda operate, here: operate.user_disable(here, email, enable=True))


@token.command("create")
def token_create(
    name: str,
    email: Annotated[str, typer.Option("--user", help="For whom it acts; the first owner without.")] = "",
    days: Annotated[int, typer.Option(help="How long it works; 0 for ever.")] = 365,
    as_json: JSON = False,
) -> None:
    """Make a key (token) for a program. It is shown once."""
    found = _operate(lambda operate, here: operate.token_create(here, name, email, days))
    _show([found], as_json, lambda one: one["token"], one=True)


@token.command("list")
def token_list(as_json: JSON = False) -> None:
    """List the keys, without their secret part."""
    found = _operate(lambda operate, here: operate.token_list(here))
    _show(found, as_json, lambda one: f"{one['id']}  {one['name']}  {'works' if one['works'] else 'ended'}")


@token.command("rotate")
def token_rotate(
    id: str, hours: Annotated[int, typer.Option(help="How long the old one goes on.")] = 24, as_json: JSON = False
) -> None:
    """Make the successor of a key, while the old one goes on for a while."""
    found = _operate(lambda operate, here: operate.token_rotate(here, id, hours))
    _show([found], as_json, lambda one: one["token"], one=True)


@token.command("revoke")
def token_revoke(id: str) -> None:
    """End a key at once."""
    _operate(lambda operate, here: operate.token_revoke(here, id))


@secret.command("set")
def secret_set(name: str) -> None:
    """Store a secret setting; its value is read from the input."""
    value = sys.stdin.readline().rstrip("\n")
    _operate(lambda operate, here: operate.secret_set(here, name, value))


@secret.command("list")
def secret_list(as_json: JSON = False) -> None:
    """List the names of stored secrets."""
    _show(_operate(lambda operate, here: operate.secret_names(here)), as_json, str)


@secret.command("remove")
def secret_remove(name: str) -> None:
    """Forget a stored secret."""
    _operate(lambda operate, here: operate.secret_remove(here, name))


@audit.command()
def verify(as_json: JSON = False) -> None:
    """Find out whether a row of the log was changed, removed or moved. Ends with 1 if so."""
    broken = _operate(lambda operate, here: operate.verify(here))
    if as_json:
        typer.echo(json.dumps({"whole": not broken, "broken": broken}))
    else:
        typer.echo("\n".join(f"{one['project_id']}: {one['sentence']}" for one in broken) or "The log is whole.")
    if broken:
        raise typer.Exit(1)


def _operate(do: Callable[[Any, Any], Any]) -> Any:
    from orchestrator import operate  # noqa: PLC0415

    return operate.run(lambda here: do(operate, here))


def _echo_form(do: Callable[[Any], str]) -> None:
    from orchestrator import operate  # noqa: PLC0415

    typer.echo(do(operate))


def _server() -> Any:
    """The running server, with the key of the environment or of this machine's data folder."""
    from orchestrator.channels.terminal import Server  # noqa: PLC0415
    from orchestrator.settings import read  # noqa: PLC0415

    settings = read()
    given = settings.token.get_secret_value() if settings.token else ""
    key = given or _operate(lambda operate, here: operate.key_of_terminal(here))
    return Server(settings.url.rstrip("/") or settings.address, key)


def _project(id: str) -> Any:
    server = _server()
    if id:
        return server.get(f"/projects/{id}")
    newest = server.get("/projects", limit=1)["items"]
    if not newest:
        raise NotFound("You have no project yet. Begin with: orchestrator chat --idea “…”")
    return newest[0]


def _answer(gate: str, body: dict[str, Any], as_json: bool) -> None:
    server = _server()
    if not gate:
        waiting = server.get("/gates", status="pending")["items"]
        if len(waiting) != 1:
            few = (
                "Nothing waits for you."
                if not waiting
                else f"{len(waiting)} decisions wait; say which: orchestrator gates"
            )
            raise NotFound(few)
        gate = waiting[0]["id"]
    answered = server.post(f"/gates/{gate}/answer", body)
    _show(
        [answered], as_json, lambda one: f"{one['status'].replace('_', ' ').capitalize()}: {one['question']}", one=True
    )


def _show(items: list[Any], as_json: bool, line: Callable[[Any], str], *, one: bool = False) -> None:
    if as_json:
        typer.echo(json.dumps(items[0] if one else items, default=str, ensure_ascii=False))
        return
    for item in items:
        typer.echo(line(item))
