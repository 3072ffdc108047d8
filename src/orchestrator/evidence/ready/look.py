"""All that a proof can use: the files of one save point, a place to run things, and what other proofs found out."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, TypeVar

from orchestrator import clock
from orchestrator.domain.ready.report import Evidence
from orchestrator.evidence import repository
from orchestrator.evidence.excerpt import excerpt, known
from orchestrator.evidence.ready.place import Place, Ran
from orchestrator.evidence.ready.stack import Stack, detect
from orchestrator.evidence.repository import Blob
from orchestrator.evidence.results import lines

T = TypeVar("T")


@dataclass(slots=True)
class Look:
    """A look at one save point. What takes long, such as running the tests, is done once for all who ask for it."""

    source: Path
    place: Place
    tree: dict[str, Blob]
    texts: dict[str, str]  # of all files that are not too long
    stack: Stack
    wanted: frozenset[str]  # the items that are asked about
    _known: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    @property
    def commit(self) -> str:
        return self.place.commit

    async def once(self, name: str, find: Callable[["Look"], Awaitable[T]]) -> T:
        """What `find` finds out, asked for the first time or again."""
        if name not in self._known:
            self._known[name] = asyncio.ensure_future(find(self))
        found: T = await asyncio.shield(self._known[name])
        return found

    def files(self, *patterns: str) -> dict[str, str]:
        """The texts of the files whose paths match, in any letters."""
        wanted = [pattern.lower() for pattern in patterns]
        return {path: text for path, text in self.texts.items() if any(fnmatch(path.lower(), one) for one in wanted)}

    def ran(self, one: Ran) -> Evidence:
        """What a command that we ran shows."""
        places = known({self.place.checkout: "", self.place.home: "~/", self.place.folder: ""})
        return Evidence(
            " ".join(one.command).replace(f"{self.place.folder}/", ""),
            self.commit,
            clock.now(),
            one.ended.code,
            excerpt(lines(one.output), places),
            one.ended.log_sha256,
            one.ended.seconds,
        )

    def read(self, paths: Iterable[str], said: str = "") -> Evidence:
        """What stands in files, as evidence: their content is hashed, so that it holds for nothing else."""
        found = sorted(paths)
        content = hashlib.sha256("".join(f"{path} {self.tree[path].id}\n" for path in found).encode()).hexdigest()
        return Evidence(f"read {', '.join(found)}", self.commit, clock.now(), excerpt=said, sha256=content)


async def look(source: Path, place: Place, wanted: Iterable[str] = ()) -> Look:
    """Read the save point that the place holds."""
    tree = await repository.tree(source, place.commit)
    texts = await repository.texts(source, tree)
    return Look(source, place, tree, texts, detect(texts), frozenset(wanted))
