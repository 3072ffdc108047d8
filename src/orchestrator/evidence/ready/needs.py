"""What a Python project is made of: the building blocks from the package index that its own files ask for. Pure.

Only names and versions are taken over. An address, a folder or an option of the installer would let a project bring its
own program to run the tests with.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as NotReadable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from orchestrator.evidence.python_tests import module
from orchestrator.evidence.ready.stack import toml

PLAIN = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(?P<extras>\[[A-Za-z0-9,._\s-]*\])?\s*(?P<version>\(?\s*[<>=!~][^;@]*)?(?P<when>;.*)?"
)
FILES = re.compile(r"(?:[\w.-]*requirements[\w.-]*|requirements/[\w.-]+|constraints[\w.-]*)\.(?:txt|in)")
HASH = re.compile(r"\s--hash[=\s]\S+")
SET_UP = ("setup.cfg", "setup.py")


@dataclass(frozen=True, slots=True)
class Needs:
    """`wanted` are lines as the package index understands them, `fixed` narrows their versions, `left` is not there."""

    wanted: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    fewer: tuple[str, ...] = ()  # where all extras together cannot be had: without those that tests do not need
    left: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(named(line) for line in self.wanted)


def needs(texts: Mapping[str, str]) -> Needs:
    """Of a project without a lock file of uv, which uv itself reads."""
    about = toml(texts, "pyproject.toml")
    poetry = _dict(_dict(about.get("tool")).get("poetry"))
    own = named(str(_dict(about.get("project")).get("name") or poetry.get("name") or ""))
    core = [*_core(about), *_poetry(poetry), *_files(texts), *_older(texts)]
    extras = list(_extras(about, texts))
    fixed = [line for line in _locked(texts) if named(line) != own]
    wanted, fewer = _own([*core, *(line for _, line in extras)], own), _own(core, own)
    fewer += _own([line for extra, line in extras if re.search(r"test|dev|all", extra)], own)
    left = tuple(line for line in dict.fromkeys(wanted) if not clean(line))
    return Needs(cleaned(wanted), cleaned(fixed), cleaned(fewer), left)


def cleaned(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain for line in lines if (plain := clean(line))))


def clean(line: str) -> str:
    """A requirement by name; empty for everything else that such a line may say."""
    bare = HASH.sub("", line.partition(" #")[0]).strip().rstrip("\\").strip()
    return bare if PLAIN.fullmatch(bare) and "://" not in bare and not bare.startswith("#") else ""


def named(line: str) -> str:
    """The name in a requirement, as the package index writes it."""
    found = re.match(r"\s*([A-Za-z0-9._-]+)", line)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def joined(text: str) -> list[str]:
    """The lines of such a file, those that go on in the next one put together."""
    return [line.strip() for line in re.sub(r"\\\s*\n", " ", text).splitlines() if line.strip()]


def _own(lines: Iterable[str], own: str) -> list[str]:
    return [line for line in lines if not own or named(line) != own]


def _core(about: Mapping[str, Any]) -> Iterator[str]:
    yield from _strings(_dict(about.get("project")).get("dependencies"))
    for group in _dict(about.get("dependency-groups")).values():
        yield from _strings(group)
    yield from _strings(_dict(_dict(about.get("tool")).get("uv")).get("dev-dependencies"))


def _extras(about: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, lines in _dict(_dict(about.get("project")).get("optional-dependencies")).items():
        yield from ((name, line) for line in _strings(lines))
    for name, text in _ini(texts.get("setup.cfg", "")).get("options.extras_require", {}).items():
        yield from ((name, line) for line in joined(text))


def _poetry(poetry: Mapping[str, Any]) -> Iterator[str]:
    groups = [group.get("dependencies") for group in map(_dict, _dict(poetry.get("group")).values())]
    for table in (poetry.get("dependencies"), poetry.get("dev-dependencies"), *groups):
        for name, how in _dict(table).items():
            if named(name) != "python":
                known = _dict(how)
                extras = ",".join(_strings(known.get("extras")))
                elsewhere = {"path", "git", "url"} & known.keys()
                yield f"{name} @ elsewhere" if elsewhere else f"{name}[{extras}]" if extras else name


def _locked(texts: Mapping[str, str]) -> Iterator[str]:
    packages = toml(texts, "poetry.lock").get("package", [])
    for one in packages if isinstance(packages, list) else []:
        if isinstance(one, dict) and {"name", "version"} <= one.keys() and not one.get("source"):
            yield f"{one['name']}=={one['version']}"
    for path, text in texts.items():
        if PurePosixPath(path).name.startswith("constraints") and FILES.fullmatch(path):
            yield from joined(text)


def _files(texts: Mapping[str, str]) -> Iterator[str]:
    for path, text in texts.items():
        if FILES.fullmatch(path) and not PurePosixPath(path).name.startswith("constraints"):
            if path.endswith(".in") and f"{path.removesuffix('.in')}.txt" in texts:
                continue
            yield from (line for line in joined(text) if not line.startswith(("#", "-")))
            yield from (f"{line} elsewhere" for line in joined(text) if re.match(r"-e\s+(?!\.)|--editable", line))


def _older(texts: Mapping[str, str]) -> Iterator[str]:
    options = _ini(texts.get("setup.cfg", "")).get("options", {})
    for key in ("install_requires", "tests_require"):
        yield from joined(options.get(key) or "")
    if tree := module(texts.get("setup.py", "")):
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg in {"install_requires", "tests_require"}:
                yield from _literal(node.value)


def _literal(node: ast.expr) -> list[str]:
    try:
        return _strings(ast.literal_eval(node))
    except (ValueError, TypeError, RecursionError, MemoryError):
        return []


def _ini(text: str) -> dict[str, dict[str, str]]:
    parser = ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except NotReadable:
        return {}
    return {name: {key: value or "" for key, value in parser[name].items()} for name in parser.sections()}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list | tuple) else []
