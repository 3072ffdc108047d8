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
    order = json.loads(told)
    child = subprocess.Popen(order["command"], stdin=subprocess.DEVNULL, user=order["user"], cwd=order["folder"])
    threading.Thread(target=end, args=(child, signal.Signals[order["signal"]]), daemon=True).start()
    try:
        return child.wait()
    finally:
        shutil.rmtree(order["folder"], ignore_errors=True)


def end(child: subprocess.Popen, with_signal: int) -> None:
    """End it when nobody holds our standard input any more."""
    sys.stdin.read()
    child.send_signal(with_signal)
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        child.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
