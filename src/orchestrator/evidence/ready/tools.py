"""Programs of others that look at code, fetched from the package index once and kept where no project can write."""

import asyncio
import hashlib
import shutil
from pathlib import Path

from orchestrator.contain import walls
from orchestrator.domain.run import Network
from orchestrator.errors import NotPossible
from orchestrator.evidence.ready import python
from orchestrator.evidence.ready.look import Look

NOT_HAD = "The program {} could not be fetched from the package index, so this was not checked."


async def tool(look: Look, *packages: str) -> Path:
    """A folder with these packages in an environment of their own. Raises NotPossible where they cannot be had."""
    return await look.once(f"tool {packages}", lambda here: _tool(here, packages))


async def _tool(look: Look, packages: tuple[str, ...]) -> Path:
    place = look.place
    name = hashlib.sha256("\n".join(packages).encode()).hexdigest()[:16]
    kept = (place.cache or place.folder / "kept") / "tools" / name
    if not await asyncio.to_thread((kept / "whole").is_file):
        place.say(f"Fetching {packages[0]}.")
        new = place.home / "tool"
        uv, bare = await python.uv(place), walls.python()[0][0]
        env = {**python.certificates(), "UV_CACHE_DIR": str(place.home / ".cache/uv"), "UV_LINK_MODE": "copy"}
        for command in (
            (uv, "venv", "-q", "--no-config", "-p", bare, str(new)),
            (
                uv,
                "pip",
                "install",
                "-q",
                "--no-config",
                "--compile-bytecode",
                "--python",
                f"{new}/bin/python",
                *packages,
            ),
        ):
            ran = await place.run("fetch a tool", command, network=Network.LISTED, env=env, cwd=place.home)
            if not ran.ok:
                raise NotPossible(NOT_HAD.format(packages[0]))
        await asyncio.to_thread(_keep, new, kept)
    place.tools = tuple({*place.tools, kept, *walls.python()[1]})
    return kept


def _keep(new: Path, kept: Path) -> None:
    part = kept.with_name(f"{kept.name}.part")
    for old in (part, kept):
        shutil.rmtree(old, ignore_errors=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(new, part, symlinks=True)
    (part / "whole").touch()
    part.rename(kept)
