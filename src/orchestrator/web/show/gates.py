"""A decision's row as the card that asks, or as the slip that remains of it."""

from collections.abc import Sequence

from orchestrator.domain.command import TakeBack
from orchestrator.domain.gate import Kind, Status, Way
from orchestrator.domain.permission import EXACTLY
from orchestrator.domain.policy import ANSWERS, Role, allows
from orchestrator.store.pages import Standing
from orchestrator.store.tables import GateRow
from orchestrator.telling import decisions, times
from orchestrator.telling.decisions import Answer
from orchestrator.telling.marks import Field, Link, Mark, Note, State
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views import gates as views
from orchestrator.web.views.gates import Fact, GateView, ReceiptView, Undo, WayOut

NOT_ANSWERED = {Status.EXPIRED, Status.WITHDRAWN}
FOR_HOW_LONG = {Way.ONCE: "Only this once.", Way.ALWAYS: "Always in this project."}
LEGENDS = {1: "The way out", 2: "Two ways out", 3: "Three ways out"}
OTHERS = Mark(State.REST, "you", "Waits for an answer")
OTHERS_MAY = "Everybody who may decide in this project. You may read along."
STUCK_SMALL = "Approve goes ahead with the way you chose. Reject stops here and keeps what is finished."


def card(
    viewer: Viewer, gate: GateRow, role: Role, *, note: Field | None = None, trouble: Note | None = None
) -> GateView:
    """The open question with everything that is needed to answer it."""
    may = role in ANSWERS
    leave = gate.kind is Kind.PERMISSION
    label, hint = _note(gate)
    return GateView(
        id=gate.id,
        question=gate.question,
        head=views.head(gate.kind) if may else OTHERS,
        why=gate.why,
        on_yes=gate.on_yes,
        on_no=gate.on_no,
        considerations=tuple(gate.considerations),
        facts=(*_read_it(gate), *_facts(gate), *_terms(viewer, gate, may)),
        version=gate.version or None,
        ways=() if leave else _ways(gate),
        legend="" if leave else LEGENDS.get(len(gate.ways), ""),
        yes=tuple(WayOut(way["way"], way["label"], way["sentence"]) for way in gate.ways) if leave else (),
        note_label=label,
        note_hint=hint,
        note=note or Field(),
        small=STUCK_SMALL if gate.ways and not leave else "",
        details="\n".join(text for label, text in gate.facts if label == EXACTLY),
        trouble=trouble,
        may_answer=may,
    )


def _note(gate: GateRow) -> tuple[str, str]:
    """What stands above and below the place for a few words."""
    if gate.kind is Kind.PERMISSION:
        return "What should it do instead?", "Only if you say no. A few words are enough."
    if gate.ways:
        return "Anything we should know?", ""
    if gate.kind is Kind.BUDGET:
        return "Another limit?", "Only if you ask for changes. Write one sum, such as 15."
    return "What should be different?", "Only if you ask for changes or reject. A few words are enough."


def slip(viewer: Viewer, gate: GateRow, found: Standing | None = None, *, current: bool = True) -> ReceiptView:
    """What remains of it once it is answered, withdrawn or expired. Where the project stands says whether the answer
    may still be taken back.
    """
    return ReceiptView(
        id=gate.id,
        question=gate.question,
        mark=decisions.MARKS[gate.status],
        text=_said(viewer, gate),
        version=gate.version or None,
        current=current,
        small="Changed your mind? Say so below: a new version reopens the question."
        if gate.kind is Kind.VISION_DOC and gate.status is Status.APPROVED
        else "",
        undo=_undo(viewer, gate, found) if found and allows(found.role, TakeBack) else None,
    )


def _undo(viewer: Viewer, gate: GateRow, found: Standing) -> Undo | None:
    left = decisions.seconds_left(found.project, gate, viewer.now)
    return Undo(f"/gates/{gate.id}/take-back", left, viewer.person.csrf) if left else None


def _said(viewer: Viewer, gate: GateRow) -> str:
    at = gate.answered_at or viewer.now
    if gate.status in NOT_ANSWERED:
        return f"No longer asked since {times.day_at(at, viewer.now, viewer.zone)}. Nothing was decided."
    who = viewer.name(gate.answered_by, gate.answered_name)
    if gate.status is Status.TAKEN_BACK:
        when, where = times.day_at(at, viewer.now, viewer.zone), decisions.channel(gate.channel or "web")
        return f"{who}, {when}, {where}. The answer does not count, and the question is asked again."
    answer = Answer(who, at, gate.channel or "web", gate.note or "")
    said = decisions.answered(answer, viewer.now, viewer.zone, gate.version or None)
    return f"{said} {FOR_HOW_LONG[gate.way]}" if gate.way in FOR_HOW_LONG else said


def _read_it(gate: GateRow) -> tuple[Fact, ...]:
    base = f"/projects/{gate.project_id}"
    if gate.document == "vision":
        newer = Link(f"What changed since version {gate.version - 1}", f"{base}/vision/changes")
        more = (Fact("", link=newer),) if gate.version > 1 else ()
        return (Fact("Read it", link=Link(f"The vision, version {gate.version}", f"{base}/vision"), more=more),)
    if gate.document.startswith("plan-"):
        return (Fact("Read it", link=Link(f"The plan of phase {gate.phase}", f"{base}/phases/{gate.phase}")),)
    if gate.kind is Kind.PHASE_COMPLETE:
        return (Fact("Try it", link=Link("See it, with its proof", f"{base}/phases/{gate.phase}")),)
    return ()


def _facts(gate: GateRow) -> tuple[Fact, ...]:
    """The same label once, with everything that stands under it."""
    grouped: dict[str, list[str]] = {}
    for label, text in gate.facts:
        if label == EXACTLY:
            continue  # is folded
        grouped.setdefault(_label(label), []).append(text)
    return tuple(_fact(label, texts) for label, texts in grouped.items())


def _label(label: str) -> str:
    return "What it promises" if label.startswith("Promise ") else label


def _fact(label: str, texts: Sequence[str]) -> Fact:
    return Fact(label, texts[0], more=tuple(Fact("", text) for text in texts[1:]))


def _terms(viewer: Viewer, gate: GateRow, may: bool) -> tuple[Fact, ...]:
    day = times.day(gate.deadline, viewer.now, viewer.zone)
    return (
        Fact("Who may answer", "You, and everybody who may decide in this project" if may else OTHERS_MAY),
        Fact("Deadline", f"None. We remind {'you' if may else 'them'} {day}; no answer never means yes."),
    )


def _ways(gate: GateRow) -> tuple[WayOut, ...]:
    return tuple(
        WayOut(
            way["way"], f"{way['label']} (we suggest this)" if first else way["label"], way["sentence"], chosen=first
        )
        for first, way in zip((True, *[False] * len(gate.ways)), gate.ways, strict=False)
    )
