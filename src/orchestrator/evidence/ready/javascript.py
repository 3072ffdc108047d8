"""What a JavaScript project needs to run, by npm or pnpm from its lock file, kept: no script of a package is run."""

import asyncio
import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator import clock
from orchestrator.domain.ready.report import Evidence
from orchestrator.domain.run import Network
from orchestrator.errors import NotPossible
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.python import ALONE, CERTIFICATES, INSIDE, NOT_HAD, keep, reason
from orchestrator.evidence.ready.stack import package
from orchestrator.evidence.words import listed

VERSION = "1"
LOCKS = {"npm": "package-lock.json", "pnpm": "pnpm-lock.yaml"}
GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
ELSEWHERE = re.compile(r"^(?:file|git|github|link|workspace|https?|git\+\w+):|^[\w.-]+/[\w.-]+(?:#|$)")
SETTINGS = ("name", "version", "type", *GROUPS, "overrides", "resolutions", "pnpm", "engines")
NO_PNPM = "It is put together with pnpm, which is not installed where this runs."


@dataclass(frozen=True, slots=True)
class Modules:
    """The folder with what it is made of, to which nothing within the walls can write; None where it needs nothing."""

    folder: Path | None
    evidence: tuple[Evidence, ...] = ()

    def has(self, name: str) -> bool:
        return self.folder is not None and (self.folder / "node_modules" / name).exists()


async def modules(look: Look) -> Modules:
    """Installed once for all who ask. Raises NotPossible where it cannot be had."""
    return await look.once("javascript modules", _modules)


async def _modules(look: Look) -> Modules:
    about = package(look.texts)
    wanted = {name: str(version) for group in GROUPS for name, version in _dict(about.get(group)).items()}
    look.place.tools = tuple({*look.place.tools, INSIDE})
    if not wanted:
        return Modules(None)
    if elsewhere := [f"{name} {version}" for name, version in wanted.items() if ELSEWHERE.match(version)]:
        raise NotPossible(ALONE.format(listed(elsewhere)))
    kept = (look.place.cache or look.place.folder / "kept") / "modules" / _key(look, about)
    evidence: tuple[Evidence, ...] = ()
    if not await asyncio.to_thread((kept / "whole").is_file):
        look.place.say("Installing what it needs.")
        evidence = (await _install(look, about, kept),)
    look.place.tools = tuple({*look.place.tools, kept})
    return Modules(kept, evidence)


async def _install(look: Look, about: dict[str, Any], kept: Path) -> Evidence:
    """Beside the project, from its lock file alone: its other settings could have the installer ask elsewhere."""
    new, lock = look.place.home / "modules", LOCKS[look.stack.manager]
    if look.stack.manager == "pnpm" and not shutil.which("pnpm"):
        raise NotPossible(NO_PNPM)
    await asyncio.to_thread(_prepare, new, about, lock, look.texts.get(lock))
    commands = {
        "npm": ["npm", "ci" if lock in look.texts else "install", "--ignore-scripts", "--no-audit", "--no-fund"],
        "pnpm": ["pnpm", "install", "--frozen-lockfile", "--ignore-scripts", "--package-import-method=copy"],
    }
    ran = await look.place.run(
        "install what it needs",
        commands[look.stack.manager],
        network=Network.LISTED,
        seconds=600,
        env=_settings(look),
        cwd=new,
    )
    if not ran.ok:
        raise NotPossible(NOT_HAD.format(reason(ran)))
    await asyncio.to_thread(keep, new, kept)
    return look.ran(ran)


def _prepare(new: Path, about: dict[str, Any], lock: str, locked: str | None) -> None:
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    (new / "package.json").write_text(json.dumps({name: about[name] for name in SETTINGS if name in about}), "utf-8")
    if locked is not None:
        (new / lock).write_text(locked, "utf-8")


def _key(look: Look, about: dict[str, Any]) -> str:
    locked = look.texts.get(LOCKS[look.stack.manager])
    day = "" if locked else f"{clock.now():%Y-%m-%d}"
    told = [VERSION, look.stack.manager, day, locked or "", json.dumps({one: about.get(one) for one in SETTINGS})]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:24]


def _settings(look: Look) -> dict[str, str]:
    own = {"npm_config_cache": str(look.place.home / ".npm"), "npm_config_update_notifier": "false"}
    if CERTIFICATES.is_file():
        own |= {"npm_config_cafile": str(CERTIFICATES), "NODE_EXTRA_CA_CERTS": str(CERTIFICATES)}
    return own


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
