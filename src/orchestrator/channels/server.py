"""A running server, spoken to over its API as any program does."""

import json
from collections.abc import Iterator
from typing import Any

import httpx

from orchestrator.errors import NotPossible, OrchestratorError

PATIENCE_S = 70.0  # longer than the server lets anybody wait for a reply
SILENCE_S = 40.0  # a stream shows a sign of life every 15 seconds


class Refused(OrchestratorError):
    """The server said no, with a sentence."""


class Server:
    def __init__(self, address: str, key: str) -> None:
        self.address = address
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=PATIENCE_S, trust_env=False)

    def get(self, path: str, **params: Any) -> Any:
        return self._ask("GET", path, params=params)

    def post(self, path: str, body: dict[str, Any] | None = None, **params: Any) -> Any:
        return self._ask("POST", path, json=body or {}, params=params)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("PATCH", path, json=body)

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            answer = self._http.request(method, path, **more)
            if answer.is_error:
                raise Refused(_sentence(answer))
            return answer.json()
        except httpx.HTTPError:
            raise NotPossible(f"No server answers at {self.address}. Start it with: orchestrator serve") from None
        except ValueError:
            raise NotPossible(f"What answers at {self.address} is not Project Orchestrator.") from None

    def events(self, project: str, after: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """Follow a project: number (0 for what is not stored), kind and content, until the connection ends."""
        timeout = httpx.Timeout(PATIENCE_S, read=SILENCE_S)
        with self._http.stream("GET", f"/projects/{project}/events", params={"after": after}, timeout=timeout) as lines:
            if lines.is_error:
                lines.read()
                raise Refused(_sentence(lines))
            yield from _messages(lines.iter_lines())


def _messages(lines: Iterator[str]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    said: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line and name:
            said[name] = value
        elif "data" in said:
            yield int(said.get("id", 0)), said.get("event", ""), json.loads(said["data"])
            said = {}


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered {answer.status_code}."
