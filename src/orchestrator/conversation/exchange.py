"""One turn of the conversation: what a person said and where things stand, and what is answered."""

from dataclasses import dataclass
from enum import StrEnum

from orchestrator.domain import answer, plain
from orchestrator.domain.brief import Brief, Topic
from orchestrator.domain.cost import Usage
from orchestrator.domain.project import Step
from orchestrator.domain.vision import Vision

NOTHING = Usage()


class Wants(StrEnum):
    """What a person clearly asks for. It is said in so many words, never guessed."""

    WRITE_VISION = "write_vision"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    RESET = "reset"
    PRIME = "prime"
    VALIDATE = "validate"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Heard:
    """`notes` are small lines of their own: what was corrected or cut. `quick` are answers to choose from."""

    reply: str
    brief: Brief
    asked: Topic | None
    wants: Wants | None = None
    notes: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    usage: Usage = NOTHING  # what it cost to think of
    new_topic: bool = False
    for_builder: str = ""  # what of the message the builder at work is told


@dataclass(frozen=True, slots=True)
class Turn:
    """`history` is what the person said before, oldest first.

    `agreed` is what the agreed vision says, where a change of it may be shown now; else there is none.
    """

    text: str
    brief: Brief
    asked: Topic | None
    step: Step = Step.TALKING
    vision: Vision | None = None
    history: tuple[str, ...] = ()
    agreed: Brief | None = None

    @property
    def words(self) -> str:
        """For comparing with whole messages: small letters, no marks, no niceties."""
        return spoken(self.text)


def spoken(text: str) -> str:
    """The message as it would be heard: no capitals, marks or niceties. Long messages are never a phrase."""
    if len(text) > answer.LONGEST:
        return ""
    said = plain.one_line(text).casefold().replace("’", "'")
    words = " ".join(plain.bare(part.strip("?")) for part in said.replace(",", " ").split())
    return answer.impolite(" ".join(words.split()))
