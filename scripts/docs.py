"""Write the pages that are made from the code: `make docs`.

With --check, only name those that are out of date; with --print, print them all as JSON.
"""

import ast
import importlib
import inspect
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "orchestrator"
MADE = "<!-- Made from the code by `make docs`; changes by hand are lost. -->\n\n"
FROM_EVERYWHERE = 6  # a signal that leads from this many steps to one place is a sentence, not arrows


def main() -> int:
    """Write what is out of date; with --check, leave it and end with 1."""
    if "--print" in sys.argv:
        print(json.dumps(pages()))
        return 0
    check = "--check" in sys.argv
    stale = {path: text for path, text in pages().items() if not (ROOT / path).exists() or read(path) != text}
    for path, text in stale.items():
        print(f"{path} is out of date: run `make docs`." if check else f"Wrote {path}.")
        if not check:
            (ROOT / path).write_text(text)
    return int(check and bool(stale))


def pages() -> dict[str, str]:
    """What each page must say. A page about a part that is not there, or not whole, is left out."""
    made: dict[str, str] = {"ARCHITECTURE.md": architecture()}
    for path, (module, write) in FROM_CODE.items():
        if part := loaded(module):
            made[path] = MADE + write(part).strip() + "\n"
    return made


def loaded(module: str) -> ModuleType | None:
    """A part of the product, if it and all that it needs of the product are there."""
    try:
        return importlib.import_module(module)
    except ImportError as missing:
        if (missing.name or "").startswith("orchestrator"):
            return None
        raise


def read(path: str) -> str:
    """The page as it is now."""
    return (ROOT / path).read_text()


def architecture() -> str:
    """The page that people write, with its made parts renewed."""
    text = read("ARCHITECTURE.md")
    for name, part in {"layers": layers(), "tables": tables(), "flow": flow(), "modules": modules()}.items():
        begin, end = f"<!-- made: {name} -->", f"<!-- end: {name} -->"
        before, rest = text.split(begin)
        text = f"{before}{begin}\n\n{part.strip()}\n\n{end}{rest.split(end)[1]}"
    return text


def table(*rows: tuple[str, ...]) -> str:
    """A Markdown table; the first row is its head."""
    head, *body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *body]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


def modules() -> str:
    """All modules by package, with the first line of each."""
    packages: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        said = ast.get_docstring(ast.parse(path.read_text()))
        if said and "versions" not in path.parts:
            packages[str(path.parent.relative_to(SOURCE))].append((f"`{path.name}`", said.split("\n")[0]))
    named = sorted(packages.items())
    heads = (f"### {'orchestrator' if name == '.' else f'`{name}/`'}\n\n" for name, _ in named)
    bodies = (table(("module", "what it is for"), *rows) for _, rows in named)
    return "".join(head + body for head, body in zip(heads, bodies, strict=True))


def layers() -> str:
    """The contract of the imports as a picture, the top layer first."""
    contract = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"][0]
    boxes = [re.sub(r"[()]", "", layer).replace(" : ", ", ") for layer in contract["layers"]]
    drawn = [f'    layer{at}["{box}"]\n' for at, box in enumerate(boxes)]
    arrows = [f"    layer{at} --> layer{at + 1}\n" for at in range(len(boxes) - 1)]
    return f"```mermaid\nflowchart TB\n{''.join(drawn + arrows)}```\n"


def tables() -> str:
    """The tables and which of them belong to which, and what each row is where its class says so."""
    importlib.import_module("orchestrator.store.elsewhere")
    importlib.import_module("orchestrator.store.judged")
    store = importlib.import_module("orchestrator.store.tables")
    rows = sorted(store.Base.__subclasses__(), key=lambda row: str(row.__tablename__))
    keys = [
        (key.column.table.name, row.__tablename__) for row in rows for key in row.__table__.foreign_keys
    ]  # who is pointed at, and by whom
    drawn = "".join(f'    {whole} ||--o{{ {part} : ""\n' for whole, part in sorted(keys))
    said = [(f"`{row.__tablename__}`", (row.__dict__.get("__doc__") or "").split("\n")[0]) for row in rows]
    return f"```mermaid\nerDiagram\n{drawn}```\n\n" + table(("table", "what a row is"), *said)


def flow() -> str:
    """The stages of a project as a diagram, and in words what would be too many arrows."""
    project = importlib.import_module("orchestrator.domain.project")
    leads: dict[tuple[Any, Any], list[Any]] = defaultdict(list)
    for (step, signal), target in project.FLOW.items():
        leads[signal, target].append(step)
    many = {key: steps for key, steps in leads.items() if len(steps) >= FROM_EVERYWHERE}
    arrows = [
        f"    {step} --> {target}: {signal}\n"
        for (step, signal), target in project.FLOW.items()
        if (signal, target) not in many
    ]
    diagram = f"```mermaid\nstateDiagram-v2\n    [*] --> talking\n{stages(project)}{''.join(arrows)}```\n\n"
    words = [f"- `{signal}` leads to `{to}` from {start(project, steps)}.\n" for (signal, to), steps in many.items()]
    return diagram + "".join([*words, *returns(project)])


def returns(project: ModuleType) -> Iterator[str]:
    """The moves whose target the project remembers; one sentence for a signal that may come nearly everywhere."""
    back: dict[tuple[Any, str], list[Any]] = defaultdict(list)
    for (step, signal), field in project.RETURNS.items():
        back[signal, field].append(step)
    for (signal, field), steps in back.items():
        if len(steps) >= FROM_EVERYWHERE:
            yield f"- `{signal}` leads to where the project remembers (`{field}`) from {start(project, steps)}.\n"
        else:
            yield from (
                f"- `{signal}` leads from `{step}` to where the project remembers (`{field}`).\n" for step in steps
            )


def stages(project: ModuleType) -> str:
    """The steps that people see as one stage, together."""
    inside: dict[str, list[str]] = defaultdict(list)
    for step in project.Step:
        inside[project.Project("", "", step).stage].append(step)
    return "".join(group(stage, steps) for stage, steps in inside.items() if len(steps) > 1)


def group(stage: str, steps: list[str]) -> str:
    """One stage of the diagram."""
    return f"    state {stage} {{\n" + "".join(f"        {step}\n" for step in steps) + "    }\n"


def start(project: ModuleType, steps: list[Any]) -> str:
    """Where a signal may come, or, where that is shorter, where it may not."""
    others = [step for step in project.Step if step not in steps]
    if len(others) < len(steps):
        return f"every step but {listed(others)}"
    return listed([step for step in project.Step if step in steps])


def listed(steps: list[Any]) -> str:
    """`a`, `b` and `c`."""
    *most, last = [f"`{step}`" for step in steps]
    return f"{', '.join(most)} and {last}" if most else last


def settings(module: ModuleType) -> str:
    """Every setting by its group: the names that it goes by, what it is without one, and what it is for."""
    text = (
        "# Settings\n\nEach is an environment variable, or a line in the file `.env` of the folder in which the "
        "server is started. All have a value that works; a wrong one stops the start with a sentence that names it.\n\n"
    )
    fields = module.Settings.model_fields
    for name, members in groups(inspect.getsource(module.Settings), fields):
        rows = [(names(member, fields[member]), default(fields[member]), said(fields[member])) for member in members]
        text += f"## {name}\n\n" + table(("variable", "without it", "what it is for"), *rows)
    return text


def groups(source: str, fields: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """The fields under each comment that stands alone in the class."""
    name = "General"
    members: list[str] = []
    for line in source.splitlines():
        if heading := re.fullmatch(r"    # (.+)", line):
            yield from [(name, members)] if members else []
            name, members = heading[1], []
        elif (field := re.match(r"    (\w+): ", line)) and field[1] in fields:
            members.append(field[1])
    yield from [(name, members)] if members else []


def names(name: str, field: Any) -> str:
    """All names of one setting."""
    ours = f"ORCHESTRATOR_{name.upper()}"
    alias = field.validation_alias
    choices = getattr(alias, "choices", [alias] if alias else [ours])
    return ", ".join(f"`{choice}`" for choice in choices)


def default(field: Any) -> str:
    """What holds when nothing is set."""
    value = field.get_default(call_default_factory=True)
    return "" if value in (None, "") else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def said(field: Any) -> str:
    """Its description, and the choices where there are few."""
    choices = re.findall(r"'([\w-]+)'", str(field.annotation)) if "Literal" in str(field.annotation) else []
    one_of = f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""
    return (field.description or "") + one_of


def events(module: ModuleType) -> str:
    """Every kind of event, those that are stored first."""
    kept = [(f"`{kind}`", what) for kind, what in module.KINDS.items()]
    passing = [(f"`{kind}`", what) for kind, what in module.NOT_STORED.items()]
    return (
        "# Events\n\nWhat happens is written once, with a number per project, in the transaction that made it happen. "
        "The timeline, the audit log and `GET /api/v1/projects/{id}/events` read it.\n\n"
        + table(("kind", "what happened"), *kept)
        + "Streamed to those who follow, and not stored:\n\n"
        + table(("kind", "what happened"), *passing)
    )


def api(module: ModuleType) -> str:
    """Every route of the server."""
    sections: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for method, path, what in sorted(routes(module.create()), key=lambda route: (route[1], route[0])):
        sections[section(path)].append((f"`{method}`", f"`{path}`", what))
    text = "# API\n\nThe same as a machine reads it: `/openapi.json`; with a try-out page: `/docs`.\n\n"
    for name, rows in sorted(sections.items()):
        text += f"## {name}\n\n" + table(("method", "path", "what it does"), *rows)
    return text


def routes(app: Any) -> Iterator[tuple[str, str, str]]:
    """Method, path and promise of each."""
    for route in each_route(app.routes):
        if endpoint := getattr(route, "endpoint", None):
            what = (inspect.getdoc(endpoint) or endpoint.__name__.replace("_", " ").capitalize()).split("\n")[0]
            yield from ((method, route.path, what) for method in sorted(set(route.methods or ()) - {"HEAD"}))


def each_route(given: list[Any]) -> Iterator[Any]:
    """Also those of included routers, which FastAPI keeps folded."""
    for route in given:
        unfold = getattr(route, "effective_route_contexts", None)
        yield from ((part.starlette_route or part) for part in unfold()) if unfold else [route]


def section(path: str) -> str:
    """Whom a route is for."""
    starts = {"/api/": "For programs", "/webhooks/": "For other services", "/health": "For operators"}
    starts |= {"/metrics": "For operators"}
    return next((name for start, name in starts.items() if path.startswith(start)), "Pages")


def cli(module: ModuleType) -> str:
    """Every command, with its options."""
    typer = importlib.import_module("typer")
    app = next(value for value in vars(module).values() if isinstance(value, typer.Typer))
    text = "# Command line\n\nExit codes: 0 done, 1 refused or failed (a sentence says why), 2 not understood.\n\n"
    for name, command in commands("orchestrator", typer.main.get_command(app)):
        text += f"## `{name}`\n\n{(command.help or '').strip()}\n\n"
        rows = [(f"`{' '.join(option.opts)}`", getattr(option, "help", None) or "") for option in command.params]
        text += table(("option", "what it does"), *rows) if rows else ""
    return text


def commands(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """All commands that do something, by their full names."""
    if not hasattr(command, "commands"):
        yield name, command
        return
    for part, inner in sorted(command.commands.items()):
        yield from commands(f"{name} {part}", inner)


FROM_CODE: dict[str, tuple[str, Callable[[ModuleType], str]]] = {
    "docs/settings.md": ("orchestrator.settings", settings),
    "docs/events.md": ("orchestrator.domain.event", events),
    "docs/api.md": ("orchestrator.app", api),
    "docs/cli.md": ("orchestrator.cli", cli),
}


if __name__ == "__main__":
    sys.exit(main())
