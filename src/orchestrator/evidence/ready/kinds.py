"""Tells unit, integration and end-to-end tests apart, by their place and marks, and by what they really touched.

A name alone makes no end-to-end test: one that starts nothing is none.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from orchestrator.evidence import tamper
from orchestrator.evidence.places import beside_tests
from orchestrator.evidence.python_tests import MOCKS, Function, module
from orchestrator.evidence.ready.hollow import defined
from orchestrator.evidence.ready.suite import Kind, Outcome, Result, Told

Texts = Mapping[str, str]
LABELS = {
    Kind.END_TO_END: re.compile(
        r"e2e|end[-_]?to[-_]?end|browser|journeys?|acceptance|system|playwright|selenium|smoke"
    ),
    Kind.INTEGRATION: re.compile(r"integration|functional|integ|api"),
    Kind.UNIT: re.compile(r"units?"),
}
CLIENTS = {"TestClient", "AsyncClient", "ASGITransport", "WSGITransport", "test_client", "CliRunner", "aiohttp_client"}
BROWSER = re.compile(r"playwright|chromedriver|geckodriver|chromium|firefox", re.IGNORECASE)
STARTS = ("subprocess.Popen", "os.posix_spawn", "os.exec")
SERVERS = re.compile(r"\b(?:uvicorn|gunicorn|hypercorn|daphne|flask|manage\.py|waitress|streamlit|granian)\b")
LOOPBACK = re.compile(r"socket\.connect \('(?:127\.|localhost|::1)")
NOISE = re.compile(r"(?:\.lock|\.pyc|/dev/null|\.coverage\S*|/tests/data\.\S+|\.log)$")


def told(texts: Texts, results: tuple[Result, ...]) -> tuple[Told, ...]:
    functions, suites = defined(texts), tamper.suites(texts)
    helpers = dict(_helpers(texts))
    own = _own(texts)
    found = []
    for one in results:
        function = functions.get((one.file, one.case))
        words = _words(function, one, helpers)
        does, says = _does(one, words, own), _label(one)
        case = suites[one.file].cases.get(one.case) if one.file in suites else None
        checks = (case is None or case.sites > 0) and not words & MOCKS - {"monkeypatch"}
        kind = _kind(says, does)
        real = one.outcome is Outcome.PASSED and checks and does is not Kind.UNIT
        found.append(Told(one, kind, says if says and says is not kind else None, real))
    return tuple(found)


def _kind(says: Kind | None, does: Kind) -> Kind:
    if says is Kind.END_TO_END:
        return does
    if says is Kind.INTEGRATION:
        return Kind.INTEGRATION if does is not Kind.UNIT else Kind.UNIT
    return says or does


def _label(one: Result) -> Kind | None:
    at = PurePosixPath(one.file)
    stem = at.stem.removeprefix("test_").removesuffix("_test")
    for kind, pattern in LABELS.items():
        if any(pattern.fullmatch(word.lower()) for word in (*one.marks, *at.parts[:-1], stem)):
            return kind
    return None


def _does(one: Result, words: set[str], own: re.Pattern[str]) -> Kind:
    started = [seen for seen in one.touched if seen.startswith(STARTS)]
    if any(BROWSER.search(seen) for seen in started):
        return Kind.END_TO_END
    if any(own.search(seen) or SERVERS.search(seen) for seen in started):
        return Kind.END_TO_END
    if _serves(words) and any(LOOPBACK.match(seen) for seen in one.touched):
        return Kind.END_TO_END
    writes = any(seen.startswith("writes ") and not NOISE.search(seen) for seen in one.touched)
    opens = any(seen.startswith(("sqlite3.connect", "socket.connect", *STARTS)) for seen in one.touched)
    return Kind.INTEGRATION if writes or opens or words & CLIENTS else Kind.UNIT


def _serves(words: set[str]) -> bool:
    return bool(words & {"serve_forever", "make_server", "Server", "HTTPServer", "ThreadingHTTPServer", "live_server"})


def _own(texts: Texts) -> re.Pattern[str]:
    """How the project's own programs are called on a command line."""
    names = {
        PurePosixPath(path).parts[-2] for path in texts if path.endswith("/__init__.py") and not beside_tests(path)
    }
    names |= {
        PurePosixPath(path).stem
        for path in texts
        if path.endswith(".py") and "/" not in path and not beside_tests(path)
    }
    names |= {name for path in texts if path == "pyproject.toml" for name in _scripts(texts[path])}
    words = "|".join(sorted(map(re.escape, names - {"setup", "conftest"}), key=len, reverse=True)) or "(?!)"
    return re.compile(rf"'-m', '(?:{words})\b|[/'](?:{words})(?:\.py)?'(?!\))|'-m', '(?:{words})\.")


def _scripts(text: str) -> Iterator[str]:
    yield from re.findall(r"^([\w-]+)\s*=\s*[\"'][\w.]+:\w+[\"']", text, re.MULTILINE)


def _helpers(texts: Texts) -> Iterator[tuple[str, Function]]:
    for path, text in texts.items():
        if path.endswith(".py") and beside_tests(path) and (tree := module(text)):
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield node.name, node


def _words(function: Function | None, one: Result, helpers: Mapping[str, Function]) -> set[str]:
    """All names that a test and what it stands on use."""
    found: set[str] = set(one.fixtures)
    waiting = [function] if function else []
    waiting += [helpers[name] for name in one.fixtures if name in helpers]
    seen: set[str] = set()
    while waiting:
        for node in ast.walk(waiting.pop()):
            word = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            found.add(word)
            if word in helpers and word not in seen:
                seen.add(word)
                waiting.append(helpers[word])
    return found
