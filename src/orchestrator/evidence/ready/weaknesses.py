"""Which building blocks have known weak spots, by the open database of them (OSV), and whether it can be believed.

A database that knows nothing finds nothing: each question comes with one about a package that is known to be weak.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from orchestrator.errors import NotPossible

OSV = "https://api.osv.dev"
CANARIES = {"PyPI": ("jinja2", "2.4.1"), "npm": ("lodash", "4.17.4")}
AT_ONCE, SECONDS = 500, 20
NOT_REACHED = "The database of known weak spots could not be reached, so it is not known whether there are any."
EMPTY = "The database of known weak spots knows nothing of one that everybody knows, so it proves nothing."


@dataclass(frozen=True, slots=True)
class Block:
    """A building block in the version that is used."""

    kind: str  # PyPI or npm
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Weak:
    block: Block
    known: tuple[str, ...]  # under these names


async def weak(blocks: Sequence[Block], at: str = OSV) -> list[Weak]:
    """Those that are known to be weak. Raises NotPossible where that cannot be found out."""
    found: list[Weak] = []
    for begin in range(0, len(blocks), AT_ONCE):
        part = blocks[begin : begin + AT_ONCE]
        canaries = [Block(kind, *CANARIES[kind]) for kind in sorted({one.kind for one in part})]
        known = list(_read(await _asked([*canaries, *part], at), [*canaries, *part]))
        if {one.block for one in known} & set(canaries) != set(canaries):
            raise NotPossible(EMPTY)
        found += [one for one in known if one.block not in canaries or one.block in part]
    return found


async def _asked(blocks: Sequence[Block], at: str) -> Any:
    queries = [{"package": {"name": one.name, "ecosystem": one.kind}, "version": one.version} for one in blocks]
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            answer = await client.post(f"{at}/v1/querybatch", json={"queries": queries})
            answer.raise_for_status()
            return answer.json()
    except (httpx.HTTPError, ValueError) as problem:
        raise NotPossible(NOT_REACHED, details=str(problem)) from None


def _read(said: Any, blocks: Sequence[Block]) -> Iterator[Weak]:
    rows = said.get("results") if isinstance(said, dict) else None
    if not isinstance(rows, list) or len(rows) != len(blocks):
        raise NotPossible(NOT_REACHED)
    for row, block in zip(rows, blocks, strict=True):
        known = row.get("vulns") if isinstance(row, dict) else None
        if names := tuple(str(one.get("id")) for one in known or () if isinstance(one, dict)):
            yield Weak(block, names)
