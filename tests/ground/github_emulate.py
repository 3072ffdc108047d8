"""GitHub as npm's `emulate` plays it: a second opinion about how GitHub answers."""

import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from ground import agents, ports
from ground.until import until

PACKAGE, TOKEN, LOGIN = "emulate@0.6.1", "tok_octo", "octo"
SEED = {
    "tokens": {TOKEN: {"login": LOGIN, "scopes": ["repo"]}},
    "github": {"users": [{"login": LOGIN}], "repos": [{"owner": LOGIN, "name": "demo", "auto_init": True}]},
}


@contextlib.asynccontextmanager
async def emulate(folder: Path) -> AsyncIterator[str]:
    """Its address."""
    modules = agents.fetched_from_npm(PACKAGE, "The stand-in of GitHub was not compared with another")
    program, port = modules / "emulate" / "dist" / "index.js", ports.free()
    seed = folder / "seed.json"
    seed.write_text(json.dumps(SEED))
    command = ("node", str(program), "start", "--service", "github", "--port", str(port), "--seed", str(seed))
    with (folder / "emulate.log").open("ab") as log:
        child = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=log, stderr=log)
    try:
        await until(lambda: _answers(port), 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.send_signal(signal.SIGKILL)
        await child.wait()


async def _answers(port: int) -> bool:
    async with httpx.AsyncClient(trust_env=False) as http:
        with contextlib.suppress(httpx.TransportError):
            return (await http.get(f"http://127.0.0.1:{port}/user")).status_code < 500
    return False
