"""The conversation in a terminal: lines go out; words, replies and decisions come back as they happen."""

import threading
from collections.abc import Callable, Iterable
from typing import Any, TextIO

import httpx

from orchestrator.channels.server import Refused, Server
from orchestrator.channels.transcript import Transcript
from orchestrator.domain.gate import Decision, Kind
from orchestrator.domain.project import WORKING
from orchestrator.errors import OrchestratorError

REPLY_S = 30  # how long a reply may take before the next line is taken
LATE_S = 10  # how long what the server has done already may be on its way to us
AGAIN_S = 1  # before a broken connection is made anew
LOOK_AGAIN_S = 2  # whether there is still something to wait for
SETTLES = {"gate.answered", "project.moved"}  # a message that did something may have no reply
DECISIONS = {decision.value for decision in Decision}
SAY_WHAT = "Please say what should be different: changes …"


def gate_text(gate: dict[str, Any]) -> str:
    """A decision as text: question, why, what follows, and how to answer."""
    lines = [f"DECISION: {gate['question']}", gate["why"], "", f"If you approve: {gate['on_yes']}"]
    lines += [f"If you don’t: {gate['on_no']}"]
    lines += [f"Good to know: {one}" for one in gate["considerations"]]
    lines += [f"{label}: {text}" for label, text in gate["facts"]]
    lines += [f"{_way(gate)} “{way['way']}”: {way['label']}. {way['sentence']}" for way in gate["ways"]]
    approve = f"approve {_way(gate).upper()}" if gate["ways"] else "approve"
    lines += ["", f"Answer with: {approve} · changes WHAT SHOULD BE DIFFERENT · reject", f"(decision {gate['id']})"]
    return "\n".join(lines)


def _way(gate: dict[str, Any]) -> str:
    return "How long" if gate["kind"] == Kind.PERMISSION else "Way out"


def answer(gate: dict[str, Any], line: str) -> dict[str, Any] | None:
    """What a line says about a decision; None where it leaves open what should be different."""
    word, _, rest = line.partition(" ")
    decision, rest = word.lower(), rest.strip()
    if decision == Decision.CHANGES and not rest:
        return None
    way = rest if decision == Decision.APPROVE and rest in {way["way"] for way in gate["ways"]} else None
    return {"decision": decision, "note": "" if way else rest, "way": way, "version": gate["version"]}


class Chat:
    """One thread hears and prints, the other reads lines and sends them."""

    def __init__(self, server: Server, project: str, out: TextIO, *, typed: bool) -> None:
        """`typed`: a person types, so that their lines are on the screen already."""
        self._server, self._project, self._typed = server, project, typed
        self._transcript = Transcript(out)
        self._gate: dict[str, Any] | None = None
        self._changed = threading.Condition()
        self._ended = False

    def run(self, lines: Iterable[str]) -> None:
        """Talk until the input ends. Raises NotPossible when the server went away."""
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self._catch_up()
            for line in lines:
                if said := line.strip():
                    self._told(said)
        finally:
            with self._changed:
                self._ended = True  # from here on nothing is printed

    def _told(self, line: str) -> None:
        """Refusals are part of the conversation."""
        try:
            self._say(line)
        except Refused as refusal:
            self._print(str(refusal))

    def _say(self, line: str) -> None:
        decides = line.split(maxsplit=1)[0].lower() in DECISIONS
        if decides and not self._typed:
            self._until_asked()
        if decides and self._gate:
            self._decide(self._gate, line)
            return
        with self._changed:
            self._transcript.own(line, shown=self._typed)
        sent = self._server.post(f"/projects/{self._project}/messages", {"text": line})
        self._wait(lambda: self._transcript.seen >= sent["sequence"], LATE_S)
        self._wait(lambda: not self._transcript.unanswered, REPLY_S)

    def _decide(self, gate: dict[str, Any], line: str) -> None:
        body = answer(gate, line)
        if body is None:
            self._print(SAY_WHAT)
            return
        self._server.post(f"/gates/{gate['id']}/answer", body)
        self._wait(lambda: self._gate is None or self._gate["id"] != gate["id"], LATE_S)

    def _until_asked(self) -> None:
        """Lines that were written beforehand may come before the decision that they answer."""
        while self._works() and not self._wait(lambda: self._gate is not None, LOOK_AGAIN_S):
            continue

    def _works(self) -> bool:
        """Whether work goes on that ends with a decision."""
        found = self._server.get(f"/projects/{self._project}")
        return found["step"] in WORKING or found["waiting_for"] is not None

    def _catch_up(self) -> None:
        """Wait for all that was said before, and for the reply that is still being written."""
        last, after = 0, 0
        while page := self._server.get(f"/projects/{self._project}/messages", after=after, limit=200)["items"]:
            last = after = page[-1]["sequence"]
        self._wait(lambda: self._transcript.seen >= last, LATE_S)
        self._wait(lambda: not self._transcript.unanswered, REPLY_S)
        if waiting := self._server.get(f"/projects/{self._project}/gates", status="pending")["items"]:
            self._wait(lambda: self._gate is not None and self._gate["id"] == waiting[0]["id"], LATE_S)

    def _wait(self, true: Callable[[], bool], seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(true, seconds)

    def _print(self, sentence: str) -> None:
        with self._changed:
            self._transcript.remark(sentence)

    def _listen(self) -> None:
        """Hear until the input ends; a connection that breaks is made anew where it ended."""
        pause = threading.Event()
        while not self._ended:
            try:
                for number, kind, data in self._server.events(self._project, self._transcript.seen):
                    self._heard(number, kind, data)
            except (httpx.HTTPError, OrchestratorError):
                pause.wait(AGAIN_S)  # when the server is gone, the next line that is sent says so

    def _heard(self, number: int, kind: str, data: dict[str, Any]) -> None:
        opened = self._opened(data["gate"]) if kind == "gate.opened" else None
        with self._changed:
            if self._ended:
                return
            if kind == "message.delta":
                self._transcript.words(data["text"], anew=data.get("anew", False))
            elif kind == "message.created":
                self._transcript.message(data)
            elif opened:
                self._gate = opened
                self._transcript.remark(gate_text(opened))
            elif kind.startswith("gate.") and self._gate and data.get("gate") == self._gate["id"]:
                self._close(kind, data)
            if kind in SETTLES:
                self._transcript.unanswered = False
            self._transcript.seen = max(self._transcript.seen, number)
            self._changed.notify_all()

    def _opened(self, id: str) -> dict[str, Any] | None:
        """A decision that still waits; those of long ago are not shown again."""
        gate = self._server.get(f"/gates/{id}")
        return dict(gate) if gate["status"] == "PENDING" else None

    def _close(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "gate.reminded":
            return
        self._gate = None
        if kind == "gate.answered":
            self._transcript.remark(f"Decided by {data['actor_name']}: {data.get('decision', '')}.")
