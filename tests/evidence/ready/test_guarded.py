"""What two people may do in a running application, who may call it, and what it writes down, decides about it."""

import tempfile
from pathlib import Path

import pytest

from evidence.ready.app_seeds import repository
from evidence.ready.derived_seeds import BEFORE, REVIEWS, TOPICS
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


MINE = '"select * from review where id = ? and owner = ?", (id, person[0])'
ANYBODYS = '"select * from review where id = ?", (id,)'


@pytest.mark.parametrize(
    ("tricks", "expected"),
    [
        ((), {"S5": "proven", "S7": "proven"}),
        (
            TOPICS,
            {
                "S5": "not_checked: Nobody got at what is another’s, but not all could be told: "
                "nothing of Ana’s could be found that POST /topics/{topic}/vote is about"
            },
        ),
        (
            ((MINE, ANYBODYS), ('        audit(person, "review.changed " + id, row[2])\n', "")),
            {
                "S5": "failed: POST /reviews/{review}/answer lets somebody else change what is Ana’s (200)",
                "S7": "failed: POST /reviews/{review}/answer leaves no trace of",
            },
        ),
        (
            (
                ("if self.note(person, id) is None or", "if"),
                ('            audit(person, f"settled doubt {at}", id)\n', ""),
            ),
            {
                "S5": "failed: GET /notes/{note_id}/doubts/{doubt} lets somebody else read what is Ana’s (200)",
                "S7": "failed: POST /notes/{note_id}/doubts/{doubt}/settle leaves no trace of",
            },
        ),
    ],
)
async def test_what_comes_into_being_by_itself_is_tried_as_well(
    tricks: tuple[tuple[str, str], ...], expected: dict[str, str]
):
    found = await said(tricked(*REVIEWS, *tricks), *expected)
    assert {item: found[item][: len(words)] for item, words in expected.items()} == expected, found


@pytest.mark.parametrize(
    ("trick", "words"),
    [
        ((), "proven"),
        (
            (("if id not in self.olds or self.note(person, id) is None:", "if id not in self.olds:"),),
            "failed: GET /notes/{note_id}/before lets somebody else read what is Ana’s (200)",
        ),
        ((("            self.olds[id] = row[2]\n", ""),), "not_checked: Nobody got at what is another’s, but not all"),
    ],
)
async def test_what_is_not_there_yet_is_tried_when_it_is(trick: tuple[tuple[str, str], ...], words: str):
    found = await said(tricked(*BEFORE, *trick), "S5")
    assert found["S5"].startswith(words), found


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


LIST = 'rows = DB.execute("select * from note where owner = ?", (person[0],))\n'
ONE_BY_ONE = """ids = DB.execute("select id from note where owner = ?", (person[0],)).fetchall()
            rows = [DB.execute("select * from note where id = ?", id).fetchone() for id in ids]
"""
NOTHING_SHOWN = (("[shown(row) for row in rows]", "[]"), ("html.escape(row[2])", "row[0]"))
POINTS = ("owner integer, title", "owner integer references person (id), title")


@pytest.mark.parametrize(
    ("tricks", "words"),
    [
        ((), "proven: GET /notes asks its database 2 times for 31 things as for 1, and waits "),
        ((POINTS,), "failed: 1 column that points to other tables has no index: “note.owner”"),
        (((LIST, ONE_BY_ONE),), "failed: GET /notes asks its database 33 times for 31 things, and 3 times for 1"),
        (
            NOTHING_SHOWN,
            "not_checked: No address lists",
        ),
    ],
)
async def test_how_often_its_database_is_asked_for_few_things_and_for_many(
    tricks: tuple[tuple[str, str], ...], words: str
):
    found = await said(tricked(*tricks), "P2")
    assert found["P2"].startswith(words), found


KEYS = """import secrets, sqlite3, sys
db = sqlite3.connect(sys.argv[2] + "/app.db", timeout=20)
if sys.argv[1] == "make":
    token = secrets.token_urlsafe(16)
    db.execute("insert into token (value, person) select ?, id from person where name = ?", (token, sys.argv[3]))
    print(token)
elif sys.argv[1] == "revoke":
    db.execute("delete from token where value = ?", (sys.argv[3],))
db.commit()
"""


@pytest.mark.parametrize(
    ("does", "words"), [("revoke", "proven"), ("nothing", "failed: A key that was taken away still works (200)")]
)
async def test_keys_are_made_and_taken_away_by_commands_where_no_address_does(does: str, words: str):
    hidden = tricked(('        "/tokens": {"post": {}},\n', ""))
    make = "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1] + '/app.db')\n"
    make += "db.execute('insert into person (name, password) values (?, ?)', sys.argv[2:])\ndb.commit()\n"
    people = '[people]\nmake = "python3 make.py {data} {name} {password}"\n'
    people += (
        f'token = "python3 keys.py make {{data}} {{name}}"\nrevoke = "python3 keys.py {does} {{data}} {{token}}"\n'
    )
    found = await said(hidden, "S12", told=START + people, **{"make.py": make, "keys.py": KEYS})
    assert found["S12"].startswith(words), found
