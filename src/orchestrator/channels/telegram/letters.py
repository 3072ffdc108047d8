"""What a message of ours shows at the moment, made from the rows."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.channels.ports import Letter
from orchestrator.channels.telegram import cards, progress
from orchestrator.channels.telegram.buttons import Button, Verb, button, page
from orchestrator.channels.telegram.markup import bold, escaped, joined, parts
from orchestrator.conversation import said as spoken
from orchestrator.conversation import standing as talk
from orchestrator.domain.elsewhere import RoomKind
from orchestrator.domain.gate import MAY_BE_TAKEN_BACK, Status
from orchestrator.domain.policy import ANSWERS, Role
from orchestrator.errors import NotFound
from orchestrator.runtime import runtime
from orchestrator.store import documents, gates, messages, pages, people, phases, posts, projects
from orchestrator.store.elsewhere import PostRow, RoomRow
from orchestrator.store.pages import Standing
from orchestrator.store.tables import GateRow, MessageRow
from orchestrator.telling import decisions, standing, words

SURE = "I think that was a yes, but I’d rather be sure:"
UNDO = f"Undo for {int(MAY_BE_TAKEN_BACK.total_seconds())} s"
SUMMARY = 700  # characters of a document that are shown in the chat itself
WEB = "https://"  # what a button may lead to


@dataclass(frozen=True, slots=True)
class Sight:
    """Who looks, and from where."""

    db: AsyncSession
    room: RoomRow
    now: datetime
    zone: tzinfo

    @property
    def user_id(self) -> str | None:
        return self.room.user_id if self.room.kind is RoomKind.PRIVATE else None

    async def standing(self, project_id: str) -> Standing | None:
        """How a project is seen here: in a group as by somebody who reads along. None where it must not be seen."""
        if self.room.kind is RoomKind.PRIVATE:
            try:
                return await pages.standing(self.db, self.room.user_id or "", project_id)
            except NotFound:
                return None
        if self.room.project_id != project_id:
            return None
        row = await projects.row(self.db, project_id)
        gate = await gates.pending(self.db, project_id)
        return Standing(row, Role.VIEWER, gate, tuple(await phases.of(self.db, project_id)))

    def may(self, found: Standing) -> bool:
        """Whether somebody here may decide; in a group each button is judged by who presses it."""
        return self.user_id is None or found.role in ANSWERS


async def compose(db: AsyncSession, post: PostRow, room: RoomRow) -> Letter | None:
    """The message, or nothing where this room must not see it."""
    kind, _, about = post.subject.partition(":")
    if (make := SUBJECTS.get(kind)) is None:
        return None
    zone: tzinfo = UTC
    if room.user_id and (name := (await people.get(db, room.user_id)).zone):
        zone = ZoneInfo(name)
    return await make(Sight(db, room, clock.now(), zone), post, about)


async def _gate(sight: Sight, post: PostRow, about: str) -> Letter | None:
    gate = await gates.get(sight.db, about)
    if (found := await sight.standing(gate.project_id)) is None:
        return None
    if gate.status is Status.PENDING:
        return await _asked(sight, found, gate)
    slip = cards.slip(gate, sight.user_id, sight.now, sight.zone)
    newest = await posts.latest(sight.db, sight.room.id, gate.project_id, "gate:")
    last = bool(newest) and newest[0].id == post.id
    after = await progress.after(sight.db, found, gate, sight.zone) if last else None
    undo = _undo(sight, found, gate)
    rows = [*(after.rows if after else ()), *undo]
    letter = _letter(joined(slip, after.text) if after else f"{bold(found.project.name)}\n{slip}", rows)
    return replace(letter, until=decisions.until(gate)) if undo else letter


def _undo(sight: Sight, found: Standing, gate: GateRow) -> list[list[Button]]:
    """A button as long as an answer can be taken back."""
    if not sight.may(found) or not decisions.seconds_left(found.project, gate, sight.now):
        return []
    return [[button(UNDO, Verb.TAKE_BACK, gate.id)]]


async def _asked(sight: Sight, found: Standing, gate: GateRow, text: str = "") -> Letter:
    may = sight.may(found)
    reading = await _reading(sight.db, gate)
    buttons = cards.rows(gate, reading) if may else [reading]
    letter = _letter(text or cards.text(found.project.name, gate, may=may), buttons)
    return replace(letter, more={**letter.more, "waits": True})


async def _reading(db: AsyncSession, gate: GateRow) -> list[Button]:
    """Buttons with which to read what a decision is about."""
    base = f"{runtime().settings.public_url.rstrip('/')}/projects/{gate.project_id}"
    if gate.document and (document := await documents.find(db, gate.project_id, gate.document, gate.version or None)):
        name = f"Read it ({words.pages(document.markdown)})"
        if base.startswith(WEB):
            return [page(name, base + _place(gate))]
        return [button(name, Verb.READ, gate.project_id, gate.document, document.version)]
    return [page("See it, with its proof", f"{base}/phases/{gate.phase}")] if gate.phase and _is_web(base) else []


def _place(gate: GateRow) -> str:
    return {"vision": "/vision"}.get(gate.document, f"/phases/{gate.phase}" if gate.phase else "")


def _is_web(address: str) -> bool:
    return address.startswith(WEB)


async def _reminder(sight: Sight, _post: PostRow, about: str) -> Letter | None:
    gate = await gates.get(sight.db, about.partition(":")[0])
    if (found := await sight.standing(gate.project_id)) is None:
        return None
    if gate.status is not Status.PENDING:
        return _letter(f"{bold(found.project.name)}\n{cards.slip(gate, sight.user_id, sight.now, sight.zone)}")
    still = f"🟡 {bold(found.project.name)} still waits for {'you' if sight.may(found) else 'an answer'}"
    return await _asked(sight, found, gate, f"{still}\n{bold(gate.question)}\n\nNo answer never means yes.")


async def _done(sight: Sight, post: PostRow, _about: str) -> Letter | None:
    found = await sight.standing(post.project_id or "")
    if found is None:
        return None
    line = standing.status_line(found, sight.zone)
    said = f"🏁 {bold(found.project.name)} is done\n{escaped(line.news)} {escaped(line.more)}".strip()
    url = f"{runtime().settings.public_url.rstrip('/')}/projects/{found.project.id}"
    rows = [[page("Open it", url)]] if _is_web(url) else []
    return _letter(joined(said, "Tell me what you would like to add, whenever you like."), rows)


async def _reply(sight: Sight, _post: PostRow, about: str) -> Letter | None:
    """What was answered. Where somebody nearly said yes, with the buttons of the decision."""
    message = await messages.get(sight.db, about)
    if (found := await sight.standing(message.project_id)) is None:
        return None
    rows: list[list[Button]] = []
    text = message.text
    if await _sounds_like_yes(sight, found, message) and found.gate:
        text, rows = _make_sure(text), cards.sure(found.gate)
    elif await _is_newest(sight, message):
        rows = [[button(label, Verb.QUICK, about, place)] for place, label in enumerate(found.project.quick)]
    return _long(found.project.name, text, rows)


async def _sounds_like_yes(sight: Sight, found: Standing, message: MessageRow) -> bool:
    if found.gate is None or not message.in_reply_to or not sight.may(found):
        return False
    asked = (await messages.get(sight.db, message.in_reply_to)).text
    return spoken.nearly_yes(asked) and not spoken.reserved(asked)


def _make_sure(text: str) -> str:
    """Fixed words already say so, at more length; what a model said stays."""
    return SURE if text in talk.SOUNDS_YES else f"{text}\n\n{SURE}"


async def _is_newest(sight: Sight, message: MessageRow) -> bool:
    newest = await messages.newest(sight.db, message.project_id, 1)
    return bool(newest) and newest[-1].id == message.id


async def _word(sight: Sight, post: PostRow, _about: str) -> Letter | None:
    """Words of their own, with the name of the project that they are about."""
    said: dict[str, Any] = post.said or {}
    name = ""
    if post.project_id:
        found = await sight.standing(post.project_id)
        if found is None:
            return None
        name = found.project.name
    if document := said.get("document"):
        return await _document(sight, post.project_id or "", name, str(document), said.get("version"))
    letter = _long(name, str(said.get("text", "")), said.get("rows", []))
    return replace(letter, more={**letter.more, "asks": True}) if said.get("asks") else letter


async def _document(sight: Sight, project_id: str, name: str, which: str, version: int | None) -> Letter:
    """A long text: its beginning, and all of it as a file or on the page."""
    row = await documents.latest(sight.db, project_id, which, version)
    shown = parts(row.markdown, SUMMARY, links=False)
    base = f"{runtime().settings.public_url.rstrip('/')}/projects/{project_id}"
    rows = [[page("Read it", f"{base}/vision")]] if which == "vision" and _is_web(base) else []
    text = joined(f"{bold(name)} · {escaped(which)}, version {row.version}", shown[0])
    more: dict[str, Any] = {"rows": rows}
    if len(shown) > 1:
        text = joined(text, "All of it is in the file.")
        more["file"] = {"name": f"{which}-{row.version}.md", "text": row.markdown}
    return Letter(text, more)


def _long(name: str, markdown: str, rows: Sequence[Sequence[Button]]) -> Letter:
    """As many messages as it takes; the buttons are on the last."""
    first, *rest = parts(markdown)
    head = f"{bold(name)}\n" if name else ""
    more: dict[str, Any] = {"rows": [list(row) for row in rows]}
    if rest:
        more["rest"] = rest
    return Letter(head + first, more)


def _letter(text: str, rows: Sequence[Sequence[Button]] = ()) -> Letter:
    return Letter(text, {"rows": [list(row) for row in rows if row]})


SUBJECTS: dict[str, Callable[[Sight, PostRow, str], Awaitable[Letter | None]]] = {
    "gate": _gate,
    "reminder": _reminder,
    "done": _done,
    "reply": _reply,
    "word": _word,
    "digest": _word,
}
