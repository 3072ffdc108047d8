"""Asks every question about one save point, and remembers what was found for as long as its content stays the same."""

import asyncio
import hashlib
import inspect
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import structlog

from orchestrator import clock
from orchestrator.contain.sandbox import Sandbox
from orchestrator.domain.ready.items import BY_ID, ITEMS
from orchestrator.domain.ready.report import Answer, Evidence, Report, State, not_checked, whole
from orchestrator.errors import NotPossible
from orchestrator.evidence import repository
from orchestrator.evidence.ready import (
    apidocs,
    asked,
    backups,
    changelogs,
    database,
    deployment,
    drawn,
    enforced,
    hooks_asked,
    licences,
    load,
    made_of,
    migrations,
    odd,
    papers,
    promised,
    queried,
    quickstart,
    scan,
    secrets,
    tampered,
    testing,
    tidy,
    tracked,
    watching,
)
from orchestrator.evidence.ready.look import Look, look
from orchestrator.evidence.ready.place import place
from orchestrator.evidence.ready.proof import Found, Proof

log = structlog.get_logger(__name__)
PARTS = (
    apidocs,
    backups,
    deployment,
    watching,
    papers,
    drawn,
    changelogs,
    licences,
    asked,
    hooks_asked,
    secrets,
    enforced,
    quickstart,
    scan,
    made_of,
    database,
    migrations,
    queried,
    testing,
    tidy,
    odd,
    load,
    tracked,
    promised,
)
PROOFS: dict[str, Proof] = {proof.item: proof for part in PARTS for proof in part.PROOFS}
DAY = timedelta(days=1)  # how long an answer of a registry holds
BY_A_PERSON = "No program can settle this: a person has to vouch for it."
KEPT = {State.PROVEN, State.FAILED, State.NOT_NEEDED}
Say = Callable[[str], None]


async def report(
    source: Path,
    commit: str,
    folder: Path,
    *,
    sandbox: Sandbox,
    items: Iterable[str] = tuple(BY_ID),
    memory: Path | None = None,
    fresh: bool = False,
    approved: str = "",
    say: Say = lambda _sentence: None,
) -> Report:
    """Ask these questions; the others stand as not checked. With `memory`, what was found about the same content holds.

    `approved` is the save point that a person approved last: where tests prove less since then, they prove nothing.
    `fresh` asks anew all the same. Raises NotPossible where the save point cannot be had.
    """
    async with place(source, commit, folder, sandbox) as where:
        where.say, where.cache = say, memory
        wanted = frozenset(items)
        here = await look(source, where, wanted)
        holds = await repository.listing(source, where.commit)
        answers = []
        for item in (one for one in ITEMS if one.id in wanted):
            say(item.question)
            answers.append(await _answer(here, item.id, holds, memory, fresh=fresh))
        if approved:
            answers = await tampered.judged(source, approved, where.commit, answers)
        return replace(whole(where.commit, clock.now(), answers), board=promised.shown(here, answers))


async def _answer(here: Look, id: str, holds: Mapping[str, str], memory: Path | None, *, fresh: bool) -> Answer:
    item = BY_ID[id]
    if (proof := PROOFS.get(id)) is None:
        return not_checked(item, BY_A_PERSON)
    covers = covered(holds, here.commit, proof)
    kept = memory / f"{id}-{covers}.json" if memory else None
    if kept and not fresh and (known := await asyncio.to_thread(_recalled, kept, proof)):
        return replace(known, item=item, details={**known.details, "covers": covers})
    found = await _found(here, proof)
    evidence = tuple(replace(one, covers=covers) for one in found.evidence)
    answer = Answer(item, found.state, found.sentence, evidence, details={**found.details, "covers": covers})
    if kept and found.state in KEPT:
        await asyncio.to_thread(_remember, kept, answer)
    return answer


async def _found(here: Look, proof: Proof) -> Found:
    """What cannot be found out is not checked: a fault of ours proves nothing, and neither does one of theirs."""
    try:
        return await proof.prove(here)
    except NotPossible as why:
        return Found(State.NOT_CHECKED, str(why))
    except Exception:
        log.exception("proof.failed", item=proof.item)
        return Found(State.NOT_CHECKED, "Something went wrong on our side while this was checked.")


async def current(source: Path, commit: str) -> dict[str, str]:
    """For each item the hash of what an answer about it would speak of now: another one than before is out of date."""
    whole_id = await repository.resolve(source, commit)
    holds = await repository.listing(source, whole_id)
    return {item: covered(holds, whole_id, proof) for item, proof in PROOFS.items()}


def covered(holds: Mapping[str, str], commit: str, proof: Proof) -> str:
    """The hash of all that an answer depends on: the content of the files it speaks of, their names, and our check."""
    paths = sorted(path for path in holds if any(fnmatch(path.lower(), one) for one in proof.covers))
    told = [proof.item, _version(), commit * proof.history, *(f"{path} {holds[path]}" for path in paths)]
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _version() -> str:
    """Of our checks: another one may find something else."""
    if not _VERSION:
        folder = Path(inspect.getfile(sys.modules[__name__])).parent
        texts = b"".join(path.read_bytes() for path in sorted(folder.parent.rglob("*.py")))
        _VERSION.append(hashlib.sha256(texts).hexdigest())
    return _VERSION[0]


_VERSION: list[str] = []


def _recalled(kept: Path, proof: Proof) -> Answer | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        said = json.loads(kept.read_text("utf-8"))
        evidence = tuple(Evidence(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in said["evidence"])
        if not (proof.network and any(clock.now() - one.at > DAY for one in evidence)):
            details = said.get("details", {})
            return Answer(BY_ID[said["item"]], State(said["state"]), said["sentence"], evidence, details=details)
    return None


def _remember(kept: Path, answer: Answer) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    evidence: list[dict[str, Any]] = [asdict(one) | {"at": one.at.isoformat()} for one in answer.evidence]
    said: dict[str, Any] = {"item": answer.item.id, "state": answer.state, "sentence": answer.sentence}
    said |= {"evidence": evidence, "details": dict(answer.details)}
    part = kept.with_suffix(".part")
    part.write_text(json.dumps(said), "utf-8")
    part.replace(kept)
