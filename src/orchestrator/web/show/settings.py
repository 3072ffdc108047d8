"""Settings of a person, and the people of a project."""

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.contain import boundary
from orchestrator.contain.boundary import Boundary
from orchestrator.conversation import linking
from orchestrator.delivery.hub_looking import OpenIssue
from orchestrator.domain import permission
from orchestrator.domain.command import BringIn, Forget, Rename, SetBuilder, SetHub, SetMember
from orchestrator.domain.policy import allows
from orchestrator.executors import agents, installed
from orchestrator.executors.agents import COMMAND, STARTER
from orchestrator.executors.agents.finding import Found
from orchestrator.models import providers
from orchestrator.runtime import runtime
from orchestrator.store import hubs, members, people, rules
from orchestrator.store.pages import Standing
from orchestrator.store.tables import RuleRow
from orchestrator.telling import times
from orchestrator.telling.marks import Choice, Field, Mark, State
from orchestrator.telling.words import upper_first
from orchestrator.web.show import around
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views import settings as views
from orchestrator.web.views.elsewhere import Elsewhere
from orchestrator.web.views.settings import (
    Allowed,
    BuiltView,
    Connection,
    HubView,
    IssuesPage,
    IssueView,
    Member,
    PeoplePage,
    PeopleView,
    SettingsPage,
)
from orchestrator.web.views.shell import Tab

PROTOTYPES = Mark(State.REST, "part", "Prototypes only")
READY = Mark(State.PROVEN, "proven", "Ready")
ABSENT = Mark(State.REST, "minus", "Not installed")
OWN = Mark(State.REST, "part", "Set here")
NO_MODEL = "No AI model is set, so the conversation is a fixed set of good questions. It says so, and costs nothing."
LACKING = Mark(State.STUCK, "stuck", "Key missing")
SILENT = Mark(State.STUCK, "stuck", "No answer")
QUIET = Mark(State.REST, "part", "Set up")
WORKS = Mark(State.PROVEN, "proven", "Works")
WALLED = Mark(State.PROVEN, "proven", "Walled in")
PARTLY = Mark(State.REST, "part", "In part")
OPEN = Mark(State.STUCK, "stuck", "No walls")
LINKED = "Each phase gets a pull request there, and is merged when you approve it."
LINKING = "We are looking at it. This takes a moment."
INTERVIEW = Mark(State.REST, "part", "Fixed questions")


def page(viewer: Viewer, found: tuple[Connection, ...], others: Elsewhere, saved: str = "") -> SettingsPage:
    who = viewer.person
    themes = views.themes(who.theme)
    return SettingsPage(found, themes, who.whole_answers, who.name, who.email, others, who.owner, saved)


async def connections(viewer: Viewer) -> tuple[Connection, ...]:
    """What the orchestrator talks to, and how each of them stands."""
    live = runtime()
    found = await asyncio.to_thread(boundary.bare if live.settings.sandbox == "off" else boundary.boundary)
    return model(viewer), *(await builders()), Connection("Containment", _kept(found), found.sentence)


def _kept(found: Boundary) -> Mark:
    """How far builders are kept from the rest of this machine."""
    if found.walls and found.gate and found.namespaces:
        return WALLED
    return PARTLY if found.walls else OPEN


def model(viewer: Viewer) -> Connection:
    """Who talks with people, and what came of the last time that it was asked."""
    live = runtime()
    if live.model is None:
        lacking = providers.says(live.settings) if live.settings.model else NO_MODEL
        return Connection("AI model", LACKING if live.settings.model else INTERVIEW, lacking)
    about = live.model.about()
    if about.at is None:
        return Connection("AI model", QUIET, f"{about.says} It was not asked yet.")
    when = times.ago(about.at, viewer.now, viewer.zone)
    if about.fault:
        return Connection("AI model", SILENT, f"{about.says} Asked {when}. {about.fault}")
    return Connection("AI model", WORKS, f"{about.says} It answered {when}, in {about.seconds:.1f} seconds.")


async def builders() -> tuple[Connection, ...]:
    """Who can build, the one for new projects first; of the others, what is still to be done."""
    live = runtime()
    found = await installed.stand(live.settings, live.builders)
    found.sort(key=lambda one: (one.id != live.builder, not one.ready, one.where is None))
    return tuple(_builder(one, new=one.id == live.builder) for one in found)


def _builder(found: Found, *, new: bool) -> Connection:
    if found.id == STARTER:
        text = "The starter makes a prototype you can click, and says so. It is not an AI."
    else:
        text = found.says
    for_new = " New projects are built by it." if new else ""
    return Connection(f"Builder: {found.title}", _mark(found), f"{text}{for_new}")


def _mark(found: Found) -> Mark:
    if found.id == STARTER:
        return PROTOTYPES
    if found.ready:
        return OWN if found.id == COMMAND else READY
    return ABSENT if found.where is None else LACKING


async def people_page(
    db: AsyncSession,
    viewer: Viewer,
    found: Standing,
    *,
    saved: str = "",
    email: Field | None = None,
    name: Field | None = None,
    hub: Field | None = None,
) -> PeoplePage:
    action = f"/projects/{found.project.id}/people"
    names = {user.id: user.name for user in await people.all(db)}
    shown = tuple(
        Member(
            member.user_id, names.get(member.user_id, "Somebody"), member.role, member.user_id == viewer.person.user_id
        )
        for member in await members.members(db, found.project.id)
    )
    return PeoplePage(
        around.head(viewer, found, Tab.PEOPLE),
        PeopleView(action, shown, allows(found.role, SetMember), email or Field()),
        name or Field(found.project.name),
        allows(found.role, Rename),
        tuple(_allowed(viewer, row) for row in await rules.remembered(db, found.project.id)),
        allows(found.role, Forget),
        saved,
        built(found),
        await hub_view(db, found, hub),
    )


async def hub_view(db: AsyncSession, found: Standing, field: Field | None = None) -> HubView:
    """Where the project is on GitHub."""
    project, client = found.project, runtime().hub
    action, name = f"/projects/{project.id}/hub", field or Field(hubs.slug(project))
    may = allows(found.role, SetHub)
    if client is None:
        return HubView(action, name, why_not=linking.NO_KEY, may_change=may)
    known = await hubs.find(db, project)
    if known is None:
        return HubView(action, name, may_change=may)
    href = client.page(known.slug) if known.linked else ""
    about = LINKED if known.linked else "" if known.problem else LINKING
    return HubView(
        action,
        name,
        about,
        href,
        known.problem,
        may_change=may,
        bring_in=f"/projects/{project.id}/issues" if href else "",
    )


def built(found: Standing) -> BuiltView:
    """Who builds this project, and where that builder may reach."""
    project, live = found.project, runtime()
    ids = dict.fromkeys((*live.builders, project.builder))
    return BuiltView(
        f"/projects/{project.id}/builder",
        tuple(Choice(id, upper_first(agents.title(id)), id == project.builder) for id in ids),
        views.networks(project.network),
        allows(found.role, SetBuilder),
    )


def _allowed(viewer: Viewer, row: RuleRow) -> Allowed:
    who, day = viewer.name(row.by, row.by_name), times.day_at(row.at, viewer.now, viewer.zone)
    title = f"It may {'' if row.allowed else 'not '}{permission.wants(row.wish)}."
    return Allowed(row.id, title, f"{who}, {day}.")


def issues(viewer: Viewer, found: Standing, listed: Sequence[OpenIssue]) -> IssuesPage:
    """What may be brought in."""
    shown = tuple(
        IssueView(each.wish.number, each.wish.title, each.wish.author, each.wish.link, known=each.known)
        for each in listed
    )
    return IssuesPage(around.head(viewer, found, Tab.PEOPLE), shown, allows(found.role, BringIn))
