"""Whether it can be brought back when everything is lost: the written commands are tried, on a database of ours."""

import asyncio
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from orchestrator.contain import walls
from orchestrator.domain.ready.report import Evidence
from orchestrator.evidence import repository
from orchestrator.evidence.declared import FILE
from orchestrator.evidence.ready import app as apps
from orchestrator.evidence.ready import database, pages, prose, python, shell, told
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.place import Ran
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.words import short

TITLE = re.compile(r"back ?ups?|restor|copies|bring(?:ing)? (?:it )?back", re.IGNORECASE)
SAVES, BRINGS = (
    re.compile(r"back ?up|dump|save|snapshot|\.backup", re.IGNORECASE),
    re.compile(r"restore|load|import|recover", re.IGNORECASE),
)
DATABASE = re.compile(r"(?<![\w/$.-])((?:\./)?(?:[\w.-]+/)*[\w-]+\.(?:db|sqlite3?))(?![\w/.])")
ELSEWHERE = re.compile(
    r"\b(?:pg_dump|pg_restore|psql|mysqldump|mysql|mongodump|docker|kubectl|aws|gsutil|restic|borg|ssh)\b|<[a-z-]+>"
)
WRITE = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("create table if not exists kept (word text)")
db.executemany("insert into kept values (?)", [(word,) for word in sys.argv[2].split(",")])
db.commit()
"""
READ = """
import sqlite3, sys
db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
found = sorted(row[0] for row in db.execute("select word from kept"))
sys.exit(0 if found == sorted(sys.argv[2].split(",")) else 3)
"""
DAMAGE = """
import os, sys
size = os.path.getsize(sys.argv[1])
with open(sys.argv[1], "r+b") as file:
    file.write(b"x" * size)
for end in ("", "-wal", "-shm", "-journal"):
    if os.path.exists(sys.argv[1] + end):
        os.unlink(sys.argv[1] + end)
"""
ROWS, EACH_S = 5, 60


async def tried(look: Look) -> Found:
    """Prove it by making a copy, destroying the data, and bringing it back as it is written down."""
    if odd := database.without(look):
        return odd
    if (copies := told.told(look.texts).copies).whole:
        return await _declared(look, copies)
    pair = next(_pairs(look), None)
    if pair is None:
        return failed("It is not written down with which commands its data is copied and brought back.")
    path, saves, brings = pair
    said = " ".join((*saves, *brings))
    scripts = "\n".join(look.texts.get(word.removeprefix("./"), "") for word in said.split())
    if ELSEWHERE.search(said) or ELSEWHERE.search(scripts):
        return unchecked(
            f"{path} says how, but that needs more than we can start, so it was not tried.", look.read([path])
        )
    file = DATABASE.search(said) or DATABASE.search(scripts)
    if not file:
        return unchecked(f"{path} says how, but not which file is copied, so it was not tried.", look.read([path]))
    return await _trial(look, path, saves, brings, file[1].removeprefix("./"))


def _pairs(look: Look) -> Iterator[tuple[str, list[str], list[str]]]:
    """The commands that copy, and those that bring back, of one page."""
    for path, text in look.files("*.md", "*.rst").items():
        parts = [inner for title, inner in prose.sections(text).items() if TITLE.search(title)]
        found = list(dict.fromkeys(one for inner in parts for one in pages.commands(list(pages.shown(inner)))))
        brings = [one for one in found if BRINGS.search(one) or _swapped(one)]
        saves = [one for one in found if one not in brings]
        if saves and brings and any(SAVES.search(one) for one in saves):
            yield path, saves, brings


def _swapped(command: str) -> bool:
    """A copy from what was copied."""
    words = command.split()
    return words[:1] == ["cp"] and len(words) > 2 and bool(re.search(r"back ?up|copy|\.bak", words[-2], re.IGNORECASE))  # noqa: PLR2004


async def _trial(look: Look, path: str, saves: list[str], brings: list[str], file: str) -> Found:
    copy = look.place.home / "backups"
    await repository.checkout(look.source, look.commit, copy)
    data, words = copy / file, ",".join(secrets.token_hex(8) for _ in range(ROWS))
    await asyncio.to_thread(data.parent.mkdir, parents=True, exist_ok=True)
    await _ours(look, WRITE, data, words)
    for command in saves:
        ran = await _run(look, command, copy)
        if not ran.ok:
            return _stopped(path, command, ran.output, look.ran(ran))
    await _ours(look, DAMAGE, data, words)
    evidence = []
    for command in brings:
        ran = await _run(look, command, copy)
        evidence.append(look.ran(ran))
        if not ran.ok:
            return _stopped(path, command, ran.output, look.ran(ran))
    if await _ours(look, READ, data, words):
        return failed(f"After the commands in {path} the data is not there again as it was.", *evidence)
    return proven(f"The commands in {path} brought back data that we had destroyed.", *evidence, look.read([path]))


async def _declared(look: Look, said: told.Copies) -> Found:
    """Begin, put rows of ours in, copy, lose the whole folder, bring it back, and look for the rows."""
    interpreter, code = await look.once("interpreter", apps.interpreter_of), look.place.home / "copied"
    await repository.checkout(look.source, look.commit, code)
    data, kept = code / "its-data", look.place.home / "copy-of-all"
    file = Path(_filled(said.file, data, kept))
    words, evidence = ",".join(secrets.token_hex(8) for _ in range(ROWS)), []
    await asyncio.to_thread(data.mkdir)
    for name, command in {"begin": said.begin, "save": said.save, "restore": said.restore}.items():
        if name == "save" and (not await _lies_in(file, data) or await _ours(look, WRITE, file, words)):
            return unchecked(f"Nothing could be put into {said.file} in {FILE}, so it was not tried.")
        if name == "restore":
            await _ours(look, DAMAGE, file, words)  # under whatever other name it may be known as well
            await asyncio.to_thread(shutil.rmtree, data)
        filled = [_filled(word, data, kept) for word in apps.own(command, interpreter)] if command else ["true"]
        ran = await look.place.run(f"{name} data", ("/usr/bin/env", *filled), cwd=code, seconds=EACH_S)
        evidence.append(look.ran(ran))
        if not ran.ok:
            return _stopped(FILE, " ".join(command), ran.output, evidence[-1])
    if await _ours(look, READ, file, words):
        return failed(f"After what {FILE} says was run, the data is not there again as it was.", *evidence)
    return proven(f"The commands in {FILE} brought back data that we had destroyed.", *evidence)


async def _lies_in(file: Path, data: Path) -> bool:
    """Whether it is lost with that folder."""
    return (await asyncio.to_thread(file.resolve)).is_relative_to(await asyncio.to_thread(data.resolve))


def _filled(word: str, data: Path, kept: Path) -> str:
    return word.replace("{data}", str(data)).replace("{copy}", str(kept))


def _stopped(path: str, command: str, output: str, evidence: Evidence) -> Found:
    if "command not found" in output:
        return unchecked(
            f"“{short(command, 60)}” in {path} needs a program that is not here, so it was not tried.", evidence
        )
    return failed(f"“{short(command, 60)}” in {path} does not work.", evidence)


async def _run(look: Look, command: str, copy: Path) -> Ran:
    env = {}
    if re.search(r"\bpython|\.py\b", command) or _calls_python(look, command):
        made = await python.environment(look)
        env = made.variables(copy)
    return await look.place.run(
        "bring data back", ("bash", "-euo", "pipefail", "-c", command), cwd=copy, env=env, seconds=EACH_S
    )


def _calls_python(look: Look, command: str) -> bool:
    names = [word.removeprefix("./") for call in shell.calls(command, stops=True) for word in call.words]
    return any("python" in look.texts.get(name, "")[:4_000] for name in names)


async def _ours(look: Look, program: str, data: Path, words: str) -> int | None:
    command = (*walls.python()[0], "-c", program, str(data), words)
    return (await look.place.run("our own data", command, cwd=look.place.home, seconds=EACH_S)).ended.code


PROOFS = (Proof("O7", tried),)
