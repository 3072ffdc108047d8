"""What a project is made of: the building blocks that are really there, each with its version and its licence."""

import ast
import asyncio
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from pathlib import Path, PurePosixPath
from typing import Any

from orchestrator.evidence.python_tests import module
from orchestrator.evidence.ready import licences, needs, product, python
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.stack import package
from orchestrator.evidence.ready.weaknesses import Block

MOST = 1 << 20
OURS = {
    "pytest",
    "iniconfig",
    "pluggy",
    "packaging",
    "pygments",
    "coverage",
    "pip",
    "setuptools",
    "wheel",
}  # put there by us
DYNAMIC = re.compile(r"\b(?:__import__|import_module|exec|eval)\s*\(")


@dataclass(frozen=True, slots=True)
class Part:
    """A building block, with what its makers say of its licence."""

    block: Block
    licence: str
    modules: frozenset[str] = frozenset()


async def of_python(look: Look) -> list[Part]:
    """What is installed for it. Raises NotPossible where that cannot be had."""
    made = await python.environment(look)
    return await asyncio.to_thread(lambda: list(_installed(made.folder)))


def _installed(folder: Path) -> Iterator[Part]:
    for about in sorted(folder.glob("lib/python*/site-packages/*.dist-info/METADATA")):
        with about.open(encoding="utf-8", errors="replace") as file:
            said = Parser().parsestr(file.read(MOST), headersonly=True)
        name, version = str(said.get("Name", "")), str(said.get("Version", ""))
        licence = licence_of(said) or _by_its_words(about.parent)
        yield Part(Block("PyPI", needs.named(name), version), licence, frozenset(_modules(about.parent)))


def _by_its_words(about: Path) -> str:
    """Of the licence that lies with it, where its makers say nothing of it."""
    for path in sorted((*about.glob("LICEN[CS]E*"), *about.glob("licenses/**/LICEN[CS]E*"))):
        if path.is_file() and (name := licences.named(path.read_text("utf-8", "replace")[:MOST])):
            return name
    return ""


def licence_of(said: Message) -> str:
    """In its own words, the most exact first."""
    if exact := said.get("License-Expression"):
        return str(exact)
    told = [one.rpartition("::")[2].strip() for one in said.get_all("Classifier", []) if one.startswith("License ::")]
    told = [one for one in told if one != "OSI Approved"]
    return " AND ".join(told) or str(said.get("License", "")).split("\n")[0].strip()[:100]


def _modules(about: Path) -> Iterator[str]:
    record = about / "RECORD"
    if not record.is_file():
        return
    with record.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            first = line.split(",")[0].split("/")
            if len(first) > 1 and not first[0].endswith((".dist-info", "..")):
                yield first[0]
            elif first[0].endswith((".py", ".so")):
                yield first[0].split(".")[0]


def of_javascript(texts: Mapping[str, str]) -> list[Part] | None:
    """What its lock file names; None where there is none that we can read."""
    try:
        known = json.loads(texts.get("package-lock.json", "")).get("packages")
    except (ValueError, AttributeError, RecursionError):
        return None
    if not isinstance(known, dict):
        return None
    return [
        _of_lock(path, one) for path, one in known.items() if path and isinstance(one, dict) and not one.get("link")
    ]


def _of_lock(path: str, one: Mapping[str, Any]) -> Part:
    name = str(one.get("name") or path.rpartition("node_modules/")[2])
    said = one.get("license", "")
    return Part(
        Block("npm", name, str(one.get("version", ""))), said if isinstance(said, str) else "", frozenset({name})
    )


def needed(texts: Mapping[str, str]) -> set[str]:
    """The names that package.json asks for."""
    known = package(texts)
    tables = (known.get(name) for name in ("dependencies", "devDependencies", "optionalDependencies"))
    return {str(name) for table in tables if isinstance(table, dict) for name in table}


def undeclared(texts: Mapping[str, str], parts: Iterable[Part]) -> list[str]:
    """Modules that its code takes in, and that come from nowhere that we know."""
    have = {name for part in parts for name in part.modules} | set(sys.stdlib_module_names)
    return sorted(taken_in(texts) - have - own(texts))


def taken_in(texts: Mapping[str, str]) -> set[str]:
    """The first names of all that the product imports."""
    found = set()
    for path in product.files(texts):
        for node in ast.walk(tree) if (tree := module(texts[path])) else ():
            if isinstance(node, ast.Import):
                found |= {one.name.split(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.split(".")[0])
    return found


def own(texts: Mapping[str, str]) -> set[str]:
    """The names under which its own files can be imported."""
    paths = [PurePosixPath(path) for path in texts if path.endswith(".py")]
    return {path.stem for path in paths} | {part for path in paths for part in path.parts[:-1]}


def by_name(texts: Mapping[str, str]) -> bool:
    """Whether its code takes things in by names that are made while it runs, which reading does not show."""
    return any(DYNAMIC.search(texts[path]) for path in product.files(texts))
