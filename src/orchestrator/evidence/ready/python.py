"""What a Python project needs to run, put together from the package index and kept: nothing of the project itself."""

import asyncio
import hashlib
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shutil import which

from orchestrator import clock
from orchestrator.contain import walls
from orchestrator.contain.process import environment as surroundings
from orchestrator.domain.ready.report import Evidence
from orchestrator.domain.run import Network
from orchestrator.errors import NotPossible
from orchestrator.evidence.ready import needs as needing
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.needs import Needs
from orchestrator.evidence.ready.place import Place, Ran
from orchestrator.evidence.words import listed, short

MEASURING = "coverage>=7.11,<8"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
VERSION = "3"  # of how an environment is put together
INSIDE = Path(__file__).with_name("inside")
INSTALLS = re.compile(r"\b(setuptools|distutils|skbuild)\b")  # a setup.py that does not is a module like any other
ALONE = "It is put together with parts that are not on the package index, which we do not install: {}."
NOT_HAD = "What it is made of could not be installed, so it could not be run. {}"


@dataclass(frozen=True, slots=True)
class Environment:
    """Building blocks in a folder that nothing within the walls can write to. `roots` is where its own code lies."""

    folder: Path
    roots: tuple[str, ...]
    path: str  # where other programs are
    evidence: tuple[Evidence, ...] = ()

    @property
    def python(self) -> str:
        return str(self.folder / "bin/python")

    @property
    def ours(self) -> Path:
        """With what we measure."""
        return self.folder / "ours"

    def first(self, *, measure: bool) -> Path:
        """With what Python runs by itself before all else, so that nothing of the project takes that place."""
        return self.folder / "first" / ("measuring" if measure else "plain")

    def has(self, package: str) -> bool:
        return any(self.folder.glob(f"lib/python*/site-packages/{package}"))

    def variables(self, checkout: Path, *first: Path, measure: bool = False) -> dict[str, str]:
        """So that its own code is found, and nothing of it is run before we say so."""
        places = [*first, self.first(measure=measure), *(checkout / root for root in self.roots)]
        return {
            "PATH": f"{self.folder / 'bin'}:{self.path}",
            "VIRTUAL_ENV": str(self.folder),
            "PYTHONPATH": ":".join(map(str, places)),
        }


async def environment(look: Look) -> Environment:
    """What the project needs, installed once for all who ask. Raises NotPossible where it cannot be had."""
    return await look.once("python environment", _environment)


async def needs_any(look: Look) -> bool:
    """Whether there is anything to be installed for it to run."""
    wanted = await _wanted(look)
    return bool(wanted.wanted or wanted.left)


async def _environment(look: Look) -> Environment:
    wanted = await _wanted(look)
    if wanted.left:
        raise NotPossible(ALONE.format(listed(wanted.left)))
    kept = (look.place.cache or look.place.folder / "kept") / "environments" / _key(look, wanted)
    evidence: tuple[Evidence, ...] = ()
    if not await asyncio.to_thread((kept / "whole").is_file):
        look.place.say("Installing what it needs.")
        evidence = tuple([look.ran(one) for one in await _install(look, wanted, kept)])
    await asyncio.to_thread(_comes_first, kept)
    look.place.tools = tuple({*look.place.tools, kept, INSIDE})
    path = (await asyncio.to_thread(surroundings, look.place.home))["PATH"]
    return Environment(kept, tuple(roots(look.texts)), path, evidence)


def _comes_first(kept: Path) -> None:
    """Under the name that Python looks for only here: in our own folders it would be run before our own tests."""
    for kind in ("measuring", "plain"):
        folder = kept / "first" / kind
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(INSIDE / f"first_{kind}.py", folder / "sitecustomize.py")


async def _wanted(look: Look) -> Needs:
    if "uv.lock" not in look.texts:
        return await asyncio.to_thread(needing.needs, look.texts)
    command = [await uv(look.place), "export", "--frozen", "--no-config", "--offline", "--no-header", "--no-annotate"]
    command += ["--no-emit-project", "--all-groups", "--all-extras", "--no-hashes", "--output-file"]
    target = look.place.home / "exported.txt"
    ran = await look.place.run("read the lock file", [*command, str(target)], seconds=60, env=_settings(look.place))
    if not ran.ok:
        raise NotPossible(f"Its lock file could not be read. {reason(ran)}")
    text = await asyncio.to_thread(target.read_text, "utf-8", "replace")
    lines = [line for line in needing.joined(text) if not line.startswith("#")]
    return Needs(needing.cleaned(lines), left=tuple(line for line in lines if not needing.clean(line)))


async def _install(look: Look, wanted: Needs, kept: Path) -> list[Ran]:
    """In a folder within the walls, which is put where nothing within can reach it when it is whole."""
    place, program = look.place, await uv(look.place)
    new = place.home / "environment"
    await asyncio.to_thread(shutil.rmtree, new, ignore_errors=True)
    python = [walls.python()[0][0]]
    ran = [await _one(place, "make an environment", [program, "venv", "-q", "--no-config", "-p", *python, str(new)])]
    ran += [await _packages(place, program, new, wanted)]
    pip = [program, "pip", "install", "--no-config", "-q", "--compile-bytecode", "--python", str(new / "bin/python")]
    ran += [await _one(place, "install pytest", [*pip, "pytest>=8"])]
    ran += [await _one(place, "install what we measure with", [*pip, "--target", str(new / "ours"), MEASURING])]
    await asyncio.to_thread(keep, new, kept)
    return ran


async def _packages(place: Place, program: str, new: Path, wanted: Needs) -> Ran:
    pip = [program, "pip", "install", "--no-config", "-q", "--compile-bytecode", "--python", str(new / "bin/python")]
    for lines in (wanted.wanted, wanted.fewer):
        listed_in, fixed_in = place.home / "wanted.txt", place.home / "fixed.txt"
        await asyncio.to_thread(listed_in.write_text, "\n".join(lines) + "\n", "utf-8")
        await asyncio.to_thread(fixed_in.write_text, "\n".join(wanted.fixed) + "\n", "utf-8")
        ran = await place.run(
            "install what it needs",
            [*pip, "-r", str(listed_in), "-c", str(fixed_in)],
            network=Network.LISTED,
            env=_settings(place),
            cwd=place.home,
            seconds=600,
        )
        if ran.ok:
            return ran
    raise NotPossible(NOT_HAD.format(reason(ran)))


async def _one(place: Place, name: str, command: Sequence[str]) -> Ran:
    ran = await place.run(name, command, network=Network.LISTED, env=_settings(place), cwd=place.home)
    if not ran.ok:
        raise NotPossible(NOT_HAD.format(reason(ran)))
    return ran


async def uv(place: Place) -> str:
    """The program that installs, from this machine or from the package index. Raises NotPossible."""
    tools = (place.cache or place.folder / "kept") / "tools"
    if known := await asyncio.to_thread(_known, f"{sys.prefix}/uv/bin/uv", f"{tools}/uv/bin/uv"):
        place.tools = tuple({*place.tools, known})
        return str(known)
    new, python = place.home / "uv", walls.python()[0][0]
    await _one(place, "make room for uv", [python, "-m", "venv", str(new)])
    await _one(place, "install uv", [str(new / "bin/python"), "-m", "pip", "install", "-q", "uv>=0.9,<1"])
    await asyncio.to_thread(keep, new, tools / "uv")
    place.tools = tuple({*place.tools, tools / "uv"})
    return f"{tools}/uv/bin/uv"


async def tool(place: Place, name: str, package: str) -> Path:
    """A program of ours in an environment of its own, kept for the next time. Raises NotPossible."""
    kept = (place.cache or place.folder / "kept") / "tools" / name
    if not await asyncio.to_thread((kept / "whole").is_file):
        program, new = await uv(place), place.home / name
        base = walls.python()[0][0]
        await _one(place, f"make room for {name}", [program, "venv", "-q", "--no-config", "-p", base, str(new)])
        pip = [
            program,
            "pip",
            "install",
            "--no-config",
            "-q",
            "--compile-bytecode",
            "--python",
            str(new / "bin/python"),
        ]
        await _one(place, f"install {name}", [*pip, package])
        await asyncio.to_thread(keep, new, kept)
    place.tools = tuple({*place.tools, kept})
    return kept


def _known(*places: str) -> Path | None:
    found = (which("uv"), *places)
    return next((Path(one).resolve() for one in found if one and Path(one).is_file()), None)


def roots(texts: dict[str, str]) -> list[str]:
    """The folders from which its own code is imported, as if it were installed."""
    found = [""]
    for path, text in texts.items():
        at = PurePosixPath(path)
        if at.name in {"pyproject.toml", "setup.cfg"} or (at.name == "setup.py" and INSTALLS.search(text)):
            base = "" if str(at.parent) == "." else f"{at.parent}/"
            found.append(base)
            if any(other.startswith(f"{base}src/") and other.endswith(".py") for other in texts):
                found.append(f"{base}src")
    if any(path.startswith("src/") and path.endswith(".py") for path in texts):
        found.append("src")
    return list(dict.fromkeys(found))


def _key(look: Look, wanted: Needs) -> str:
    """What is not locked may be newer tomorrow."""
    day = "" if look.stack.locked else f"{clock.now():%Y-%m-%d}"
    told = [VERSION, sys.version, MEASURING, day, *wanted.wanted, "/", *wanted.fixed]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:24]


def certificates() -> dict[str, str]:
    """Where programs find those that this machine trusts."""
    return {"SSL_CERT_FILE": str(CERTIFICATES), "PIP_CERT": str(CERTIFICATES)} if CERTIFICATES.is_file() else {}


def _settings(place: Place) -> dict[str, str]:
    return {
        **certificates(),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_LINK_MODE": "copy",
        "UV_CACHE_DIR": str(place.home / ".cache/uv"),
    }


def keep(new: Path, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_name(f"{kept.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(new, part, symlinks=True)
    (part / "whole").touch()
    part.rename(kept)


def reason(ran: Ran) -> str:
    if ran.ended.why:
        return ran.ended.why
    said = [line for line in re.sub(r"[×╰─▶│]+", "", ran.output).splitlines() if line.strip()]
    return short(" ".join(said[-2:]), 200)
