"""What puts the product in place is in step with it: names of figures, commands, settings and files that there are."""

import json
import re
from configparser import ConfigParser
from itertools import chain
from pathlib import Path

import pytest
import typer
import yaml

from orchestrator import cli
from orchestrator.evidence.ready import watching
from orchestrator.settings import Settings
from orchestrator.telemetry import metrics

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
OF_DOCKER = {"PATH", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "PORT", "VERSION"}


def figures() -> dict[str, set[str]]:
    """Every figure that Prometheus is told, with the names of its labels."""
    ours = metrics()
    found = {}
    for family in ours.registry.collect():
        known = {"le", *getattr(ours.registry._names_to_collectors.get(family.name), "_labelnames", ())}
        for end in ("", "_total", "_bucket", "_sum", "_count"):
            found[f"{family.name}{end}"] = known
    return found


def questions() -> list[str]:
    board = json.loads((DEPLOY / "dashboard.json").read_text())
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
    return [one["expr"] for panel in board["panels"] for one in panel["targets"]] + [rule["expr"] for rule in rules]


@pytest.mark.parametrize("question", questions())
def test_a_picture_or_an_alert_asks_only_for_what_is_counted(question: str):
    known = figures()

    for name in watching._figures(question):
        assert name in known or name == "up", name
    for name, labels in re.findall(r"(\w+)\{([^}]*)\}", question):
        asked = {re.split(r"[=!]", one)[0] for one in labels.split(",")} - {"job"}
        assert asked <= known.get(name, set()), question
    for grouped in re.findall(r"\bby \(([^)]*)\)", question):
        assert set(re.split(r",\s*", grouped)) <= set(chain(*known.values())), question


def test_the_job_that_is_watched_is_the_one_that_alerts_speak_of():
    job = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())["scrape_configs"][0]["job_name"]
    assert set(re.findall(r'job="(\w+)"', " ".join(questions()))) == {job}


def commands() -> set[str]:
    return set(typer.main.get_command(cli.app).commands)


def settings() -> set[str]:
    known = {f"ORCHESTRATOR_{name.upper()}" for name in Settings.model_fields}
    aliases = [field.validation_alias for field in Settings.model_fields.values()]
    return known | {name for alias in aliases for name in getattr(alias, "choices", ())}


def test_the_unit_starts_a_command_that_there_is_with_settings_that_there_are():
    unit = ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read(DEPLOY / "orchestrator.service")
    program, command = unit["Service"]["ExecStart"].split()

    assert program.endswith("/.venv/bin/orchestrator")
    assert command in commands()
    assert {one.split("=")[0] for one in unit["Service"]["Environment"].split()} <= settings()


def test_the_image_takes_in_what_there_is_and_starts_what_there_is():
    text = (DEPLOY / "Dockerfile").read_text()

    for copied in re.findall(r"^COPY (.+)$", text, re.MULTILINE):
        assert all((ROOT / name).exists() for name in copied.split()[:-1]), copied
    assert set(re.findall(r"\b([A-Z_]{4,})=", text)) <= settings() | OF_DOCKER
    assert json.loads(re.findall(r"^CMD (.+)$", text, re.MULTILINE)[-1])[1] in commands()
    assert (ROOT / "scripts/install").exists()


@pytest.mark.parametrize("name", ["compose.yaml", "compose.postgres.yaml"])
def test_containers_are_made_of_our_image_and_reached_from_this_machine_only(name: str):
    text = (DEPLOY / name).read_text()
    known = yaml.safe_load(text)

    for service in known["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
        assert set(service.get("environment", ())) <= settings() | OF_DOCKER
        assert {volume.split(":")[0] for volume in service["volumes"]} <= set(known["volumes"])
        if build := service.get("build"):
            assert (DEPLOY / build["context"] / build["dockerfile"]).exists()
        if command := service.get("command"):
            assert command[0] == "orchestrator"
            assert command[1] in commands()
    assert set(re.findall(r"\$\{(\w+)", text)) <= OF_DOCKER
    assert "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?" in text or "POSTGRES" not in text


def test_what_is_said_about_troubles_is_what_the_program_says():
    said = (ROOT / "docs/troubleshooting.md").read_text()
    code = "".join(path.read_text() for path in (ROOT / "src/orchestrator").rglob("*.py"))
    code += (ROOT / "scripts/install").read_text()
    plain = re.sub(r'"\s*\n\s*f?"', "", code)

    for quoted in re.findall(r"\*\*“([^”]+)”", said):
        for part in re.split(r"…|8000", quoted):
            assert part.strip(" .") in plain, quoted
    assert set(re.findall(r"`(ORCHESTRATOR_\w+)", said)) <= settings() | {"ORCHESTRATOR_ANTHROPIC_API_KEY"}
    for command in re.findall(r"`(?:\.venv/bin/)?orchestrator (\w+)", said):
        assert command in commands(), command
