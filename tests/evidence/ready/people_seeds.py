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

    do_GET = do_POST = do_PUT = do_DELETE = all

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
