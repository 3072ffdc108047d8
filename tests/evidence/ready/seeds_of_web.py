"""An honest app with pages of its own, tested from its parts up to a server that is used from outside."""

APP = """
import sqlite3
from pathlib import Path

from flask import Flask, request

MOST = 5_000


def create_app(database: Path) -> Flask:
    app = Flask(__name__)
    with sqlite3.connect(database) as db:
        db.execute("create table if not exists note (text text)")

    @app.post("/notes")
    def add() -> tuple[dict[str, str], int]:
        text = str((request.get_json(silent=True) or {}).get("text") or "").strip()
        if not text:
            return {"error": "A note needs words."}, 422
        if len(text) > MOST:
            return {"error": "A note is at most 5,000 letters long."}, 413
        with sqlite3.connect(database) as db:
            db.execute("insert into note values (?)", (text,))
        return {"text": shown(text)}, 201

    @app.get("/notes")
    def all_notes() -> list[str]:
        with sqlite3.connect(database) as db:
            return [shown(row[0]) for row in db.execute("select text from note")]

    return app


def shown(text: str) -> str:
    return text[:1].upper() + text[1:]
"""
MAIN = """
import sys
from pathlib import Path

from notes.app import create_app

if __name__ == "__main__":
    create_app(Path(sys.argv[1])).run(port=int(sys.argv[2]))
"""
CONFTEST = """
import socket
import subprocess
import sys
import time

import pytest

from notes.app import create_app


@pytest.fixture
def client(tmp_path):
    return create_app(tmp_path / "db").test_client()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "notes", str(tmp_path_factory.mktemp("data") / "db"), str(port)])
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()
"""
UNIT = """
from notes.app import shown


def test_the_first_letter_is_large():
    assert shown("milk and Bread") == "Milk and Bread"


def test_nothing_stays_nothing():
    assert shown("") == ""
"""
TOGETHER = """
from concurrent.futures import ThreadPoolExecutor

import pytest


def test_what_is_written_is_there(client):
    assert client.post("/notes", json={"text": "milk"}).json == {"text": "Milk"}
    assert client.get("/notes").json == ["Milk"]


@pytest.mark.parametrize("given", [{}, {"text": ""}, {"text": None, "x": "é"}, [], "not a note"])
def test_a_note_without_words_is_refused(client, given):
    answer = client.post("/notes", json=given if isinstance(given, dict) else {})
    assert answer.status_code == 422
    assert answer.json == {"error": "A note needs words."}
    assert client.get("/notes").json == []


def test_a_note_without_end_is_refused(client):
    answer = client.post("/notes", json={"text": "x" * 100_000})
    assert (answer.status_code, answer.json) == (413, {"error": "A note is at most 5,000 letters long."})


def test_several_write_at_once(client):
    with ThreadPoolExecutor(4) as pool:
        each = [client.application.test_client() for _ in range(8)]
        answers = list(pool.map(lambda one: one.post("/notes", json={"text": "milk"}), each))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len(client.get("/notes").json) == 8
"""
WHOLE = """
import json
import urllib.request


def test_a_note_is_written_and_read_through_the_real_server(server):
    body = json.dumps({"text": "milk"}).encode()
    asked = urllib.request.Request(f"{server}/notes", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 201
    with urllib.request.urlopen(f"{server}/notes") as answer:
        assert json.load(answer) == ["Milk"]
"""
HONEST = {
    "requirements.txt": "flask>=3\npytest>=8\n",
    "pyproject.toml": "[tool.mypy]\nstrict = true\n[tool.ruff]\nline-length = 120\n",
    "notes/__init__.py": "",
    "notes/app.py": APP.lstrip(),
    "notes/__main__.py": MAIN.lstrip(),
    "tests/conftest.py": CONFTEST,
    "tests/test_words.py": UNIT,
    "tests/test_notes.py": TOGETHER,
    "tests/e2e/test_server.py": WHOLE,
}
