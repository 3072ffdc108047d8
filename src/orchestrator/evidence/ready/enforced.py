"""Whether every change is tested before it gets in, and a failing test stops it: by what the automation is told."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import PurePosixPath

from orchestrator.evidence.places import is_automation, is_python_test, is_script_test
from orchestrator.evidence.ready import gitlab, workflows
from orchestrator.evidence.ready.commands import Testing
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.words import counted, short


async def enforced(look: Look) -> Found:
    """Prove it by a workflow that runs all tests for each pull request, and in which none may fail unnoticed."""
    found = [*workflows.flows(look.texts), *gitlab.flows(look.texts)]
    if not found:
        return _without(look.texts)
    testing = [flow for flow in found if flow.runs] or found
    whole = [flow for flow in testing if not flow.problem]
    if not whole:
        flow = testing[0]
        return failed(f"{flow.path} {flow.problem}.", look.read([flow.path]))
    runs = [run for flow in whole for run in flow.runs]
    paths = [flow.path for flow in whole]
    return _judged(look, paths, runs)


def _without(texts: Mapping[str, str]) -> Found:
    others = [path for path in texts if is_automation(path) and not path.startswith(workflows.FOLDER)]
    if others:
        return unchecked(f"There is no checker for automation like {others[0]} yet.")
    return failed("Nothing runs the tests when a change is handed in.")


def _judged(look: Look, paths: list[str], runs: list[Testing]) -> Found:
    where = paths[0]
    if not runs:
        return failed(f"{where} runs no tests that we could find.", look.read(paths))
    firm = [run for run in runs if run.firm]
    if not firm:
        run = runs[0]
        why = run.left or run.part
        said = f"{where} runs the tests, but “{short(run.command, 80)}” {why}."
        return (unchecked if "cannot" in why or "could not" in why else failed)(said, look.read(paths))
    wanted = list(_tests(look.tree))
    if not wanted and all(run.language != "other" for run in firm):
        return failed(f"{where} runs tests, but there are none.", look.read(paths))
    left = [path for path in wanted if not any(_reaches(run, path) for run in firm)]
    if left:
        number = f"{len(wanted) - len(left):,} of {counted(len(wanted), 'file')}"
        return failed(f"{where} runs the tests in {number}: {left[0]} is left out.", look.read(paths))
    said = f"“{short(firm[0].command, 80)}” runs for each pull request, and stops it when a test fails."
    return proven(said, look.read(paths, "\n".join(run.command for run in firm)))


def _tests(paths: Iterable[str]) -> Iterator[str]:
    """The files of tests that are the project's own. Data of tests may look like some."""
    for path in paths:
        parts = set(PurePosixPath(path).parts)
        if (is_python_test(path) or is_script_test(path)) and not parts & {"fixtures", "testdata", "data", "vendor"}:
            yield path


def _reaches(run: Testing, path: str) -> bool:
    if run.language == "other":
        return True
    if is_python_test(path) != (run.language == "python"):
        return False
    inside = path.removeprefix(f"{run.folder}/") if run.folder else path
    if run.folder and inside == path:
        return False
    places = [place.removeprefix("./") for place in run.paths if place not in {".", "./"}]
    if not places or len(places) < len(run.paths):
        return True
    return any(inside == one or inside.startswith(f"{one}/") or fnmatch(inside, one) for one in places)


PROOFS = (Proof("T11", enforced),)
