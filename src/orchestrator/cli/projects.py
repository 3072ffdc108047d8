"""Commands about projects: the list, how one stands, stopping, going on, all that is kept about it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from orchestrator.cli import asking, showing
from orchestrator.cli.showing import JSON
from orchestrator.errors import NotPossible

commands = typer.Typer()
Id = Annotated[str, typer.Argument(help="The project’s id.")]


@commands.command()
def projects(
    as_json: JSON = False,
    waiting: Annotated[bool, typer.Option("--waiting", help="Only those that wait for you.")] = False,
) -> None:
    """List your projects, those that wait for you first."""
    found = asking.all_projects(asking.server(), **({"waiting": "true"} if waiting else {}))
    none = "Nothing waits for you." if waiting else asking.BEGIN
    showing.many(found, as_json, lambda one: f"{one['id']}  {one['name']}\n    {one['status_sentence']}", none)


@commands.command()
def status(
    project: Annotated[str, typer.Argument(help="Its id; the newest without.")] = "", as_json: JSON = False
) -> None:
    """Say how a project stands."""
    showing.one(asking.project(asking.server(), project), as_json, _stands)


@commands.command()
def pause(project: Id, as_json: JSON = False) -> None:
    """Stop a project at once; nothing is lost."""
    showing.one(asking.server().post(f"/projects/{project}/pause"), as_json, _stands)


@commands.command()
def resume(project: Id, as_json: JSON = False) -> None:
    """Let a paused project go on."""
    showing.one(asking.server().post(f"/projects/{project}/resume"), as_json, _stands)


@commands.command()
def prime(project: Id, as_json: JSON = False) -> None:
    """Have the builder look at what is there once more, and the phases planned anew."""
    showing.one(asking.server().post(f"/projects/{project}/prime"), as_json, _stands)


@commands.command()
def validate(project: Id, as_json: JSON = False) -> None:
    """Check once more what was built last."""
    showing.one(asking.server().post(f"/projects/{project}/validate"), as_json, _stands)


@commands.command()
def fix(
    project: Id,
    item: Annotated[str, typer.Argument(help="The question that is to be proven, such as S5.")],
    as_json: JSON = False,
) -> None:
    """Have a phase that does nothing but make one question of readiness proven; you decide about it first."""
    server = asking.server()
    server.post(f"/projects/{project}/readiness/{item.upper()}/fix")
    showing.one(server.get(f"/projects/{project}"), as_json, _stands)


@commands.command()
def promises(project: Id, as_json: JSON = False) -> None:
    """Say how everything that was promised stands, and which tests tried it."""
    showing.one(asking.server().get(f"/projects/{project}/promises"), as_json, _promised)


def _promised(found: Any) -> str:
    lines = [f"{found['kept']} kept, {found['not_yet']} not yet, {found['broken']} broken"]
    for feature in found["features"]:
        lines += ["", f"{feature['title']}: {feature['state'].replace('_', ' ')}"]
        lines += [f"  {one['id']:<6}{one['state'].replace('_', ' '):<8} {one['text']}" for one in feature["promises"]]
    return "\n".join(lines)


@commands.command()
def builder(
    project: Id,
    builder: Annotated[str, typer.Argument(help="Its id, such as claude; without, what is so now is shown.")] = "",
    network: Annotated[str, typer.Option(help="Where it may reach: closed, listed or open.")] = "",
    as_json: JSON = False,
) -> None:
    """Say who builds a project and where its builder may reach, or change that from the next piece of work on."""
    server, wanted = asking.server(), {"builder": builder, "network": network}
    given = {name: value for name, value in wanted.items() if value}
    found = server.patch(f"/projects/{project}", given) if given else server.get(f"/projects/{project}")
    showing.one(found, as_json, _built)


@commands.command()
def hub(
    project: Id,
    repository: Annotated[str, typer.Argument(help="owner/name on GitHub; without, what is so now is shown.")] = "",
    new: Annotated[bool, typer.Option("--new", help="Make it, if it is not there yet; private.")] = False,
    none: Annotated[bool, typer.Option("--none", help="Let the project have none.")] = False,
    as_json: JSON = False,
) -> None:
    """Say where a project is on GitHub, or give it a repository there."""
    server = asking.server()
    wanted = "" if none else f"new:{repository}" if new else repository
    found = (
        server.patch(f"/projects/{project}", {"hub": wanted})
        if repository or none
        else server.get(f"/projects/{project}")
    )
    showing.one(found, as_json, _on_github)


@commands.command()
def issues(
    project: Id,
    numbers: Annotated[list[int] | None, typer.Argument(help="Which to bring in; without, they are listed.")] = None,
    as_json: JSON = False,
) -> None:
    """List the open issues of a project's repository on GitHub, or bring some in as suggestions."""
    server = asking.server()
    if numbers:
        found = server.post(f"/projects/{project}/issues", {"numbers": numbers})
        showing.one(found, as_json, lambda brought: f"Brought in: {brought['brought']}.")
        return
    showing.many(server.get(f"/projects/{project}/issues"), as_json, _issue, "There are no open issues.")


def _issue(one: Any) -> str:
    return f"{one['number']}  {one['title']}  ({one['author']}){', brought in before' if one['known'] else ''}"


def _on_github(project: Any) -> str:
    where = f"on GitHub as {project['hub']}" if project["hub"] else "not on GitHub"
    return f"{project['name']}: {where}."


@commands.command()
def builders(as_json: JSON = False) -> None:
    """List the builders, and what each of them still needs."""
    found = asking.server().get("/builders")
    showing.many(found, as_json, _needs, "There is none.")


def _built(project: Any) -> str:
    return f"{project['name']}: built by {project['builder']}, network {project['network']}."


def _needs(one: Any) -> str:
    version = f" {one['version']}" if one["version"] else ""
    new = ", builds new projects" if one["default"] else ""
    return f"{one['id']}  {one['title']}{version}{new}\n    {one['next'] or 'Ready.'}"


@commands.command()
def report(
    project: Id,
    phase: Annotated[int, typer.Option(help="Only this phase.")] = 0,
    review: Annotated[bool, typer.Option("--review", help="How far it is what was planned, instead.")] = False,
    as_json: JSON = False,
) -> None:
    """Say what was built and how, or with --review how far the result is what was planned, as Markdown."""
    if review and phase:
        raise typer.BadParameter("The review is of the whole project.", param_hint="--phase")
    place = f"/projects/{project}/phases/{phase}/report" if phase else f"/projects/{project}/report"
    found = asking.server().get(f"/projects/{project}/review" if review else place)
    showing.one(found, as_json, lambda one: str(one["markdown"]).rstrip())


@commands.command()
def export(
    project: Id, output: Annotated[Path | None, typer.Option(help="A file; without, the terminal.")] = None
) -> None:
    """Hand out everything that is kept about a project, as JSON."""
    text = json.dumps(asking.server().get(f"/projects/{project}/export"), indent=2, ensure_ascii=False)
    if output is None:
        typer.echo(text)
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as problem:
        raise NotPossible(f"{output} cannot be written: {(problem.strerror or '').lower()}.") from None
    typer.echo(f"Written to {output}.")


def _stands(project: Any) -> str:
    return f"{project['name']}  ({project['id']})\n{project['status_sentence']}"
