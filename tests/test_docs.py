"""The pages say what the code does: those that are made from it are up to date, and the others name what exists."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import docs
import pytest
import typer
from fastapi import APIRouter, FastAPI

from orchestrator.domain import event
from orchestrator.domain.project import FLOW, RETURNS
from orchestrator.settings import Settings

UNMEASURED = True
ROOT = Path(__file__).parents[1]
MADE_PAGES = {"ARCHITECTURE.md", *docs.FROM_CODE}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """The pages as they must be, made by a process of its own: the whole application is loaded for them."""
    command = [sys.executable, ROOT / "scripts" / "docs.py", "--print"]
    return json.loads(subprocess.check_output(command, cwd=ROOT, text=True))


def page(path: str) -> str:
    return (ROOT / path).read_text()


@pytest.mark.parametrize("path", sorted(MADE_PAGES))
def test_a_made_page_is_up_to_date(path: str, made: dict[str, str]):
    written = page(path) if (ROOT / path).exists() else None
    assert made.get(path) == written, "run `make docs`"


def test_every_module_is_in_the_architecture_with_its_first_line():
    for path in (ROOT / "src" / "orchestrator").rglob("*.py"):
        said = ast.get_docstring(ast.parse(path.read_text()))
        if said and "versions" not in path.parts:
            assert f"| `{path.name}` | {said.splitlines()[0]} |" in page("ARCHITECTURE.md").replace("\\|", "|")


def test_every_move_is_an_arrow_or_a_sentence():
    text = page("ARCHITECTURE.md")
    for (step, signal), target in FLOW.items():
        assert f" {step} --> {target}: {signal}\n" in text or f"- `{signal}` leads to `{target}` from " in text
    for step, signal in RETURNS:
        one = f"- `{signal}` leads from `{step}` to where the project remembers"
        assert (
            one in text
            or f"- `{signal}` leads to where the project remembers (`{RETURNS[step, signal]}`) from " in text
        )


def test_every_setting_has_its_line():
    for name, field in Settings.model_fields.items():
        assert f"`ORCHESTRATOR_{name.upper()}`" in page("docs/settings.md")
        assert field.description


def test_every_kind_of_event_has_its_line():
    for kind in event.KINDS | event.NOT_STORED:
        assert f"| `{kind}` |" in page("docs/events.md")


def test_every_route_would_be_listed():
    router, inner = APIRouter(prefix="/api/v1"), APIRouter()

    @inner.post("/projects")
    def create():
        """Start a conversation.

        More is said elsewhere.
        """

    app = FastAPI(openapi_url=None)

    @app.get("/sign-in")
    def sign_in(): ...

    router.include_router(inner)
    app.include_router(router)

    assert sorted(docs.routes(app)) == [
        ("GET", "/sign-in", "Sign in"),
        ("POST", "/api/v1/projects", "Start a conversation."),
    ]
    sections = [docs.section(path) for path in ("/api/v1/x", "/webhooks/github", "/metrics", "/sign-in")]
    assert sections == ["For programs", "For other services", "For operators", "Pages"]


def test_every_command_would_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "said.py").write_text(
        '"""Commands."""\nimport typer\napp = typer.Typer()\ninner = typer.Typer()\napp.add_typer(inner, name="db")\n'
        '@app.command()\ndef serve(port: int = typer.Option(8000, help="Where.")):\n    """Start."""\n'
        '@inner.command()\ndef upgrade():\n    """Bring up to date."""\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    import said

    text = docs.cli(said)

    assert isinstance(said.app, typer.Typer)
    assert "## `orchestrator db upgrade`\n\nBring up to date." in text
    assert "| `--port` | Where. |" in text


def test_a_stale_page_is_named_first_and_written_when_asked(tmp_path: Path, made: dict[str, str]):
    for part in ("docs", "scripts", "src"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for page_or_source in ("ARCHITECTURE.md", "pyproject.toml"):
        shutil.copy(ROOT / page_or_source, tmp_path)
    stale = tmp_path / "docs" / "events.md"
    stale.write_text("old")
    command = [sys.executable, tmp_path / "scripts" / "docs.py"]

    checked = subprocess.run([*command, "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert "docs/events.md is out of date: run `make docs`.\n" in checked.stdout
    assert stale.read_text() == "old"

    subprocess.run(command, check=True, capture_output=True)
    assert stale.read_text() == made["docs/events.md"]


def test_every_dependency_has_a_line_that_says_why():
    project = tomllib.loads(page("pyproject.toml"))
    product, extras = project["project"]["dependencies"], project["project"]["optional-dependencies"].values()
    for requirement in [*product, *chain(*extras), *project["dependency-groups"]["dev"]]:
        name = re.match(r"[\w-]+", requirement)[0]
        assert re.search(rf"^\| `{name}` \| .{{20,}} \|", page("docs/dependencies.md"), re.MULTILINE), name


def test_every_line_is_about_a_dependency():
    named = re.findall(r"^\| `([\w-]+)` \|", page("docs/dependencies.md"), re.MULTILINE)
    assert set(named) <= set(re.findall(r'"([\w-]+)[\[<>"]', page("pyproject.toml")))


def test_decisions_are_numbered_without_gaps_and_have_the_parts_of_one():
    decisions = sorted(path for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name != "template.md")
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        parts = re.findall(r"^## (\w+)", path.read_text(), re.MULTILINE)
        assert parts == ["Context", "Choice", "Consequence"]


def test_links_between_pages_lead_somewhere():
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_the_map_for_newcomers_is_short():
    assert len(page("AGENTS.md").splitlines()) <= 100


def test_every_make_target_is_listed_by_make():
    listed = subprocess.check_output(["make", "-s"], cwd=ROOT, text=True)
    targets = re.findall(r"^([a-z]+):", page("Makefile"), re.MULTILINE)
    assert [line.split()[1] for line in listed.splitlines()] == targets
