"""What a JavaScript project needs to run, from its lock file, kept for the next time: no script of a package is run."""

import asyncio
import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator import clock
from orchestrator.contain.sandbox import PORT
from orchestrator.domain.ready.report import Evidence
from orchestrator.domain.run import Network
from orchestrator.errors import NotPossible
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.python import ALONE, CERTIFICATES, INSIDE, NOT_HAD, keep, reason
from orchestrator.evidence.ready.stack import package
from orchestrator.evidence.words import listed

VERSION = "2"
LOCKS = {"npm": "package-lock.json", "pnpm": "pnpm-lock.yaml", "yarn": "yarn.lock"}
GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
ELSEWHERE = re.compile(r"^(?:file|git|github|link|workspace|https?|git\+\w+):|^[\w.-]+/[\w.-]+(?:#|$)")
SETTINGS = ("name", "version", "type", *GROUPS, "overrides", "resolutions", "pnpm", "engines")
NO_INSTALLER = "It is put together with {}, which could not be fetched, so it could not be run. {}"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund")


@dataclass(frozen=True, slots=True)
class Installer:
    """What installs from a lock file of this kind: where it comes from, its file there, its words and settings."""

    package: str
    program: str
    words: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


PNPM = ("install", "--frozen-lockfile", "--ignore-scripts", "--package-import-method=copy")
YARN = ("install", "--frozen-lockfile", "--ignore-scripts", "--non-interactive", "--production=false")
NEWER_YARN = {
    "YARN_NODE_LINKER": "node-modules",
    "YARN_ENABLE_SCRIPTS": "false",
    "YARN_ENABLE_TELEMETRY": "false",
    "YARN_ENABLE_GLOBAL_CACHE": "false",
    "YARN_ENABLE_HARDENED_MODE": "false",
    "YARN_HTTP_PROXY": f"http://127.0.0.1:{PORT}",
    "YARN_HTTPS_PROXY": f"http://127.0.0.1:{PORT}",
}


def installer(manager: str, locked: str | None) -> Installer:
    """The one that understands this lock file: it takes what stands there, and runs nothing of it."""
    if manager == "pnpm":
        found = re.search(r"^lockfileVersion:\s*['\"]?(\d+)", locked or "", re.MULTILINE)
        version = {"5": "7", "6": "8"}.get(found[1] if found else "", "10")
        return Installer(f"pnpm@{version}", "pnpm/bin/pnpm.cjs", PNPM)
    if manager == "yarn":
        if "__metadata:" in (locked or ""):
            return Installer(
                "@yarnpkg/cli-dist@4", "@yarnpkg/cli-dist/bin/yarn.js", ("install", "--immutable"), NEWER_YARN
            )
        return Installer("yarn@1", "yarn/bin/yarn.js", YARN)
    return Installer("", "", ("ci" if locked is not None else "install", *QUIET))


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
    one = installer(look.stack.manager, look.texts.get(lock))
    program = ["node", str(await _fetched(look, one) / "node_modules" / one.program)] if one.package else ["npm"]
    await asyncio.to_thread(_prepare, new, about, lock, look.texts.get(lock))
    ran = await look.place.run(
        "install what it needs",
        [*program, *one.words],
        network=Network.LISTED,
        seconds=600,
        env={**_settings(look), **one.env},
        cwd=new,
    )
    if not ran.ok:
        raise NotPossible(NOT_HAD.format(reason(ran)))
    await asyncio.to_thread(keep, new, kept)
    return look.ran(ran)


async def _fetched(look: Look, one: Installer) -> Path:
    """An installer of its own kind, kept for the next time. Raises NotPossible."""
    kept = (look.place.cache or look.place.folder / "kept") / "tools" / re.sub(r"[^\w-]", "-", one.package)
    if not await asyncio.to_thread((kept / "whole").is_file):
        new = look.place.home / "installer"
        await asyncio.to_thread(_prepare, new, {}, "", None)
        command = ["npm", "install", *QUIET, one.package]
        ran = await look.place.run(
            f"fetch {one.package}", command, network=Network.LISTED, env=_settings(look), cwd=new
        )
        if not ran.ok:
            raise NotPossible(NO_INSTALLER.format(look.stack.manager, reason(ran)))
        await asyncio.to_thread(keep, new, kept)
    look.place.tools = tuple({*look.place.tools, kept})
    return kept


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
    home = look.place.home
    own = {"npm_config_cache": str(home / ".npm"), "npm_config_update_notifier": "false"}
    own |= {"YARN_CACHE_FOLDER": str(home / ".yarn"), "npm_config_store_dir": str(home / ".pnpm-store")}
    if CERTIFICATES.is_file():
        own |= {"npm_config_cafile": str(CERTIFICATES), "NODE_EXTRA_CA_CERTS": str(CERTIFICATES)}
    return own


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
