"""Who may do what in a project: one table. Pure."""

from enum import StrEnum
from typing import Final

from orchestrator.domain import command
from orchestrator.errors import NotAllowed


class Role(StrEnum):
    OWNER = "owner"
    APPROVER = "approver"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"


RANK: Final = {Role.VIEWER: 0, Role.CONTRIBUTOR: 1, Role.APPROVER: 2, Role.OWNER: 3}
ANSWERS: Final = frozenset({Role.OWNER, Role.APPROVER})

NEEDS: Final[dict[type[command.Command], Role]] = {
    command.Say: Role.CONTRIBUTOR,
    command.TakeUp: Role.CONTRIBUTOR,
    command.Decline: Role.CONTRIBUTOR,
    command.WriteVision: Role.CONTRIBUTOR,
    command.BringIn: Role.CONTRIBUTOR,
    command.Pause: Role.CONTRIBUTOR,
    command.Prove: Role.CONTRIBUTOR,
    command.Mend: Role.CONTRIBUTOR,
    command.Attest: Role.APPROVER,
    command.Answer: Role.APPROVER,
    command.TakeBack: Role.APPROVER,
    command.Resume: Role.APPROVER,
    command.Prime: Role.APPROVER,
    command.Validate: Role.APPROVER,
    command.Undo: Role.APPROVER,
    command.Cancel: Role.OWNER,
    command.Reset: Role.OWNER,
    command.Rename: Role.OWNER,
    command.SetBudget: Role.OWNER,
    command.Forget: Role.OWNER,
    command.SetBuilder: Role.OWNER,
    command.SetHub: Role.OWNER,
    command.SetMember: Role.OWNER,
    command.RemoveMember: Role.OWNER,
}
DOING: Final[dict[type[command.Command], str]] = {
    command.Say: "write here",
    command.TakeUp: "take up a suggestion",
    command.Decline: "decide about a suggestion",
    command.WriteVision: "ask for the vision",
    command.BringIn: "bring in issues",
    command.Pause: "pause it",
    command.Prove: "have its readiness checked",
    command.Mend: "have it fixed",
    command.Attest: "vouch for it",
    command.Answer: "answer its decisions",
    command.TakeBack: "take an answer back",
    command.Resume: "let it go on",
    command.Prime: "have it looked at",
    command.Validate: "have it checked",
    command.Undo: "undo a phase",
    command.Cancel: "cancel it",
    command.Reset: "start it over",
    command.Rename: "rename it",
    command.SetBudget: "set its limit",
    command.Forget: "change what its builder may do",
    command.SetBuilder: "choose its builder",
    command.SetHub: "choose its place on GitHub",
    command.SetMember: "decide who takes part",
    command.RemoveMember: "decide who takes part",
}


def allows(role: Role, verb: type[command.Command]) -> bool:
    return RANK[role] >= RANK[NEEDS[verb]]


def require(role: Role, verb: type[command.Command]) -> None:
    """Raise NotAllowed, with a sentence, unless somebody of this role may do it."""
    if not allows(role, verb):
        article = "an" if role in ANSWERS else "a"
        raise NotAllowed(
            f"In this project you are {article} {role}. To {DOING[verb]} you need to be {_who(NEEDS[verb])}."
        )


def _who(least: Role) -> str:
    names = [f"an {role}" if role in ANSWERS else f"a {role}" for role in Role if RANK[role] >= RANK[least]]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
