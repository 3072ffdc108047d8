"""What a project is made with, told by its files. What is not known here is not checked, and said to be so. Pure."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any


class Language(StrEnum):
    PYTHON = "python"
    JAVASCRIPT = "javascript"
    OTHER = "other"


# By the endings of their files, what we have no checkers for.
OTHERS = {
    ".go": "Go",
    ".rs": "Rust",
    ".rb": "Ruby",
    ".php": "PHP",
    ".java": "Java",
    ".kt": "Kotlin",
    ".cs": "C#",
    ".swift": "Swift",
    ".ex": "Elixir",
}
SCRIPTS = {".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx"}


@dataclass(frozen=True, slots=True)
class Stack:
    """`language` is the one that most of it is written in; `name` is what people call it."""

    language: Language
    name: str
    manager: str = ""  # uv, pip, poetry; npm, pnpm, yarn
    locked: bool = False

    @property
    def unknown(self) -> str:
        """The sentence for what cannot be checked here; empty where it can."""
        if self.language is Language.OTHER:
            return f"There is no checker for {self.name} yet." if self.name else "There is no code here that we know."
        return ""


def detect(texts: Mapping[str, str]) -> Stack:
    """Tell by the number of files, and by what they are put together with."""
    counts: dict[str, int] = {}
    for path in texts:
        at = PurePosixPath(path)
        if not {"node_modules", "vendor", ".venv"} & set(at.parts):
            counts[at.suffix] = counts.get(at.suffix, 0) + 1
    python, scripts = counts.get(".py", 0), sum(counts.get(one, 0) for one in SCRIPTS)
    other = max(OTHERS, key=lambda suffix: counts.get(suffix, 0))
    if counts.get(other, 0) > max(python, scripts):
        return Stack(Language.OTHER, OTHERS[other])
    if python and (python >= scripts or "package.json" not in texts):
        return _python(texts)
    if scripts:
        return _javascript(texts)
    return Stack(Language.OTHER, "")


def toml(texts: Mapping[str, str], path: str) -> dict[str, Any]:
    """What a TOML file says; nothing where it is missing or broken."""
    try:
        return tomllib.loads(texts.get(path, ""))
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def package(texts: Mapping[str, str]) -> dict[str, Any]:
    """What package.json says; nothing where it is missing or broken."""
    try:
        said = json.loads(texts.get("package.json", "{}"))
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _python(texts: Mapping[str, str]) -> Stack:
    if "uv.lock" in texts:
        return Stack(Language.PYTHON, "Python", "uv", locked=True)
    if "poetry.lock" in texts or "poetry" in toml(texts, "pyproject.toml").get("tool", {}):
        return Stack(Language.PYTHON, "Python", "poetry", locked="poetry.lock" in texts)
    return Stack(Language.PYTHON, "Python", "pip", locked=False)


def _javascript(texts: Mapping[str, str]) -> Stack:
    if "pnpm-lock.yaml" in texts:
        return Stack(Language.JAVASCRIPT, "JavaScript", "pnpm", locked=True)
    if "yarn.lock" in texts and "package-lock.json" not in texts:
        return Stack(Language.JAVASCRIPT, "JavaScript", "yarn", locked=True)
    return Stack(Language.JAVASCRIPT, "JavaScript", "npm", locked="package-lock.json" in texts)
