"""Runs the tests of a Python project as we want it, in a copy of its own each time, and reads what came of them."""

import asyncio
import json
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from orchestrator.domain.run import Network
from orchestrator.evidence import reports, repository
from orchestrator.evidence.places import is_python_test
from orchestrator.evidence.ready import settings_of_pytest as settings
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.place import Ran
from orchestrator.evidence.ready.python import INSIDE, Environment, environment
from orchestrator.evidence.ready.stack import toml
from orchestrator.evidence.ready.suite import How, Lines, Outcome, Result, Run
from orchestrator.evidence.results import NO_REPORT
from orchestrator.evidence.words import listed, short

PROGRAM = INSIDE / "tests_of_python.py"
MEASURE = """[run]
branch = True
parallel = True
sigterm = True
data_file = {folder}/data
source = {checkout}
concurrency = {concurrency}
disable_warnings = module-not-imported,no-data-collected,no-contracts
[report]
include_namespace_packages = True
ignore_errors = True
exclude_lines = (?!)
partial_branches = (?!)
[json]
output = {folder}/lines.json
"""
READ = (
    "import sys; sys.path.insert(0, sys.argv[1])\n"
    "from coverage.cmdline import main\n"
    "main(['combine', '-q', '--rcfile', sys.argv[2]])\n"
    "sys.exit(main(['json', '-q', '--rcfile', sys.argv[2]]))\n"
)
WARNINGS = ("error::DeprecationWarning", "error::PendingDeprecationWarning")
MEDDLED = "The tests meddle with the program that runs them: {}."
REWRITTEN = "Running the tests rewrites files of the project: {}."
NEVER = "It was found, and then not run."


async def first(look: Look) -> Run:
    """The run that is measured, in the order in which the tests stand there."""
    return await look.once("python tests", lambda here: run(here, How("run the tests", measure=True)))


async def again(look: Look) -> Run:
    """Once more, in another order and with other hashes."""
    seed = int(look.commit[:8], 16)
    return await look.once(
        "python tests again", lambda here: run(here, How("run the tests in another order", seed=seed))
    )


async def strict(look: Look) -> Run:
    """Once more, with warnings of what will stop working as errors."""
    return await look.once("python tests, strictly", lambda here: run(here, How("run the tests strictly", strict=True)))


async def run(look: Look, how: How) -> Run:
    """Run all tests that there are. Raises NotPossible where they cannot begin."""
    here = await environment(look)
    look.place.say(f"{how.name.capitalize()}.")
    folder = look.place.folder / "tests"
    checkout = folder / "checkout"
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    await asyncio.to_thread(folder.mkdir, parents=True)
    try:
        await repository.checkout(look.source, look.commit, checkout)
        return await _run(look, how, here, folder)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _run(look: Look, how: How, here: Environment, folder: Path) -> Run:
    result = folder / f"{secrets.token_hex(16)}.json"
    env = await asyncio.to_thread(_prepared, look, how, here, folder, result)
    program = [here.python, "-P", str(PROGRAM), str(folder / "asked.json")]
    ran = await look.place.run(
        how.name, program, seconds=how.seconds, network=Network.CLOSED, env=env, cwd=folder / "checkout"
    )
    said = await asyncio.to_thread(_mapping, result)
    touched = await asyncio.to_thread(_rewritten, look, how, folder / "checkout")
    lines = await _lines(look, here, folder) if how.measure and said and not touched else {}
    return _read(look, ran, said, lines, touched, hurry=how.hurry)


def _prepared(look: Look, how: How, here: Environment, folder: Path, result: Path) -> dict[str, str]:
    """Everything in its place; the environment for the program."""
    checkout = folder / "checkout"
    for path, text in how.changed.items():
        (checkout / path).write_text(text, "utf-8")
    (folder / "ours.ini").write_text(settings.ini(look.texts), "utf-8")
    named = metadata(look.texts)
    for path, text in named.items():
        (folder / "named" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "named" / path).write_text(text, "utf-8")
    asked = {
        "args": _arguments(look, how, folder),
        "result": str(result),
        "seed": how.seed,
        "measure": how.measure,
        "checkout": str(checkout),
    }
    (folder / "asked.json").write_text(json.dumps(asked), "utf-8")
    env = here.variables(checkout, folder / "named", here.ours, measure=how.measure)
    env["PYTHONHASHSEED"] = "0" if how.seed is None else str(how.seed % 4294967295)
    if how.strict:
        env["PYTHONWARNINGS"] = ",".join(WARNINGS)
    if how.measure:
        concurrency = "thread,greenlet" if here.has("greenlet") else "thread"
        text = MEASURE.format(folder=folder, checkout=checkout, concurrency=concurrency)
        (folder / "measure").write_text(text, "utf-8")
        env["COVERAGE_PROCESS_START"] = str(folder / "measure")
    return env


def _arguments(look: Look, how: How, folder: Path) -> list[str]:
    strict = [word for one in WARNINGS for word in ("-W", one)] if how.strict else []
    return [
        *("-c", str(folder / "ours.ini"), f"--rootdir={folder / 'checkout'}", "-q", "-rA", "--tb=short"),
        *settings.options(look.texts),
        *(strict or ("-W", "default::DeprecationWarning", "-W", "default::PendingDeprecationWarning")),
        *(("-x",) if how.hurry else ()),
        *(how.only or sorted(tests(look.texts))),
    ]


def tests(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The files in which there are tests by their names."""
    return tuple(path for path in texts if is_python_test(path))


def metadata(texts: Mapping[str, str]) -> dict[str, str]:
    """What an installed package would say of itself: its name, its version, the commands that it offers."""
    about = toml(texts, "pyproject.toml")
    project: dict[str, Any] = about.get("project") or about.get("tool", {}).get("poetry") or {}
    name = str(project.get("name", "")).strip()
    if not name or not name.replace("-", "").replace("_", "").replace(".", "").isalnum():
        return {}
    version = str(project.get("version", "0"))
    at = f"{name.replace('-', '_').replace('.', '_')}-{version}.dist-info"
    scripts: dict[str, Any] = project.get("scripts") or {}
    entries = "\n".join(f"{word} = {where}" for word, where in scripts.items() if isinstance(where, str))
    return {
        f"{at}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{at}/entry_points.txt": f"[console_scripts]\n{entries}\n",
    }


async def _lines(look: Look, here: Environment, folder: Path) -> dict[str, Lines]:
    """Read with our own program what was measured, after all of the project's has ended."""
    command = [here.python, "-I", "-c", READ, str(here.ours), str(folder / "measure")]
    await look.place.run("read what the tests reach", command, seconds=120, cwd=folder)
    files = (await asyncio.to_thread(_mapping, folder / "lines.json") or {}).get("files", {})
    start = f"{folder / 'checkout'}/"
    return {_relative(path, start): _file(about) for path, about in files.items() if isinstance(about, dict)}


def _mapping(path: Path) -> dict[str, Any] | None:
    return reports.mapping(reports.content(path) or "")


def _relative(path: str, start: str) -> str:
    return path.removeprefix(start).removeprefix("checkout/")


def _file(about: Mapping[str, Any]) -> Lines:
    summary = about.get("summary", {})
    return Lines(
        frozenset(about.get("executed_lines", ())),
        frozenset(about.get("missing_lines", ())),
        int(summary.get("num_branches", 0)),
        int(summary.get("covered_branches", 0)),
    )


def _rewritten(look: Look, how: How, checkout: Path) -> list[str]:
    """Files of code that the run changed, by their content."""
    expected = {path: text for path, text in {**look.texts, **how.changed}.items() if path.endswith(".py")}
    return [
        path
        for path, text in expected.items()
        if reports.content(checkout / path) not in {text, None} or not (checkout / path).is_file()
    ]


def _read(
    look: Look, ran: Ran, said: Mapping[str, Any] | None, lines: dict[str, Lines], touched: list[str], *, hurry: bool
) -> Run:
    evidence = look.ran(ran)
    code, seconds = ran.ended.code, ran.ended.seconds
    if ran.ended.why:
        return Run((), evidence, code, seconds, broken=f"The tests did not come to their end. {ran.ended.why}")
    if not said:
        return Run((), evidence, code, seconds, broken=NO_REPORT)
    results = tuple(_results(said, whole=not hurry))
    broken = MEDDLED.format(listed(said["faults"])) if said["faults"] else ""
    if touched:
        broken = REWRITTEN.format(listed(touched))
    if not broken and said["code"] != code:
        broken = "The program that runs the tests ended otherwise than it says itself."
    return Run(results, evidence, code, seconds, lines, tuple(said["warned"]), broken, tuple(said["hooks"]))


def _results(said: Mapping[str, Any], *, whole: bool) -> Iterable[Result]:
    """Of the parts of a test, preparing, doing and tidying up, the worst one counts; without doing there is no pass."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in said["results"]:
        found.setdefault(row["id"], []).append(row)
    for id in said["collected"] if whole else ():
        if not any(row["when"] == "call" or _badness(row) for row in found.get(id, ())):
            found[id] = [{"id": id, "when": "call", "raised": "Never", "why": NEVER, "skips": False, "said": ""}]
    touched = said["touched"]
    for id, rows in found.items():
        worst = max(rows, key=_badness)
        fixtures = tuple(rows[0].get("fixtures", ()))
        seen = [*touched.get(id, ()), *(one for name in fixtures for one in touched.get(f"fixture {name}", ()))]
        file, _, case = id.partition("::")
        yield Result(
            id,
            file,
            case.partition("[")[0].replace("::", "."),
            _outcome(worst),
            short(str(worst["why"]), 200),
            str(worst["raised"]),
            tuple(dict.fromkeys(seen)),
            tuple(rows[0].get("marks", ())),
            fixtures,
        )


def _badness(row: Mapping[str, Any]) -> int:
    return [Outcome.PASSED, Outcome.EXPECTED, Outcome.SKIPPED, Outcome.UNEXPECTED, Outcome.FAILED].index(_outcome(row))


def _outcome(row: Mapping[str, Any]) -> Outcome:
    """By what was raised; by what the report says only where that is worse."""
    if row["skips"]:
        return Outcome.SKIPPED
    if row.get("expected"):
        return Outcome.EXPECTED if row["raised"] else Outcome.UNEXPECTED
    return Outcome.FAILED if row["raised"] or row["said"] == "failed" else Outcome.PASSED
