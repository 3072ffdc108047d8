"""What each service must be able to do for us, and the values that cross the line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.store.arrivals import Arrival
from orchestrator.store.elsewhere import PostRow, RoomRow


class Refusal(Exception):
    """The service will never do this; the sentence says why. `shut`: nothing more can be said in that room."""

    def __init__(self, sentence: str, *, shut: bool = False) -> None:
        super().__init__(sentence)
        self.shut = shut


class TryAgain(Exception):
    """It did not work now, and may later. `seconds`: not before; `hush`: the whole room must be silent until then."""

    def __init__(self, sentence: str, seconds: float | None = None, *, hush: bool = False) -> None:
        super().__init__(sentence)
        self.seconds, self.hush = seconds, hush


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be seen in a room. Two that are equal look the same."""

    text: str
    more: Mapping[str, Any] = field(default_factory=dict)  # buttons, files, state: plain values of the channel's own
    until: datetime | None = None  # when time alone makes another letter of it, and it is to be shown anew


@dataclass(frozen=True, slots=True)
class Shown:
    """Where it is to be seen now; `details` is what the channel wants to remember of it."""

    outside: str
    details: Mapping[str, Any] = field(default_factory=dict)


class Channel(Protocol):
    """Another service on which we show messages and hear people. It translates and never decides."""

    @property
    def name(self) -> str:
        """As it stands in the rows: telegram, github."""

    @property
    def edit_every_s(self) -> float:
        """How many seconds must lie between two edits of one message, unless a decision was answered."""

    async def take(self, arrival: Arrival) -> None:
        """Do what something that came asks for; begun again after a crash, it does nothing twice.

        Raises Refusal for what will never work, and TryAgain for what may work later.
        """

    async def compose(self, db: AsyncSession, post: PostRow, room: RoomRow) -> Letter | None:
        """What is to be seen now, from the rows; nothing where this room is shown nothing of the kind."""

    async def show(self, post: PostRow, room: RoomRow, letter: Letter, *, silent: bool, unsure: bool) -> Shown:
        """Send it, or edit what is there (`post.outside`). `unsure`: sending was begun before, and may have worked.

        Raises Refusal for what will never work, and TryAgain for what may work later.
        """

    async def serve(self) -> None:
        """Fetch what does not come by itself, until cancelled."""
