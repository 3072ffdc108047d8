"""What forms ask for: each is a command under the form's key, and then back to the page."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.conversation.command import Outcome, perform
from orchestrator.delivery import hub_looking
from orchestrator.domain.amount import amount
from orchestrator.domain.command import (
    Answer,
    Attest,
    BringIn,
    Cancel,
    Command,
    Create,
    Decline,
    Forget,
    Mend,
    OfProject,
    Pause,
    Prime,
    Prove,
    RemoveMember,
    Rename,
    Reset,
    Resume,
    Say,
    SetBudget,
    SetBuilder,
    SetHub,
    SetMember,
    TakeBack,
    TakeUp,
    Undo,
    Validate,
    WriteVision,
)
from orchestrator.domain.gate import Decision, Way
from orchestrator.errors import Conflict, NotUnderstood
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import gates, links, pages, people
from orchestrator.store.pages import Standing
from orchestrator.telling.marks import NEEDS_YOU, Field, Note
from orchestrator.web import rendering
from orchestrator.web.auth import Person, Signed
from orchestrator.web.numbers import PhaseNumber
from orchestrator.web.pages import first_page, of_project, ready_page
from orchestrator.web.show import costs, settings, talk
from orchestrator.web.show import gates as cards
from orchestrator.web.show.viewer import Viewer, viewer

router = APIRouter(include_in_schema=False)
ProjectId = Annotated[str, Path(max_length=64)]
Text = Annotated[str, Form()]
Key = Annotated[str, Form(max_length=200)]
SEE_OTHER = 303
Item = Annotated[str, Path(max_length=4)]
INVITATION = timedelta(days=7)
SIMPLE: dict[str, tuple[type[OfProject], str]] = {  # and the page that follows
    "pause": (Pause, ""),
    "stop": (Pause, "/progress"),
    "resume": (Resume, "/progress"),
    "cancel": (Cancel, ""),
    "reset": (Reset, ""),
    "vision": (WriteVision, ""),
    "prime": (Prime, "/progress"),
    "validate": (Validate, "/progress"),
}


async def done(command: Command, who: Person, key: str) -> Outcome:
    """Perform it once per form: sent twice, the second time changes nothing."""
    return await perform(command, who.actor, f"form:{key}" if key else f"once:{clock.new_id()}")


def back(request: Request, to: str) -> Response:
    """Go on to a page; htmx is told in its own way."""
    if "hx-request" in request.headers:
        return Response(status_code=204)
    return RedirectResponse(to, SEE_OTHER)


@router.post("/projects")
async def create(who: Signed, idea: Text = "", key: Key = "") -> Response:
    """Start a project with an idea."""
    try:
        outcome = await done(Create(idea), who, key)
    except NotUnderstood as wrong:
        return await first_page(who, 422, idea=Field(idea[:2000], str(wrong)))
    return RedirectResponse(f"/projects/{outcome['project']}", SEE_OTHER)


@router.post("/projects/{id}/messages")
async def say(request: Request, id: ProjectId, who: Signed, text: Text = "", key: Key = "") -> Response:
    """Say something in the conversation of a project."""
    try:
        await done(Say(id, text), who, key)
    except NotUnderstood as wrong:
        return await _not_said(request, id, who, text, wrong)
    return back(request, f"/projects/{id}#message")


async def _not_said(request: Request, id: str, who: Person, text: str, wrong: NotUnderstood) -> Response:
    if "hx-request" in request.headers:
        raise wrong  # it is said in the form, and what was written is still there
    field = Field(text[:20_000], str(wrong))
    return await of_project("talk", id, who, lambda db, seen, found: talk.page(db, seen, found, text=field), 422)


def _simple(verb: type[OfProject], then: str) -> Callable[..., Awaitable[Response]]:
    async def act(id: ProjectId, who: Signed, key: Key = "") -> Response:
        await done(verb(id), who, key)
        return RedirectResponse(f"/projects/{id}{then}", SEE_OTHER)

    return act


for _name, (_verb, _then) in SIMPLE.items():
    router.post(f"/projects/{{id}}/{_name}", name=_name)(_simple(_verb, _then))


@router.post("/projects/{id}/name")
async def rename(id: ProjectId, who: Signed, name: Text = "", key: Key = "") -> Response:
    """Give a project another name."""
    return await _kept(id, who, Rename(id, name), key, "name", name)


@router.post("/projects/{id}/builder")
async def builder(id: ProjectId, who: Signed, builder: Text = "", network: Text = "", key: Key = "") -> Response:
    """Choose who builds a project, and what that may reach."""
    await done(SetBuilder(id, builder, network), who, key)
    return RedirectResponse(f"/projects/{id}/settings?saved=1", SEE_OTHER)


@router.post("/projects/{id}/hub")
async def hub(id: ProjectId, who: Signed, hub: Text = "", new: Text = "", key: Key = "") -> Response:
    """Give it a repository on GitHub, one that is there or a new one; empty, it has none."""
    wanted = f"new:{hub}" if new and hub.strip() else hub
    return await _kept(id, who, SetHub(id, wanted), key, "hub", hub)


@router.post("/projects/{id}/issues")
async def issues(
    id: ProjectId, who: Signed, numbers: Annotated[list[int] | None, Form()] = None, key: Key = ""
) -> Response:
    """Have issues of its repository stand among the suggestions."""
    await read(pages.standing, who.user_id, id)
    await done(BringIn(id, await hub_looking.wishes(id, numbers or [])), who, key)
    return RedirectResponse(f"/projects/{id}", SEE_OTHER)


@router.post("/projects/{id}/budget")
async def limit(id: ProjectId, who: Signed, budget: Text = "", key: Key = "") -> Response:
    """Set what the project may cost; what cannot be read comes back as it was typed."""
    try:
        await done(SetBudget(id, _sum(budget)), who, key)
    except NotUnderstood as wrong:
        field = Field(budget[:100], str(wrong))
        return await of_project("cost", id, who, lambda db, seen, found: costs.page(db, seen, found, field), 422)
    return RedirectResponse(f"/projects/{id}/cost?saved=1", SEE_OTHER)


def _sum(written: str) -> float:
    """Nothing is no limit."""
    found = amount(written, runtime().currency) if written.strip() else 0
    if found is None:
        raise NotUnderstood("Please write one sum, such as 15, or 0 for no limit.", field="budget")
    return found


@router.post("/projects/{id}/people")
async def member(
    id: ProjectId,
    who: Signed,
    role: Text = "",
    email: Text = "",
    member: Text = "",
    remove: Text = "",
    key: Key = "",
) -> Response:
    """Let somebody take part, by their email or by who they are; or let them go."""
    command = RemoveMember(id, remove) if remove else SetMember(id, role, email, member)
    return await _kept(id, who, command, key, "email", email)


@router.post("/projects/{id}/rules")
async def forget(id: ProjectId, who: Signed, rule: Text = "", key: Key = "") -> Response:
    """Take back what was allowed for good."""
    await done(Forget(id, rule), who, key)
    return RedirectResponse(f"/projects/{id}/settings?saved=1", SEE_OTHER)


async def _kept(id: str, who: Person, command: Command, key: str, field: str, value: str) -> Response:
    """Do it, or show the page again with what was typed and what is wrong with it."""
    try:
        outcome = await done(command, who, key)
    except (NotUnderstood, Conflict) as wrong:
        return await _again(id, who, {field: Field(value, str(wrong))}, 422)
    if outcome.get("new"):
        link = await tx(links.create, who.actor, links.SETUP, outcome["user"], clock.now(), INVITATION)
        told = (
            f"Send this link to {value}: {runtime().settings.address}/setup?key={link} It works once, for seven days."
        )
        return await _again(id, who, {"saved": told}, 200)
    return RedirectResponse(f"/projects/{id}/settings?saved=1", SEE_OTHER)


async def _again(id: str, who: Person, fields: dict[str, Any], status: int) -> Response:
    async def fill(db: AsyncSession, seen: Viewer, found: Standing) -> Any:
        return await settings.people_page(db, seen, found, **fields)

    return await of_project("people", id, who, fill, status)


@router.post("/projects/{id}/phases/{n}/undo")
async def undo(id: ProjectId, n: PhaseNumber, who: Signed, key: Key = "") -> Response:
    """Take a finished phase out of the app again."""
    await done(Undo(id, n), who, key)
    return RedirectResponse(f"/projects/{id}/progress", SEE_OTHER)


@router.post("/projects/{id}/suggestions/{suggestion}/take-up")
async def take_up(id: ProjectId, suggestion: ProjectId, who: Signed, key: Key = "") -> Response:
    """Say what somebody suggested."""
    await done(TakeUp(id, suggestion), who, key)
    return RedirectResponse(f"/projects/{id}#message", SEE_OTHER)


@router.post("/projects/{id}/suggestions/{suggestion}/decline")
async def decline(id: ProjectId, suggestion: ProjectId, who: Signed, key: Key = "") -> Response:
    """Turn down what the model suggested."""
    await done(Decline(id, suggestion), who, key)
    return RedirectResponse(f"/projects/{id}#message", SEE_OTHER)


@router.post("/gates/{id}/answer")
async def answer(
    request: Request,
    id: Annotated[str, Path(max_length=64)],
    who: Signed,
    decision: Text = "",
    note: Text = "",
    version: Annotated[int | None, Form()] = None,
    way: Text = "",
    key: Key = "",
) -> Response:
    """Decide. What was not accepted comes back with the card, the note as it was, and the reason."""
    gate = await read(gates.get, id)
    found = await read(pages.standing, who.user_id, gate.project_id)
    if decision == "later":
        return _later(request)
    try:
        await done(_given(id, decision, note, version, way), who, key)
    except NotUnderstood as wrong:
        return await _card(request, who, found, id, note=Field(note, str(wrong)))
    except Conflict as conflict:
        return await _card(request, who, found, id, trouble=Note("", str(conflict), NEEDS_YOU))
    return await _slip(request, who, id)


@router.post("/gates/{id}/take-back")
async def take_back(request: Request, id: Annotated[str, Path(max_length=64)], who: Signed, key: Key = "") -> Response:
    """Ask again what was answered a moment ago."""
    await done(TakeBack(id), who, key)
    return await _slip(request, who, id)


def _given(id: str, decision: str, note: str, version: int | None, way: str) -> Answer:
    decision, _, button = decision.partition(" ")  # a yes that has a button of its own says which it is
    way = button or way
    if decision not in set(Decision):
        raise NotUnderstood("Please choose one of the buttons.", field="decision")
    return Answer(id, Decision(decision), note, version, Way(way) if way in set(Way) else None)


def _later(request: Request) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=204, headers={"HX-Redirect": "/"})
    return RedirectResponse("/", SEE_OTHER)


async def _slip(request: Request, who: Person, id: str) -> Response:
    gate = await read(gates.get, id)
    if "hx-request" in request.headers:
        found = await read(pages.standing, who.user_id, gate.project_id)
        return HTMLResponse(rendering.macro("gates", "receipt", cards.slip(viewer(who), gate, found)))
    return RedirectResponse(f"/projects/{gate.project_id}#gate-{id}", SEE_OTHER)


async def _card(request: Request, who: Person, found: Standing, id: str, **more: Any) -> Response:
    """Show the decision again; somebody else's answer has already become a slip there."""
    gate = await read(gates.get, id)
    if "hx-request" not in request.headers:
        return await of_project(
            "talk",
            found.project.id,
            who,
            lambda db, seen, now: talk.page(db, seen, now, **more),
            409 if "trouble" in more else 422,
        )
    if found.gate is None or found.gate.id != id:
        return HTMLResponse(rendering.macro("gates", "receipt", cards.slip(viewer(who), gate, found)))
    card = cards.card(viewer(who), gate, found.role, **more)
    return HTMLResponse(rendering.macro("gates", "decision", card, who.csrf))


@router.post("/settings/look")
async def look(who: Signed, theme: Text = "", whole_answers: Text = "", zone: Text = "") -> Response:
    """Choose between light, dark and the look of the device."""
    await tx(people.set_look, who.user_id, theme, bool(whole_answers), zone or who.zone)
    return RedirectResponse("/settings?saved=1", SEE_OTHER)


@router.post("/projects/{id}/ready")
async def prove_all(id: ProjectId, request: Request, who: Signed, key: Key = "") -> Response:
    """Have all questions asked."""
    await done(Prove(id), who, key)
    return back(request, f"/projects/{id}/ready")


@router.post("/projects/{id}/ready/{item}/prove")
async def prove(id: ProjectId, item: Item, request: Request, who: Signed, key: Key = "") -> Response:
    """Have one question asked, from a clean copy."""
    await done(Prove(id, (item,)), who, key)
    return back(request, f"/projects/{id}/ready")


@router.post("/projects/{id}/ready/{item}/fix")
async def mend(id: ProjectId, item: Item, who: Signed, key: Key = "") -> Response:
    """Have a phase that makes one question proven; the decision about it is what comes next."""
    await done(Mend(id, item), who, key)
    return RedirectResponse(f"/projects/{id}", SEE_OTHER)


@router.post("/projects/{id}/ready/{item}/attest")
async def attest(id: ProjectId, item: Item, who: Signed, sentence: Text = "", key: Key = "") -> Response:
    """Vouch for what no program can settle; what was written stays in the form if it was not accepted."""
    try:
        await done(Attest(id, item, sentence), who, key)
    except NotUnderstood as reason:
        return await ready_page(id, who, reason.status, {item: Field(sentence, str(reason))})
    return RedirectResponse(f"/projects/{id}/ready", SEE_OTHER)
