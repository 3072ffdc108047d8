"""What SCAR has said in a conversation, as far as we have read it: it has neither numbers nor a memory. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

Said = tuple[str, str]  # when, and what


@dataclass(slots=True)
class Transcript:
    """`lost` says that it does not go on from what we read before: SCAR was started anew, or somebody emptied it."""

    said: tuple[Said, ...] = ()
    lost: bool = False

    def add(self, now: Sequence[Said]) -> list[str]:
        """What is new; what comes twice in a row is heard once."""
        known = len(self.said)
        if tuple(now[:known]) != self.said:
            self.lost, known = True, 0
        last = self.said[-1] if self.said and known else None
        fresh = [said for place, said in enumerate(now) if place >= known]
        self.said = tuple(now)
        return [
            text for before, (_, text) in zip([last, *fresh], fresh, strict=False) if not before or before[1] != text
        ]

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.said]
