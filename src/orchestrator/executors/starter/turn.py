"""One prompt being worked on: what the client is told, and the files and programs that are touched for it."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from orchestrator.executors.starter import site
from orchestrator.executors.starter.project import Unable

PATIENCE = 300.0  # seconds for the tests of one phase; they take a few


class Stopped(Exception):
    """Somebody asked to stop."""


class Turn:
    def __init__(self, folder: Path, tell: Callable[[dict[str, Any]], None]) -> None:
        self.folder = folder
        self.cancelled = threading.Event()
        self._tell = tell
        self._steps: list[str] = []
        self._done = 0
        self._calls = 0

    def say(self, text: str) -> None:
        block = {"type": "text", "text": f"{text}\n\n"}
        self._tell({"sessionUpdate": "agent_message_chunk", "content": block})

    def begin(self, *steps: str) -> None:
        """What will be done, in order; the first begins."""
        self._steps, self._done = list(steps), 0
        self._show()

    def next(self) -> None:
        """A step is done; the next begins."""
        self.check()
        self._done += 1
        self._show()

    def check(self) -> None:
        """The place where stopping is safe."""
        if self.cancelled.is_set():
            raise Stopped

    def read(self, title: str, path: str) -> None:
        """Say what is being read."""
        call = self._call("read", title, [path])
        self._end(call, "completed")

    def write(self, files: dict[str, str]) -> list[str]:
        """Bring the files to what they should be; the paths that changed. Stopping is possible between two of them."""
        return [path for path, text in files.items() if self._wrote(path, text)]

    def run(self, title: str, command: Sequence[str]) -> tuple[int, str]:
        """Exit code and output. The program ends when we are asked to stop."""
        self.check()
        call = self._call("execute", title, [])
        code, output = self._ran(command)
        text = {"type": "content", "content": {"type": "text", "text": output[-4000:]}}
        self._end(call, "completed", content=[text], rawOutput={"exit_code": code})
        self.check()
        return code, output

    def _wrote(self, path: str, text: str) -> bool:
        self.check()
        place, content = self.folder / path, text.encode()
        if place.is_file() and place.read_bytes() == content:
            return False
        call = self._call("edit", f"Write {path}", [path])
        write(self.folder, path, content)
        self._end(call, "completed")
        return True

    def _ran(self, command: Sequence[str]) -> tuple[int, str]:
        quiet = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        with subprocess.Popen(
            command,
            cwd=self.folder,
            env=quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            watch = threading.Thread(target=self._watch, args=(process,))
            watch.start()
            output, _ = process.communicate()
            watch.join()
            return process.returncode, output.decode("utf-8", "replace")

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        waited = 0.0
        while process.poll() is None and not self.cancelled.wait(0.05) and waited < PATIENCE:
            waited += 0.05
        process.terminate()

    def _call(self, kind: str, title: str, paths: Sequence[str]) -> str:
        self._calls += 1
        call = f"call-{self._calls}"
        places = [{"path": str(self.folder / path)} for path in paths]
        about = {"toolCallId": call, "title": title, "kind": kind, "status": "in_progress", "locations": places}
        self._tell({"sessionUpdate": "tool_call", **about})
        return call

    def _end(self, call: str, status: str, **more: Any) -> None:
        self._tell({"sessionUpdate": "tool_call_update", "toolCallId": call, "status": status, **more})

    def _show(self) -> None:
        entries = [
            {"content": step, "priority": "medium", "status": _status(place, self._done)}
            for place, step in enumerate(self._steps)
        ]
        self._tell({"sessionUpdate": "plan", "entries": entries})


def tests(pattern: str) -> tuple[str, ...]:
    """The command that runs test files of ours, by the Python that runs us."""
    return (sys.executable, "-m", "unittest", "discover", "-s", "tests", "-p", pattern)


def write(folder: Path, path: str, content: bytes) -> None:
    """Whole or not at all, and never through a link or over a file of somebody else."""
    place = folder / path
    for at in [place, *place.parents]:
        if at == folder:
            break
        if at.is_symlink():
            raise Unable(f"{path} leads out of the folder by a link, so I do not write there.")
    if not site.ours(place):
        raise Unable(f"{path} was not made by me, so I leave it as it is. Rename it, and I can go on.")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        new = place.with_name(f".{place.name}{site.HALF}")
        new.write_bytes(content)
        new.replace(place)
    except OSError as trouble:
        raise Unable(f"{path} could not be written: {trouble.strerror}.") from None


def _status(place: int, done: int) -> str:
    if place < done:
        return "completed"
    return "in_progress" if place == done else "pending"
