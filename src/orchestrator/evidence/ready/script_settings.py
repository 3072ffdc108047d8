"""What of a project's settings for Vitest or Jest is taken over: nothing that could hide or decide a test. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from orchestrator.evidence.ready.stack import package
from orchestrator.evidence.words import counted, listed

Texts = Mapping[str, str]
ENDINGS = "{ts,mts,cts,js,mjs,cjs,json}"
VITEST, JEST, MOCHA, NODE = "vitest", "jest", "mocha", "node"
CALLED = {VITEST: "Vitest", JEST: "Jest", MOCHA: "Mocha", NODE: "node:test", "ava": "AVA", "tap": "tap", "uvu": "uvu"}
IMPORTED = {VITEST: "vitest", JEST: "@jest/globals", MOCHA: "mocha", NODE: "node:test"}
IMPORTED |= {"ava": "ava", "tap": "tap", "uvu": "uvu", "@playwright/test": "@playwright/test"}
CALLED |= {"@playwright/test": "Playwright"}
TAKEN = {
    VITEST: {
        *("environment", "environmentOptions", "globals", "testTimeout", "hookTimeout", "clearMocks", "mockReset"),
        *("restoreMocks", "unstubEnvs", "unstubGlobals", "fakeTimers", "server", "deps", "env", "css"),
    },
    JEST: {
        *("preset", "testEnvironmentOptions", "transform", "transformIgnorePatterns", "moduleNameMapper", "globals"),
        *("moduleFileExtensions", "moduleDirectories", "modulePaths", "setupFiles", "setupFilesAfterEnv", "automock"),
        *("extensionsToTreatAsEsm", "injectGlobals", "clearMocks", "resetMocks", "restoreMocks", "resetModules"),
        *("testTimeout", "fakeTimers", "unmockedModulePathPatterns", "sandboxInjectedGlobals", "snapshotSerializers"),
    },
}
# Programs that decide what a test is or what becomes of it. Of the project itself they would be judge of its own case.
DECIDING = {
    VITEST: ("environment", "runner", "pool"),
    JEST: ("preset", "transform", "testEnvironment", "runner", "testRunner", "resolver"),
}
WITHIN = {  # run in the program that runs the tests, where all of its words could be changed
    VITEST: ("globalSetup", "projects", "workspace"),
    JEST: ("globalSetup", "globalTeardown", "projects"),
}
PLUGINS = {  # what they call themselves, and where they come from
    r"vite:react-swc.*": "@vitejs/plugin-react-swc",
    r"vite:react-.*": "@vitejs/plugin-react",
    r"vite:vue": "@vitejs/plugin-vue",
    r"vite-tsconfig-paths": "vite-tsconfig-paths",
}
VALUES = re.compile(r"(?:import\.meta\.env|process\.env|__\w+__|[A-Z][A-Z0-9_]+)(?:\.\w+)*")
CHECKING = ("vitest", "@jest/globals", "chai", *(f"{at}{name}" for at in ("", "node:") for name in ("assert", "test")))
CHECKING += ("assert/strict", "node:assert/strict", "@vitest/expect", "expect")
INSTEAD = "{} decides by itself what becomes of the tests: it puts something else in the place of “{}”."
HERE = "<checkout>"  # stands for the folder of the project
PIECES = re.compile(r"[?+*@]\([^()]*\)|\*\*/|\*\*|\[[^\]]+\]|.")
UNKNOWN = "Its settings for {} use a building block that we do not know yet: {}."
RUNS = "Its settings for {} have a program run inside the one that runs the tests, which we do not do: {}."
STEERED = "{} decides by itself what becomes of the tests: “{}” is a file of the project itself ({})."


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project tells the program that runs its tests, as that program reads it. `path` is where it stands."""

    program: str
    path: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    plugins: tuple[str, ...] = ()
    alias: tuple[Mapping[str, Any], ...] = ()
    define: Mapping[str, Any] = field(default_factory=dict)

    @property
    def defined(self) -> dict[str, Any]:
        """Words that stand for values while it is built, and for nothing else."""
        return {name: value for name, value in self.define.items() if VALUES.fullmatch(name)}

    @property
    def taken(self) -> dict[str, Any]:
        """Without what could hide something."""
        known = TAKEN[self.program]
        return {name: value for name, value in self.said.items() if name in known and value != "a function"}

    @property
    def setup(self) -> tuple[str, ...]:
        """The files that are run before the tests of each file."""
        return tuple(one for name in ("setupFiles", "setupFilesAfterEnv") for one in _texts(self.said.get(name)))

    @property
    def packages(self) -> tuple[str, ...]:
        """What turns code into code before it is run, by where it comes from."""
        found = (place for name in self.plugins for known, place in PLUGINS.items() if re.fullmatch(known, name))
        return tuple(dict.fromkeys(found))

    @property
    def room(self) -> str:
        """In what the tests run: node, or something that acts as a browser."""
        return str(self.said.get("testEnvironment") or "node").removeprefix("jest-environment-")


def program(texts: Texts, tests: Iterable[str]) -> tuple[str, ...]:
    """Which programs the tests are written for; several where they differ."""
    said = [texts[path] for path in tests]
    found = {
        name
        for name, module in IMPORTED.items()
        if any(re.search(rf"""(?:from|require\()\s*['"]{re.escape(module)}['"]""", text) for text in said)
    }
    if found:
        return tuple(sorted(found))
    about = package(texts)
    script = str(_dict(about.get("scripts")).get("test", ""))
    for name in (VITEST, JEST, MOCHA):
        if re.search(rf"\b{name}\b", script) or place(name, texts):
            return (name,)
    wanted = {*_dict(about.get("devDependencies")), *_dict(about.get("dependencies"))}
    return tuple(name for name in (VITEST, JEST, MOCHA) if name in wanted)[:1] or (NODE,)


def place(program: str, texts: Texts) -> str:
    """Where the settings stand; empty where there are none."""
    names = {VITEST: ("vitest.config", "vite.config"), JEST: ("jest.config",)}.get(program, ())
    for name in names:
        for ending in ENDINGS.strip("{}").split(","):
            if f"{name}.{ending}" in texts:
                return f"{name}.{ending}"
    return "package.json" if program == JEST and "jest" in package(texts) else ""


def cannot(one: Settings) -> str:
    """Why tests with these settings cannot be run by us; empty where they can."""
    said, called = one.said, CALLED[one.program]
    within = [name for name in WITHIN[one.program] if said.get(name)]
    if within or _dict(said.get("browser")).get("enabled"):
        return RUNS.format(called, listed(within or ["browser"]))
    strange = [name for name in one.plugins if not any(re.fullmatch(known, name) for known in PLUGINS)]
    return UNKNOWN.format(called, listed(strange)) if strange else ""


def fault(one: Settings, tests: Iterable[str]) -> str:
    """A sentence about the first thing that decides, or leaves tests out; empty where there is none."""
    return next(_faults(one, list(tests)), "")


def _faults(one: Settings, tests: list[str]) -> Iterator[str]:
    said = one.said
    for name in DECIDING[one.program]:
        if own := [word for word in _named(said.get(name)) if word.startswith((".", "/", "<"))]:
            yield STEERED.format(one.path, name, listed(own))
    instead = [(str(each.get("find")), bool(each.get("regex"))) for each in one.alias]
    instead += [(name, True) for name in _dict(said.get("moduleNameMapper"))]
    for find, pattern in instead:
        if name := next((each for each in CHECKING if _stands_for(find, each, pattern=pattern)), ""):
            yield INSTEAD.format(one.path, name)
    if wanted := said.get("testNamePattern"):
        yield f"“testNamePattern” in {one.path} tells the test program to leave tests out: {listed([str(wanted)])}."
    hidden = _hidden_by_vitest(said, tests) if one.program == VITEST else _hidden_by_jest(said, tests)
    for name, lost in hidden:
        if lost:
            yield f"“{name}” in {one.path} leaves out {counted(len(lost), 'file')} of tests: {listed(lost)}."


def _stands_for(find: str, name: str, *, pattern: bool) -> bool:
    found = _pattern(find) if pattern else None
    return bool(found.search(name)) if found else find == name or name.startswith(f"{find}/")


def _hidden_by_vitest(said: Mapping[str, Any], tests: list[str]) -> Iterator[tuple[str, list[str]]]:
    if include := _texts(said.get("include")):
        yield "include", [path for path in tests if not any(glob(one).fullmatch(path) for one in include)]
    exclude = [glob(one) for one in _texts(said.get("exclude"))]
    yield "exclude", [path for path in tests if any(one.fullmatch(path) for one in exclude)]
    if inside := str(said.get("dir") or ""):
        yield "dir", [path for path in tests if not _below(path, inside)]


def _hidden_by_jest(said: Mapping[str, Any], tests: list[str]) -> Iterator[tuple[str, list[str]]]:
    if match := _texts(said.get("testMatch")):
        wanted = [one for one in match if not one.startswith("!")]
        unwanted = [one[1:] for one in match if one.startswith("!")]
        yield (
            "testMatch",
            [
                path
                for path in tests
                if not any(glob(one).fullmatch(path) for one in wanted)
                or any(glob(one).fullmatch(path) for one in unwanted)
            ],
        )
    for name, keeps in (("testRegex", True), ("testPathIgnorePatterns", False)):
        if patterns := [found for one in _texts(said.get(name)) if (found := _pattern(one))]:
            yield name, [path for path in tests if keeps != any(one.search(f"/{path}") for one in patterns)]
    if roots := _texts(said.get("roots")):
        yield "roots", [path for path in tests if not any(_below(path, one) for one in roots)]


def _pattern(said: str) -> re.Pattern[str] | None:
    try:
        return re.compile(said.removeprefix(HERE))
    except re.error:
        return None


def _below(path: str, folder: str) -> bool:
    parts = PurePosixPath(f"{folder}/".removeprefix(f"{HERE}/").removeprefix("./").strip("/")).parts
    return PurePosixPath(path).parts[: len(parts)] == parts


def glob(said: str) -> re.Pattern[str]:
    """A pattern of paths as these programs write it."""
    made, deep = "", 0
    for part in PIECES.findall(said.removeprefix(f"{HERE}/").removeprefix("./")):
        if part in {"{", "}"}:
            deep += 1 if part == "{" else -1
            made += "(?:" if part == "{" else ")"
        elif part[0] == "[" and len(part) > 1:
            made += part
        elif part[1:2] == "(":
            inner = "|".join(glob(one).pattern for one in part[2:-1].split("|"))
            made += f"(?:{inner})" + {"?": "?", "+": "+", "*": "*"}.get(part[0], "")
        else:
            plain = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]", ",": "|" if deep else ","}
            made += plain.get(part) or re.escape(part)
    try:
        return re.compile(made)
    except re.error:
        return re.compile(re.escape(said))


def _named(value: object) -> list[str]:
    """All texts in a setting that may be one, a list, or a table of them."""
    if isinstance(value, Mapping):
        return [word for one in value.values() for word in _named(one)]
    if isinstance(value, list):
        return [word for one in value[:1] for word in _named(one)]
    return [value] if isinstance(value, str) else []


def _texts(value: object) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str)]


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
