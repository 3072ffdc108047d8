"""Which files a prototype consists of: pure, from the vision and what stands in the folder already."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from orchestrator.executors.starter import checks, words
from orchestrator.executors.starter.project import Feature, Phase, Project

MARK = "Made by the starter"  # stands near the top of every file that is ours; a file without it is somebody else's
SHELTER = "prototype_site/"  # where the prototype goes when the repository has an app.py or a prototype of its own
TEMPLATES = Path(__file__).resolve().parent / "templates"
HALF = ".starter"  # ends the name of a file that is being written; it may be left behind when we are killed
NOTES = 20  # of a phase; the newest are kept


class Ground(NamedTuple):
    """The folder that is built in: where the site goes in it, and what the features there are called."""

    folder: Path
    within: str  # "" or SHELTER
    slugs: Mapping[str, str]  # by the id of the feature
    there: frozenset[str]  # ids of the features that have a page
    built: Mapping[int, frozenset[str]]  # by the number of a phase that was built: the ids of its features


def survey(folder: Path, project: Project) -> Ground:
    within = _within(folder)
    there = {str(made["id"]): name for name, made in _made(folder / within / "prototype" / "features") if "id" in made}
    built = dict(_built(made) for _, made in _made(folder / within / "prototype" / "phases"))
    slugs = {feature.id: words.slug(feature.id, feature.title) for feature in project.features}
    return Ground(folder, within, slugs | there, frozenset(there), built)


def base(ground: Ground, project: Project) -> dict[str, str]:
    """The site without its features. README and .gitignore only where the repository has none."""
    files = {f"{ground.within}{path}": text for path, text in _templates() if not path.startswith("tests/")}
    readme = files.pop(f"{ground.within}README.md")
    ignore = files.pop(f"{ground.within}gitignore")
    if _ours_or_none(ground.folder, "README*"):
        name = words.plain(project.name).replace("<", "‹").replace(">", "›")
        files["README.md"] = readme.replace("{FOLDER}", ground.within).replace("{NAME}", name)
    if _ours_or_none(ground.folder, ".gitignore"):
        files[".gitignore"] = ignore
    return files


def base_tests() -> dict[str, str]:
    return {path: text for path, text in _templates() if path.startswith("tests/")}


def phase_tests(ground: Ground, phase: Phase) -> dict[str, str]:
    return {f"tests/test_phase_{phase.number}.py": checks.of_phase(phase, ground.slugs)}


def phase_files(ground: Ground, project: Project, phase: Phase, asked: str) -> dict[str, str]:
    """New files only, one for each feature and one for the phase, so that a phase can be taken back by itself."""
    at = f"{ground.within}prototype/"
    before = {id for number, ids in ground.built.items() if number < phase.number for id in ids}
    mine = [one for one in phase.features if one.id not in before]
    files = {f"{at}features/{ground.slugs[one.id]}.json": _feature(project, one) for one in mine}
    return files | {phase_place(ground, phase): _phase(ground, phase, asked)}


def phase_place(ground: Ground, phase: Phase) -> str:
    return f"{ground.within}prototype/phases/phase_{phase.number}.json"


def ours(path: Path) -> bool:
    """May it be written: it is not there, or it bears the mark."""
    if not path.exists() and not path.is_symlink():
        return True
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return MARK.encode() in file.read(1000)


def notes(ground: Ground, phase: Phase, asked: str) -> list[str]:
    """All that was asked for in this phase, the newest last."""
    path = ground.folder / phase_place(ground, phase)
    before = _known(path).get("noted") if path.is_file() and ours(path) else None
    known = [str(note) for note in before] if isinstance(before, list) else []
    return (known + [asked] * (bool(asked) and asked not in known))[-NOTES:]


def _feature(project: Project, feature: Feature) -> str:
    return _json(
        id=feature.id,
        title=feature.title,
        description=feature.description,
        why=project.why(feature),
        fields=words.fields(feature.title, feature.description),
    )


def _phase(ground: Ground, phase: Phase, asked: str) -> str:
    return _json(
        number=phase.number,
        title=phase.title,
        outcome=phase.outcome,
        features=[feature.id for feature in phase.features],
        pages=[ground.slugs[feature.id] for feature in phase.features],
        criteria=[{"id": one.id, "text": one.text, "feature": one.feature} for one in phase.criteria],
        noted=notes(ground, phase, asked),
    )


def _json(**content: object) -> str:
    return (
        json.dumps({"about": f"{MARK}, a prototype maker that is not an AI.", **content}, indent=2, ensure_ascii=False)
        + "\n"
    )


def _within(folder: Path) -> str:
    """Once begun, it stays where it is; it begins in the shelter when the names it needs are taken."""
    known = folder / "prototype" / "server.py"
    if known.is_file() and ours(known):
        return ""
    if (folder / SHELTER).exists():
        return SHELTER
    return "" if ours(folder / "app.py") and not _taken(folder / "prototype") else SHELTER


def _taken(folder: Path) -> bool:
    """Something stands there that is not ours."""
    if not folder.is_dir() or folder.is_symlink():
        return folder.exists() or folder.is_symlink()
    return any(not ours(path) for path in folder.rglob("*") if path.is_file() and path.suffix not in {".pyc", HALF})


def _made(folder: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """The files of ours in a folder of the prototype, by name."""
    for path in sorted(folder.glob("*.json")):
        if ours(path):
            yield path.stem, _known(path)


def _built(made: dict[str, object]) -> tuple[int, frozenset[str]]:
    number, features = made.get("number"), made.get("features")
    ids = frozenset(map(str, features)) if isinstance(features, list) else frozenset()
    return number if isinstance(number, int) else 0, ids


def _known(path: Path) -> dict[str, object]:
    """What one of our own files holds; nothing where somebody broke it."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _ours_or_none(folder: Path, pattern: str) -> bool:
    return all(ours(path) for path in folder.glob(pattern))


def _templates() -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_file():
            yield path.relative_to(TEMPLATES).as_posix().removesuffix(".txt"), path.read_text("utf-8")
