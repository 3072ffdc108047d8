"""Settings of a person and of a project: connections, people, and how it looks."""

from dataclasses import dataclass, field

from orchestrator.telling.marks import Choice, Field, Link, Mark
from orchestrator.telling.words import initials
from orchestrator.web.views.elsewhere import Elsewhere
from orchestrator.web.views.shell import ProjectHead

ROLES = {
    "owner": ("Owner", "Decides, invites, and sets the limit"),
    "approver": ("Approver", "May answer decisions"),
    "contributor": ("Contributor", "May talk, and read everything"),
    "viewer": ("Viewer", "May read everything"),
}
NETWORKS = {
    "closed": "Only its AI model",
    "listed": "Also building blocks",
    "open": "The whole internet",
}
THEMES = {"": "Like my device", "light": "Light", "dark": "Dark"}


@dataclass(frozen=True, slots=True)
class Connection:
    name: str
    mark: Mark
    text: str
    next_step: Link | None = None


@dataclass(frozen=True, slots=True)
class Member:
    id: str
    name: str
    role: str
    you: bool = False

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def first_name(self) -> str:
        return self.name.split(" ", 1)[0]

    @property
    def role_name(self) -> str:
        return ROLES[self.role][0]

    @property
    def may(self) -> str:
        return ROLES[self.role][1]


@dataclass(frozen=True, slots=True)
class PeopleView:
    """`may_change` is for the owner; everybody else sees who is here."""

    action: str
    members: tuple[Member, ...]
    may_change: bool = False
    email: Field = field(default_factory=Field)


@dataclass(frozen=True, slots=True)
class BuiltView:
    """Who builds the project and where that may reach; whoever may not change it reads it."""

    action: str
    builders: tuple[Choice, ...]
    networks: tuple[Choice, ...]
    may_change: bool = True

    @property
    def builder(self) -> str:
        return _chosen(self.builders)

    @property
    def network(self) -> str:
        return _chosen(self.networks)


@dataclass(frozen=True, slots=True)
class HubView:
    """The project's repository on GitHub; `about` says how that stands, and `why_not` why there can be none."""

    action: str
    name: Field
    about: str = ""
    href: str = ""
    trouble: str = ""
    why_not: str = ""
    may_change: bool = True
    bring_in: str = ""  # where its open issues can be chosen from


@dataclass(frozen=True, slots=True)
class SettingsPage:
    connections: tuple[Connection, ...]
    themes: tuple[Choice, ...]
    whole_answers: bool
    name: str
    email: str
    elsewhere: Elsewhere
    runs_it: bool = False  # the installation is theirs
    saved: str = ""  # what has just been saved


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the builder may do without being asked about."""

    id: str
    title: str
    text: str  # who said so, and when


@dataclass(frozen=True, slots=True)
class PeoplePage:
    head: ProjectHead
    people: PeopleView
    name: Field
    may_rename: bool = True
    allowed: tuple[Allowed, ...] = ()
    may_forget: bool = False
    saved: str = ""
    built: BuiltView | None = None
    hub: HubView | None = None


@dataclass(frozen=True, slots=True)
class IssueView:
    """An open issue on GitHub that may be a wish."""

    number: int
    title: str
    author: str
    href: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class IssuesPage:
    head: ProjectHead
    issues: tuple[IssueView, ...]
    may_bring_in: bool = True


def networks(chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in NETWORKS.items())


def _chosen(choices: tuple[Choice, ...]) -> str:
    return next((choice.label for choice in choices if choice.chosen), "")


def themes(chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in THEMES.items())


def roles(chosen: str) -> tuple[Choice, ...]:
    """What somebody else may be; there is one owner."""
    return tuple(Choice(role, name, role == chosen) for role, (name, _) in ROLES.items() if role != "owner")
