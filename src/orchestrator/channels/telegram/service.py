"""The channel itself: what comes from Telegram is taken up, what is ours is shown there."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.channels.ports import Letter, Shown
from orchestrator.channels.telegram import answering, fetching, letters, membership, moving, showing, talk, updates
from orchestrator.channels.telegram.calls import Calls
from orchestrator.channels.telegram.drafts import Drafts
from orchestrator.settings import Settings
from orchestrator.store.arrivals import Arrival
from orchestrator.store.elsewhere import PostRow, RoomRow


class Telegram:
    """Nothing about a chat is kept here: rows know it all."""

    name = moving.NAME
    edit_every_s = 3.0

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.calls = Calls(settings)
        self.drafts = Drafts(self.calls)

    async def take(self, arrival: Arrival) -> None:
        """Do what an update asks for, once. Raises Refusal and TryAgain."""
        update = updates.read(arrival.body)
        if update.callback_query:
            await answering.pressed(self.calls, update.update_id, update.callback_query)
        elif update.my_chat_member:
            await membership.changed(update.my_chat_member)
        elif said := update.message or update.edited_message:
            me = await fetching.me(self.calls)
            if update.message:
                await talk.heard(self.calls, self.drafts, me, update.update_id, said)
            else:
                await talk.edited(me, update.update_id, said)

    async def compose(self, db: AsyncSession, post: PostRow, room: RoomRow) -> Letter | None:
        return await letters.compose(db, post, room)

    async def show(self, post: PostRow, room: RoomRow, letter: Letter, *, silent: bool, unsure: bool) -> Shown:
        """Send it, or edit what is there.

        Telegram cannot be asked whether something was sent. What may have got there (`unsure`) is sent all the same:
        to be asked twice, with the same buttons, is better than not to be asked.
        """
        del unsure
        return await showing.show(self.calls, post, room, letter, silent=silent)

    async def serve(self) -> None:
        """Fetch what comes, or let Telegram bring it, until cancelled."""
        try:
            await fetching.forever(self.calls, self._settings)
        finally:
            await self.drafts.end()
            await self.calls.close()
