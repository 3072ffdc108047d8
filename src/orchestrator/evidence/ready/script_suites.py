"""Runs the tests of a JavaScript project with its Vitest or Jest as we want it, in a copy of its own each time.

Its settings are read in a process of their own. In the one that runs the tests there is no file of the project: the
tests themselves run in others, and what became of them is written where they cannot reach, after they have ended.
"""

import asyncio
import json
import re
import secrets
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from orchestrator.errors import NotPossible
from orchestrator.evidence import repository
from orchestrator.evidence.places import SCRIPTS
from orchestrator.evidence.ready import nodetests, script_rows, script_settings
from orchestrator.evidence.ready.javascript import Modules, modules
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.python import INSIDE, reason
from orchestrator.evidence.ready.script_rows import mapping
from orchestrator.evidence.ready.script_settings import CALLED, HERE, JEST, NODE, VITEST, Settings
from orchestrator.evidence.ready.suite import How, Run
from orchestrator.evidence.words import listed

T = TypeVar("T")
SEVERAL = "Its tests are written for several programs, which we do not run side by side yet: {}."
ABSENT = "Its tests are written for {}, which is not among what it needs, so they could not be run."
UNREAD = "Its settings for {} could not be read, so its tests could not be run. {}"
OURS = ("measure.cjs", "beside_vitest.mjs", "room_of_jest.cjs", "order_of_jest.cjs")
PROGRAMS = {VITEST: "tests_of_vitest.mjs", JEST: "tests_of_jest.cjs"}
OPTIONS = {VITEST: "--pending-deprecation", JEST: "--pending-deprecation --experimental-vm-modules --no-warnings"}
FOLDER = "<folder>"  # stands for the folder of a run, in which the copy of the project is
ROOM = """
const paths = [__dirname, `${{__dirname}}/../node_modules/.pnpm/node_modules`];
module.exports = require("./room_of_jest.cjs")(require(require.resolve({}, {{ paths }})));
"""
ROOMS = re.compile(r"(@jest-environment\s+)([@\w./-]+)")


async def first(look: Look) -> Run:
    """The run that is measured."""
    return await look.once("script tests", lambda here: run(here, How("run the tests", measure=True)))


async def again(look: Look) -> Run:
    """Once more, in another order."""
    how = How("run the tests in another order", seed=int(look.commit[:8], 16))
    return await look.once("script tests again", lambda here: run(here, how))


async def strict(look: Look) -> Run:
    """Node's own program ends at a warning of what will stop working; with the others it is noted in each run."""
    return await (nodetests.strict(look) if _program(look) == NODE else first(look))


async def run(look: Look, how: How) -> Run:
    """Run all tests that there are. Raises NotPossible where they cannot begin."""
    program = _program(look)
    if program == NODE:
        return await nodetests.run(look, how)
    if program not in PROGRAMS:
        raise NotPossible(nodetests.NOT_YET.format(CALLED[program]))
    here = await modules(look)
    if not here.has(program):
        raise NotPossible(ABSENT.format(CALLED[program]))
    told = await settings(look)
    if why := script_settings.cannot(told):
        raise NotPossible(why)
    if wrong := script_settings.fault(told, nodetests.tests(look.texts)):
        return Run((), look.read([told.path], wrong), None, broken=wrong)
    look.place.say(f"{how.name.capitalize()}.")
    return await _within(look, lambda folder: _run(look, how, here, told, folder))


def _program(look: Look) -> str:
    found = script_settings.program(look.texts, nodetests.tests(look.texts))
    if len(found) > 1:
        raise NotPossible(SEVERAL.format(listed([CALLED[one] for one in found])))
    return found[0]


async def settings(look: Look) -> Settings:
    """What the project tells the program that runs its tests. Raises NotPossible where it cannot be read."""
    return await look.once("settings of script tests", _settings)


async def _settings(look: Look) -> Settings:
    program = _program(look)
    if not (path := script_settings.place(program, look.texts)):
        return Settings(program)
    here = await modules(look)
    return await _within(look, lambda folder: _told(look, here, Settings(program, path), folder))


async def _told(look: Look, here: Modules, one: Settings, folder: Path) -> Settings:
    await asyncio.to_thread(nodetests.link, here, folder / "checkout", writable=True)
    result = folder / "said.json"
    command = ["node", str(INSIDE / "settings_of_tests.mjs"), one.program, one.path, str(result)]
    ran = await look.place.run("read the settings of the tests", command, seconds=60, cwd=folder / "checkout")
    if not (said := await asyncio.to_thread(mapping, result)):
        raise NotPossible(UNREAD.format(CALLED[one.program], reason(ran)))
    said = _put(said, str(folder / "checkout"), HERE)
    known = said.get("test") or {}
    if one.program == JEST:
        known = _put(known, "<rootDir>", str(known.get("rootDir") or HERE))
    alias = tuple(each for each in said.get("alias", ()) if isinstance(each.get("replacement"), str))
    plugins = tuple(map(str, said.get("plugins", ())))
    return Settings(one.program, one.path, known, plugins, alias, said.get("define") or {})


def _put(said: Any, old: str, new: str) -> Any:
    """The same with another place in it."""
    return json.loads(json.dumps(said).replace(old, new))


async def _within(look: Look, do: Callable[[Path], Awaitable[T]]) -> T:
    folder = look.place.folder / "tests"
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    await asyncio.to_thread(folder.mkdir, parents=True)
    try:
        await repository.checkout(look.source, look.commit, folder / "checkout")
        return await do(folder)
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _run(look: Look, how: How, here: Modules, told: Settings, folder: Path) -> Run:
    result = folder / f"{secrets.token_hex(16)}.json"
    tests = sorted(nodetests.tests(look.texts))
    put = {**how.changed, **(_rooms(look.texts | dict(how.changed), tests, folder) if told.program == JEST else {})}
    ours = await asyncio.to_thread(_prepare, put, here, folder, told)
    asked = _asked(how, told, tests, await asyncio.to_thread(_version, here, told.program))
    known = _put(_put(asked, HERE, str(folder / "checkout")), FOLDER, str(folder))
    text = json.dumps({**known, "result": str(result)})
    await asyncio.to_thread((folder / "asked.json").write_text, text, "utf-8")
    ran = await look.place.run(
        how.name,
        ["node", str(INSIDE / PROGRAMS[told.program]), str(folder / "asked.json")],
        seconds=how.seconds,
        env={"NODE_OPTIONS": OPTIONS[told.program]},
        cwd=folder / "checkout",
    )
    expected = {str(folder / "ours" / name): text for name, text in ours.items()}
    expected |= {
        str(folder / "checkout" / path): text for path, text in {**look.texts, **put}.items() if _is_code(path)
    }
    read = await asyncio.to_thread(script_rows.read, look, ran, result, expected, measure=how.measure)
    return replace(read, hooks=told.setup)


def _is_code(path: str) -> bool:
    return PurePosixPath(path).suffix in SCRIPTS


def _prepare(put: Mapping[str, str], here: Modules, folder: Path, told: Settings) -> dict[str, str]:
    """Everything in its place; what we put there ourselves, by its name."""
    for path, text in put.items():
        (folder / "checkout" / path).write_text(text, "utf-8")
    for name in ("ours", "measured", "started"):
        (folder / name).mkdir(exist_ok=True)
    ours = {name: (INSIDE / name).read_text("utf-8") for name in OURS}
    for name in {told.room, *re.findall(r"room-([\w-]+)\.cjs", "".join(put.values()))}:
        ours[f"room-{_plain(name)}.cjs"] = ROOM.format(json.dumps(f"jest-environment-{name}"))
    for name, text in ours.items():
        (folder / "ours" / name).write_text(text, "utf-8")
    nodetests.link(here, folder)
    nodetests.link(here, folder / "checkout")
    return ours


def _rooms(texts: Mapping[str, str], tests: list[str], folder: Path) -> dict[str, str]:
    """Tests that ask for another place to run in get it from us as well."""
    return {
        path: ROOMS.sub(lambda found: f"{found[1]}{folder}/ours/room-{_plain(found[2])}.cjs", texts[path])
        for path in tests
        if ROOMS.search(texts[path])
    }


def _plain(name: str) -> str:
    return re.sub(r"[^\w-]", "-", name.removeprefix("jest-environment-"))


def _asked(how: How, told: Settings, tests: list[str], version: int) -> dict[str, Any]:
    ours = f"{FOLDER}/ours"
    return {
        "checkout": HERE,
        "files": tests,
        "settings": told.taken,
        "setup": [f"{ours}/beside_vitest.mjs", *map(_file, told.setup)],
        "room": f"{ours}/room-{_plain(told.room)}.cjs",
        "order": f"{ours}/order_of_jest.cjs",
        "plugins": told.packages,
        "alias": told.alias,
        "define": told.defined,
        "cache": f"{FOLDER}/cache",
        "hurry": how.hurry,
        "seed": how.seed,
        "version": version,
        "options": [],
    }


def _file(said: str) -> str:
    """A file of the project by its whole path; a package by its name."""
    return f"{HERE}/{said.removeprefix('./')}" if _is_code(said) and not said.startswith(HERE) else said


def _version(here: Modules, program: str) -> int:
    about = mapping(here.folder / "node_modules" / program / "package.json") if here.folder else None
    first = str((about or {}).get("version", "0")).partition(".")[0]
    return int(first) if first.isdigit() else 0
