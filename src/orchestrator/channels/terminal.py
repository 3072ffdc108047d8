"""The terminal: talks to a running server as any program does, and shows it to a person."""

import json
import sys
import threading
from collections.abc import Iterator
from typing import Any

import httpx

from orchestrator.errors import NotPossible, OrchestratorError


class Refused(OrchestratorError):
    """The server said no, with a sentence."""


class Server:
    """A running server, spoken to with an API key."""

    def __init__(self, address: str, key: str) -> None:
        self.address = address
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=70, trust_env=False)

    def get(self, path: str, **params: Any) -> Any:
        return self._ask("GET", path, params=params)

    def post(self, path: str, body: dict[str, Any] | None = None, **params: Any) -> Any:
        return self._ask("POST", path, json=body or {}, params=params)

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            answer = self._http.request(method, path, **more)
        except httpx.HTTPError:
            raise NotPossible(f"No server answers at {self.address}. Start it with: orchestrator serve") from None
        if answer.is_error:
            raise Refused(_sentence(answer))
        return answer.json()

    def deltas(self, project: str) -> Iterator[str]:
        """Follow the words of replies as they are written, until the connection ends."""
        url, kind = f"/projects/{project}/events", ""
        after = {"after": 2**31 - 1}  # what is stored is shown in another way
        with self._http.stream("GET", url, params=after, timeout=None) as lines:
            for line in lines.iter_lines():
                name, _, value = line.partition(": ")
                kind = value if name == "event" else kind
                if name == "data" and kind == "message.delta":
                    yield json.loads(value)["text"]


def _sentence(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError):
        return f"The server answered {answer.status_code}."


def gate_text(gate: dict[str, Any]) -> str:
    """A decision as text: question, why, what follows, and how to answer."""
    lines = [f"DECISION: {gate['question']}", gate["why"], "", f"If you approve: {gate['on_yes']}"]
    lines += [f"If you don’t: {gate['on_no']}"]
    lines += [f"Good to know: {one}" for one in gate["considerations"]]
    lines += [f"{label}: {text}" for label, text in gate["facts"]]
    lines += [f"Way out “{way['way']}”: {way['label']}. {way['sentence']}" for way in gate["ways"]]
    lines += ["", "Answer with: approve · changes WHAT SHOULD BE DIFFERENT · reject", f"(decision {gate['id']})"]
    return "\n".join(lines)


class Chat:
    """A conversation in the terminal: lines go out, replies and decisions come back."""

    def __init__(self, server: Server, project: str) -> None:
        self._server, self._project, self._seen, self._asked = server, project, 0, ""
        self._written = ""

    def run(self) -> None:
        """Talk until the input ends."""
        threading.Thread(target=self._listen, daemon=True).start()
        self._show()
        for line in sys.stdin:
            if line.strip():
                self._say(line.strip())
                self._show()

    def _listen(self) -> None:
        try:
            for piece in self._server.deltas(self._project):
                self._written += piece
                sys.stdout.write(piece)
                sys.stdout.flush()
        except httpx.HTTPError:
            return  # the conversation itself says what is wrong

    def _say(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if self._asked and word.lower() in {"approve", "changes", "reject"}:
            body = {"decision": word.lower(), "note": rest}
            self._server.post(f"/gates/{self._asked}/answer", body)
        else:
            self._server.post(f"/projects/{self._project}/messages", {"text": line}, wait=30)

    def _show(self) -> None:
        """Print what is new: messages that were not seen word by word, and an open decision once."""
        for message in self._server.get(f"/projects/{self._project}/messages", after=self._seen)["items"]:
            self._seen = message["sequence"]
            self._print(message)
        gates = self._server.get(f"/projects/{self._project}/gates", status="pending")["items"]
        if gates and gates[0]["id"] != self._asked:
            sys.stdout.write(f"\n{gate_text(gates[0])}\n\n")
        self._asked = gates[0]["id"] if gates else ""
        sys.stdout.flush()

    def _print(self, message: dict[str, Any]) -> None:
        if message["role"] == "user":
            return
        if message["text"].strip() in self._written:
            self._written = ""
            sys.stdout.write("\n\n")
            return
        sys.stdout.write(f"{message['text']}\n\n")
