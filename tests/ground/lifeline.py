"""Run a command for as long as our standard input stays open; then end it, and remove its folder.

A killed test run closes the pipe that it held, so nothing outlives it. Standard library only: it starts in 20 ms.
"""

import json
import shutil
import signal
import subprocess
import sys
import threading

GRACE = 10  # seconds between asking and killing


def main(told: str) -> int:
    """Hold `command` as `user`, and remove `folder` when it has ended."""
    held = Held(json.loads(told))
    threading.Thread(target=held.listen, daemon=True).start()
    try:
        return held.wait()
    finally:
        shutil.rmtree(held.order["folder"], ignore_errors=True)


class Held:
    """The command, running; a line on our standard input asks for a fresh one in its place."""

    def __init__(self, order: dict[str, str]) -> None:
        self.order, self.again = order, threading.Event()
        self.signal = signal.Signals[order["signal"]]
        self.child = self.start()

    def start(self) -> subprocess.Popen:
        order = self.order
        return subprocess.Popen(order["command"], stdin=subprocess.DEVNULL, user=order["user"], cwd=order["folder"])

    def wait(self) -> int:
        while True:
            code = self.child.wait()
            if not self.again.is_set():
                return code
            self.again.clear()
            self.child = self.start()

    def listen(self) -> None:
        """End it when nobody holds our standard input any more."""
        for _ in sys.stdin:
            self.again.set()
            self.child.send_signal(self.signal)
        self.child.send_signal(self.signal)
        try:
            self.child.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
