"""Settings of a person, the people of a project, and the plain page about readiness."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain import permission
from orchestrator.domain.command import Forget, Rename, SetMember
from orchestrator.domain.policy import allows
from orchestrator.models import providers
from orchestrator.ports import Executor
from orchestrator.runtime import runtime
from orchestrator.store import members, people, rules
from orchestrator.store.pages import Standing
from orchestrator.store.tables import RuleRow
from orchestrator.web.show import around
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views import settings as views
from orchestrator.web.views import times
from orchestrator.web.views.marks import PROVEN, Field, Mark, State
from orchestrator.web.views.ready import ReadyPage
from orchestrator.web.views.settings import Allowed, Connection, Member, PeoplePage, PeopleView, SettingsPage
from orchestrator.web.views.shell import Tab

STARTER = Mark(State.REST, "part", "Starter only")
OWN = Mark(State.REST, "part", "Set here")
NO_MODEL = "No AI model is set, so the conversation is a fixed set of good questions. It says so, and costs nothing."
LACKING = Mark(State.STUCK, "stuck", "Key missing")
SILENT = Mark(State.STUCK, "stuck", "No answer")
QUIET = Mark(State.REST, "part", "Set up")
WORKS = Mark(State.PROVEN, "proven", "Works")
INTERVIEW = Mark(State.REST, "part", "Fixed questions")


def page(viewer: Viewer, saved: str = "") -> SettingsPage:
    who = viewer.person
    return SettingsPage(connections(viewer), views.themes(who.theme), who.whole_answers, who.name, who.email, saved)


def connections(viewer: Viewer) -> tuple[Connection, ...]:
    """What the orchestrator talks to, and how each of them stands."""
    made = "The starter makes a prototype you can click, and says so. It is not an AI."
    live = runtime()
    spaces = live.settings.namespaces
    alone = "Each builder works in a process space of its own." if spaces else "Builders share our process space."
    return (
        model(viewer),
        Connection("Builder", STARTER, made) if live.builder == "starter" else _other(live.builders[live.builder]),
        Connection("Containment", PROVEN if spaces else STARTER, alone),
    )


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


def _other(builder: Executor) -> Connection:
    return Connection("Builder", OWN, builder.describe())


async def people_page(
    db: AsyncSession,
    viewer: Viewer,
    found: Standing,
    *,
    saved: str = "",
    email: Field | None = None,
    name: Field | None = None,
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
    )


def _allowed(viewer: Viewer, row: RuleRow) -> Allowed:
    who, day = viewer.name(row.by, row.by_name), times.day_at(row.at, viewer.now, viewer.zone)
    title = f"It may {'' if row.allowed else 'not '}{permission.wants(row.wish)}."
    return Allowed(row.id, title, f"{who}, {day}.")


def ready(viewer: Viewer, found: Standing) -> ReadyPage:
    return ReadyPage(around.head(viewer, found, Tab.READY))
