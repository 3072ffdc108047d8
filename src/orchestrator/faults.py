"""Named points at which the kill tests end the process; silent unless ORCHESTRATOR_CRASH_AT is `name#nth`."""

import os

_name, _, _nth = os.environ.get("ORCHESTRATOR_CRASH_AT", "").partition("#")
_left = [int(_nth or 1)]


def point(name: str) -> None:
    """Die here, at once and without a word, if the tests ask for it."""
    if name != _name:
        return
    _left[0] -= 1
    if _left[0] == 0:
        os._exit(137)
