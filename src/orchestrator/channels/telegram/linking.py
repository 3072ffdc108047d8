"""Who somebody on Telegram is here: linked by a code that works once. Strangers get one sentence, once."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock
from orchestrator.channels import posting
from orchestrator.channels.telegram.updates import Account
from orchestrator.channels.telegram.visits import NAME, said
from orchestrator.domain.elsewhere import RoomKind
from orchestrator.errors import OrchestratorError
from orchestrator.runtime import runtime, tx
from orchestrator.store import identities, posts, rooms
from orchestrator.store.elsewhere import RoomRow

STRANGER = (
    "Hello. I work for people who have an account at {address}. To use it from here, open its settings page, choose "
    "“Link Telegram”, and follow the link that you get."
)
LONGEST_CODE = 64


async def came(room: RoomRow, number: int, sender: Account, order: tuple[str, str] | None) -> None:
    """Link whoever brings a code; everybody else gets the one sentence."""
    name, code = order or ("", "")
    if room.kind is RoomKind.PRIVATE and name in {"start", "link"} and code:
        try:
            await tx(_link, room.id, number, sender, code[:LONGEST_CODE])
        except OrchestratorError as refusal:
            await tx(said, room.id, number, str(refusal))
        return
    await tx(_stranger, room.id, sender)


async def _link(db: AsyncSession, room_id: str, number: int, sender: Account, code: str) -> None:
    user = await identities.link(db, NAME, str(sender.id), sender.name, code, clock.now())
    room = await rooms.locked(db, room_id)
    room.user_id = user.id
    await said(db, room_id, number, WELCOME.format(name=user.name))
    await posting.open_in(db, room)


WELCOME = (
    "Hello {name}. This chat is yours now: I show you here what waits for you. Tell me an idea, or what you want to "
    "know about a project. /projects lists yours, and /help shows what else I understand."
)


async def _stranger(db: AsyncSession, room_id: str, sender: Account) -> None:
    subject = f"stranger:{sender.id}"
    if not await posts.at(db, room_id, f"word:{subject}"):
        await said(db, room_id, subject, STRANGER.format(address=runtime().settings.address))
