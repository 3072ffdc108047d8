"""What our buttons carry: a letter for what they do, and ids. At most 64 bytes, so no words."""

from dataclasses import dataclass
from enum import StrEnum

from orchestrator.domain.gate import Decision, Way

Button = dict[str, str]
SEPARATOR = ":"


class Verb(StrEnum):
    """What pressing does; what follows is an id."""

    ANSWER = "a"  # gate, version, answer
    AGAIN = "v"  # gate: show it once more
    READ = "d"  # project, document, version
    QUICK = "q"  # message, number of the quick answer
    SWITCH = "s"  # project
    NEW = "n"
    PAUSE = "p"  # project
    RESUME = "r"  # project
    ASK_CANCEL = "x"  # project
    CANCEL = "k"  # project
    RESET = "z"  # project
    UNDO = "u"  # project, phase
    LEAVE = "l"  # leave things as they are
    TAKE_BACK = "t"  # gate


NOT_NOW = "l"
ANSWERS: dict[str, tuple[Decision, Way | None]] = {
    "y": (Decision.APPROVE, None),
    "c": (Decision.CHANGES, None),
    "r": (Decision.REJECT, None),
    **{way.value: (Decision.APPROVE, way) for way in Way},
}


@dataclass(frozen=True, slots=True)
class Pressed:
    verb: Verb
    parts: tuple[str, ...]

    def part(self, place: int) -> str:
        return self.parts[place] if place < len(self.parts) else ""

    def number(self, place: int) -> int:
        said = self.part(place)
        return int(said) if said.isdecimal() and said.isascii() and len(said) < 10 else 0  # noqa: PLR2004


def button(text: str, verb: Verb, *parts: object) -> Button:
    return {"text": text, "data": SEPARATOR.join((verb, *map(str, parts)))}


def page(text: str, address: str) -> Button:
    return {"text": text, "url": address}


def read(data: str) -> Pressed | None:
    """What a button says; None where it is none of ours."""
    verb, *parts = data.split(SEPARATOR)
    return Pressed(Verb(verb), tuple(parts)) if verb in set(Verb) else None
