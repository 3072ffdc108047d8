"""A decision as a comment on GitHub: how it is asked, and what remains of it once it was answered. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from orchestrator.channels.github import markup
from orchestrator.domain.gate import MAY_BE_TAKEN_BACK, Kind, Status, Way
from orchestrator.domain.permission import EXACTLY
from orchestrator.store.tables import GateRow
from orchestrator.telling import decisions
from orchestrator.telling.times import MONTHS

STUCK: Final = "### 🔴 Stuck: {question}"
ASKS: Final = "### 🟡 Decision: {question}"
MARKS: Final = {
    Status.APPROVED: "✅",
    Status.CHANGES_REQUESTED: "✏️",
    Status.REJECTED: "❌",
    Status.EXPIRED: "➖",
    Status.WITHDRAWN: "➖",
    Status.TAKEN_BACK: "↩️",
}
SAID: Final = {
    Status.APPROVED: "Approved",
    Status.CHANGES_REQUESTED: "Changes asked for",
    Status.REJECTED: "Rejected",
}
FOR_HOW_LONG: Final = {Way.ONCE: " Only this once.", Way.ALWAYS: " Always in this project."}
TAKEN_BACK: Final = "Taken back by {who} on {when}. The question is asked again."
UNDO: Final = "`/undo` takes this back, until {when}."
ENDED: Final = "No longer asked since {when}. Nothing was decided."


@dataclass(frozen=True, slots=True)
class Card:
    gate: GateRow
    name: str  # of the project
    number: int  # of the decision
    address: str  # of our pages
    may_answer: Sequence[str]  # who, as GitHub calls them
    answered_by: str = ""  # as GitHub calls them, where we know
    undo: bool = False  # whether the answer can still be taken back

    @property
    def page(self) -> str:
        return f"{self.address}/projects/{self.gate.project_id}"


def text(card: Card) -> str:
    return _asked(card) if card.gate.status is Status.PENDING else _receipt(card)


def _asked(card: Card) -> str:
    gate = card.gate
    head = STUCK if gate.kind is Kind.ERROR_RESOLUTION else ASKS
    calls = ", ".join(f"@{name}" for name in card.may_answer)
    lead = _lead(card)
    opening = f"{calls}, {lead}" if calls else lead[:1].upper() + lead[1:]
    parts = [head.format(question=markup.words(gate.question)), opening, markup.table(_rows(card)), _how(gate)]
    parts += [_small(card)]
    return "\n\n".join(parts)


def _lead(card: Card) -> str:
    gate, page = card.gate, card.page
    if gate.document == "vision":
        newer = f" ([what changed since version {gate.version - 1}]({page}/vision/changes))" if gate.version > 1 else ""
        ready = (
            f"the vision for **{markup.words(card.name)}** is ready: [version {gate.version}]({page}/vision){newer}."
        )
        return f"{ready} {markup.words(gate.why)}"
    if gate.document.startswith("plan-"):
        return (
            f"the plan of phase {gate.phase} is ready: [read it]({page}/phases/{gate.phase}). {markup.words(gate.why)}"
        )
    if gate.kind is Kind.PHASE_COMPLETE:
        shown = f"[try it, and see its proof]({page}/phases/{gate.phase})"
        return f"phase {gate.phase} is ready: {shown}. {markup.words(gate.why)}"
    return f"**{markup.words(card.name)}** waits for you. {markup.words(gate.why)}"


def _rows(card: Card) -> list[tuple[str, str]]:
    gate = card.gate
    rows = [("If you approve", markup.words(gate.on_yes)), ("If you don’t", markup.words(gate.on_no))]
    grouped: dict[str, list[str]] = {}
    for label, said in gate.facts:
        grouped.setdefault("What it promises" if label.startswith("Promise ") else label, []).append(said)
    rows += [(label, _exactly(said) if label == EXACTLY else markup.cell(said)) for label, said in grouped.items()]
    if gate.considerations:
        rows.append(("Good to know", markup.cell(gate.considerations)))
    rows += [(way["label"], f"`/approve {way['way']}`<br>{markup.words(way['sentence'])}") for way in gate.ways]
    if card.may_answer:
        rows.append(("Who may answer", ", ".join(f"@{name}" for name in card.may_answer)))
    return rows


def _exactly(said: Sequence[str]) -> str:
    """What only those understand who can code, folded."""
    return f"<details><summary>For those who can code</summary>{markup.cell(said)}</details>"


def _how(gate: GateRow) -> str:
    about = f"approves version {gate.version}" if gate.version else "approves"
    if gate.ways:
        about += f", as `/approve {gate.ways[0]['way']}` does"
    return (
        f"👍 on this comment {about}. Or write `/approve`, `/change what should be different`, `/reject`, `/later` "
        "at the start of a line."
    )


def _small(card: Card) -> str:
    version = f", version {card.gate.version}" if card.gate.version else ""
    return f"<sub>Decision {card.number}{version}. No deadline; no answer never means yes.</sub>"


def _receipt(card: Card) -> str:
    gate = card.gate
    return f"### {MARKS[gate.status]} Decision: {markup.words(gate.question)}\n\n{_said(card)}"


def _said(card: Card) -> str:
    """The same for ever, but for the way back: an edit that only says “yesterday” would be one too many."""
    gate = card.gate
    at = gate.answered_at or gate.opened_at
    when = f"{at.day} {MONTHS[at.month - 1]} at {at:%H:%M} UTC"
    who = card.answered_by and f"@{card.answered_by}"
    who = who or markup.words(gate.answered_name or "somebody")
    if gate.status is Status.TAKEN_BACK:
        return TAKEN_BACK.format(who=who, when=when)
    if gate.status not in SAID:
        return ENDED.format(when=when)
    version = f", for version {gate.version}" if gate.version else ""
    on = decisions.channel(gate.channel or "web").replace("here", "on our page")
    note = f": “{markup.words(gate.note)}”" if gate.note else "."
    lasts = FOR_HOW_LONG.get(gate.way, "") if gate.way else ""
    back = f"\n\n{UNDO.format(when=f'{at + MAY_BE_TAKEN_BACK:%H:%M:%S} UTC')}" if card.undo else ""
    return f"{SAID[gate.status]} by {who} on {when}, {on}{version}{note}{lasts}{back}"
