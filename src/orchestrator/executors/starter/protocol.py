"""The Agent Client Protocol, version 1: one JSON message a line. Each prompt is worked on in a thread of its own."""

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from orchestrator.executors.starter import commands
from orchestrator.executors.starter.turn import Turn

VERSION = 1
Params = Mapping[str, Any]


class Refused(Exception):
    """An answer of JSON-RPC that says no: a code and a sentence."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Agent:
    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._speaking = threading.Lock()
        self._folders: dict[str, Path] = {}
        self._turns: dict[str, Turn] = {}
        self._threads: list[threading.Thread] = []
        self._methods: dict[str, Callable[[Params], dict[str, Any]]] = {
            "initialize": self._initialize,
            "authenticate": lambda _: {},
            "session/new": self._new,
        }

    def hear(self, line: bytes) -> None:
        """Answer one message. What cannot be read is answered too: a client that waits must not wait for ever."""
        try:
            message = json.loads(line)
        except ValueError:
            return self._answer(None, Refused(-32700, "This is not JSON."))
        if not isinstance(message, dict) or not isinstance(message.get("method"), str):
            return self._answer(None, Refused(-32600, "This is not a request."))
        params = message.get("params")
        return self._act(message["method"], params if isinstance(params, dict) else {}, message.get("id"))

    def end(self) -> None:
        """Nobody listens any more: stop between two files, and wait for that."""
        for turn in list(self._turns.values()):
            turn.cancelled.set()
        for thread in self._threads:
            thread.join()

    def _act(self, method: str, params: Params, id: object) -> None:
        if method == "session/cancel":
            self._cancel(params)
        elif method == "session/prompt":
            self._prompt(params, id)
        elif id is not None:
            known = self._methods.get(method)
            self._answer(id, known(params) if known else Refused(-32601, f"The starter does not know {method}."))

    def _initialize(self, _: Params) -> dict[str, Any]:
        return {
            "protocolVersion": VERSION,
            "agentCapabilities": {"loadSession": False, "promptCapabilities": {}},
            "agentInfo": {"name": "starter", "title": "Starter", "version": "1"},
            "authMethods": [],
        }

    def _new(self, params: Params) -> dict[str, Any]:
        session = f"session-{len(self._folders) + 1}"
        self._folders[session] = Path(str(params.get("cwd", "")))
        return {"sessionId": session}

    def _cancel(self, params: Params) -> None:
        if turn := self._turns.get(str(params.get("sessionId"))):
            turn.cancelled.set()

    def _prompt(self, params: Params, id: object) -> None:
        session = str(params.get("sessionId"))
        if session not in self._folders:
            return self._answer(id, Refused(-32602, "There is no such session."))
        if session in self._turns:
            return self._answer(id, Refused(-32600, "I am at work in this session; one thing after the other."))
        turn = self._turns[session] = Turn(self._folders[session], lambda update: self._update(session, update))
        thread = threading.Thread(target=self._work, args=(session, turn, _words(params), id))
        self._threads.append(thread)
        return thread.start()

    def _work(self, session: str, turn: Turn, words: str, id: object) -> None:
        answer: dict[str, Any] | Refused = Refused(-32603, "The starter broke off. The same again may work.")
        try:
            answer = {"stopReason": commands.obey(turn, words)}
        finally:  # whatever happens, the client is told; what it was stands on the error output
            del self._turns[session]
            self._answer(id, answer)

    def _update(self, session: str, update: dict[str, Any]) -> None:
        self._send({"method": "session/update", "params": {"sessionId": session, "update": update}})

    def _answer(self, id: object, answer: dict[str, Any] | Refused) -> None:
        if isinstance(answer, Refused):
            self._send({"id": id, "error": {"code": answer.code, "message": str(answer)}})
        else:
            self._send({"id": id, "result": answer})

    def _send(self, message: dict[str, Any]) -> None:
        line = json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"
        with self._speaking:
            self._out.write(line)
            self._out.flush()


def serve(requests: BinaryIO, out: BinaryIO) -> int:
    """Until the other side closes."""
    agent = Agent(out)
    for line in requests:
        if line.strip():
            agent.hear(line)
    agent.end()
    return 0


def _words(params: Params) -> str:
    """The text of a prompt; pictures and links mean nothing to the starter."""
    blocks = params.get("prompt")
    texts = [block.get("text") for block in blocks if isinstance(block, dict)] if isinstance(blocks, list) else []
    return "".join(text for text in texts if isinstance(text, str)).encode("utf-8", "replace").decode()
