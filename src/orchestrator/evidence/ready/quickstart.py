"""Whether others can start it: the first commands of the README are typed in, in a clean copy, as they stand there."""

import asyncio
import ensurepip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from orchestrator.contain import walls
from orchestrator.domain.run import Network
from orchestrator.errors import NotPossible
from orchestrator.evidence import reports, repository
from orchestrator.evidence.ready import makefile, pages, prose, python, shell
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.place import Ran
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.ready.stack import package, toml
from orchestrator.evidence.words import counted, short

README = re.compile(r"readme(?:\.(?:md|rst|txt))?", re.IGNORECASE)
FIRST = re.compile(r"quick[ -]?start|getting started|get started|try it", re.IGNORECASE)
SECOND = re.compile(r"install|set ?up|usage|how to (?:run|use|start)|running|run it|start", re.IGNORECASE)
ASIDE = re.compile(r"docker|container|windows|powershell|alternativ|kubernetes|from source|develop", re.IGNORECASE)
SERVER = re.compile(
    r"\b(?:FastAPI|Flask|Starlette|Quart|Litestar)\(|\bHTTPServer\(|\bserve_forever\(|createServer\(|\bexpress\(\)"
)
DRIVER = python.INSIDE / "commands_of_a_page.py"
PIP = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
FEWEST_WORDS, EACH_S, ALL_S = 40, 180, 420
PARTS = ("/usr/local/bin", "/usr/bin", "/bin")


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of the commands of a page, as far as they went."""

    commands: tuple[str, ...]
    done: tuple[dict[str, Any], ...]
    ran: Ran

    @property
    def served(self) -> list[int]:
        return [one["status"] for one in self.done if "status" in one]


async def started(look: Look) -> Found:
    """Prove it by typing what the README says."""
    path = next((one for one in sorted(look.texts) if README.fullmatch(one)), "")
    if not path:
        return failed("There is no README.")
    text = look.texts[path]
    if why := next(prose.lacking(text, FEWEST_WORDS), ""):
        return failed(f"{path} {why}.", look.read([path]))
    commands = pages.commands(told(text))
    if not commands:
        return failed(f"{path} does not say with which commands to start.", look.read([path]))
    if odd := _odd(look, commands):
        return odd
    return await _typed(look, path, commands)


def told(text: str) -> list[str]:
    """The pieces of shell in its quick start, or where there is none in what it says of installing and using it."""
    parts = prose.sections(text)
    for wanted in (FIRST, SECOND):
        chosen = [part for title, part in parts.items() if wanted.search(title) and not ASIDE.search(title)]
        pieces = [piece for part in chosen for piece in pages.shown(_main(part))]
        if pieces:
            return list(dict.fromkeys(pieces))
    return []


def _main(part: str) -> str:
    """Without smaller parts about other ways to do the same."""
    for title, inner in prose.sections(part).items():
        if ASIDE.search(title):
            part = part.replace(inner, "\n")
    return part


def _odd(look: Look, commands: Sequence[str]) -> Found | None:
    if other := next((name for one in commands if (name := pages.not_run(one))), ""):
        return unchecked(f"The quick start uses {other}, which we do not run, so it was not tried.")
    if hidden := next((said for one in commands if (said := pages.hides(one))), ""):
        return failed(f"The quick start would not show that “{short(hidden, 60)}” fails.")
    if not any(_about(look, one) for one in commands):
        return failed("The commands of the quick start start nothing of the project.")
    return None


def _about(look: Look, command: str) -> bool:
    """Whether it runs something of the project, more than installing it."""
    if pages.INSTALLS.search(command):
        return False
    words = [word for call in shell.calls(command, stops=True) for word in call.words]
    if set(words[:1]) & {"echo", "true", "ls", "cat", "cp", "mkdir", "cd", "test", ":"}:
        return False
    names = {*_names(look), *makefile.targets(look.texts), "test", "start"}
    plain = {word.removeprefix("./").rstrip("/") for word in words}
    inner = {name for word in words for name in re.split(r"[^\w-]+", word)}
    return bool(plain & look.tree.keys() or (plain | inner) & names)


def _names(look: Look) -> set[str]:
    """What the project calls itself, its modules and its programs."""
    about = toml(look.texts, "pyproject.toml").get("project", {})
    scripts = {**about.get("scripts", {}), **(package(look.texts).get("scripts") or {})}
    code = [PurePosixPath(path) for path in look.tree if path.endswith((".py", ".js", ".ts"))]
    parts = {path.stem for path in code} | {part for path in code for part in path.parts[:-1]}
    return ({str(about.get("name", "")), *map(str, scripts)} | parts) - {"", "src", "tests", "test", "__init__"}


async def _typed(look: Look, path: str, commands: list[str]) -> Found:
    tried = await look.once("quick start", lambda here: _try(here, commands))
    evidence = look.ran(tried.ran)
    if said := _wrong(path, commands, tried) or _too_little(look, tried):
        return failed(said, evidence)
    if len(tried.done) < len(commands) or not tried.ran.ok:
        return unchecked("The quick start was not tried to its end.", evidence)
    up = ", and what it starts answers" if tried.served else ""
    number = counted(len(commands), "command")
    return proven(f"The quick start in {path} works as it stands there: {number}{up}.", evidence, look.read([path]))


def _wrong(path: str, commands: list[str], tried: Tried) -> str:
    """What is the matter with the command at which it ended; empty where nothing is."""
    last = tried.done[-1] if tried.done else {"code": None}
    at = short(commands[max(0, len(tried.done) - 1)], 80)
    if last.get("silent"):
        return f"What “{at}” in {path} starts does not answer."
    if tried.ran.ended.timed_out or ("code" in last and last["code"] is None):
        return f"“{at}” in {path} neither came to an end nor answered within {EACH_S // 60} minutes."
    if code := last.get("code"):
        return _fails(path, at, int(code), tried.ran)
    return ""


def _too_little(look: Look, tried: Tried) -> str:
    if wrong := [status for status in tried.served if status >= 500]:  # noqa: PLR2004 - an error of the server
        return f"What the quick start starts answers with an error: {wrong[0]}."
    if not tried.served and _serves(look):
        return "The quick start does not start the server that the project has."
    return ""


def _fails(path: str, at: str, code: int, ran: Ran) -> str:
    if (gone := re.search(r"(\S+): command not found", ran.output)) and "/" not in gone[1]:
        return f"“{at}” in {path} needs “{gone[1]}”, which is not there after the commands before it."
    return f"“{at}” in {path} does not work: it ends with {code}."


def _serves(look: Look) -> bool:
    product = {path: text for path, text in look.texts.items() if not path.startswith(("tests/", "test/", "docs/"))}
    return any(SERVER.search(text) for path, text in product.items() if path.endswith((".py", ".js", ".ts", ".mjs")))


async def _try(look: Look, commands: list[str]) -> Tried:
    place = look.place
    home = place.home / "reader"
    copy = home / "copy"
    await repository.checkout(look.source, look.commit, copy)
    own = await _python(look, home)
    plan, report = home / "plan.json", home / "done.json"
    said = {"commands": commands, "seconds": EACH_S, "state": str(home / "state"), "folder": str(home / "folder")}
    await asyncio.to_thread(plan.write_text, json.dumps(said), "utf-8")
    place.tools = tuple({*place.tools, python.INSIDE, *walls.python()[1]})
    bare = walls.python()[0]
    env = {"PATH": ":".join((*own, *PARTS)), "VIRTUAL_ENV": str(home / "venv"), **python.certificates()}
    ran = await place.run(
        "quick start",
        (*bare, str(DRIVER), str(plan), str(report)),
        seconds=ALL_S,
        network=Network.LISTED,
        env=env,
        cwd=copy,
    )
    written = await asyncio.to_thread(reports.content, report)
    done = json.loads(written or "[]")
    return Tried(tuple(commands), tuple(one for one in done if isinstance(one, dict)), ran)


async def _python(look: Look, home: Path) -> list[str]:
    """A Python of the reader's own into which things can be installed, and uv where it can be had."""
    bare = walls.python()[0][0]
    command = (bare, "-m", "venv", *(("--without-pip",) if PIP else ()), str(home / "venv"))
    made = await look.place.run("a Python for the reader", command, cwd=look.place.home)
    if not made.ok:
        raise NotPossible("We could not set up a Python in which to try the quick start.")
    if PIP:
        await asyncio.to_thread(_with_pip, home / "venv")
    folders = [str(home / "venv/bin")]
    if any(re.search(r"\buvx?\b", one) for one in pages.commands(told("\n".join(look.files("readme*").values())))):
        folders.append(str(Path(await python.uv(look.place)).parent))
    return [*folders, str(Path(bare).parent)]


def _with_pip(folder: Path) -> None:
    """The installer that comes with Python, used from where it lies: unpacking it takes seconds."""
    packages = next(folder.glob("lib/python*/site-packages"))
    (packages / "pip.pth").write_text(f"{PIP[0]}\n", "utf-8")
    script = f"#!{folder}/bin/python\nimport sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"
    for name in ("pip", "pip3"):
        (folder / "bin" / name).write_text(script, "utf-8")
        (folder / "bin" / name).chmod(0o755)


PROOFS = (Proof("D1", started, network=True),)
