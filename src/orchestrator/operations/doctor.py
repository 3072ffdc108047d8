"""What work needs, looked at one by one, with the next step where something is missing."""

import re
import shutil
import socket
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from orchestrator.contain.boundary import boundary
from orchestrator.errors import OrchestratorError
from orchestrator.executors import installed
from orchestrator.executors.agents import STARTER
from orchestrator.executors.agents.finding import Found
from orchestrator.models import providers
from orchestrator.operations import place
from orchestrator.operations.place import Place
from orchestrator.settings import Settings
from orchestrator.store import migrate, people, secrets

ROOM_MB = 500
GIT = (2, 38)


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    ok: bool
    says: str


async def look(settings: Settings) -> list[dict[str, Any]]:
    """Everything, in an order in which it is best put right. What is broken is a finding, not an error."""
    found = [_python(), _git(), _containment(), _model(settings), _port(settings)]
    try:
        async with place.opened(settings) as here:
            found += await _builders(await _filled(settings, here))
            found += [_disk(here), await _database(here), await _accounts(here)]
    except OrchestratorError as problem:
        found.append(Finding("data", ok=False, says=str(problem)))
    return [asdict(one) for one in found]


def _python() -> Finding:
    return Finding("python", ok=True, says=f"Python {sys.version.split()[0]}.")


def _git() -> Finding:
    program = shutil.which("git")
    if not program:
        return Finding("git", ok=False, says="git is not installed. Install it with your system’s package manager.")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    return git_finding(said.strip())


def git_finding(said: str) -> Finding:
    """Judge git by what it says of itself."""
    version = re.search(r"(\d+)\.(\d+)", said)
    ok = version is not None and (int(version[1]), int(version[2])) >= GIT
    return Finding("git", ok, f"{said}." if ok else f"{said} is too old; 2.38 or newer is needed.")


def _containment() -> Finding:
    found = boundary()
    return Finding("builders", found.namespaces, found.sentence)


async def _filled(settings: Settings, here: Place) -> Settings:
    """With the keys that are stored, where the database is new enough to have them."""
    if await migrate.current(here.database) != migrate.HEAD:
        return settings
    return settings.filled(await here.read(secrets.all, here.vault))


async def _builders(settings: Settings) -> list[Finding]:
    """Each coding agent. Only the one that is to build new projects must be there."""
    wanted = installed.default(settings)
    found = [one for one in await installed.stand(settings) if one.id != STARTER]
    return [Finding(f"builder {one.id}", one.ready or one.id != wanted, _place_of(one)) for one in found]


def _place_of(found: Found) -> str:
    place = f" It is {found.where}." if found.where else ""
    return f"{found.title}: {found.says}{place}"


def _model(settings: Settings) -> Finding:
    missing = settings.model and providers.lacks(settings, settings.model)
    return Finding("ai model", ok=not missing, says=providers.says(settings))


def _port(settings: Settings) -> Finding:
    with socket.socket() as probe:
        probe.settimeout(2)
        taken = probe.connect_ex(("127.0.0.1", settings.port)) == 0
    says = f"Something answers on port {settings.port}: this server, if it runs." if taken else "It is free."
    return Finding(f"port {settings.port}", ok=True, says=says)


def _disk(here: Place) -> Finding:
    free = shutil.disk_usage(here.data).free // 2**20
    enough = "" if free > ROOM_MB else f" At least {ROOM_MB} MB should be."
    return Finding("disk", free > ROOM_MB, f"{free:,} MB are free where the data lives.{enough}")


async def _database(here: Place) -> Finding:
    kind, found = here.database.url.get_backend_name(), await migrate.current(here.database)
    if found == migrate.HEAD:
        return Finding("database", ok=True, says=f"{kind} answers, in form {found}.")
    says = f"{kind} answers, in form {found or 'empty'}; {migrate.HEAD} is needed. Run: orchestrator db upgrade"
    return Finding("database", ok=False, says=says)


async def _accounts(here: Place) -> Finding:
    count = len(await here.read(people.all)) if await migrate.current(here.database) else 0
    some = f"{count} {'account' if count == 1 else 'accounts'}."
    return Finding(
        "accounts", count > 0, some if count else "Nobody yet. Start the server and open the link it prints."
    )
