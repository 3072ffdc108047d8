"""Who wants to know about a project now. A wake only says "look again": the truth is in the table."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Follower:
    """One reader. A slow one loses tokens of a reply that is being written, never events.

    `moved` says that the rows may be others than at the last look; tokens alone change no row.
    """

    def __init__(self, *, words: bool = False) -> None:
        self.words = words  # whether it wants to hear of tokens as well
        self.tokens: deque[str] = deque(maxlen=2000)
        self.streams: set[str] = set()  # for who follows everything: what changed since it looked last
        self.moved = True
        self._changed = asyncio.Event()

    def wake(self, token: str = "") -> None:
        """Tell of a change of the rows, or of a token where those are wanted."""
        if token and not self.words:
            return
        if token:
            self.tokens.append(token)
        else:
            self.moved = True
        self._changed.set()

    async def changed(self, within: float) -> None:
        """Return when something changed, or after `within` seconds all the same: then the rows may have moved."""
        try:
            async with asyncio.timeout(within):
                await self._changed.wait()
        except TimeoutError:
            self.moved = True
        self._changed.clear()


class Bus:
    """Followers of projects in this process; `relay` is set where there are other processes to tell."""

    def __init__(self) -> None:
        self._followers: dict[str, set[Follower]] = defaultdict(set)
        self._all: set[Follower] = set()  # those too who follow no project yet
        self._everything: set[Follower] = set()
        self.relay: Callable[[str, str], None] = lambda _id, _token: None
        self.closed = False  # the process is asked to end: whoever follows had better follow another

    @contextmanager
    def follow(self, *project_ids: str, words: bool = False) -> Iterator[Follower]:
        """Be told of changes of these projects, and with `words` of what is being said in them."""
        follower = Follower(words=words)
        self._all.add(follower)
        for project_id in project_ids:
            self._followers[project_id].add(follower)
        try:
            yield follower
        finally:
            self._all.discard(follower)
            for project_id in project_ids:
                self._leave(project_id, follower)

    @contextmanager
    def follow_everything(self) -> Iterator[Follower]:
        """Be told of changes of all projects; `streams` says of which."""
        follower = Follower()
        self._all.add(follower)
        self._everything.add(follower)
        try:
            yield follower
        finally:
            self._all.discard(follower)
            self._everything.discard(follower)

    def committed(self, project_id: str) -> None:
        self.hear(project_id)
        self.relay(project_id, "")

    def say(self, project_id: str, token: str) -> None:
        """Pass on a piece of a reply that is being written. Not stored."""
        self.hear(project_id, token)
        self.relay(project_id, token)

    def hear(self, project_id: str, token: str = "") -> None:
        for follower in self._followers.get(project_id, ()):
            follower.wake(token)
        if not token:
            for follower in self._everything:
                follower.streams.add(project_id)
                follower.wake()

    def close(self) -> None:
        """Let everybody go who follows."""
        self.closed = True
        for follower in self._all:
            follower.wake()

    def wake_all(self) -> None:
        for project_id in list(self._followers):
            self.hear(project_id)
        for follower in self._everything:
            follower.wake()

    def _leave(self, project_id: str, follower: Follower) -> None:
        self._followers[project_id].discard(follower)
        if not self._followers[project_id]:
            del self._followers[project_id]
