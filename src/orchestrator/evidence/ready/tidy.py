"""Whether its parts fit each other and its code is tidy, as the programs say that the project itself has chosen.

They are run as the project sets them up, with an exit code that we see. Then each file is given a plain mistake: where
nothing is said about it, the set-up hides the file, and what was said before is worth nothing.
"""

import ast
import asyncio
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from orchestrator.evidence import guards, reports, repository
from orchestrator.evidence.python_tests import module
from orchestrator.evidence.ready import needs, product, python, tidy_scripts
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.place import Ran
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.ready.python import Environment
from orchestrator.evidence.ready.stack import Language, toml
from orchestrator.evidence.results import lines
from orchestrator.evidence.words import counted, listed, short

FEWEST_TYPED = 0.5
SAID = re.compile(r"^(?P<path>[^\s:][^:]*):(?P<line>\d+)(?::\d+)?:? ")
MISTYPED = '\n\ndef _probe_of_types_() -> int:\n    return "text"\n'
UNTIDY = "\n\ndef _probe_of_order_():\n    import os\n    return _nowhere_defined_\n"
SECONDS = 300


@dataclass(frozen=True, slots=True)
class Program:
    """One that looks at code. `parts` are where the project sets it up: a file, or a table of one."""

    name: str
    package: str
    words: tuple[str, ...]
    mistake: str
    parts: tuple[str, ...]


MYPY = Program(
    "mypy",
    "mypy>=1.18,<3",
    ("--check-untyped-defs", "--no-error-summary", "--hide-error-context", "--no-pretty", "--no-color-output"),
    MISTYPED,
    ("mypy.ini", ".mypy.ini", "pyproject.toml#mypy", "setup.cfg#mypy"),
)
PYRIGHT = Program("pyright", "", (), MISTYPED, ("pyrightconfig.json", "pyproject.toml#pyright"))
RUFF = Program(
    "ruff",
    "ruff>=0.14,<1",
    ("check", "--no-cache", "--no-fix", "--output-format=concise"),
    UNTIDY,
    ("ruff.toml", ".ruff.toml", "pyproject.toml#ruff"),
)
FLAKE8 = Program(
    "flake8", "flake8>=7", ("--no-show-source",), UNTIDY, (".flake8", "setup.cfg#flake8", "tox.ini#flake8")
)
PYLINT = Program(
    "pylint",
    "pylint>=3.3",
    ("--output-format=text", "--score=n", "--persistent=n"),
    UNTIDY,
    (".pylintrc", "pylintrc", "pyproject.toml#pylint", "setup.cfg#pylint"),
)
TYPES, ORDER = (MYPY, PYRIGHT), (RUFF, FLAKE8, PYLINT)


def _proof(item: str, programs: Iterable[Program], missing: str, clean: str) -> Proof:
    async def prove(look: Look) -> Found:
        if look.stack.unknown:
            return unchecked(look.stack.unknown)
        if look.stack.language is not Language.PYTHON:
            return await (tidy_scripts.types if item == "T9" else tidy_scripts.order)(look)
        chosen = [one for one in programs if _set_up(one, look.texts)]
        if not chosen:
            return failed(missing)
        return await _looked(look, chosen[0], clean)

    return Proof(item, prove)


def _set_up(one: Program, texts: Mapping[str, str]) -> bool:
    """Whether the project has it look at its code."""
    for part in one.parts:
        path, _, table = part.partition("#")
        if path not in texts:
            continue
        if not table or (path == "pyproject.toml" and table in toml(texts, path).get("tool", {})):
            return True
        if path != "pyproject.toml" and re.search(rf"^\[{table}\b", texts[path], re.MULTILINE):
            return True
    return one.name in needs.needs(texts).names


async def _looked(look: Look, one: Program, clean: str) -> Found:
    files = product.files(look.texts)
    if not files:
        return failed("There is no code that could be looked at.")
    if wrong := _own_plugins(look.texts) or (_untyped(look.texts, files) if one in TYPES else ""):
        return failed(wrong, look.read(files))
    if not one.package:
        return unchecked(f"There is no way yet to run {one.name} here.")
    ran = await _run(look, one, files, "")
    if not ran.ok:
        found = list(_places(ran, look).values())
        about = f"{counted(sum(map(len, found)), 'place')}" if found else short(_last(ran), 160)
        return failed(f"{one.name} finds something to mend: {about}.", look.ran(ran))
    probed = await _run(look, one, files, one.mistake)
    said = _places(probed, look)
    if silent := [path for path in files if path not in said]:
        sentence = f"{one.name} is told to be silent about {counted(len(silent), 'file')}: {listed(silent)}."
        return failed(sentence, look.ran(ran), look.ran(probed))
    return proven(f"{one.name} {clean} in {counted(len(files), 'file')}.", look.ran(ran), look.ran(probed))


async def _run(look: Look, one: Program, files: tuple[str, ...], mistake: str) -> Ran:
    """In a copy of its own, each file with this mistake at its end."""
    here = await python.environment(look)
    program = await _program(look, one, here)
    folder = look.place.folder / "tidy"
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    try:
        await repository.checkout(look.source, look.commit, folder)
        await asyncio.to_thread(_put, folder, look.texts, files, mistake)
        words = [*one.words, *(_types(look, here) if one is MYPY else ())]
        name = f"{one.name} with a mistake in each file" if mistake else one.name
        env = here.variables(folder) | {"MYPYPATH": ":".join(str(folder / root) for root in here.roots if root)}
        env["RUFF_NO_CACHE"] = "true"
        return await look.place.run(name, [*program, *words, *files], seconds=SECONDS, env=env, cwd=folder)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _put(folder: Path, texts: Mapping[str, str], files: Iterable[str], mistake: str) -> None:
    for path in files if mistake else ():
        (folder / path).write_text(f"{texts[path].rstrip()}\n{mistake}", "utf-8")


def _types(look: Look, here: Environment) -> list[str]:
    based = ["--explicit-package-bases"] if any(here.roots) else []
    return [f"--python-executable={here.python}", f"--cache-dir={look.place.home / 'types'}", *based]


async def _program(look: Look, one: Program, here: Environment) -> list[str]:
    """The project's own, in its version, or one of ours."""
    if here.has(one.name):
        return [here.python, "-P", "-m", one.name]
    own = await python.tool(look.place, one.name, one.package)
    return [str(own / "bin/python"), "-P", "-m", one.name]


def _places(ran: Ran, look: Look) -> dict[str, list[int]]:
    """File by file, the lines of which something is said."""
    found: dict[str, list[int]] = {}
    text = reports.content(ran.log) or ran.output
    for line in lines(text):
        if said := SAID.match(line):
            path = said["path"].removeprefix(f"{look.place.folder / 'tidy'}/")
            found.setdefault(PurePosixPath(path).as_posix(), []).append(int(said["line"]))
    return found


def _last(ran: Ran) -> str:
    said = [line for line in lines(ran.output) if line.strip()]
    return ran.ended.why or (said[-1] if said else "it ended with an error")


def _own_plugins(texts: Mapping[str, str]) -> str:
    """A checker that loads a file of the project may be told by it what to find."""
    told = toml(texts, "pyproject.toml").get("tool", {})
    ini = "\n".join(texts.get(path, "") for path in ("mypy.ini", ".mypy.ini", "setup.cfg", ".pylintrc"))
    named = [*guards.entries(told.get("mypy", {}).get("plugins"))]
    named += [
        word
        for line in re.findall(r"^(?:load-)?plugins\s*=\s*(.+)$", ini, re.MULTILINE)
        for word in re.split(r"[,\s]+", line)
    ]
    own = [word for word in named if word.endswith(".py") or f"{word.replace('.', '/')}.py" in texts]
    return f"The checker is steered by a file of the project itself: {listed(own)}." if own else ""


def _untyped(texts: Mapping[str, str], files: Iterable[str]) -> str:
    """Where next to nothing has a type, nothing is checked."""
    typed = whole = 0
    for path in files:
        tree = module(texts[path])
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                whole += 1
                typed += node.returns is not None or any(one.annotation for one in given)
    if whole and typed < FEWEST_TYPED * whole:
        return f"Only {typed} of {counted(whole, 'function')} say what they take and give, so there is little to check."
    return ""


PROOFS = (
    _proof("T9", TYPES, "There is no type checker set up.", "finds that all parts fit"),
    _proof("T10", ORDER, "There is no linter set up.", "finds nothing to tidy up"),
)
