"""The scripts behind the make targets, where they can go wrong."""

import json
import os
import shutil
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


@pytest.mark.parametrize("index", ["http://example.org/simple", "file:///simple", "ftp://127.0.0.1/simple"])
def test_pip_is_not_taken_from_where_others_may_change_it(tmp_path: Path, index: str):
    looked = ran(without_pip(tmp_path), ROOT / "scripts/fetch_uv.py", tmp_path / "uv", PIP_INDEX_URL=index)

    assert (looked.returncode, looked.stdout) == (1, "")
    assert looked.stderr.startswith("PIP_INDEX_URL has to begin with https://")


def test_an_index_cannot_have_a_file_of_this_machine_opened(tmp_path: Path):
    (tmp_path / "secret").write_text("not for an index")
    named = {"filename": "pip-1.0-py3-none-any.whl", "url": (tmp_path / "secret").as_uri(), "hashes": {"sha256": "0"}}
    with index_of({"files": [named]}) as address:
        looked = ran(without_pip(tmp_path), ROOT / "scripts/fetch_uv.py", tmp_path / "uv", PIP_INDEX_URL=address)

    assert looked.returncode == 1
    assert "unknown url type: file" in looked.stderr


def without_pip(folder: Path) -> Path:
    venv.create(folder / "bare", with_pip=False)
    return folder / "bare" / "bin" / "python"


@contextmanager
def index_of(answer: object) -> Iterator[str]:
    """A package index on this machine that says this, whatever it is asked."""

    class Says(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Says) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/simple"
        server.shutdown()
        serving.join()


def test_ci_runs_what_people_run():
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        "set -eu",
        'cd "$(dirname "$0")/.."',
        "exec make test </dev/null",
    ]
    assert os.access(ROOT / ".ci/run", os.X_OK)
