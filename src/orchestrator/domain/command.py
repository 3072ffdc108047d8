"""Everything a person can ask for, whatever surface they ask on. Pure."""

from dataclasses import dataclass

from orchestrator.domain.gate import Decision, Way


@dataclass(frozen=True, slots=True)
class Command:
    """Something to be done once, by somebody, under a key."""


@dataclass(frozen=True, slots=True)
class Create(Command):
    idea: str
    name: str = ""
    repository: str = ""  # an existing local repository; empty for a new one
    hub: str = ""  # its place on GitHub, as in SetHub


@dataclass(frozen=True, slots=True)
class OfProject(Command):
    project_id: str


@dataclass(frozen=True, slots=True)
class Say(OfProject):
    text: str


@dataclass(frozen=True, slots=True)
class Answer(Command):
    gate_id: str
    decision: Decision
    note: str = ""
    version: int | None = None  # of the document that the person saw
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class TakeBack(Command):
    """Have a decision asked anew that was answered a moment ago, and what came of the answer stopped."""

    gate_id: str


@dataclass(frozen=True, slots=True)
class TakeUp(OfProject):
    """Say what somebody suggested who may not command the project, as a quotation."""

    suggestion_id: str


@dataclass(frozen=True, slots=True)
class Decline(OfProject):
    """Let a suggestion be."""

    suggestion_id: str


@dataclass(frozen=True, slots=True)
class WriteVision(OfProject):
    pass


@dataclass(frozen=True, slots=True)
class Pause(OfProject):
    pass


@dataclass(frozen=True, slots=True)
class Resume(OfProject):
    pass


@dataclass(frozen=True, slots=True)
class Cancel(OfProject):
    pass


@dataclass(frozen=True, slots=True)
class Reset(OfProject):
    pass


@dataclass(frozen=True, slots=True)
class Prime(OfProject):
    """Have the builder look at what is there once more, and the phases planned from what it finds."""


@dataclass(frozen=True, slots=True)
class Validate(OfProject):
    """Check once more what was built last."""


@dataclass(frozen=True, slots=True)
class Undo(OfProject):
    phase: int


@dataclass(frozen=True, slots=True)
class Rename(OfProject):
    name: str


@dataclass(frozen=True, slots=True)
class SetBudget(OfProject):
    """What the project may cost before somebody is asked, in the currency of people; 0 is no limit."""

    amount: float


@dataclass(frozen=True, slots=True)
class Forget(OfProject):
    """Let what somebody said about the builder's wishes hold no longer."""

    rule_id: str


@dataclass(frozen=True, slots=True)
class SetBuilder(OfProject):
    """Who builds the project, and where the builder may reach; what is empty stays as it is."""

    builder: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class SetHub(OfProject):
    """The project's repository on GitHub: “owner/name”, “new:owner/name” for one to be made, or none."""

    hub: str


@dataclass(frozen=True, slots=True)
class Wished:
    """An issue of the project's repository."""

    number: int
    title: str
    text: str
    author: str
    link: str


@dataclass(frozen=True, slots=True)
class BringIn(OfProject):
    """Have issues of the project's repository stand among its suggestions: words, until somebody takes them up."""

    wishes: tuple[Wished, ...]


@dataclass(frozen=True, slots=True)
class SetMember(OfProject):
    """Somebody who takes part already by id, or anybody by email: who is not known yet is invited."""

    role: str
    email: str = ""
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class RemoveMember(OfProject):
    user_id: str


@dataclass(frozen=True, slots=True)
class Prove(OfProject):
    """Ask, with evidence, how ready it is: these questions, or all."""

    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attest(OfProject):
    """Vouch for what no program can settle."""

    item: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Mend(OfProject):
    """Have a phase that does nothing but make one question of readiness proven."""

    item: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and where."""

    user_id: str
    name: str
    channel: str = "web"  # web, api, terminal, telegram, github
    room: str = ""  # elsewhere: where to reply


ORCHESTRATOR = Actor("orchestrator", "Orchestrator", "")
