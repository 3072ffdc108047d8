"""Runs tests with pytest as we want it, and writes down what really happened to each of them.

What a test did is taken from where it happened, before anything of the project's can give it another name.
"""

import json
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from _pytest import assertion, main, python, runner, unittest
from _pytest.outcomes import Skipped

LOOSE = (runner, python, main, unittest, assertion)  # modules whose functions decide what becomes of a test
MOST_TOUCHES = 20
LONGEST = 300
OPENING = {"sqlite3.connect", "subprocess.Popen", "socket.connect", "os.posix_spawn", "os.exec", "os.fork"}
WRITES = os.O_WRONLY | os.O_RDWR


class Watch:
    """Hears from Python itself what the tests touch. It can neither be taken away nor asked to be silent."""

    def __init__(self, secret: str) -> None:
        self.secret, self.at, self.mine = secret, "", False
        self.touched: dict[str, list[str]] = {}

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "open":
            if not self.mine and self.secret in str(args[0]):
                os.abort()  # somebody else reaches for what only we write
            if self.at and isinstance(args[2], int) and args[2] & WRITES:
                self._note("writes", args[0])
        elif event in OPENING and self.at:
            self._note(event, args[1] if event == "socket.connect" else args[:2])

    def _note(self, what: str, about: object) -> None:
        known = self.touched.setdefault(self.at, [])
        said = f"{what} {about}"[:LONGEST]
        if len(known) < MOST_TOUCHES and said not in known:
            known.append(said)


class Kept:
    """A plugin that is told of everything, before and after all others."""

    def __init__(self, spec: dict[str, Any], watch: Watch) -> None:
        self.spec, self.watch = spec, watch
        self.results: list[dict[str, Any]] = []
        self.collected: list[str] = []
        self.warned: list[str] = []
        self.faults: list[str] = []
        self.hooks: set[str] = set()
        self.loose: dict[str, CodeType] = {}
        self.manager: pytest.PytestPluginManager | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> None:
        self.manager = early_config.pluginmanager
        self.loose = _codes()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Iterator[None]:
        self.collected = [item.nodeid for item in items]
        if not self.loose:
            self.loose = _codes()
        yield
        if (seed := self.spec.get("seed")) is not None:
            groups: dict[str, list[pytest.Item]] = {}
            for item in items:
                groups.setdefault(item.nodeid.partition("::")[0], []).append(item)
            chance = random.Random(seed)  # noqa: S311 - an order, not a secret
            files = list(groups)
            chance.shuffle(files)
            for name in files:
                chance.shuffle(groups[name])
            items[:] = [item for name in files for item in groups[name]]

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        before, self.watch.at = self.watch.at, f"fixture {fixturedef.argname}"
        yield
        self.watch.at = before

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.watch.at = item.nodeid
        yield
        self.watch.at = ""

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
        first = call.excinfo
        outcome: Any = yield
        report = outcome.get_result()
        found = first or call.excinfo
        raised = found.value if found else None
        self._look(item)
        self.results.append({
            "id": item.nodeid,
            "when": call.when,
            "raised": type(raised).__name__ if raised is not None else "",
            "why": str(raised)[:LONGEST] if raised is not None else "",
            "skips": isinstance(raised, Skipped) or type(raised).__name__ == "SkipTest",
            "expected": hasattr(report, "wasxfail"),
            "said": str(report.outcome),
            "marks": sorted({mark.name for mark in item.iter_markers()}),
            "fixtures": list(getattr(item, "fixturenames", ())),
            "seconds": call.duration,
        })  # fmt: skip

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.outcome == "passed":
            return
        self.results.append({
            "id": report.nodeid,
            "when": "collect",
            "raised": "" if report.skipped else "Error",
            "why": _last_line(str(report.longrepr)),
            "skips": report.skipped,
            "said": report.outcome,
        })  # fmt: skip

    def pytest_warning_recorded(self, warning_message: Any, nodeid: str) -> None:
        if issubclass(warning_message.category, DeprecationWarning | PendingDeprecationWarning):
            self.warned.append(f"{nodeid}: {warning_message.category.__name__}: {warning_message.message}"[:LONGEST])

    def _look(self, item: pytest.Item) -> None:
        """Whether the program that runs the tests is still what it was."""
        for name, code in self.loose.items():
            module, _, function = name.rpartition(".")
            if getattr(getattr(sys.modules.get(module), function, None), "__code__", None) is not code:
                self.faults.append(f"{name} was replaced before the end of {item.nodeid}")
                self.loose = {}
                return

    def steered(self) -> list[str]:
        """The hooks that the project itself brings along."""
        home = self.spec["checkout"]
        found = set()
        for plugin in self.manager.get_plugins() if self.manager else ():
            for caller in self.manager.get_hookcallers(plugin) or () if self.manager else ():
                for one in caller.get_hookimpls():
                    code = getattr(one.function, "__code__", None)
                    if code and one.plugin is plugin and code.co_filename.startswith(home):
                        found.add(f"{caller.name} {os.path.relpath(code.co_filename, home)}")
        return sorted(found)


def _codes() -> dict[str, CodeType]:
    found: dict[str, CodeType] = {}
    for module in LOOSE:
        for name, value in vars(module).items():
            code = getattr(value, "__code__", None)
            if code is not None and getattr(value, "__module__", "") == module.__name__:
                found[f"{module.__name__}.{name}"] = code
    return found


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.startswith("E ")] or text.splitlines() or [""]
    return lines[-1][:LONGEST]


def _measured() -> None:
    import coverage  # noqa: PLC0415 - only where something is measured

    if (current := coverage.Coverage.current()) is not None:
        current.stop()
        current.save()


def start(at: str) -> int:
    """Run as the file there says, and write the results beside it."""
    spec = json.loads(Path(at).read_text("utf-8"))
    result = Path(spec["result"])
    Path(at).unlink()
    watch = Watch(result.name)
    kept = Kept(spec, watch)
    write = result.open
    sys.addaudithook(watch.hear)
    sys.argv = ["pytest", *spec["args"]]
    code = int(pytest.main(spec["args"], plugins=[kept]))
    watch.at, watch.mine = "", True
    if spec["measure"]:
        _measured()
    known = {
        "code": code,
        "results": kept.results,
        "collected": kept.collected,
        "warned": kept.warned,
        "faults": kept.faults,
        "hooks": kept.steered(),
        "touched": watch.touched,
    }
    with write("w", encoding="utf-8") as file:
        json.dump(known, file)
    return code


if __name__ == "__main__":
    sys.exit(start(sys.argv[1]))
