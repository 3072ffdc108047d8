"""The rules by which people, traces, signatures and lines of a log are judged, without anything running."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.ready.report import State
from orchestrator.evidence.ready import (
    audited,
    loaded,
    logged,
    made_up,
    routes,
    signatures,
    slipped,
    told,
    traces,
    variables,
)
from orchestrator.evidence.ready.audited import Change
from orchestrator.evidence.ready.routes import Route
from orchestrator.evidence.ready.things import Thing

NOW = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)
NOTE = Thing(Route("POST", "/notes"), "/notes", "7", "milkandbread", {})


def change(method: str = "PUT", path: str = "/notes/7") -> Change:
    route = Route(method, "/notes/{id}")
    return Change(route, frozenset({"anastasia"}), frozenset({"3"}), NOTE, "otherwords", path, NOW, NOW)


WHOLE = {".at": "2031-01-02T03:04:05Z", ".user_id": 3, ".action": "note.changed", ".note_id": 7}


@pytest.mark.parametrize(
    ("record", "missing"),
    [
        (WHOLE, ()),
        ({**WHOLE, ".user_id": 4}, ("who",)),
        ({".at": NOW.timestamp(), ".words": "anastasia updated note #7"}, ()),
        ({".ts": "2031-01-02 03:04:05,120", ".user": "anastasia", ".method": "PUT", ".path": "/notes/7"}, ()),
        ({**WHOLE, ".action": "note.created"}, ("what",)),
        ({**WHOLE, ".action": "otherwords changed"}, ()),
        ({**WHOLE, ".action": "otherwords"}, ("what",)),
        ({**WHOLE, ".note_id": None, ".stars": 7}, ("which",)),
        ({**WHOLE, ".note_id": None, ".owner_id": 7}, ("which",)),
        ({**WHOLE, ".at": "2031-01-01T03:04:05Z"}, ("when",)),
        ({".id": 7, ".owner": 3, ".title": "otherwords", ".at": NOW.isoformat()}, ("what",)),
        ({}, ("who", "what", "which", "when")),
    ],
)
def test_a_trace_says_who_what_to_what_and_when(record: dict, missing: tuple[str, ...]):
    assert audited.lacks(record, change()) == missing


def test_taking_away_is_not_told_by_a_word_for_changing():
    assert audited.lacks(WHOLE, change("DELETE")) == ("what",)
    assert audited.lacks({**WHOLE, ".action": "note.deleted"}, change("DELETE")) == ()


@pytest.mark.parametrize("value", [1925089445, "1925089445.5", 1925089445000, "2031-01-02T03:04:05+00:00"])
def test_a_time_is_understood_however_it_is_written(value: object):
    assert any(abs(moment - NOW) < timedelta(seconds=1) for moment in audited.moments(value))


def test_a_line_is_parts_or_prose():
    assert traces.parsed('{"a": {"b": 1}, "c": "x"}') == {".a.b": 1, ".c": "x"}
    assert traces.parsed('time=2031 level=info msg="asked for it"') == {
        ".time": "2031",
        ".level": "info",
        ".msg": "asked for it",
    }
    for prose in ("GET /notes 200", "{not json", '["a"]', "asked for a=1 and b=2 and c=3", "[" * 9_000, ""):
        assert traces.parsed(prose) is None


def test_a_line_that_can_be_searched_has_a_time_a_level_and_words():
    good = {"time": NOW.isoformat(), "level": "info", "message": "asked"}
    lines = [json.dumps({key: one for key, one in good.items() if key != left}) for left in ("", *good)]
    wrong, number = logged.wrong_with([*lines, "Traceback", ""])
    assert number == 5
    assert [one.partition(":")[0] for one in wrong] == ["lacks a time", "lacks a level", "lacks words", "is prose"]


def test_rows_and_lines_are_read_from_files_that_may_be_anything(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    with sqlite3.connect(data / "app.db") as db:
        db.execute("create table log (at text, who text, more text)")
        db.execute("insert into log values ('now', 'ana', ?)", (json.dumps({"note": 7}),))
        db.execute("create view bad as select load_extension('x')")
        db.execute('create table "a""b; drop table log; --%w" (at text)')
        db.execute('insert into "a""b; drop table log; --%w" values (?)', ("then",))
    db.close()
    (data / "broken.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5_000)
    (data / "audit.jsonl").write_text('{"who": "ben"}\nprose\n')
    (tmp_path / "secret.jsonl").write_text('{"who": "somebody outside"}\n')
    (data / "away.jsonl").symlink_to(tmp_path / "secret.jsonl")
    (data / ".git").mkdir()
    (data / ".git" / "x.jsonl").write_text('{"who": "nobody"}\n')
    found = traces.written([data])
    rows = [{".at": "now", ".who": "ana", ".more": '{"note": 7}', ".more.note": 7}, {".who": "ben"}, {".at": "then"}]
    assert sorted(map(str, found.values())) == sorted(map(str, rows))


def test_what_is_spoilt_lies_in_that_folder_and_nowhere_else(tmp_path):
    data, outside = tmp_path / "data", tmp_path / "outside"
    for folder in (data, outside):
        folder.mkdir()
        (folder / "app.db").write_bytes(b"SQLite format 3\0 and more")
    (data / "link.db").symlink_to(outside / "app.db")
    (data / "folder").symlink_to(outside)
    (data / "same.db").hardlink_to(outside / "app.db")
    (tmp_path / "whole").symlink_to(outside)
    before = (outside / "app.db").read_bytes()
    assert (traces.spoil(data), traces.spoil(tmp_path / "whole")) == (1, 0)
    assert (outside / "app.db").read_bytes() == before
    assert (data / "app.db").read_bytes() != before


def test_variables_for_secrets_are_found_in_code_and_in_settings():
    code = 'os.environ.get("GITHUB_WEBHOOK_SECRET", "in-the-code")\nos.getenv("SECRET_KEY")\nSIGNATURE_HEADER = 1\n'
    settings = 'class Settings(BaseSettings):\n    stripe_signing_secret: str = "weak"\n    env_prefix="SHOP_"\n'
    names = variables.secrets_in([code, settings], ["OURS"])
    assert set(names) == {"OURS", "GITHUB_WEBHOOK_SECRET", "STRIPE_SIGNING_SECRET", "SHOP_STRIPE_SIGNING_SECRET"}
    assert set(variables.defaults([code, settings, "OURS=from-a-file"], names)) == {
        "in-the-code",
        "weak",
        "from-a-file",
    }
    assert variables.allowed_in(['"WEBHOOK_ALLOWED_IPS" "ALLOWED_HOSTS" "CORS_ALLOW_ORIGINS" "TRUSTED_NETWORKS"']) == (
        "WEBHOOK_ALLOWED_IPS",
        "TRUSTED_NETWORKS",
    )


@pytest.mark.parametrize(
    "way", signatures.ways(['request.headers["X-Pay-Signature"]'], ["X-Own"]), ids=lambda way: way.name
)
def test_no_wrong_call_is_a_right_one(way: signatures.Way):
    right = way.sign(b"secret", b"body", 1)
    wrong = way.wrong("secret", b"body", 1)
    assert right not in wrong.values()
    assert len(wrong) == 7 - way.name.startswith("the secret")  # which is the same for another call


def test_headers_of_the_code_are_tried_as_well():
    names = {way.proof for way in signatures.ways(['headers["X-Pay-Signature"]', "x_own_token: str = Header()"])}
    assert {"x-pay-signature", "x-own-token", "stripe-signature"} <= names


def test_what_is_made_up_fits_and_another_turn_differs_in_everything():
    text = {"type": "string"}
    schema = {
        "properties": {
            "title": text,
            "stars": {"type": "integer", "minimum": 1, "maximum": 5},
            "done": {"type": "boolean"},
            "kind": {"enum": ["a", "b"]},
            "note_id": {"type": "integer"},
            "mail": {**text, "format": "email"},
            "link": {**text, "format": "uri"},
            "tags": {"type": "array", "items": text},
            "maybe": {"anyOf": [{"type": "null"}, {"type": ["null", "string"], "maxLength": 3}]},
            "id": {**text, "readOnly": True},
        }
    }
    one, other = (made_up.body(schema, word, turn, {"note": "7"}) for word, turn in (("first", 0), ("other", 1)))
    assert one["title"] == "first"
    assert one["maybe"] == "fir"
    assert one["tags"] == ["first"]
    assert "id" not in one
    assert 1 <= one["stars"] <= 5
    assert 1 <= other["stars"] <= 5
    assert [key for key in one if one[key] == other[key]] == ["note_id"]
    assert one["note_id"] == 7


def test_what_a_document_refers_to_is_handed_in_as_it_is_meant():
    refers = {"$ref": "#/components/schemas/Place"}
    inner = {"near": {"anyOf": [refers, {"type": "null"}]}, "all": {"type": "array", "items": refers}}
    numbers = {"type": "array", "items": {"type": "integer"}}
    itself = {"$ref": "#/components/schemas/Trip"}
    again = {
        "next": itself,
        "others": {"type": "array", "items": itself},
        "last": {"anyOf": [itself, {"type": "null"}]},
    }
    schema = {"type": "object", "properties": {**inner, **again, "numbers": numbers, "at": {"allOf": [refers]}}}
    place = {"type": "object", "properties": {"town": {"type": "string"}}}
    body = {"content": {"application/json": {"schema": itself}}}
    document = {
        "paths": {"/trips": {"post": {"requestBody": body}}},
        "components": {"schemas": {"Trip": schema, "Place": place}},
    }
    (route,) = routes.read(document)
    here = {"town": "word"}
    made = made_up.body(route.body or {}, "word")
    assert made == {"near": here, "all": [here], "others": [], "last": None, "numbers": [2], "at": here}
    assert routes.fitting(route.body or {})["numbers"] == [1]


KEYS = ("type", "properties", "items", "anyOf", "allOf", "enum", "const", "$ref", "format", "required", "title")
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "minLength", "maxLength", "maxItems")
TYPES = ("object", "array", "string", "integer", "number", "boolean", "null", "#/components/schemas/T", "email")
LEAVES = st.one_of(st.none(), st.booleans(), st.sampled_from((-1, 0, 2, 10**12, 1e308, 0.5)), st.sampled_from(TYPES))
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from((*KEYS, *BOUNDS)), inner, max_size=5)
    ),
    max_leaves=14,
)
SCHEMAS = st.dictionaries(st.sampled_from((*KEYS, *BOUNDS)), ANYTHING, min_size=1, max_size=6)


@given(SCHEMAS, SCHEMAS)
def test_no_document_makes_us_fall_or_fills_our_memory(schema: dict[str, Any], other: dict[str, Any]):
    """An application that we do not trust says what it takes."""
    body = {"content": {"application/json": {"schema": schema}}}
    document = {"paths": {"/x": {"post": {"requestBody": body}}}, "components": {"schemas": {"T": other}}}
    (route,) = routes.read(document)
    assert route.body is not None
    made = [made_up.body(route.body, "word"), routes.fitting(route.body), *routes.odd_forms(route.body)]
    made += [body.decode(errors="replace") for body in routes.odd_bodies(route.body)]
    made += [made_up.body(less, "word") for less in made_up.smaller(route.body)]
    assert all(len(json.dumps(one)) < 10_000_000 for one in made)


@pytest.mark.parametrize(
    ("page", "broken"),
    [
        ("<p>{}</p>", "onerror of img"),
        ("<a title='{}'>x</a>", "onerror of img"),
        ("<script>var x = '{}'</script>", "onerror of img"),
        ("<a href=javascript:wordk>x</a>", "a link that runs, in href of a"),
        ("<p>wordk &lt;word&gt; &lt;img onerror=word&gt;</p>", ""),
    ],
)
def test_a_page_is_read_as_a_browser_would(page: str, broken: str):
    found = slipped.Page(page.format(slipped.slip("wordk")), "word")
    assert found.broken.removeprefix("as ") == broken
    assert bool(found.shown) or broken


def test_what_a_repository_says_only_adds():
    said = told.told(
        {".orchestrator.toml": '[people]\nmake = "add {name}"\n[hooks]\naddresses = "/in"\nsecrets = ["A", 1]'}
    )
    assert (said.people.make, said.hooks.addresses, said.hooks.secrets) == (("add", "{name}"), ("/in",), ("A",))
    more = '[migrations]\nfolder = "db/"\n[copies]\nfile = "{data}/a.db"\nsave = "s {copy}"\nrestore = "r"'
    said = told.told({".orchestrator.toml": more})
    assert (said.migrations, said.copies.save, said.copies.whole) == ("db", ("s", "{copy}"), True)
    for strange in ("people = 1", "[people]\nmake = 1", '[people]\nmake = "\'"', "[", "[hooks]\naddresses = 1"):
        assert told.told({".orchestrator.toml": strange}) == told.Told()


@pytest.mark.parametrize(
    ("took", "codes", "state", "words"),
    [
        (10.0, [200] * 200, State.PROVEN, "It keeps up: 200 requests in 10.0 s, 20 a second where 10 are expected"),
        (10.0, [200] * 197 + [500, 502, 0], State.FAILED, "It does not keep up"),
        (10.0, [200] * 190 + [429] * 10, State.NOT_CHECKED, "lets in only so many"),
        (14.0, [200] * 200, State.NOT_CHECKED, "Our own machine"),
        (10.0, [401] * 150 + [200] * 50, State.NOT_CHECKED, "turned most of us away"),
    ],
)
def test_twice_the_traffic_is_kept_up_with_only_where_work_is_done(
    took: float, codes: list[int], state: State, words: str
):
    found, sentence, _ = loaded.judged(10, took, [loaded.Came(code, 0.01) for code in codes])
    assert (found, words in sentence) == (state, True), sentence


@pytest.mark.parametrize("said", ["0", "-3", "inf", "nan", '"20"', "true"])
def test_what_is_no_number_of_requests_is_not_expected(said: str):
    assert told.told({".orchestrator.toml": f"[load]\nexpected = {said}\n"}).expected == 0
    assert told.told({".orchestrator.toml": "[load]\nexpected = 2.5\n"}).expected == 2.5
