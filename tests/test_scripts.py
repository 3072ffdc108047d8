"""The scripts behind the make targets, where they can go wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def ran(*command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"]} | environment
    return subprocess.run(list(map(str, command)), env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of programs as on a machine that has next to nothing."""
    for name in ("sh", "id", "ls"):
        (tmp_path / name).symlink_to(shutil.which(name))
    return tmp_path


def test_what_is_there_is_not_installed_again():
    assert ran(ROOT / "scripts/system-packages").returncode == 0


def test_programs_that_cannot_be_installed_are_named(bare: Path):
    looked = ran("sh", ROOT / "scripts/system-packages", PATH=str(bare))

    assert looked.returncode == 1
    assert looked.stderr.startswith("The tests need these programs, and there is no apt-get to install them with: git")


def test_missing_programs_are_installed_where_that_is_allowed(bare: Path):
    for name, text in {"apt-get": 'echo "apt-get $*"', "id": "echo 0", "env": 'shift; "$@"'}.items():
        (bare / name).unlink(missing_ok=True)
        (bare / name).write_text(f"#!/bin/sh\n{text}\n")
        (bare / name).chmod(0o755)

    looked = ran("sh", ROOT / "scripts/system-packages", PATH=str(bare))

    assert looked.returncode == 0, looked.stderr
    assert "apt-get install -q -y --no-install-recommends git bubblewrap chromium" in looked.stdout


def test_who_may_not_install_is_told_what_to_ask_for(bare: Path):
    for name, text in {"apt-get": "exit 9", "id": "echo 1000"}.items():
        (bare / name).unlink(missing_ok=True)
        (bare / name).write_text(f"#!/bin/sh\n{text}\n")
        (bare / name).chmod(0o755)

    looked = ran("sh", ROOT / "scripts/system-packages", PATH=str(bare))

    assert looked.returncode == 1
    assert (
        "Please install them, as root: apt-get install --no-install-recommends git bubblewrap chromium" in looked.stderr
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with the scripts alone, below a folder with a space in its name."""
    root = tmp_path / "my apps"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    for name in ("uv.lock", "pyproject.toml"):
        (root / name).write_text(name)
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return root


def test_every_program_of_a_folder_is_run_until_one_fails(checkout: Path):
    (checkout / "soak").mkdir()
    for name, text in {"a": "print('first')", "b": "raise SystemExit(3)", "c": "print('never')", "_d": "1/0"}.items():
        (checkout / "soak" / f"{name}.py").write_text(text)

    looked = ran(checkout / "scripts/each", "soak")

    assert (looked.returncode, looked.stdout) == (3, "soak/a.py\nfirst\nsoak/b.py\n")


def test_an_empty_folder_is_said_to_be_empty(checkout: Path):
    looked = ran(checkout / "scripts/each", "soak")
    assert (looked.returncode, looked.stdout) == (0, "There are no programs in soak.\n")


def test_nothing_is_installed_when_nothing_has_changed(checkout: Path):
    text = subprocess.check_output("cat uv.lock pyproject.toml scripts/install | cksum", shell=True, cwd=checkout)
    stamp = f"{text.decode().strip()} {checkout.resolve()}"
    (checkout / ".venv" / "installed").write_text(f"dev {stamp}\n")

    assert ran(checkout / "scripts/install", "run").returncode == 0
    assert ran(checkout / "scripts/install", "dev").returncode == 0
    assert (checkout / ".venv" / "bin" / "python").is_symlink()


def test_a_python_that_is_too_old_is_told_apart(checkout: Path, bare: Path):
    for name in ("dirname", "cat", "cksum"):
        (bare / name).symlink_to(shutil.which(name))
    looked = ran("sh", checkout / "scripts/install", "run", PATH=str(bare))

    assert looked.returncode == 1
    assert looked.stderr.startswith("Python 3.11 or later is needed.")


def test_ci_runs_what_people_run():
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        "set -eu",
        'cd "$(dirname "$0")/.."',
        "exec make test </dev/null",
    ]
    assert os.access(ROOT / ".ci/run", os.X_OK)
