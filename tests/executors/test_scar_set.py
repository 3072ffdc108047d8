"""Which SCAR there is follows from the settings."""

from pathlib import Path

import pytest

from orchestrator import settings
from orchestrator.executors import scar
from orchestrator.forge.git import Git

GITHUB = {"GITHUB_TOKEN": "our-token", "SCAR_BOT": "scar-bot"}


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({}, []),
        ({"SCAR_URL": "http://127.0.0.1:3000"}, ["scar-http"]),
        ({"GITHUB_TOKEN": "our-token"}, []),
        (GITHUB, ["scar-github"]),
        ({**GITHUB, "SCAR_URL": "http://scar:3000"}, ["scar-github", "scar-http"]),
    ],
)
def test_a_builder_is_there_where_it_is_set(environment, names, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    for name in ("SCAR_URL", "SCAR_BOT", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    known = settings.read()

    found = scar.builders(known, Git(tmp_path))

    assert list(found) == names
    assert all("cannot be stopped in the middle" in builder.describe() for builder in found.values())
    assert "our-token" not in f"{[builder.describe() for builder in found.values()]}{known!r}"


@pytest.mark.parametrize(
    ("api", "host"),
    [("https://api.github.com", "github.com"), ("https://git.example.org/api/v3", "git.example.org")],
)
def test_our_key_is_for_the_host_that_gave_it(api, host, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_TOKEN", "our-token")
    monkeypatch.setenv("GITHUB_API_URL", api)

    assert scar.passes(settings.read()) == {host: "our-token"}
