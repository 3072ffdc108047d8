"""GitHub as a channel: what is said there goes to the same door, and what we say is a comment."""

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.channels.github import answering, hearing, looking, pulls, remark, showing, writing
from orchestrator.channels.github.us import NAME, Us, again
from orchestrator.channels.ports import Letter, Refusal, Shown
from orchestrator.delivery import hub_looking
from orchestrator.domain import deliveries
from orchestrator.domain.elsewhere import RoomKind
from orchestrator.executors.scar.github import ScarGithub
from orchestrator.forge.hub import Client, Later, Refused
from orchestrator.runtime import runtime
from orchestrator.settings import Settings
from orchestrator.store.arrivals import Arrival
from orchestrator.store.elsewhere import PostRow, RoomRow

NO_ACCOUNT = "We have no account on GitHub at the moment."


class Github:
    name = NAME
    edit_every_s = 10.0

    def __init__(self, settings: Settings, client: Client | None = None) -> None:
        """`client` where it is not that of the running process."""
        self._settings, self._client = settings, client
        self._ours: Us | None = None

    @property
    def _us(self) -> Us:
        if self._ours is None:
            client = self._client or runtime().hub
            if client is None:
                raise Refusal(NO_ACCOUNT)
            self._ours = Us(self._settings, client)
        return self._ours

    async def take(self, arrival: Arrival) -> None:
        told = remark.read(arrival.body)
        if told is None:
            return
        if arrival.kind == "issue_comment":
            _tell_scar(arrival.body)
        if arrival.kind in deliveries.STATE and told.pull_request:
            await self._look_at(told.repository.full_name, told.pull_request.number)
        try:
            if arrival.kind == answering.KIND:
                await answering.answer(self._us, told)
            elif said := remark.of(arrival.kind, told):
                await hearing.hear(self._us, said)
        except (Refused, Later) as problem:
            raise again(problem) from problem

    async def _look_at(self, slug: str, number: int) -> None:
        """How a pull request stands now, whatever the delivery says: it may be old."""
        try:
            await hub_looking.noticed(slug, number)
        except (Refused, Later) as problem:
            raise again(problem) from problem

    async def compose(self, db: AsyncSession, post: PostRow, room: RoomRow) -> Letter | None:
        if post.subject.startswith(pulls.SUBJECTS):
            return await pulls.compose(db, post, room)
        if room.kind is not RoomKind.ISSUE:
            return None
        text = await writing.text(db, post, room, self._settings.address)
        return None if text is None else Letter(text, until=await writing.until(db, post))

    async def show(self, post: PostRow, room: RoomRow, letter: Letter, *, silent: bool, unsure: bool) -> Shown:
        """GitHub tells people of every new comment and of no edit, so that nothing can be said silently."""
        del silent
        if post.subject.startswith(pulls.SUBJECTS):
            return await pulls.show(self._us.client, post, room, letter)
        return await showing.show(self._us, post, room, letter.text, unsure=unsure)

    async def serve(self) -> None:
        await looking.forever(self._us)


def _tell_scar(body: bytes) -> None:
    """A builder that listens to the comments of GitHub need not wait for its next look."""
    for builder in runtime().builders.values():
        if isinstance(builder, ScarGithub):
            builder.noticed(remark.whole(body))
