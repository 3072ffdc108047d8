"""A small application with people, webhooks and an audit log, honest as it stands; each trick takes one thing away."""

from collections.abc import Iterable

APP = '''
import hashlib, hmac, html, ipaddress, json, os, re, secrets, sqlite3, sys, time, urllib.parse, urllib.request
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = os.environ.get("WEBHOOK_SECRET", "")
ALLOWED = [ipaddress.ip_network(one) for one in os.environ.get("WEBHOOK_ALLOWED_IPS", "").split(",") if one]
DB = sqlite3.connect(sys.argv[2] + "/app.db", check_same_thread=False, isolation_level=None)
DB.executescript("""
create table if not exists person (id integer primary key, name text unique, password text);
create table if not exists token (id integer primary key, value text, person integer);
create table if not exists note (id integer primary key, owner integer, title text, stars integer, at text);
create table if not exists audit (at text, actor text, action text, note integer);
""")
TEXT, NUMBER = {"type": "string"}, {"type": "integer"}
WHO = {"type": "object", "properties": {"username": TEXT, "password": TEXT}, "required": ["username", "password"]}
NOTE = {"type": "object", "properties": {"title": TEXT, "stars": NUMBER}, "required": ["title"]}
ANY = {"type": "object"}


def takes(schema, **more):
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}, **more}


OPENAPI = {
    "openapi": "3.1.0",
    "security": [{"bearer": []}],
    "paths": {
        "/register": {"post": takes(WHO, security=[])},
        "/login": {"post": takes(WHO, security=[])},
        "/tokens": {"post": {}},
        "/tokens/{token_id}": {"delete": {}},
        "/notes": {"get": {"parameters": [{"name": "owner", "in": "query"}]}, "post": takes(NOTE)},
        "/notes/{note_id}": {"get": {}, "put": takes(NOTE), "delete": {}},
        "/page": {"get": {"parameters": [{"name": "q", "in": "query"}]}},
        "/webhooks/pay": {"post": takes(ANY, security=[])},
    },
}


def now():
    return datetime.now(timezone.utc).isoformat()


def say(level, words, **more):
    print(json.dumps({"time": now(), "level": level, "message": words, **more}), file=sys.stderr, flush=True)


def audit(person, action, note):
    DB.execute("insert into audit values (?, ?, ?, ?)", (now(), person[1], action, note))


def report(problem):
    key, _, place = os.environ.get("SENTRY_DSN", "").removeprefix("http://").partition("@")
    if place:
        event = json.dumps({"exception": {"values": [{"type": type(problem).__name__, "value": str(problem)}]}})
        urllib.request.urlopen(f"http://{place.partition('/')[0]}/api/1/store/", event.encode(), timeout=3).close()


def shown(row):
    return {"id": row[0], "title": row[2], "stars": row[3]}


def signed(given, body):
    if not SECRET:
        return False
    right = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(given, right)


class App(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, code, said, kind="application/json"):
        body = (said if isinstance(said, str) else json.dumps(said)).encode()
        self.send_response(code)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        say("info", "asked", method=self.command, path=self.path, status=code)

    def person(self):
        given = self.headers.get("authorization", "").removeprefix("Bearer ")
        query = "select person.* from token join person on person.id = token.person where token.value = ?"
        return DB.execute(query, (given,)).fetchone()

    def note(self, person, id):
        return DB.execute("select * from note where id = ? and owner = ?", (id, person[0])).fetchone()

    def token(self, person):
        value = secrets.token_hex(16)
        id = DB.execute("insert into token (value, person) values (?, ?)", (value, person[0])).lastrowid
        return self.answer(201, {"id": id, "access_token": value})

    def any(self):
        try:
            return self.all()
        except Exception as problem:
            say("error", "failed", path=self.path, problem=str(problem))
            report(problem)
            return self.answer(500, {"error": "Something went wrong on our side."})

    def all(self):
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if path == "/openapi.json":
            return self.answer(200, OPENAPI)
        if path == "/":
            return self.answer(200, "Welcome", "text/plain")
        if path == "/webhooks/pay" and self.command == "POST":
            return self.hook(body)
        if path in ("/register", "/login") and self.command == "POST":
            return self.come(path, json.loads(body))
        person = self.person()
        if person is None:
            return self.answer(401, {"error": "Please sign in first."})
        said = dict(urllib.parse.parse_qsl(query))
        if path == "/tokens" and self.command == "POST":
            return self.token(person)
        if found := re.fullmatch(r"/tokens/(\\d+)", path):
            DB.execute("delete from token where id = ? and person = ?", (found[1], person[0]))
            return self.answer(200, {})
        if path == "/page":
            return self.page(person, said.get("q", ""))
        if path == "/notes" and self.command == "GET":
            rows = DB.execute("select * from note where owner = ?", (person[0],))
            return self.answer(200, [shown(row) for row in rows])
        if path == "/notes" and self.command == "POST":
            return self.add(person, json.loads(body))
        if found := re.fullmatch(r"/notes/(\\d+)", path):
            return self.one(person, int(found[1]), body)
        return self.answer(404, {"error": "There is no such page."})

    def come(self, path, given):
        name, password = given["username"], given["password"]
        if path == "/register":
            DB.execute("insert into person (name, password) values (?, ?)", (name, password))
            return self.answer(201, {"name": name})
        person = DB.execute("select * from person where name = ? and password = ?", (name, password)).fetchone()
        return self.token(person) if person else self.answer(401, {"error": "Nobody is known by that."})

    def add(self, person, given):
        row = (person[0], given["title"], given.get("stars"), now())
        id = DB.execute("insert into note (owner, title, stars, at) values (?, ?, ?, ?)", row).lastrowid
        audit(person, "note.created", id)
        return self.answer(201, {"id": id, **given})

    def one(self, person, id, body):
        row = self.note(person, id)
        if row is None:
            return self.answer(404, {"error": "There is no such note."})
        if self.command == "GET":
            return self.answer(200, shown(row))
        if self.command == "PUT":
            given = json.loads(body)
            DB.execute("update note set title = ?, stars = ? where id = ?", (given["title"], given.get("stars"), id))
            audit(person, "note.changed", id)
            return self.answer(200, {"id": id, **given})
        DB.execute("delete from note where id = ?", (id,))
        audit(person, "note.deleted", id)
        return self.answer(200, {})

    def page(self, person, asked):
        rows = DB.execute("select * from note where owner = ?", (person[0],)).fetchall()
        listed = "".join(f"<li title='{html.escape(row[2])}'>{html.escape(row[2])}" for row in rows)
        return self.answer(200, f"<p>Found for {html.escape(asked)}</p><ul>{listed}</ul>", "text/html")

    def hook(self, body):
        if ALLOWED and not any(ipaddress.ip_address(self.client_address[0]) in one for one in ALLOWED):
            return self.answer(403, {"error": "You may not call from there."})
        if not signed(self.headers.get("x-hub-signature-256", ""), body):
            return self.answer(401, {"error": "The signature is wrong."})
        return self.answer(202, {})

    do_GET = do_POST = do_PUT = do_DELETE = any

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 100


Server(("127.0.0.1", int(sys.argv[1])), App).serve_forever()
'''
START = '[preview]\ncommand = "python3 main.py {port} {data}"\n'
PAIRS = Iterable[tuple[str, str]]


def tricked(*tricks: tuple[str, str]) -> str:
    """The application with these things taken from it, each of which is really there."""
    made = APP
    for old, new in tricks:
        assert old in made, old
        made = made.replace(old, new)
    return made


IS_HERS = '"select * from note where id = ? and owner = ?", (id, person[0])'
OF_ANYBODY = '"select * from note where id = ?", (id,)'
HER_ROWS = '"select * from note where owner = ?", (person[0],)'
OF_ALL = '"select * from note"'
ALL_ROWS = f"rows = DB.execute({HER_ROWS})\n            return"
FIRST_LOOK = "        row = self.note(person, id)\n"
CHANGES_FIRST = """        if self.command == "PUT":
            DB.execute("update note set stars = ? where id = ?", (json.loads(body).get("stars"), id))
        row = self.note(person, id)
"""
TAKES_AWAY_FIRST = """        if self.command == "DELETE":
            DB.execute("delete from note where id = ?", (id,))
        row = self.note(person, id)
"""
SAYS = 'say("info", "asked", method=self.command, path=self.path, status=code)'
TAKES_KEY = 'DB.execute("delete from token where id = ? and person = ?", (found[1], person[0]))'
MAKES_KEY = "        value = secrets.token_hex(16)\n"
MINE = "select min(id) from token where person = ?"  # the one by which she signed in
ONE_KEY = f'        DB.execute("delete from token where person = ? and id > ({MINE})", (person[0],) * 2)\n{MAKES_KEY}'
DELETES = '        audit(person, "note.deleted", id)\n'
FORGETS = '        DB.execute("delete from audit where note = ? and action = ?", (id, "note.created"))\n'
AUDITS = "def audit(person, action, note):\n"
# Applications with several things wrong at once, each for another question, and what is said of it.
DISHONEST: dict[str, tuple[tuple[tuple[str, str], ...], dict[str, str]]] = {
    "leaks in its lists": (
        (
            (ALL_ROWS, ALL_ROWS.replace(HER_ROWS, OF_ALL)),
            ('            audit(person, "note.changed", id)\n', ""),
            ("title='{html.escape(row[2])}'", "title='{row[2]}'"),
            (SAYS, 'print("asked for", self.path, file=sys.stderr, flush=True)'),
            (TAKES_KEY, "pass"),
        ),
        {
            "S5": "failed: GET /notes shows Ben what is Ana’s",
            "S7": "failed: PUT /notes/{note_id} leaves no trace of",
            "S3": "failed: Code that somebody writes becomes part of a page: /page, as",
            "O3": "failed: ",
            "S12": "failed: A key that was taken away still works (200)",
        },
    ),
    "asks nobody whose it is": (
        (
            (IS_HERS, OF_ANYBODY),
            ("(now(), person[1], action, note)", '(now(), "somebody", action, note)'),
            ("{html.escape(asked)}", "{asked}"),
            ('"level": level, ', ""),
            (MAKES_KEY, ONE_KEY),
        ),
        {
            "S5": "failed: GET /notes/{note_id} lets somebody else read what is Ana’s",
            "S7": "failed: POST /notes leaves no trace of by whom",
            "S3": "failed: Code that somebody writes becomes part of a page: /page, as",
            "O3": "failed: ",
            "S12": "failed: Two keys of one person do not work at the same time",
        },
    ),
    "changes first and refuses then": (
        (
            (FIRST_LOOK, CHANGES_FIRST),
            (DELETES, DELETES + FORGETS),
            ("{html.escape(asked)}</p>", "</p><script>var asked = {json.dumps(asked)}</script>"),
            (SAYS, 'say("info", "asked")'),
        ),
        {
            "S5": "failed: PUT /notes/{note_id} lets somebody else change what is Ana’s (404)",
            "S7": "failed: A trace was taken away or written over later",
            "S3": "failed: Code that somebody writes becomes part of a page: /page, as",
            "O3": "failed: Its log has no line about a request",
        },
    ),
    "lets anybody take away, at an address that nobody is told of": (
        (('"put": takes(NOTE), "delete": {}}', '"put": takes(NOTE)}'), (FIRST_LOOK, TAKES_AWAY_FIRST)),
        {"S5": "failed: One of “"},
    ),
    "checks who reads and not who writes": (
        (
            ("row = self.note(person, id)", "row = self.note(person, id) if self.command == 'GET' else (id,)"),
            ("(now(), person[1], action, note)", '("2020-01-01T00:00:00", person[1], action, note)'),
            ("html.escape(asked)", "len(asked)"),
            ("html.escape(row[2])", "row[0]"),
            ('"time": now()', '"time": "noon"'),
        ),
        {
            "S5": "failed: PUT /notes/{note_id} lets somebody else change what is Ana’s (200)",
            "S7": "failed: POST /notes leaves no trace of when",
            "S3": "not_checked: None of the pages that we came to shows what people write",
            "O3": "failed: ",
        },
    ),
    "refuses everybody": (
        ((IS_HERS, '"select * from note where 0"'), (AUDITS, f"{AUDITS}    return\n"), (SAYS, "pass")),
        {
            "S5": "not_checked: Nobody got at what is another’s, but not all could be told",
            "S7": "failed: POST /notes leaves no trace of ",
            "O3": "failed: While it was asked many things it printed 0 lines",
        },
    ),
    "lets only the first one in": (
        (
            (
                "            return self.add(person, json.loads(body))",
                '            return self.add((1, "ana"), json.loads(body))',
            ),
            ('        "/tokens": {"post": {}},\n', ""),
            ("            report(problem)\n", ""),
        ),
        {
            "S5": "not_checked: Nobody got at what is another’s, but not all could be told",
            "S7": "failed: POST /notes leaves no trace of by whom",
            "S12": "not_checked: It has no address, and .orchestrator.toml names no commands, by which",
            "O4": "failed: An error that nobody expected (GET /notes: 500) is reported nowhere",
        },
    ),
    "has no way to come in": (
        (('        "/register": {"post": takes(WHO, security=[])},\n', ""),),
        {
            "S5": "not_checked: We could not have two people sign in",
            "S7": "not_checked: We could not have two people sign in",
            "S12": "not_checked: We could not have two people sign in",
        },
    ),
}
CHECKS = """        return False
    right = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(given, right)
"""
HOOKS: dict[str, tuple[tuple[str, str], str]] = {
    "lets everybody in where no secret is set": (
        (CHECKS, CHECKS.replace("False", "True")),
        "failed: POST /webhooks/pay lets in anybody where its secret is empty",
    ),
    "has a secret in its code": (
        ('"WEBHOOK_SECRET", ""', '"WEBHOOK_SECRET", "for-tests"'),
        "failed: POST /webhooks/pay lets in anybody where its secret is not set",
    ),
    "compares with in": (
        ("return hmac.compare_digest(given, right)", "return given in right"),
        "failed: POST /webhooks/pay lets in an unsigned call",
    ),
    "compares the beginning": (
        ("return hmac.compare_digest(given, right)", "return len(given) > 9 and right.startswith(given)"),
        "failed: POST /webhooks/pay does not refuse a call with the beginning of the right signature",
    ),
    "does not look at the body": (
        ("SECRET.encode(), body,", "SECRET.encode(), b'',"),
        "not_checked: How calls to “/webhooks/pay” are signed could not be found",
    ),
    "lets in whatever is signed": (
        ("return hmac.compare_digest(given, right)", "return given.startswith('sha256=')"),
        "failed: POST /webhooks/pay does not refuse a call with a wrong signature",
    ),
    "refuses everything": (
        ("return hmac.compare_digest(given, right)", "return False"),
        "not_checked: How calls to “/webhooks/pay” are signed could not be found",
    ),
}
NO_HOOKS = (
    ('        "/webhooks/pay": {"post": takes(ANY, security=[])},\n', ""),
    ('        if path == "/webhooks/pay" and self.command == "POST":\n            return self.hook(body)\n', ""),
)
