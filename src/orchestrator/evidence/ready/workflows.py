"""Whether every change is tested before it gets in: what GitHub is told to do is read as GitHub reads it. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import Any

from orchestrator.evidence.places import WORDS
from orchestrator.evidence.ready import commands, shell
from orchestrator.evidence.ready.commands import Testing
from orchestrator.evidence.ready.yamls import mapping, mappings, part, strings

FOLDER = ".github/workflows/"
MAIN = ("main", "master", "trunk", "develop")
ALWAYS = {"", "true", "success()", "always()", "!cancelled()", "success() || failure()"}
NEVER = {"false", "0", "''", "null", "failure()", "cancelled()", "github.event_name == 'push'"}
HOSTED = re.compile(r"(?:ubuntu|macos|windows)-[\w.-]+|self-hosted|\$\{\{\s*matrix\.[\w.-]+\s*\}\}")
OWN_HEAD = re.compile(r"^$|github\.(?:sha|ref|head_ref)\b|pull_request\.(?:head|merge_commit)")
# What a step before the tests may do so that they are other tests, or none.
MEDDLES = re.compile(
    r"GITHUB_ENV|GITHUB_PATH|ADDOPTS|\brm\s+-\w*r[^\n]*test|git\s+(?:checkout|reset|restore)\b|sed\s+-i"
)
DEPTH = 3


@dataclass(frozen=True, slots=True)
class Flow:
    """What one workflow does with the tests. `problem` says why it does not run for each change."""

    path: str
    problem: str
    runs: tuple[Testing, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A job in its workflow, with what it inherits."""

    flow: Mapping[Any, Any]
    job: Mapping[Any, Any]
    texts: Mapping[str, str]
    left: str = ""


def flows(texts: Mapping[str, str]) -> Iterator[Flow]:
    """Those that GitHub would find. The ones that are only called by others come with their callers."""
    for path, text in texts.items():
        if path.startswith(FOLDER) and "/" not in path.removeprefix(FOLDER) and path.endswith((".yml", ".yaml")):
            known = mapping(text)
            if known is None:
                yield Flow(path, "cannot be read", ())
            else:
                yield Flow(path, trigger(known, texts), tuple(_jobs(known, texts, 0)))


def trigger(flow: Mapping[Any, Any], texts: Mapping[str, str]) -> str:
    """Why it does not run for each pull request; empty where it does."""
    on = flow.get("on", flow.get(True))  # YAML reads a bare `on` as a truth
    names = {on} if isinstance(on, str) else set(on) if isinstance(on, list | dict) else set()
    if "pull_request" not in names:
        return "does not run on pull requests"
    told = on.get("pull_request") if isinstance(on, dict) else None
    return _narrowed(told, texts) if isinstance(told, dict) else ""


def _narrowed(told: Mapping[Any, Any], texts: Mapping[str, str]) -> str:
    types = strings(told.get("types"))
    if types and not {"opened", "synchronize"} <= set(types):
        return "does not run when a pull request is opened or changed"
    branches, without = strings(told.get("branches")), strings(told.get("branches-ignore"))
    if branches and not any(_matches(branches, name) for name in MAIN):
        return f"runs only for pull requests to {branches[0]}, not to the main branch"
    if any(_matches(without, name) for name in MAIN[:2]):
        return "leaves out pull requests to the main branch"
    return _paths(strings(told.get("paths")), strings(told.get("paths-ignore")), texts)


def _paths(only: list[str], without: list[str], texts: Mapping[str, str]) -> str:
    code = [path for path in texts if not path.endswith(tuple(WORDS)) and not path.startswith((".github/", "docs/"))]
    left = [path for path in code if (only and not _matches(only, path)) or _matches(without, path)]
    return f"does not run when {left[0]} changes" if left else ""


def _matches(patterns: list[str], name: str) -> bool:
    found = False
    for pattern in patterns:
        if fnmatch(name, pattern.removeprefix("!").replace("**/", "*")):
            found = not pattern.startswith("!")
    return found


def _jobs(flow: Mapping[Any, Any], texts: Mapping[str, str], depth: int, left: str = "") -> Iterator[Testing]:
    jobs = part(flow, "jobs")
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        if isinstance(job, dict):
            why = left or _skipped(jobs, str(name), set())
            yield from _job(Job(flow, job, texts, why), depth)


def _skipped(jobs: Mapping[Any, Any], name: str, seen: set[str]) -> str:
    """Why a job, or one that it waits for, is not run or may fail."""
    job = jobs.get(name)
    if not isinstance(job, dict) or name in seen:
        return "waits for a job that there is not"
    why = _condition(job) or _forgiven(job) or _nowhere(job)
    return why or next((why for one in strings(job.get("needs")) if (why := _skipped(jobs, one, {*seen, name}))), "")


def _condition(about: Mapping[Any, Any]) -> str:
    said = about.get("if", "")
    plain = re.sub(r"^\$\{\{\s*|\s*\}\}$", "", str(said).strip()).strip()
    if said is False or plain.lower() in NEVER or plain.replace('"', "'") in NEVER:
        return "is never run for a pull request, because of its condition"
    return "" if plain in ALWAYS or said is True else "is run only under a condition that we cannot judge"


def _forgiven(about: Mapping[Any, Any]) -> str:
    said = about.get("continue-on-error", False)
    return "" if said is False or str(said).lower() == "false" else "may fail, because it continues on error"


def _nowhere(job: Mapping[Any, Any]) -> str:
    matrix = part(job, "strategy", "matrix")
    if isinstance(matrix, dict) and any(value in ([], None) for value in matrix.values()):
        return "is never run, because there is nothing in its matrix"
    if "uses" in job:
        return ""
    labels = strings(job.get("runs-on")) or strings(part(job, "runs-on", "labels"))
    if not any(HOSTED.fullmatch(label) for label in labels):
        return "is to run on a machine that we do not know"
    return ""


def _job(job: Job, depth: int) -> Iterator[Testing]:
    uses = job.job.get("uses")
    if isinstance(uses, str):
        called = mapping(job.texts.get(uses.removeprefix("./"), "")) if uses.startswith("./") else None
        if called and depth < DEPTH:
            yield from _jobs(called, job.texts, depth + 1, job.left)
        return
    yield from _steps(job, list(mappings(job.job.get("steps"))), depth, checked=False)


def _steps(job: Job, steps: list[dict[Any, Any]], depth: int, *, checked: bool) -> Iterator[Testing]:
    """The steps in their order: what is done before the tests may make others of them."""
    meddled = ""
    for step in steps:
        uses = str(step.get("uses", ""))
        if uses.startswith("actions/checkout@"):
            checked, meddled = True, meddled or _elsewhere(step)
        left = job.left or meddled or _condition(step) or _forgiven(step)
        if uses.startswith("./") and depth < DEPTH:
            inner = next(
                (one for name in ("action.yml", "action.yaml") if (one := job.texts.get(f"{uses[2:]}/{name}"))), ""
            )
            composite = list(mappings(part(mapping(inner), "runs", "steps")))
            yield from _steps(replace(job, left=left), composite, depth + 1, checked=checked)
        elif isinstance(step.get("run"), str):
            nothing = "" if checked else "is run without the code, which is not checked out before it"
            yield from (replace(one, left=one.left or left or nothing) for one in _run(job, step))
            if MEDDLES.search(step["run"]):
                meddled = meddled or "is run after a step that changes what is tested, or how"


def _elsewhere(step: Mapping[Any, Any]) -> str:
    told = part(step, "with") or {}
    if told.get("repository") or not OWN_HEAD.search(str(told.get("ref", ""))):
        return "is run on other code than that of the pull request"
    return ""


def _run(job: Job, step: Mapping[Any, Any]) -> Iterator[Testing]:
    where = step.get("working-directory") or _default(job, "working-directory") or ""
    stops = stands(str(step.get("shell") or _default(job, "shell") or ""))
    folder = str(where).removeprefix("./").rstrip("/")
    env = _variables(job.flow, job.job, step)
    if stops is None:
        found = shell.calls(str(step["run"]), stops=False, folder=folder)
        found = tuple(replace(one, left=one.left or "unclear") for one in found)
    else:
        found = shell.calls(str(step["run"]), stops=stops[0], pipes=stops[1], folder=folder)
    for call in found:
        yield from commands.followed(replace(call, env=(*env, *call.env)), job.texts)


def _default(job: Job, name: str) -> Any:
    return part(job.job, "defaults", "run", name) or part(job.flow, "defaults", "run", name)


def stands(shell_name: str) -> tuple[bool, bool] | None:
    """Whether a failing command stops a step with this shell, and one within a pipe; None where we do not know it."""
    known = {"": (True, False), "bash": (True, True), "sh": (True, False)}
    if shell_name in known:
        return known[shell_name]
    if found := re.fullmatch(r"bash((?:\s+--?[\w-]+)*?(?:\s+pipefail)?)\s+\{0\}", shell_name):
        options = re.sub(r"--\w+", "", found[1])
        return bool(re.search(r"-\w*e", options)), "pipefail" in options
    return None


def _variables(*places: Mapping[Any, Any]) -> tuple[str, ...]:
    """Those that programs of tests take options from."""
    found = [place.get("env") for place in places]
    told = {str(name): str(value) for env in found if isinstance(env, dict) for name, value in env.items()}
    return tuple(f"{name}={value}" for name, value in told.items() if "ADDOPTS" in name or name == "NODE_OPTIONS")
