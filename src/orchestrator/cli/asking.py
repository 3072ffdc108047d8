"""The running server to which people's commands talk, and what they usually ask of it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orchestrator.consistency import LOOPBACK
from orchestrator.errors import Conflict, NotFound, WrongSetting

if TYPE_CHECKING:
    from orchestrator.channels.server import Server
    from orchestrator.settings import Settings

BEGIN = "You have no project yet. Begin with: orchestrator chat --idea “…”"


def server() -> "Server":
    """The server of the settings, with the key of the environment or of this machine's data folder."""
    from orchestrator.channels.server import Server  # noqa: PLC0415 - slow to load: `--help` needs none of this
    from orchestrator.settings import read  # noqa: PLC0415

    settings = read()
    return Server(settings.url.rstrip("/") or settings.here, _key(settings))


def _key(settings: "Settings") -> str:
    """A key of this machine is for the server of this machine: nobody else is shown it."""
    if settings.token:
        return settings.token.get_secret_value()
    if settings.url and urlsplit(settings.url).hostname not in LOOPBACK:
        raise WrongSetting("ORCHESTRATOR_URL names a server elsewhere, so ORCHESTRATOR_TOKEN must have a key for it.")
    from orchestrator.operations import accounts, place  # noqa: PLC0415 - the database is slow to load

    return place.run(accounts.key_of_terminal)


def project(server: "Server", id: str) -> Any:
    """The one of this id; without, the newest."""
    if id:
        return server.get(f"/projects/{id}")
    found = all_projects(server)
    if not found:
        raise NotFound(BEGIN)
    return max(found, key=lambda one: one["created_at"])


def all_projects(server: "Server", **which: Any) -> list[Any]:
    """All pages of the list."""
    found, cursor = [], ""
    while True:
        page = server.get("/projects", limit=100, cursor=cursor, **which)
        found += page["items"]
        if not (cursor := page["next_cursor"] or ""):
            return found


def only_decision(server: "Server") -> str:
    """The id of the decision that waits, if it is the only one."""
    waiting = server.get("/gates", status="pending")["items"]
    if not waiting:
        raise NotFound("Nothing waits for you.")
    if len(waiting) > 1:
        raise Conflict(f"{len(waiting)} decisions wait for you. Say which one; see: orchestrator gates")
    return str(waiting[0]["id"])
