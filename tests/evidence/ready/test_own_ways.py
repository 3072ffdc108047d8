"""What a repository of its own kind is asked by: its own copies, its own load tests, its own way to be started."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from judged import refused, stands
from seeds import repo

from orchestrator.domain.ready.report import State
from orchestrator.evidence.ready import addresses, app, load, made_up, pages, people, python
from orchestrator.evidence.words import counted

SHOP = """
import pathlib, shutil, sqlite3, sys

action, data, copy = sys.argv[1:]
file = pathlib.Path(data, "shop.db")
if action == "begin":
    sqlite3.connect(file).execute("create table orders (id integer)")
elif action == "save":
    shutil.copy(file, copy)
else:
    pathlib.Path(data).mkdir(exist_ok=True)
    shutil.copy(copy, file)
"""


def shop(code: str = SHOP, file: str = "{data}/shop.db", copy: str = "{copy}"):
    command = f"python3 shop.py %s {{data}} {copy}"
    rows = {"file": file} | {name: command % name for name in ("begin", "save", "restore")}
    told = "".join(f"{name} = {json.dumps(one)}\n" for name, one in rows.items())
    return {"shop.py": code, ".orchestrator.toml": f"[copies]\n{told}"}


TRICKS = {
    "the copy lies in what is lost": (shop(copy="{data}/copy"), "does not work"),
    "nothing is copied": (shop(SHOP.replace("shutil.copy(file, copy)", "open(copy, 'w').close()")), "not there again"),
    "the copy is the data itself": (
        shop(
            SHOP.replace("shutil.copy(file, copy)", "pathlib.Path('kept').hardlink_to(file)").replace(
                "shutil.copy(copy, file)", "shutil.copy('kept', file)"
            )
        ),
        "not there again",
    ),
}


@pytest.mark.parametrize("name", TRICKS)
def test_a_declared_copy_that_brings_nothing_back_is_refused(tmp_path: Path, name: str):
    files, word = TRICKS[name]
    refused(repo(tmp_path / "app", files), "O7", word)


def test_a_declared_copy_is_proven_by_losing_everything_but_not_where_it_would_not_be_lost(tmp_path: Path):
    stands(repo(tmp_path / "app", shop()), "O7", State.PROVEN, "that we had destroyed")
    stands(repo(tmp_path / "beside", shop(file="kept.db")), "O7", State.NOT_CHECKED, "was not tried")
    linked = SHOP.replace('if action == "begin":', 'if action == "begin":\n    file.symlink_to("../kept.db")')
    stands(repo(tmp_path / "linked", shop(linked)), "O7", State.NOT_CHECKED, "was not tried")


@pytest.mark.parametrize(
    ("path", "text", "is_one"),
    [
        ("load/locustfile.py", "from locust import HttpUser\n", True),
        ("src/rules.py", 'LOAD = r"from locust|autocannon"\n', False),
        ("load.yml", "config:\n  target: x\n  phases:\n    - duration: 60\n", True),
        ("src/project.py", "class Project:\n    phases: list[str]\n", False),
        ("run.sh", "# with hey -n\noha -n 1000 http://127.0.0.1\n", True),
        ("docs.yml", "# hey - you\n", False),
        ("bench/many.py", "import httpx\n\nawait asyncio.gather(*all)\n", True),
        ("src/many.py", "import httpx\n\nawait asyncio.gather(*all)\n", False),
    ],
)
def test_a_load_test_is_told_by_what_it_does_and_not_by_a_word(path: str, text: str, is_one: bool):
    assert load.tries_many(path, text) is is_one


def test_the_projects_own_python_is_found_behind_what_is_set_for_it(tmp_path: Path):
    command = ("env", "PORT=1", "python3", "-m", "shop")

    assert app.own(command, tmp_path / "python") == ("env", "PORT=1", str(tmp_path / "python"), "-m", "shop")
    assert app.own(command, None) == command
    assert app.own(("env", "A=1"), tmp_path / "python") == ("env", "A=1")


def test_code_is_imported_from_where_it_is_installed_from_and_not_from_beside_a_module_called_setup():
    texts = {"pyproject.toml": "", "src/shop/__init__.py": "", "src/shop/setup.py": "from shop import till\n"}
    texts |= {"old/setup.py": "from setuptools import setup\nsetup()\n", "old/shelf.py": ""}

    assert python.roots(texts) == ["", "src", "old/"]


def test_what_is_cloned_is_there_also_for_who_types_beside_it():
    assert pages.commands(
        ["git clone <address> shop\nmake -C shop run\nnpm --prefix shop/ start\nmake -C other x"]
    ) == [
        "make -C . run",
        "npm --prefix . start",
        "make -C other x",
    ]


def test_an_address_begins_with_a_stroke():
    code = {"app.py": 'Route("POST", "/x")\nRoute("/y", endpoint)\n'}
    assert [one.path for one in addresses.of(code)] == ["/y"]


def test_less_is_handed_in_where_not_all_goes_together():
    schema = {"properties": {"idea": {}, "hub": {}, "name": {}}, "required": ["idea"]}
    assert [list(one["properties"]) for one in made_up.smaller(schema)] == [["idea"], ["idea", "hub"], ["idea", "name"]]
    assert [list(one["properties"]) for one in made_up.smaller({"properties": {"a": {}, "b": {}}})] == [["a"], ["b"]]


async def test_a_stream_that_never_ends_is_read_for_a_moment():
    async def forever():
        yield b"data: 1\n\n"
        await asyncio.Event().wait()

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=forever())

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://app") as client:
        assert (await people.patient(client, "GET", "/events")).text == "data: 1\n\n"


def test_things_are_counted_in_english():
    assert [counted(1, "address"), counted(2, "address"), counted(2, "row")] == ["1 address", "2 addresses", "2 rows"]
