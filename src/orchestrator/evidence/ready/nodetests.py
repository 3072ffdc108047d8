"""Runs the tests of a JavaScript project with node's own test program, and reads what came of them."""

import asyncio
import random
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from orchestrator.errors import NotPossible
from orchestrator.evidence import reports, repository
from orchestrator.evidence.places import is_script_test
from orchestrator.evidence.ready import v8
from orchestrator.evidence.ready.javascript import Modules, modules
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.place import Ran
from orchestrator.evidence.ready.pytests import REWRITTEN
from orchestrator.evidence.ready.python import INSIDE
from orchestrator.evidence.ready.suite import How, Lines, Outcome, Result, Run
from orchestrator.evidence.results import NO_REPORT
from orchestrator.evidence.words import listed, short

REPORTER = INSIDE / "results.mjs"
STRICT = "--throw-deprecation --pending-deprecation"
NOT_YET = "There is no checker for tests with {} yet."
TYPED = (".ts", ".tsx", ".mts", ".cts", ".jsx")


async def first(look: Look) -> Run:
    """The run that is measured."""
    return await look.once("node tests", lambda here: run(here, How("run the tests", measure=True)))


async def again(look: Look) -> Run:
    """Once more, with the files in another order."""
    seed = int(look.commit[:8], 16)
    return await look.once("node tests again", lambda here: run(here, How("run the tests in another order", seed=seed)))


async def strict(look: Look) -> Run:
    """Once more, with warnings of what will stop working as errors."""
    return await look.once("node tests, strictly", lambda here: run(here, How("run the tests strictly", strict=True)))


async def run(look: Look, how: How) -> Run:
    """Run all tests that there are. Raises NotPossible where they cannot begin."""
    _suits(look.texts)
    here = await modules(look)
    look.place.say(f"{how.name.capitalize()}.")
    folder = look.place.folder / "tests"
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    await asyncio.to_thread(folder.mkdir, parents=True)
    try:
        await repository.checkout(look.source, look.commit, folder / "checkout")
        return await _run(look, how, here, folder)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def tests(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The files in which there are tests, by their names or by what they say."""
    return tuple(path for path, text in texts.items() if is_script_test(path) and _tests_something(text))


def _tests_something(text: str) -> bool:
    return any(word in text for word in ("test(", "it(", "test.", "describe(", "it."))


def _suits(texts: Mapping[str, str]) -> None:
    if any(path.endswith(TYPED) for path in tests(texts)):
        raise NotPossible(NOT_YET.format("TypeScript"))


async def _run(look: Look, how: How, here: Modules, folder: Path) -> Run:
    checkout, result = folder / "checkout", folder / f"{secrets.token_hex(16)}.jsonl"
    await asyncio.to_thread(_prepare, how, here, checkout)
    options = ["--test", f"--test-reporter={REPORTER}", f"--test-reporter-destination={result}"]
    options += ["--test-reporter=spec", "--test-reporter-destination=stdout", "--test-concurrency=1"]
    files = sorted(tests(look.texts))
    if how.seed is not None:
        random.Random(how.seed).shuffle(files)  # noqa: S311 - an order, not a secret
    env = {"NODE_V8_COVERAGE": str(folder / "measured")} if how.measure else {}
    env |= {"NODE_OPTIONS": STRICT} if how.strict else {}
    ran = await look.place.run(how.name, ["node", *options, *files], seconds=how.seconds, env=env, cwd=checkout)
    rows = await asyncio.to_thread(_rows, result)
    changed = await asyncio.to_thread(_rewritten, look, how, checkout)
    measured = await asyncio.to_thread(_measured, look.texts, folder) if how.measure else {}
    return _read(look, ran, rows, changed, measured, str(checkout))


def _prepare(how: How, here: Modules, checkout: Path) -> None:
    for path, text in how.changed.items():
        (checkout / path).write_text(text, "utf-8")
    link(here, checkout)


def link(here: Modules, folder: Path, *, writable: bool = False) -> None:
    """What it needs, in the place of what the project may have brought along under that name.

    `writable` for programs that put something beside it: each part of it is there by itself then.
    """
    place = folder / "node_modules"
    if place.is_symlink() or place.is_file():
        place.unlink()
    shutil.rmtree(place, ignore_errors=True)
    if here.folder and writable:
        place.mkdir()
        for one in (here.folder / "node_modules").iterdir():
            (place / one.name).symlink_to(one)
    elif here.folder:
        place.symlink_to(here.folder / "node_modules")


def _rows(result: Path) -> list[dict[str, Any]]:
    rows = (reports.mapping(line) for line in (reports.content(result) or "").splitlines())
    return [row for row in rows if row]


def _rewritten(look: Look, how: How, checkout: Path) -> list[str]:
    expected = {
        path: text for path, text in {**look.texts, **how.changed}.items() if path.endswith((".js", ".mjs", ".cjs"))
    }
    return [path for path, text in expected.items() if reports.content(checkout / path) != text.removeprefix("\ufeff")]


def _measured(texts: Mapping[str, str], folder: Path) -> dict[str, Lines]:
    found = (reports.mapping(reports.content(path) or "") for path in sorted((folder / "measured").glob("*.json")))
    return v8.lines(texts, (one for one in found if one), str(folder / "checkout"))


def _read(
    look: Look, ran: Ran, rows: list[dict[str, Any]], changed: list[str], measured: dict[str, Lines], checkout: str
) -> Run:
    evidence, code, seconds = look.ran(ran), ran.ended.code, ran.ended.seconds
    if ran.ended.why:
        return Run((), evidence, code, seconds, broken=f"The tests did not come to their end. {ran.ended.why}")
    if not rows:
        return Run((), evidence, code, seconds, broken=NO_REPORT)
    results = tuple(_results(rows, checkout))
    broken = REWRITTEN.format(listed(changed)) if changed else ""
    return Run(results, evidence, code, seconds, measured, broken=broken)


def _results(rows: Iterable[Mapping[str, Any]], checkout: str) -> Iterable[Result]:
    """A file that fails as a whole is a failing test; a group is only the sum of what is in it."""
    taken: dict[str, int] = {}
    for row in rows:
        file = str(row.get("file") or row["name"]).removeprefix(f"{checkout}/")
        name = str(row["name"]).removeprefix(f"{checkout}/")
        if row["passed"] and (row["group"] or name == file):
            continue  # the sum of others, or a file in which nothing is tested
        id = f"{file} › {name}"
        taken[id] = taken.get(id, 0) + 1
        whole = id if taken[id] == 1 else f"{id} #{taken[id]}"
        yield Result(whole, file, name, _outcome(row), short(str(row["why"]), 200))


def _outcome(row: Mapping[str, Any]) -> Outcome:
    if row["skipped"]:
        return Outcome.SKIPPED
    if row["later"]:
        return Outcome.EXPECTED
    return Outcome.PASSED if row["passed"] else Outcome.FAILED
