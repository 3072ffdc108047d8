"""Whether the parts of a JavaScript project fit each other and its code is tidy, by its own tsc, ESLint or Biome.

Each is run as the project sets it up, and then once more with a plain mistake in each file: where nothing is said
about it, the set-up hides the file, and what was said before is worth nothing.
"""

import asyncio
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from orchestrator.evidence import reports, repository, script_tests
from orchestrator.evidence.ready import nodetests, scripts_read
from orchestrator.evidence.ready.javascript import Modules, modules
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.place import Ran
from orchestrator.evidence.ready.proof import Found, failed, proven, unchecked
from orchestrator.evidence.ready.stack import package
from orchestrator.evidence.results import lines
from orchestrator.evidence.words import counted, listed, short

Texts = Mapping[str, str]
Said = dict[str, list[int]]  # file by file, the lines of which something is said that is no mere advice
SECONDS = 300
FEWEST_TYPED = 0.5
TYPED = {".ts", ".tsx", ".mts", ".cts"}
MISTYPED = '\n/** @type {{number}} */\nconst probeOfTypes{number}_{typed} = "text";\n'
UNTIDY = """
function probeOfOrder{number}_() {{
  var unused_ = 1;
  if (nowhereDefined_ == nowhereDefined_) {{
    debugger;
  }}
  while (true) {{}}
}}
"""
OF_TSC = re.compile(r"^(?P<path>[^\s(][^(]*)\((?P<line>\d+),\d+\): error TS")
OF_BIOME = re.compile(r"^::error [^:]*?\bfile=(?P<path>[^,:]+),line=(?P<line>\d+)")
FUNCTION = re.compile(
    r"(?:\bfunction\b\s*\w*\s*(?:<[^<>()]*>\s*)?|(?<![\w.$])(?!if\b|for\b|while\b|switch\b|catch\b)\w+\s*(?:<[^<>()]*>\s*)?"
    r"|=\s*(?:async\s*)?)\((?P<takes>[^()]*)\)\s*(?P<gives>:\s*[^=;{}()]+)?(?:=>|\{)"
)
ANY = re.compile(r":\s*(?:Array<any>|any)(?:\[\])*(?!\w)")
STEERS = re.compile(
    r"(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*['\"](?P<own>\.{1,2}/[^'\"]+)['\"]"
    r"|\bprocess\s*\.\s*(?:exit\w*|stdout|stderr|argv|on|env)\b|\.prototype\b|\bchild_process\b|\b(?:node:)?fs\b|\beval\s*\("
)
PLAIN = "It is written in plain JavaScript, where nothing says what fits, and no program is set up to look (checkJs)."
NO_TYPES, NO_ORDER = "There is no type checker set up.", "There is no linter set up."
ABSENT = "{} is set up, but is not among what it needs, so it could not be run."


@dataclass(frozen=True, slots=True)
class Program:
    """One that looks at code. `start` is its file among what the project needs; `rounds` are its words, run by run."""

    name: str
    start: str
    rounds: tuple[tuple[str, ...], ...]
    mistake: str
    env: Mapping[str, str]


async def types(look: Look) -> Found:
    """By tsc, as its own settings say."""
    texts = look.texts
    settings = next((path for path in ("tsconfig.json", "jsconfig.json") if path in texts), "")
    checks = bool(_options(texts.get(settings, "")).get("checkJs")) or "// @ts-check" in "".join(texts.values())
    files = tuple(path for path in scripts_read.files(texts) if checks or PurePosixPath(path).suffix in TYPED)
    if not files or 2 * len(files) < len(scripts_read.files(texts)):
        return unchecked(PLAIN)
    if not settings:
        return failed(NO_TYPES)
    if wrong := _untyped(texts, files):
        return failed(wrong, look.read(files))
    rounds = tuple(("--noEmit", "--pretty", "false", "-p", path) for path in _parts(texts, settings))
    one = Program("tsc", "typescript/bin/tsc", rounds, MISTYPED, {})
    return await _looked(look, one, files, "finds that all parts fit")


async def order(look: Look) -> Found:
    """By ESLint or Biome, whichever is set up."""
    files, found = scripts_read.files(look.texts), _linter(look.texts)
    if not files:
        return failed("There is no code that could be looked at.")
    if not found:
        return failed(NO_ORDER)
    one, path = found
    if steers := STEERS.search(script_tests.script(look.texts[path]).plain) if path.endswith(SCRIPT_SETTINGS) else None:
        own = listed([steers["own"] or steers[0]])
        return failed(f"The linter is steered by a file of the project itself, in {path}: {own}.", look.read([path]))
    return await _looked(look, one, files, "finds nothing to tidy up")


SCRIPT_SETTINGS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")


def _linter(texts: Texts) -> tuple[Program, str] | None:
    flat = [f"eslint.config{ending}" for ending in SCRIPT_SETTINGS]
    older = [f".eslintrc{ending}" for ending in ("", ".json", ".js", ".cjs", ".yml", ".yaml")]
    older += ["package.json"] if "eslintConfig" in package(texts) else []
    for path in (*flat, *older):
        if path in texts:
            env = {"ESLINT_USE_FLAT_CONFIG": "true" if path in flat else "false"}
            words = ("--format", "json", "--no-color", "--output-file", "said.json")
            return Program("ESLint", "eslint/bin/eslint.js", (words,), UNTIDY, env), path
    for path in ("biome.json", "biome.jsonc"):
        if path in texts:
            asked = ("lint", "--reporter=github", "--max-diagnostics=none", "--colors=off")
            return Program("Biome", "@biomejs/biome/bin/biome", (asked,), UNTIDY, {}), path
    return None


async def _looked(look: Look, one: Program, files: tuple[str, ...], clean: str) -> Found:
    here = await modules(look)
    if not here.has(one.start):
        return unchecked(ABSENT.format(one.name))
    ran, said = await _run(look, here, one, files, mistake=False)
    if wrong := next((each for each in ran if not each.ok), None):
        count = sum(map(len, said.values()))
        about = counted(count, "place") if count else short(_last(wrong), 160)
        return failed(f"{one.name} finds something to mend: {about}.", look.ran(wrong))
    probed, found = await _run(look, here, one, files, mistake=True)
    shown = [look.ran(each) for each in (*ran, *probed)]
    silent = [path for path in files if all(at <= look.texts[path].count("\n") for at in found.get(path, ()))]
    if silent:
        return failed(
            f"{one.name} is told to be silent about {counted(len(silent), 'file')}: {listed(silent)}.", *shown
        )
    return proven(f"{one.name} {clean} in {counted(len(files), 'file')}.", *shown)


async def _run(
    look: Look, here: Modules, one: Program, files: tuple[str, ...], *, mistake: bool
) -> tuple[list[Ran], Said]:
    """In a copy of its own, each file with this mistake at its end."""
    folder = look.place.folder / "tidy"
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    name = f"{one.name} with a mistake in each file" if mistake else one.name
    ran: list[Ran] = []
    said: Said = {}
    try:
        await repository.checkout(look.source, look.commit, folder)
        await asyncio.to_thread(nodetests.link, here, folder)
        await asyncio.to_thread(_put, folder, look.texts, files if mistake else (), one.mistake)
        for words in one.rounds:
            command = ["node", str(folder / "node_modules" / one.start), *words]
            command += files if one.mistake is UNTIDY else ()
            ran.append(await look.place.run(name, command, seconds=SECONDS, env=one.env, cwd=folder))
            for path, line in await asyncio.to_thread(lambda: list(_said(ran[-1], folder))):
                said.setdefault(path, []).append(line)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return ran, said


def _put(folder: Path, texts: Texts, files: Iterable[str], mistake: str) -> None:
    for number, path in enumerate(files):
        typed = ": number" if PurePosixPath(path).suffix in TYPED else ""
        more = mistake.format(number=number, typed=typed)
        (folder / path).write_text(f"{texts[path]}\n{more}", "utf-8")


def _said(ran: Ran, folder: Path) -> Iterator[tuple[str, int]]:
    """Of what each file is accused, wherever the program writes it."""
    text = reports.content(ran.log) or ran.output
    for line in lines(text):
        if found := OF_TSC.match(line) or OF_BIOME.match(line):
            yield PurePosixPath(found["path"].removeprefix(f"{folder}/")).as_posix(), int(found["line"])
    for file in _list(reports.content(folder / "said.json")):
        for one in file.get("messages", ()):
            if one.get("severity") == 2 and one.get("ruleId"):  # noqa: PLR2004 - an error, as ESLint counts
                yield str(file.get("filePath", "")).removeprefix(f"{folder}/"), int(one.get("line") or 0)


def _list(text: str | None) -> list[dict[str, Any]]:
    try:
        found = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _last(ran: Ran) -> str:
    said = [line for line in lines(ran.output) if line.strip()]
    return ran.ended.why or (said[-1] if said else "it ended with an error")


def _parts(texts: Texts, settings: str) -> list[str]:
    """The settings themselves, and those of the parts that they are made of."""
    found = [settings]
    for one in _jsonc(texts[settings]).get("references") or ():
        path = str(one.get("path", "")) if isinstance(one, dict) else ""
        at = PurePosixPath(path if path.endswith(".json") else f"{path}/tsconfig.json").as_posix().removeprefix("./")
        found += [at] if at in texts else []
    empty = len(found) > 1 and _jsonc(texts[settings]).get("files") == []
    return found[1:] if empty else found


def _options(text: str) -> dict[str, Any]:
    found = _jsonc(text).get("compilerOptions")
    return found if isinstance(found, dict) else {}


def _jsonc(text: str) -> dict[str, Any]:
    """JSON with comments and commas too many in it."""
    plain = re.sub(r",(\s*[}\]])", r"\1", script_tests.script(text).plain)
    return reports.mapping(plain) or {}


def _untyped(texts: Texts, files: Iterable[str]) -> str:
    """Where next to nothing has a type, or all of it is “any”, nothing is checked."""
    typed = whole = 0
    for path in files:
        for match in FUNCTION.finditer(script_tests.script(texts[path]).bare):
            if match["takes"].strip() or match["gives"]:
                whole += 1
                typed += ":" in ANY.sub("", f"{match['takes']} {match['gives'] or ''}")
    if whole and typed < FEWEST_TYPED * whole and any(PurePosixPath(path).suffix in TYPED for path in files):
        return f"Only {typed} of {counted(whole, 'function')} say what they take and give, so there is little to check."
    return ""
