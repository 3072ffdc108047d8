"""Whether keys are kept out of the code: every text that was ever saved is read once, not only those of today."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator import clock
from orchestrator.evidence import repository
from orchestrator.evidence.ready import packed
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.ready.secret_rules import Seen, found
from orchestrator.evidence.words import counted, short

AT_ONCE = 16 << 20  # bytes of texts that are read together
LARGEST = 32 << 20  # of one file; a longer one is not looked into
MOST = 20  # keys that are told of


@dataclass(frozen=True, slots=True)
class Key:
    """Where a key was seen. It never says the key."""

    path: str
    blob: str
    line: int
    kind: str


@dataclass(slots=True)
class History:
    """What was looked at, and what was found."""

    blobs: int = 0
    size: int = 0
    keys: list[Key] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


async def kept_out(look: Look) -> Found:
    """Prove that no save point up to this one has a key in it."""
    if (await repository.git(look.source, "rev-parse", "--is-shallow-repository")).strip() != b"false":
        return unchecked(
            "Only the end of the history is here, so keys that were saved earlier could not be looked for."
        )
    seen = History()
    await _messages(look, seen)
    wanted = await _blobs(look, seen)
    for part in _parts(wanted):
        await _read(look, part, seen)
    return await _judged(look, seen)


async def _judged(look: Look, seen: History) -> Found:
    said = f"{counted(seen.blobs, 'text')} of the whole history"
    if seen.keys:
        where = await asyncio.gather(*(_told(look, key) for key in seen.keys[:MOST]))
        first, rest = where[0], len(seen.keys) - 1
        more = f" There are {rest:,} more." if rest > 1 else " There is one more." if rest else ""
        return failed(f"There is {first}.{more}", look.read(_here(look, seen.keys), "\n".join(where)))
    if seen.unread:
        return unchecked(f"{seen.unread[0]} could not be looked into, so a key may be in it.")
    return proven(f"There is no key or password in {said}.", look.read(look.tree, f"{said}, {seen.size:,} bytes"))


def _here(look: Look, keys: list[Key]) -> list[str]:
    return sorted({key.path for key in keys} & look.tree.keys())


async def _told(look: Look, key: Key) -> str:
    """A sentence without its end, which never says the key."""
    name = short(key.path, 120)
    if not key.blob:
        return f"{key.kind} in {name}"
    today = look.tree.get(key.path)
    if today and today.id == key.blob:
        return f"{key.kind} in {name}, line {key.line}"
    args = ("log", "-1", "--format=%h", f"--find-object={key.blob}", look.commit)
    commit = (await repository.git(look.source, *args)).decode().strip()
    return f"{key.kind} in the history: {name}, line {key.line}, of the save point {commit or '?'}"


async def _messages(look: Look, seen: History) -> None:
    """What was written about the save points is part of the history as well."""
    text = await repository.git(look.source, "log", "--format=%B", look.commit)
    at = clock.now()
    for one in await asyncio.to_thread(lambda: list(found("message.txt", text, at))):
        seen.keys.append(Key("what was written about a save point", "", 0, one.kind))


async def _blobs(look: Look, seen: History) -> list[tuple[str, int, str]]:
    """Each text once: its id, size and one of its paths."""
    listed = await repository.git(look.source, "rev-list", "--objects", "--no-object-names", look.commit)
    named = await repository.git(look.source, "rev-list", "--objects", look.commit)
    paths = dict(line.split(b" ", 1) for line in named.splitlines() if b" " in line)
    asked = ("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)")
    about = await repository.git(look.source, *asked, given=listed)
    wanted = []
    for line in about.splitlines():
        id, kind, size = [*line.decode().split(), "", ""][:3]
        path = paths.get(id.encode(), b"").decode(errors="replace")
        if kind == "blob" and int(size) <= LARGEST:
            wanted.append((id, int(size), path))
        elif kind not in {"commit", "tree", "tag"}:
            seen.unread.append(path or "A part of the history")
    return wanted


def _parts(wanted: list[tuple[str, int, str]]) -> Iterator[list[tuple[str, int, str]]]:
    part: list[tuple[str, int, str]] = []
    total = 0
    for one in wanted:
        if part and total + one[1] > AT_ONCE:
            yield part
            part, total = [], 0
        part.append(one)
        total += one[1]
    if part:
        yield part


async def _read(look: Look, part: list[tuple[str, int, str]], seen: History) -> None:
    out = await repository.git(
        look.source, "cat-file", "--batch", given="".join(f"{id}\n" for id, _, _ in part).encode()
    )
    await asyncio.to_thread(_scan, out, {id: path for id, _, path in part}, seen)


def _scan(out: bytes, paths: dict[str, str], seen: History) -> None:
    at, now = 0, clock.now()
    while at < len(out):
        end = out.index(b"\n", at)
        id, kind, *size = out[at:end].decode().split()
        begin = end + 1
        at = begin + (int(size[0]) + 1 if size else 0)
        if kind != "blob":
            seen.unread.append(paths.get(id, "A part of the history"))
            continue
        _one(id, paths[id], out[begin : at - 1], seen, now)


def _one(id: str, path: str, raw: bytes, seen: History, now: datetime) -> None:
    seen.blobs += 1
    seen.size += len(raw)
    texts = packed.within(raw)
    if texts is None:
        seen.unread.append(path)
        return
    for text in texts:
        seen.keys += [Key(path, id, _line(text, one), one.kind) for one in found(path, text, now)]


def _line(text: bytes, one: Seen) -> int:
    return text.count(b"\n", 0, one.at) + 1


PROOFS = (Proof("S8", kept_out, history=True),)
