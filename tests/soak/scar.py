"""SCAR while we are killed at everything: at each git command there and back, and at each thing that we send.

`EVERY=1` says how many of the git commands are left out from one to the next. Nothing may be lost, or be done twice.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ground.nursery import Nursery
from journeys import test_scar

sys.path.append(str(Path(__file__).parents[1] / "forge"))

EVERY, WAYS = int(os.environ.get("EVERY", "1")), ("before", "during", "orphan", "after")


async def sending(folder: Path) -> int:
    from test_git_crash import COMMANDS_AWAY, WORKER, all_came_back, killer, tell

    count = 0
    command = [sys.executable, WORKER, "serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as server:
        assert server.stdin
        assert server.stdout
        for at in range(1, COMMANDS_AWAY, EVERY):
            for how in WAYS:
                home = folder / f"{at}-{how}"
                home.mkdir()
                tell(server, home / "work", killer(home / "bin", at, how, 0.005), "away")
                server.stdout.readline()
                await all_came_back(home / "work")
                count += 1
        server.stdin.close()
    return count


async def main() -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        count = await sending(folder)
        print(f"{count} times killed on the way there and back, {time.monotonic() - began:.0f} s", flush=True)
        async with Nursery() as nursery:
            for number, test in enumerate((test_scar.over_http, test_scar.on_github)):
                (folder / str(number)).mkdir()
                killed = await test(nursery, folder / str(number))
                print(f"{killed} times killed at what we sent, {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
