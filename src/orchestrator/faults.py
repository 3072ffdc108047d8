"""Named points at which the kill tests end the process; silent unless ORCHESTRATOR_CRASH_AT names some, with commas."""

import os
from functools import cache


def point(name: str) -> None:
    """Die here, at once, if the tests ask for it; the only word is the name, so that they know where it was."""
    if name in _asked():
        os.write(2, f"died at {name}\n".encode())
        os._exit(137)


@cache
def _asked() -> frozenset[str]:
    """Read when it is first asked for: a process may be a copy of one that was loaded before."""
    return frozenset(filter(None, os.environ.get("ORCHESTRATOR_CRASH_AT", "").split(",")))
