"""What every call of the API needs: who asks, under which key, and how long texts may be."""

from typing import Annotated

from fastapi import Depends, Header, Path, Query

from orchestrator import clock
from orchestrator.conversation.command import Outcome, perform
from orchestrator.domain.command import Actor, Command
from orchestrator.web.auth import Person, person

LONGEST_KEY = 200
Who = Annotated[Person, Depends(person)]
Key = Annotated[
    str | None, Header(alias="Idempotency-Key", max_length=LONGEST_KEY, description="The same key is done once.")
]
ProjectId = Annotated[str, Path(max_length=64, description="A project.")]
Limit = Annotated[int, Query(ge=1, le=200)]


async def done(command: Command, who: Person, key: str | None) -> Outcome:
    """Perform a command for whoever asks, once per key; without a key every call is one of its own."""
    return await perform(command, actor(who), f"api:{key}" if key else f"once:{clock.new_id()}")


def actor(who: Person) -> Actor:
    return Actor(who.user_id, who.name, "api" if who.via == "token" else "web")
