"""The command line as the program that people call, in an environment of its own."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ground.nursery import Nursery

INHERITED = ("PATH", "LANG", "TMPDIR", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
COMMAND = (sys.executable, "-m", "orchestrator")
LONGEST_S = 120


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """`settings` are variables of the environment; nothing else of ours reaches it."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    nursery: Nursery | None = None  # where commands are copies of what has been loaded already

    def having(self, **settings: str) -> "Program":
        """The same with further variables; an empty one is as good as none."""
        return Program(self.folder, self.settings | settings, self.nursery)

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return ours | {"DATA_DIR": str(self.folder / "data"), "HOME": str(self.folder)} | self.settings

    async def __call__(self, *arguments: str, typed: str | bytes = "") -> Said:
        """Run a command to its end."""
        if self.nursery:
            return await self._copied(self.nursery, arguments, typed)
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *COMMAND, *arguments, cwd=self.folder, env=self.environment, stdin=pipe, stdout=pipe, stderr=pipe
        )
        given = typed.encode() if isinstance(typed, str) else typed
        try:
            out, err = await asyncio.wait_for(process.communicate(given), LONGEST_S)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return Said(process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))

    async def _copied(self, nursery: Nursery, arguments: tuple[str, ...], typed: str | bytes) -> Said:
        with tempfile.TemporaryDirectory() as name:
            at = {each: Path(name, each) for each in ("typed", "out", "err")}
            at["typed"].write_bytes(typed.encode() if isinstance(typed, str) else typed)
            where = {each: str(path) for each, path in at.items()}
            born = await nursery.born(argv=arguments, env=self.environment, cwd=str(self.folder), **where)
            try:
                code = await asyncio.wait_for(born.wait(), LONGEST_S)
            finally:
                born.send_signal(signal.SIGKILL)
            return Said(code, at["out"].read_text(errors="replace"), at["err"].read_text(errors="replace"))

    async def refused(self, *arguments: str, typed: str = "") -> str:
        """The sentence with which a command ends that is not done."""
        said = await self(*arguments, typed=typed)
        assert (said.code, said.out) == (1, ""), said
        assert said.err.count("\n") == 1, said
        return said.err.strip()
