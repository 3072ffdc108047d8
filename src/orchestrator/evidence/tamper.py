"""Notices what a change does to the tests and to what watches over them, since the state that was approved last."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from orchestrator.evidence import cases, declared, guards, outcomes, python_tests, repository, script_tests
from orchestrator.evidence.cases import Suite
from orchestrator.evidence.finding import Finding, Severity
from orchestrator.evidence.places import SCRIPTS, beside_tests, is_python_test, is_script_test

Texts = Mapping[str, str]


async def compare(source: Path, base: str, head: str) -> tuple[Finding, ...]:
    """What a person should know, alarms first. Both are save points; nothing of either is run."""
    base, head = await repository.resolve(source, base), await repository.resolve(source, head)
    before, after = await repository.tree(source, base), await repository.tree(source, head)
    touched = set(repository.differing(before, after))
    if not touched:
        return ()
    texts = [
        await repository.texts(source, {path: blob for path, blob in side.items() if path in touched or _watched(path)})
        for side in (before, after)
    ]
    return await asyncio.to_thread(findings, *texts)


def findings(before: Texts, after: Texts) -> tuple[Finding, ...]:
    """The same for texts by their paths: those that differ, and all that belong to the tests or watch over them."""
    found = dict.fromkeys(_findings(before, after))
    return tuple(sorted(found, key=lambda one: (one.severity is not Severity.ALARM, one.path)))


def _findings(before: Texts, after: Texts) -> Iterator[Finding]:
    yield from declared.differences(before, after)
    yield from cases.compare(suites(before), suites(after))
    yield from guards.compare(_only(before, guards.is_guard), _only(after, guards.is_guard))
    yield from outcomes.compare(_only(before, _is_python), _only(after, _is_python))


def suites(texts: Texts) -> dict[str, Suite]:
    """The tests of a project, file by file."""
    modules = {
        path: python_tests.module(text) for path, text in texts.items() if _is_python(path) and beside_tests(path)
    }
    beside = python_tests.support(tree for tree in modules.values() if tree)
    found = {path: python_tests.suite(tree, beside) for path, tree in modules.items() if is_python_test(path)}
    scripts = {
        path: script_tests.script(text) for path, text in texts.items() if _is_script(path) and beside_tests(path)
    }
    helpers = script_tests.helpers(scripts.values())
    return found | {path: script_tests.suite(one, helpers) for path, one in scripts.items() if is_script_test(path)}


def _watched(path: str) -> bool:
    return (
        path == declared.FILE
        or guards.is_guard(path)
        or (beside_tests(path) and (_is_python(path) or _is_script(path)))
    )


def _only(texts: Texts, wanted: Callable[[str], bool]) -> dict[str, str]:
    return {path: text for path, text in texts.items() if wanted(path)}


def _is_python(path: str) -> bool:
    return path.endswith(".py")


def _is_script(path: str) -> bool:
    return PurePosixPath(path).suffix in SCRIPTS
