"""What GitHub shows beside a save point: a check run where we are an app, else a commit status, which says less."""

from dataclasses import dataclass
from typing import Any, Literal

from orchestrator.forge.hub.client import Client
from orchestrator.forge.hub.troubles import NOT_THERE, Refused

State = Literal["waits", "success", "failure", "neutral"]
STATUS = {"waits": "pending", "success": "success", "failure": "failure", "neutral": "success"}
MOST_STATUS, MOST_TEXT = 140, 60_000


@dataclass(frozen=True, slots=True)
class Check:
    """`id` names it among ours, so that it is found again."""

    name: str
    sha: str
    state: State
    title: str
    text: str
    link: str
    id: str


async def show(client: Client, slug: str, check: Check, known: str = "") -> str:
    """Have it seen as it stands; gives what names it there, for the next time. Safe to repeat."""
    if client.app is None:
        await _status(client, slug, check)
        return f"status:{check.sha}"
    given = _run(check)
    number = known or await _found(client, slug, check)
    if number:
        try:
            await client.send("PATCH", f"/repos/{slug}/check-runs/{number}", **given)
        except Refused as refused:
            if refused.code != NOT_THERE:
                raise
        else:
            return number
    made = await client.send("POST", f"/repos/{slug}/check-runs", head_sha=check.sha, **given)
    return str(made["id"])


async def _found(client: Client, slug: str, check: Check) -> str:
    """One that a try of ours made which was cut short."""
    path = f"/repos/{slug}/commits/{check.sha}/check-runs"
    found = await client.all(path, of="check_runs", check_name=check.name)
    return next((str(each["id"]) for each in found if each.get("external_id") == check.id), "")


def _run(check: Check) -> dict[str, Any]:
    output = {"title": check.title, "summary": check.text[:MOST_TEXT]}
    about = {"name": check.name, "external_id": check.id, "details_url": check.link, "output": output}
    if check.state == "waits":
        return {**about, "status": "in_progress"}
    return {**about, "status": "completed", "conclusion": check.state}


async def _status(client: Client, slug: str, check: Check) -> None:
    said = check.title if len(check.title) <= MOST_STATUS else f"{check.title[: MOST_STATUS - 1]}…"
    given = {"state": STATUS[check.state], "context": check.name, "description": said, "target_url": check.link}
    await client.send("POST", f"/repos/{slug}/statuses/{check.sha}", **given)
