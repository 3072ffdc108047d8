"""What can go wrong with GitHub: it will never do something, or it does not do it now. Each is a sentence."""

from collections.abc import Mapping

from orchestrator import clock
from orchestrator.errors import NotPossible

GONE = "GitHub cannot be reached at the moment."
SILENT = "GitHub does not answer at the moment."
LIMITED = "GitHub wants to be left alone for a while, because we asked it for a lot."
KEY = "GitHub does not accept our key. Whoever runs this installation can give us another one."
HIDDEN = "GitHub does not show us {what}, or does not let us do this there. Our key has to be allowed to."
CLOSED = "GitHub does not do this: {why}"
FOREIGN = "What answers at GitHub’s address is not GitHub."
UNAUTHORIZED, NOT_ALLOWED, NOT_THERE, TOO_MANY, BROKEN = 401, 403, 404, 429, 500
LONGEST_S, A_WHILE_S = 3600.0, 60.0
LAST = 500  # characters of an answer that are kept


class Refused(NotPossible):
    """GitHub will not do this, however often it is asked. `said` is in its own words."""

    def __init__(self, sentence: str, code: int = 0, said: str = "") -> None:
        super().__init__(sentence, code=code, said=said)
        self.code, self.said = code, said


class Later(NotPossible):
    """GitHub does not do it now, and may in so many seconds.

    `hush`: it wants to be asked nothing at all until then. `unsure`: it may have been done, only nobody told us.
    """

    def __init__(self, sentence: str, seconds: float, *, hush: bool = False, unsure: bool = False) -> None:
        super().__init__(sentence)
        self.seconds, self.hush, self.unsure = seconds, hush, unsure


def trouble(code: int, headers: Mapping[str, str], said: str, what: str) -> Refused | Later:
    """What an answer means that is not what was asked for."""
    if code in {NOT_ALLOWED, TOO_MANY} and (wait := waits(code, headers, said)):
        return Later(LIMITED, wait, hush=True)
    if code >= BROKEN:
        return Later(SILENT, seconds(headers) or 5.0, unsure=True)
    if code == UNAUTHORIZED:
        return Refused(KEY, code, said[:LAST])
    if code in {NOT_ALLOWED, NOT_THERE}:
        return Refused(HIDDEN.format(what=what), code, said[:LAST])
    return Refused(CLOSED.format(why=said[:LAST].strip().rstrip(".") + "."), code, said[:LAST])


def waits(code: int, headers: Mapping[str, str], said: str) -> float:
    """For how long GitHub wants to be left alone; 0 where that is not what it refuses us for."""
    if found := seconds(headers):
        return found
    if headers.get("x-ratelimit-remaining") == "0":
        reset = headers.get("x-ratelimit-reset", "")
        until = float(reset) - clock.now().timestamp() if reset.isdigit() else A_WHILE_S
        return min(LONGEST_S, max(1.0, until))
    return A_WHILE_S if code == TOO_MANY or "rate limit" in said.lower() else 0.0


def seconds(headers: Mapping[str, str]) -> float:
    after = headers.get("retry-after", "")
    return min(LONGEST_S, max(1.0, float(after))) if after.isdigit() else 0.0
