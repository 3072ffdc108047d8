"""An API that is described is told from one of which only the names of its addresses stand somewhere."""

import json

import pytest
from judged import refused, stands
from seeds import repo

from orchestrator.domain.ready.report import State

APP = """
from flask import Flask

app = Flask(__name__)


@app.get("/orders")
def orders():
    return []


@app.route("/orders/<int:number>", methods=["POST"])
def change(number):
    return {}


@app.get("/health")
def health():
    return "well"
"""
FAST = APP.replace("flask import Flask", "fastapi import FastAPI").replace("Flask(__name__)", "FastAPI()")


def document(**changes):
    paths = {
        "/orders": {"get": {"summary": "All orders, the newest first", "responses": {"200": {}}}},
        "/orders/{number}": {"post": {"summary": "Change one order", "responses": {"200": {}}}},
    }
    return {"openapi.json": json.dumps({"openapi": "3.1.0", "info": {"title": "Shop"}, "paths": paths | changes})}


PAGE = (
    "# API\n\n## GET /orders\n\nGives all orders, the newest first.\n\n## POST /orders/{number}\n\nChanges one order.\n"
)
TRICKS = [
    ("nothing", {"app.py": APP}, "None of its 2 addresses"),
    (
        "one is left out",
        {"app.py": APP, **document(**{"/orders/{number}": {}})},
        "does not describe 1 of 2: POST /orders/",
    ),
    (
        "another method",
        {
            "app.py": APP,
            **document(**{"/orders/{number}": {"get": {"summary": "Change one order", "responses": {"200": {}}}}}),
        },
        "POST",
    ),
    (
        "says nothing",
        {"app.py": APP, **document(**{"/orders": {"get": {"summary": "TODO", "responses": {"200": {}}}}})},
        "GET /orders",
    ),
    ("only names", {"app.py": APP, "docs/api.md": "# API\n\nGET /orders\nPOST /orders/{number}\n"}, "None of its 2"),
    ("in a comment", {"app.py": APP, "docs/api.md": f"<!--\n{PAGE}\n-->\n"}, "None of its 2"),
    ("not a document", {"app.py": APP, "openapi.json": '{"openapi": "3.1.0"'}, "None of its 2"),
    (
        "switched off",
        {
            "app.py": FAST.replace("FastAPI()", "FastAPI(openapi_url=None)").replace(
                "return []", '"""All orders of today."""'
            )
        },
        "None of its 2",
    ),
    (
        "hidden",
        {
            "app.py": FAST.replace('"/orders"', '"/orders", include_in_schema=False').replace(
                'methods=["POST"]', "include_in_schema=False"
            )
        },
        "are hidden",
    ),
]


@pytest.mark.parametrize(("files", "word"), [pytest.param(*rest, id=name) for name, *rest in TRICKS])
def test_an_api_that_is_not_described_is_refused(tmp_path, files, word):
    refused(repo(tmp_path / "app", files), "D2", word)


DOCUMENTED = FAST.replace("    return []", '    """All orders, the newest first."""').replace(
    "    return {}", '    """Change one order."""'
)


@pytest.mark.parametrize(
    "files", [{"app.py": APP, **document()}, {"app.py": APP, "docs/api.md": PAGE}, {"app.py": DOCUMENTED}]
)
def test_an_api_that_is_described_is_proven(tmp_path, files):
    stands(repo(tmp_path / "app", files), "D2", State.PROVEN, "describes 2 addresses")


def test_what_answers_nobody_needs_none_and_what_is_not_understood_is_not_checked(tmp_path):
    stands(repo(tmp_path / "a", {"app.py": "print(1)\n"}), "D2", State.NOT_NEEDED, "Nothing in it answers")
    stands(repo(tmp_path / "b", {"app.py": "import tornado\n"}), "D2", State.NOT_CHECKED, "“tornado”")
