"""Runs within the walls: the commands of a page one after the other, as somebody would type them, and what they start.

A command that does not end counts as started once something new listens and answers. It writes what came of each.
"""

import contextlib
import http.client
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

LISTENING = "0A"
ANSWERS_S = 20  # after something listens
BETWEEN_S = 0.1
STARTING = 503  # not there yet, says who has just begun
SCRIPT = """
[ -f {state} ] && . {state} >/dev/null 2>&1
[ -f {folder} ] && cd "$(cat {folder})"
set -eo pipefail
{command}
{{ set +e; declare -px > {state}; pwd > {folder}; }} 2>/dev/null
"""


def listening() -> set[int]:
    """The ports on which something listens here."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text("utf-8").splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING:
                    found.add(int(fields[1].rpartition(":")[2], 16))
    return found


def answer(port: int) -> int:
    """The status with which it answers, 0 where it does not speak HTTP."""
    talk = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with contextlib.suppress(OSError, http.client.HTTPException):
        talk.request("GET", "/")
        return talk.getresponse().status
    return 0


def run(script: str, before: set[int], until: float, background: bool) -> dict[str, Any]:
    """What came of one command: its exit code, or the port on which it answers."""
    process = subprocess.Popen(["bash", "-c", script], start_new_session=True)
    heard = 0.0
    while time.monotonic() < until:
        code = process.poll()
        if code is not None and (code or not background):
            return {"code": code}
        new = sorted(listening() - before)
        if new and process.poll() is None:
            heard = heard or time.monotonic()
            late = time.monotonic() - heard > ANSWERS_S
            for port in new:
                if (status := answer(port)) and (late or status != STARTING):
                    return {"port": port, "status": status}
            if late:
                break
        time.sleep(BETWEEN_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return {"code": None, "silent": bool(heard)}


def main(plan: Path, report: Path) -> None:
    told = json.loads(plan.read_text("utf-8"))
    places = {name: shlex.quote(told[name]) for name in ("state", "folder")}
    before, done = listening(), []
    for command in told["commands"]:
        sys.stdout.write(f"$ {command}\n")
        sys.stdout.flush()
        plain, background = command.rstrip(), command.rstrip().endswith("&") and not command.rstrip().endswith("&&")
        until = time.monotonic() + told["seconds"]
        script = SCRIPT.format(command=plain[:-1] if background else plain, **places)
        found = run(script, before, until, background)
        done.append(found)
        report.write_text(json.dumps(done), "utf-8")
        if "port" in found:
            before.add(found["port"])
        elif found["code"] != 0:
            break


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
