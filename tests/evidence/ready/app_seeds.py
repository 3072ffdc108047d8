"""A small application in one file, honest as it stands; each trick takes one honest thing away."""

import subprocess
from pathlib import Path

APP = """
import json, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SEEN = []
ITEMS = {"1": {"name": "bread"}}
OPENAPI = {
    "openapi": "3.1.0",
    "security": [{"bearer": []}],
    "paths": {
        "/health": {"get": {"security": []}},
        "/metrics": {"get": {"security": []}},
        "/items": {
            "get": {"parameters": [{"name": "limit", "in": "query"}]},
            "post": {"requestBody": {"content": {"application/json": {"schema": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "count": {"type": "integer"}},
            }}}}},
        },
        "/items/{id}": {"get": {}},
        "/webhooks/pay": {"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}},
    },
}


class App(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, code, said, kind="application/json", **headers):
        body = (said if isinstance(said, str) else json.dumps(said)).encode()
        self.send_response(code)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        if self.headers.get("x-forwarded-proto") == "https":
            self.send_header("strict-transport-security", "max-age=31536000")
            self.send_header("set-cookie", "session=1; Secure; HttpOnly")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def flooded(self):
        now = time.monotonic()
        SEEN[:] = [at for at in SEEN if now - at < 1] + [now]
        return len(SEEN) > 150

    def known(self):
        return self.headers.get("authorization") == "Bearer secret"

    def do_GET(self):
        path = self.path.partition("?")[0]
        if self.headers.get("x-forwarded-proto") == "http":
            return self.answer(308, "", location="https://app.example.org/")
        if path == "/openapi.json":
            return self.answer(200, OPENAPI)
        if path == "/health":
            return self.answer(200, {"status": "well"})
        if self.flooded():
            return self.answer(429, {"error": "Too many requests, please wait a moment."})
        if path == "/metrics":
            return self.answer(200, "# TYPE requests counter\\nrequests 1\\n", "text/plain")
        if path == "/":
            return self.answer(200, "Welcome to the shop", "text/plain")
        if path == "/items" or path.startswith("/items/"):
            if not self.known():
                return self.answer(401, {"error": "Please sign in first."})
            return self.answer(200, ITEMS)
        return self.answer(404, {"error": "There is no such page."})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.flooded():
            return self.answer(429, {"error": "Too many requests, please wait a moment."})
        if not self.known():
            return self.answer(401, {"error": "Please sign in first."})
        try:
            return self.answer(200, json.loads(body))
        except ValueError:
            return self.answer(400, {"error": "This is no JSON."})

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 100


Server(("127.0.0.1", int(sys.argv[1])), App).serve_forever()
"""
START = '[preview]\ncommand = "python3 main.py {port}"\n[people]\ntoken = "echo secret"\n'
SIGN_IN = 'return self.answer(401, {"error": "Please sign in first."})'
ASKS_READERS = (
    f"            if not self.known():\n                {SIGN_IN}\n            return self.answer(200, ITEMS)"
)
DOOR = f"        if not self.known():\n            {SIGN_IN}\n"
TAKES = """        try:
            return self.answer(200, json.loads(body))
        except ValueError:
            return self.answer(400, {"error": "This is no JSON."})
"""
ASKS_WRITERS = DOOR + TAKES
BREAKS = """        try:
            json.loads(body)["name"].upper()
        except Exception:
            return self.answer(500, {"error": "Something went wrong here."})
        return self.answer(201, {})
"""
LEADS_AROUND = """            if not self.known() and "again" not in self.path:
                return self.answer(302, "", location="http://127.0.0.1/items/again")
            return self.answer(200, ITEMS)"""
MANY_AND_ONE = """MORE = {f"/items/{number}/more": {"get": {}} for number in range(80)}
OPENAPI["paths"] = {**OPENAPI["paths"], **MORE, "/": {"get": {}}}


"""
NOTHING = '{"error": "There is no such page."}'
NOT_FOUND = f"return self.answer(404, {NOTHING})"
WELL = '{"status": "well"}'
FULL = 'return self.answer(429, {"error": "Too many requests, please wait a moment."})'
LIMITS_WRITERS = f"        if self.flooded():\n            {FULL}\n        if not"
SLOW = 'time.sleep(3.2) if path == "/items" else None\n        if path == "/items" or'
HSTS = '            self.send_header("strict-transport-security", "max-age=31536000")\n'
ITEMS_GIVEN = "            return self.answer(200, ITEMS)"
# Item by item: what is replaced, by what, and words of the sentence that must be said.
TRICKS: dict[str, list[tuple[str, str, str]]] = {
    "O1": [
        ('if path == "/health":', 'if path == "/never":', "no address"),
        (f"{WELL})", '"")', "no address"),
    ],
    "O2": [
        ("# TYPE requests counter", "all is well", "no figures"),
        ('if path == "/metrics":', 'if path == "/never":', "no figures"),
    ],
    "S4": [
        (ASKS_READERS, ITEMS_GIVEN, "GET /items"),
        (ASKS_WRITERS, "        return self.answer(200, {})\n", "POST /items"),
        ('self.headers.get("authorization") == "Bearer secret"', "True", "Strangers are let in"),
        (ASKS_READERS, ASKS_READERS.replace("401", "404"), "Strangers are let in"),
        (ASKS_READERS, LEADS_AROUND, "Strangers are let in"),
        ("class App(", f"{MANY_AND_ONE}class App(", "Strangers are let in at “GET / (200)”"),
    ],
    "F4": [
        (f"self.answer(404, {NOTHING})", "1 / 0", ""),
        (NOTHING, '"Traceback (most recent call last):"', "inside"),
        (NOTHING, '"404"', "no sentence"),
    ],
    "S2": [
        (ASKS_WRITERS, BREAKS, "breaks on nonsense"),
        (TAKES, BREAKS, "breaks on nonsense"),
        ("Bearer secret", "Bearer another", "did not get past the door"),
        ('    "paths": {', '    "path": {', "does not say which addresses"),
    ],
    "P5": [('if path == "/items" or', SLOW, "slow")],
    "S9": [
        ("return self.answer(308", "return self.answer(200", "without encryption"),
        (HSTS, "", "HSTS"),
        ("session=1; Secure; HttpOnly", "session=1; HttpOnly", "cookie"),
    ],
    "S1": [
        ("return len(SEEN) > 150", "return False", "let in"),
        ("return len(SEEN) > 150", 'return self.path != "/items" and len(SEEN) > 150', "let in"),
        (LIMITS_WRITERS, LIMITS_WRITERS.replace("if self", 'if self.path == "/items" and self'), "/webhooks/pay"),
    ],
}
# It says of any address that it is well: what it says of one then means nothing.
ALWAYS_WELL = (NOT_FOUND, f"return self.answer(200, {WELL})")


def repository(folder: Path, app: str = APP, **files: str) -> Path:
    """A repository with this application in it, saved."""
    folder.mkdir(parents=True)
    for name, text in {"main.py": app, ".orchestrator.toml": START, **files}.items():
        (folder / name).write_text(text)
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "x"),
    ):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    return folder
