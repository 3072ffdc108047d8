"""What a model may offer a person: buttons with the very words that the person could type. Pressing is theirs. Pure."""

from enum import StrEnum

from orchestrator.conversation import asking
from orchestrator.domain import delta, policy
from orchestrator.domain.brief import Brief
from orchestrator.domain.command import Cancel, Command, Pause, Prime, Reset, Resume, Validate, WriteVision
from orchestrator.domain.policy import ANSWERS, Role
from orchestrator.domain.project import GATES, Signal, Step, can


class Offer(StrEnum):
    WRITE_VISION = "write_vision"
    CHANGE_VISION = "change_vision"  # the one that was agreed
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    RESET = "start_over"
    PRIME = "look_again"
    VALIDATE = "check_again"
    DECISION = "decision"  # the open one, with its own buttons


MEANS = {
    Offer.WRITE_VISION: "to write the vision from the brief",
    Offer.CHANGE_VISION: "to show what the brief would change in the agreed vision, and have that decided",
    Offer.PAUSE: "to pause the project",
    Offer.RESUME: "to go on where it was paused",
    Offer.CANCEL: "to cancel the project",
    Offer.RESET: "to start over with the idea",
    Offer.PRIME: "to have the builder look at what is there again, and plan the phases anew from that",
    Offer.VALIDATE: "to check again what was built last",
    Offer.DECISION: "to answer the open decision",
}
BUTTONS = {
    Offer.WRITE_VISION: asking.WRITE,
    Offer.CHANGE_VISION: delta.SHOW,
    Offer.PAUSE: "Pause the project",
    Offer.RESUME: "Resume the project",
    Offer.CANCEL: "Cancel the project",
    Offer.RESET: "Start over",
    Offer.PRIME: "Look again at what is there",
    Offer.VALIDATE: "Check it again",
}
_VERBS: dict[Offer, tuple[type[Command], Signal]] = {
    Offer.WRITE_VISION: (WriteVision, Signal.ASKED),
    Offer.PAUSE: (Pause, Signal.STOPPED),
    Offer.RESUME: (Resume, Signal.RESUMED),
    Offer.CANCEL: (Cancel, Signal.CANCELLED),
    Offer.RESET: (Reset, Signal.RESET),
    Offer.PRIME: (Prime, Signal.PRIME),
    Offer.VALIDATE: (Validate, Signal.VALIDATE),
}


def possible(
    step: Step, role: Role, brief: Brief, agreed: Brief | None = None, *, built: bool = False
) -> tuple[Offer, ...]:
    """What would be done if this person pressed it now.

    `agreed` is what was agreed, where that may change; `built` says that there is something to be checked again.
    """
    found = [offer for offer, (verb, signal) in _VERBS.items() if can(step, signal) and policy.allows(role, verb)]
    if not brief.what and Offer.WRITE_VISION in found:
        found.remove(Offer.WRITE_VISION)
    if not built and Offer.VALIDATE in found:
        found.remove(Offer.VALIDATE)
    if agreed and delta.is_new(brief, agreed) and policy.allows(role, WriteVision):
        found.append(Offer.CHANGE_VISION)
    return (*found, Offer.DECISION) if step in GATES and role in ANSWERS else tuple(found)
