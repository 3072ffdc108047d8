"""What two people may do in a running application, who may call it, and what it writes down, decides about it."""

import tempfile
from pathlib import Path

import pytest

from evidence.ready.app_seeds import repository
from evidence.ready.people_seeds import APP, DISHONEST, HOOKS, NO_HOOKS, START, tricked
from orchestrator.contain.sandbox import Sandbox
from orchestrator.evidence.ready import asking

PEOPLE = ("S5", "S7", "S3", "S12", "O3")
ALL = (*PEOPLE, "S6", "S11", "O4")


async def said(app: str, *items: str, told: str = START, **files: str) -> dict[str, str]:
    """What is found out about this application."""
    with tempfile.TemporaryDirectory(prefix="guarded-") as folder:
        source = repository(Path(folder) / "source", app, **{".orchestrator.toml": told, **files})
        report = await asking.report(source, "HEAD", Path(folder) / "look", sandbox=Sandbox(), items=items)
        assert all(one.evidence for one in report.answers if one.counts)
        return {one.item.id: f"{one.state}: {one.sentence}" for one in report.answers if one.item.id in items}


async def test_an_honest_application_passes_all_of_it():
    found = await said(APP, *ALL, "P1", "T7", told=f"{START}\n[load]\nexpected = 5\n")
    assert all(one.startswith("proven") for one in found.values()), found


@pytest.mark.parametrize("name", DISHONEST)
async def test_one_that_does_not_keep_people_apart_or_writes_nothing_down_is_not_proven(name: str):
    tricks, expected = DISHONEST[name]
    found = await said(tricked(*tricks), *expected)
    assert {item: found[item][: len(words)] for item, words in expected.items()} == expected, found


@pytest.mark.parametrize("name", HOOKS)
async def test_webhooks_that_let_in_who_did_not_sign_are_not_proven(name: str):
    trick, words = HOOKS[name]
    assert (await said(tricked(trick), "S6"))["S6"].startswith(words)


async def test_a_list_of_addresses_that_nobody_looks_at_is_no_list():
    found = await said(tricked(("if ALLOWED and not", "if False and not")), "S11")
    assert found["S11"].startswith("failed: With “WEBHOOK_ALLOWED_IPS” set, it makes no difference")


async def test_what_has_no_webhooks_needs_none_of_it_but_only_where_nothing_speaks_of_them():
    without = tricked(*NO_HOOKS)
    assert (await said(without, "S6"))["S6"].startswith("not_checked: Webhooks are spoken of in “main.py”")
    found = await said(without.replace("WEBHOOK", "PAY").replace("x-hub-signature", "x-other"), "S6", "S11")
    assert set(found.values()) == {"not_needed: Nothing calls it by webhooks."}


async def test_people_come_into_being_as_the_repository_says():
    hidden = tricked(
        *((f'        "{path}": {{"post": takes(WHO, security=[])}},\n', "") for path in ("/register", "/login"))
    )
    make = "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1] + '/app.db')\n"
    make += "db.execute('insert into person (name, password) values (?, ?)', sys.argv[2:])\ndb.commit()\n"
    people = '[people]\nmake = "python3 make.py {data} {name} {password}"\nsign_in = "/login"\n'
    found = await said(hidden, "S5", told=START + people, **{"make.py": make})
    assert found["S5"].startswith("proven"), found
