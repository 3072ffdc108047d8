"""Who we are on GitHub, and whom we let command us there."""

import time
from dataclasses import dataclass, field
from typing import Final

from orchestrator.channels.ports import Refusal, TryAgain
from orchestrator.forge.hub import Client, Later, Refused, talk
from orchestrator.settings import Settings

NAME: Final = "github"
KNOWN_S: Final = 60.0  # how long an answer about somebody's rights is good
MOST: Final = 1000  # of them are remembered
UNAUTHORIZED, FORBIDDEN, MISSING, GONE = 401, 403, 404, 410
KEY_AGAIN_S: Final = 60.0


@dataclass(slots=True)
class Us:
    """Our account, and what GitHub said a moment ago of the rights of others: what a delivery says is no proof."""

    settings: Settings
    client: Client
    _rights: dict[tuple[str, str], tuple[float, bool]] = field(default_factory=dict)

    async def login(self) -> str:
        return await self.client.login()

    async def name(self) -> str:
        """What people write to mention us, without @."""
        return (self.settings.github_mention or await self.login()).lstrip("@").removesuffix("[bot]")

    async def is_us(self, login: str) -> bool:
        return login.lower() == (await self.login()).lower()

    async def writes(self, slug: str, login: str) -> bool:
        """Whether GitHub lets somebody change what is in a repository. Raises TryAgain where it cannot be asked."""
        key, now = (slug.lower(), login.lower()), time.monotonic()
        until, known = self._rights.get(key, (0.0, False))
        if until > now:
            return known
        try:
            found = await talk.writes(self.client, slug, login)
        except (Refused, Later) as problem:
            raise again(problem) from problem
        if len(self._rights) >= MOST:
            self._rights.clear()
        self._rights[key] = (now + KNOWN_S, found)
        return found


def again(problem: Refused | Later) -> TryAgain | Refusal:
    """What trouble with GitHub means for something that was to be done there."""
    if isinstance(problem, Later):
        return TryAgain(str(problem), problem.seconds, hush=problem.hush)
    if problem.code == UNAUTHORIZED:
        return TryAgain(str(problem), KEY_AGAIN_S, hush=True)
    return Refusal(str(problem), shut=problem.code in {FORBIDDEN, MISSING, GONE})
