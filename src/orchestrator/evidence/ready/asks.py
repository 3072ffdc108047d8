"""A running application that is asked questions: who asks, where it can be asked, and what was seen."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx

from orchestrator import clock
from orchestrator.domain.ready.report import Evidence
from orchestrator.evidence.ready import routes
from orchestrator.evidence.ready.app import App
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found
from orchestrator.evidence.ready.routes import Route

NO_ROUTES = "It does not say which addresses it has (OpenAPI), so they could not be asked one by one."


@dataclass(slots=True)
class Asked:
    """An application, its addresses, and what was found out by asking."""

    look: Look
    app: App
    client: httpx.AsyncClient
    routes: tuple[Route, ...]
    guests: AsyncExitStack = field(default_factory=AsyncExitStack)  # who came and is shown out at the end
    document: Mapping[str, Any] = field(default_factory=dict)  # what it says of its addresses (OpenAPI)
    found: dict[str, Found] = field(default_factory=dict)
    began: int = 0  # how long its log was when the asking began
    known: dict[str, Any] = field(default_factory=dict)  # what one question found out for others

    def seen(self, what: str, answer: httpx.Response | None = None, said: str = "") -> Evidence:
        head = f"{answer.status_code} {answer.headers.get('content-type', '')}" if answer else ""
        excerpt = "\n".join(line for line in (head, said, answer.text[:300] if answer else "") if line)
        return Evidence(
            f"{what} (started by: {' '.join(self.app.start.command[:4])} …)",
            self.look.commit,
            clock.now(),
            excerpt=excerpt,
        )


async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    """What it says of its addresses, from where such a document usually is; empty where it says nothing."""
    for place in routes.PLACES:
        answer = await client.get(place)
        if answer.status_code == httpx.codes.OK and "json" in answer.headers.get("content-type", ""):
            try:
                said = answer.json()
            except ValueError:
                continue
            if isinstance(said, dict) and routes.read(said):
                return said
    return {}
