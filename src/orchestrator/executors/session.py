"""The conversation that a builder has in a trial copy: a new one, or the one that was cut off, where it can go on."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.domain.run import Job
from orchestrator.executors.bill import model_of
from orchestrator.executors.ears import Ears

if TYPE_CHECKING:
    from acp import ClientSideConnection

CUT_OFF = "You were cut off in the middle of this. Look at what is there already, and go on from there."


class Kept(BaseModel):
    """What we note of a conversation while it lasts. It is gone once the builder has come to its end."""

    model_config = ConfigDict(frozen=True)
    session: str
    kind: str


class Session:
    """`notes` is where it is noted: for each trial copy, beside the builder's home, out of its reach."""

    def __init__(self, notes: Path) -> None:
        self.id, self.model, self._notes = "", "", notes

    async def begin(self, connection: "ClientSideConnection", can: Any, job: Job, ears: Ears) -> str:
        """Open it, and give what to ask for. `can` says what the builder is able to do."""
        before = self._read()
        if (
            before
            and before.kind == job.kind
            and can
            and can.load_session
            and await _again(connection, before, job, ears)
        ):
            self.id = before.session
            return f"{CUT_OFF}\n\n{job.prompt}"
        opened = await connection.new_session(cwd=str(job.worktree), mcp_servers=[])
        self.id, self.model = opened.session_id, model_of(opened)
        with suppress(OSError):  # on a full disk, work goes on; only after a crash it would begin anew
            self._notes.write_text(Kept(session=self.id, kind=job.kind).model_dump_json(), "utf-8")
        return job.prompt

    def over(self) -> None:
        """The builder came to its end: the next job begins anew."""
        self._notes.unlink(missing_ok=True)

    def _read(self) -> Kept | None:
        try:
            return Kept.model_validate_json(self._notes.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None


async def _again(connection: "ClientSideConnection", before: Kept, job: Job, ears: Ears) -> bool:
    """Have the builder remember. It tells all over again what was told then: that is not heard twice."""
    from acp import RequestError  # noqa: PLC0415 - takes a second

    ears.deaf = True
    try:
        await connection.load_session(cwd=str(job.worktree), session_id=before.session, mcp_servers=[])
    except RequestError:
        return False  # it does not know it any more
    finally:
        ears.deaf = False
    return True
