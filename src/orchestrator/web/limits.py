"""How much anybody may ask of us at once: one table, counted in this process over a moving minute."""

import math
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from orchestrator import clock
from orchestrator.errors import TooMany

RULES: Final[dict[str, RateLimitItem]] = {
    "sign-in": RateLimitItemPerMinute(10),  # per address
    "sign-in-email": RateLimitItemPerMinute(5),  # per person who is to be guessed, from wherever
    "stranger": RateLimitItemPerMinute(60),  # per address, without a session or a token that works
    "webhook": RateLimitItemPerMinute(600),  # per address
    "write": RateLimitItemPerMinute(120),  # per person, like the following
    "read": RateLimitItemPerMinute(1200),
    "stream": RateLimitItemPerMinute(30),
}


class Limits:
    """The counters of one process. The settings see to it that they are off only where nobody else can come."""

    def __init__(self, on: bool = True) -> None:
        self.on = on
        self._counted = MovingWindowRateLimiter(MemoryStorage())

    def check(self, group: str, who: str) -> None:
        """Count one more. Raises TooMany, with the seconds to wait, when that is too much."""
        if not self.on or self._counted.hit(RULES[group], group, who):
            return
        until = self._counted.get_window_stats(RULES[group], group, who).reset_time
        wait = max(1, math.ceil(until - clock.now().timestamp()))
        seconds = "1 second" if wait == 1 else f"{wait} seconds"
        raise TooMany(f"That was a lot at once. Please wait {seconds} before the next.", wait)
