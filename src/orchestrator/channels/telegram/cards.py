"""A decision as a message: the question with its buttons, and the slip that remains when it is answered."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from orchestrator.channels.telegram.buttons import NOT_NOW, Button, Verb, button
from orchestrator.channels.telegram.markup import LONGEST, bold, escaped, joined, units
from orchestrator.domain import plain
from orchestrator.domain.gate import Kind, Status, Way
from orchestrator.domain.permission import EXACTLY
from orchestrator.store.tables import GateRow
from orchestrator.telling import decisions, times
from orchestrator.telling.decisions import Answer

LONGEST_TEXT = 600  # characters of one thing that is said in a card
MANY, FEW = 15, 5  # facts that are shown
SIGNS = {
    Status.APPROVED: "✅",
    Status.CHANGES_REQUESTED: "✏️",
    Status.REJECTED: "⛔",
    Status.EXPIRED: "▫️",
    Status.WITHDRAWN: "▫️",
}
NOT_ANSWERED = frozenset({Status.EXPIRED, Status.WITHDRAWN})
# As `telling.decisions` calls the surfaces: who reads this is on Telegram, and not on the page.
SURFACES = {"telegram": "web", "web": "the web"}
FOR_HOW_LONG = {Way.ONCE: "Only this once.", Way.ALWAYS: "Always in this project."}


def head(name: str, gate: GateRow, *, may: bool) -> str:
    stuck = gate.kind is Kind.ERROR_RESOLUTION
    if not may:
        return f"{'🛑' if stuck else '🟡'} {bold(name)} waits for an answer"
    return f"🛑 {bold(name)} is stuck and needs you" if stuck else f"🟡 {bold(name)} needs you"


def text(name: str, gate: GateRow, *, may: bool) -> str:
    """All that is needed to decide; of what would not fit, less."""
    for most in (MANY, FEW, 0):
        made = _text(name, gate, may, most)
        if units(made) <= LONGEST:
            return made
    return joined(head(name, gate, may=may), bold(plain.cut(gate.question, LONGEST_TEXT)))


def _text(name: str, gate: GateRow, may: bool, most: int) -> str:
    return joined(
        f"{head(name, gate, may=may)}\n{bold(_short(gate.question))}",
        escaped(_short(gate.why)),
        f"<b>Yes:</b> {escaped(_short(gate.on_yes))}\n<b>No:</b> {escaped(_short(gate.on_no))}",
        "\n".join(_facts(gate, most)),
        _good_to_know([escaped(_short(one)) for one in gate.considerations[:most]]),
        _ways(gate),
    )


def _good_to_know(said: Sequence[str]) -> str:
    if len(said) > 1:
        return "\n".join(["Good to know:", *(f"• {one}" for one in said)])
    return f"Good to know: {said[0]}" if said else ""


def _facts(gate: GateRow, most: int) -> list[str]:
    lines = [_fact(label, said) for label, said in gate.facts[:most]]
    more = len(gate.facts) - most
    return [*lines, f"… and {more} more"] if more > 0 and most else lines


def _fact(label: str, said: str) -> str:
    if label == EXACTLY:
        return f"{escaped(label)}: <code>{escaped(_short(said) or '–')}</code>"
    name = "It promises" if label.startswith("Promise ") else label
    return f"{escaped(name)}: {escaped(_short(said))}"


def _ways(gate: GateRow) -> str:
    if gate.kind is Kind.PERMISSION:
        return ""
    return "\n".join(
        f"{number}. {escaped(way['label'])}: {escaped(_short(way['sentence']))}"
        for number, way in enumerate(gate.ways, 1)
    )


def _short(said: str) -> str:
    return plain.cut(plain.one_line(said), LONGEST_TEXT)


def rows(gate: GateRow, reading: Sequence[Button] = ()) -> list[list[Button]]:
    """The ways to answer, and to read first what it is about."""
    return [list(reading), *_answers(gate)] if reading else _answers(gate)


def _answers(gate: GateRow) -> list[list[Button]]:
    not_now = _answer(gate, "Not now", NOT_NOW)
    if gate.kind is Kind.PERMISSION:
        ways = [[_answer(gate, way["label"], way["way"])] for way in gate.ways]
        return [*ways, [_answer(gate, "No", "r"), _answer(gate, "No, do this instead", "c")], [not_now]]
    if gate.ways:
        ways = [[_answer(gate, _numbered(number, way), way["way"])] for number, way in enumerate(gate.ways, 1)]
        return [*ways, [_answer(gate, "Say something else", "c"), not_now]]
    changes = "Another limit" if gate.kind is Kind.BUDGET else "Ask for changes"
    return [
        [_answer(gate, "Approve", "y"), _answer(gate, changes, "c")],
        [_answer(gate, "Reject", "r"), not_now],
    ]


def sure(gate: GateRow) -> list[list[Button]]:
    """For what sounded like a yes."""
    if gate.ways:
        return _answers(gate)
    what = f"Approve version {gate.version}" if gate.version else "Approve"
    return [[_answer(gate, what, "y"), _answer(gate, "Not yet", NOT_NOW)]]


def _numbered(number: int, way: dict[str, str]) -> str:
    return f"{number} {way['label']}{' (suggested)' if number == 1 else ''}"


def _answer(gate: GateRow, label: str, answer: str) -> Button:
    return button(label, Verb.ANSWER, gate.id, gate.version, answer)


def slip(gate: GateRow, user_id: str | None, now: datetime, zone: tzinfo) -> str:
    """What remains of it. `user_id`: who reads it, where that is one person."""
    return f"{SIGNS[gate.status]} {bold(_short(gate.question))}\n{escaped(_became(gate, user_id, now, zone))}"


def _became(gate: GateRow, user_id: str | None, now: datetime, zone: tzinfo) -> str:
    at = gate.answered_at or now
    if gate.status in NOT_ANSWERED:
        return f"No longer asked since {times.day_at(at, now, zone)}. Nothing was decided."
    answer = given(gate, user_id, now)
    said = decisions.answered(answer, now, zone, gate.version or None)
    return f"{decisions.MARKS[gate.status].text} by {said} {_way(gate)}".strip()


def given(gate: GateRow, user_id: str | None, now: datetime) -> Answer:
    """Who answered it, for who reads this on Telegram."""
    who = "you" if user_id and gate.answered_by == user_id else gate.answered_name or "somebody"
    channel = gate.channel or "web"
    return Answer(who, gate.answered_at or now, SURFACES.get(channel, channel), _short(gate.note or ""))


def _way(gate: GateRow) -> str:
    if gate.way in FOR_HOW_LONG:
        return FOR_HOW_LONG[gate.way]
    label = next((way["label"] for way in gate.ways if way["way"] == gate.way), "")
    return f"{label}." if label else ""
