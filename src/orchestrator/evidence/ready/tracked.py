"""Whether somebody hears of an error: we take its database from under it, and listen where it says it reports to.

It is started anew for that, with a tracker of ours that speaks as Sentry does; its figures count where an alert asks
for them.
"""

import asyncio
import re
import secrets
import shutil
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from orchestrator.errors import NotPossible
from orchestrator.evidence.places import beside_tests
from orchestrator.evidence.ready import app as apps
from orchestrator.evidence.ready import asked as asking
from orchestrator.evidence.ready import people, things, traces, variables
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, not_needed, proven, unchecked
from orchestrator.evidence.words import counted

SOCKET, LONGEST, LOOKS = "out", 4 << 20, 30
OTHERS = re.compile(r"\b(?:rollbar|bugsnag|honeybadger|newrelic|ddtrace|opentelemetry|raygun|airbrake|appsignal)\b")
SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(\{[^}]*\})? ([-+0-9.eE]+)", re.MULTILINE)
ERRORS = re.compile(r"error|exception|fail|5xx|=\"5\d\d\"", re.IGNORECASE)
NOT_BROKEN = "We could not have it meet an error that nobody expected, so nobody knows whether one would be heard of."


@dataclass(slots=True)
class Tracker:
    """What was reported to it."""

    reports: list[bytes] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"(?im)^content-length:\s*(\d+)", head)
            body = await reader.readexactly(min(int(length[1]) if length else 0, LONGEST))
            self.reports.append(_unpacked(body))
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
            await writer.drain()
        writer.close()

    def heard(self, since: int) -> bool:
        """Whether an error was reported, and not just that something was there."""
        return any(
            b'"exception"' in one or b'"level":"error"' in one.replace(b" ", b"") for one in self.reports[since:]
        )


def _unpacked(body: bytes) -> bytes:
    with suppress(zlib.error):
        return zlib.decompressobj(wbits=47).decompress(body, LONGEST)  # gzip or deflate, told by its beginning
    return body


@asynccontextmanager
async def _listening(path: Path) -> AsyncIterator[Tracker]:
    tracker = Tracker()
    await asyncio.to_thread(path.unlink, missing_ok=True)
    async with await asyncio.start_unix_server(tracker.take, path):
        yield tracker


async def tracked(look: Look) -> Found:
    """Prove it by an error that comes where it is to be heard of."""
    interpreter = await look.once("interpreter", apps.interpreter_of)
    code = [text for path, text in look.files("*.py", "*.js", "*.ts", "*.mjs").items() if not beside_tests(path)]
    names = [name for name in variables.upper(code) if name.endswith("SENTRY_DSN")]
    address = f"http://{secrets.token_hex(16)}@127.0.0.1:{apps.OUT_PORT}/1"
    start = await apps.how(look, interpreter)
    start = replace(start, env={**start.env, **dict.fromkeys(names, address)})
    out = look.place.folder / SOCKET
    look.place.say("Starting the application, to have it meet an error")
    async with (
        _listening(out) as tracker,
        apps.running(look.place, start, out) as app,
        asking.conversation(look, app, interpreter) as asked,
    ):
        client, paths = await _peopled(asked)
        before, since = await _figures(asked), len(tracker.reports)
        broke = await _broken(asked, client, paths)
        heard = bool(broke) and await _heard(tracker, since)
        after = await _figures(asked) if broke else before
    await asyncio.to_thread(shutil.rmtree, app.data, ignore_errors=True)  # whoever is started next begins anew
    said = f"{counted(len(tracker.reports) - since, 'report')} came after it was asked without its database: {broke}"
    evidence = asked.seen("what it did when its database was taken from under it", said=said)
    if not broke:
        return unchecked(NOT_BROKEN, evidence)
    if heard:
        return proven(f"An error that nobody expected ({broke}) was reported to the tracker in {names[0]}.", evidence)
    if counting := _asked_for(look, {name for name, value in after.items() if value > before.get(name, 0)}):
        return proven(f"An error that nobody expected was counted in {counting}, and an alert asks for that.", evidence)
    if other := next((found[0] for text in code if (found := OTHERS.search(text))), ""):
        return unchecked(f"It speaks of “{other}”, to which we cannot listen.", evidence)
    return failed(f"An error that nobody expected ({broke}) is reported nowhere.", evidence)


async def _peopled(asked: Asked) -> tuple[httpx.AsyncClient, list[str]]:
    """Somebody who may ask, and the addresses where there is something of theirs."""
    with suppress(NotPossible):
        ana, _ = await people.two(asked)
        return ana.client, [one.path for one in await things.all_made(ana, asked)]
    return asked.client, []


async def _broken(asked: Asked, client: httpx.AsyncClient, paths: list[str]) -> str:
    """The request that failed, once its database was no database any more; empty where none did."""
    if not await asyncio.to_thread(traces.spoil, asked.app.data):
        return ""
    for path in dict.fromkeys([*paths, *things.readable(asked)]):
        with suppress(httpx.TransportError):
            answer = await people.patient(client, "GET", path)
            if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                return f"GET {path}: {answer.status_code}"
    return ""


async def _heard(tracker: Tracker, since: int) -> bool:
    for _ in range(LOOKS):
        if tracker.heard(since):
            return True
        await asyncio.sleep(0.1)
    return False


async def _figures(asked: Asked) -> dict[str, float]:
    """The sum of each figure about errors that it tells."""
    found: dict[str, float] = {}
    for path in asking.METRICS:
        with suppress(httpx.TransportError, ValueError):
            answer = await people.patient(asked.client, "GET", path)
            for name, labels, value in SAMPLE.findall(answer.text if answer.is_success else ""):
                if ERRORS.search(f"{name}{labels}"):
                    found[name] = found.get(name, 0) + float(value)
    return found


def _asked_for(look: Look, figures: set[str]) -> str:
    """A figure for which an alert of the repository asks."""
    rules = [text for text in look.files("*.yml", "*.yaml", "*.rules").values() if "alert:" in text]
    return next((one for one in sorted(figures) if any(re.search(rf"\b{one}\b", text) for text in rules)), "")


async def _prove(look: Look) -> Found:
    if not asking.serves(look):
        return not_needed(asking.NO_SERVER, look.read(sorted(look.tree)[:200]))
    return await tracked(look)


PROOFS = (Proof("O4", _prove),)
