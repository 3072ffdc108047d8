"""What GitLab is told to do with the tests when something is handed in, read as GitLab reads it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from orchestrator.evidence.ready import commands, shell
from orchestrator.evidence.ready.commands import Testing
from orchestrator.evidence.ready.workflows import MEDDLES, Flow
from orchestrator.evidence.ready.yamls import mapping, mappings, strings

FILE = ".gitlab-ci.yml"
NO_JOBS = {
    *("stages", "variables", "default", "workflow", "include", "image", "services", "cache", "before_script"),
    *("after_script", "spec"),
}
REQUEST = "merge_request_event"


def flows(texts: Mapping[str, str]) -> Iterator[Flow]:
    if FILE not in texts:
        return
    known = mapping(texts[FILE])
    if known is None:
        yield Flow(FILE, "cannot be read", ())
        return
    problem = (
        "takes parts from elsewhere, so that it could not be followed"
        if "include" in known
        else _rules(
            mappings((known.get("workflow") or {}).get("rules") if isinstance(known.get("workflow"), dict) else None)
        )
    )
    yield Flow(FILE, problem, tuple(_jobs(known, texts)))


def _jobs(known: Mapping[Any, Any], texts: Mapping[str, str]) -> Iterator[Testing]:
    for name, said in known.items():
        if isinstance(said, dict) and name not in NO_JOBS and not str(name).startswith("."):
            yield from _job(known, _whole(known, said, 0), texts)


def _whole(known: Mapping[Any, Any], job: Mapping[Any, Any], depth: int) -> dict[Any, Any]:
    """With what it extends."""
    found: dict[Any, Any] = {}
    for parent in strings(job.get("extends")):
        if isinstance(known.get(parent), dict) and depth < 5:  # noqa: PLR2004 - deeper nobody nests them
            found |= _whole(known, known[parent], depth + 1)
    return found | dict(job)


def _job(known: Mapping[Any, Any], job: Mapping[Any, Any], texts: Mapping[str, str]) -> Iterator[Testing]:
    default = known.get("default") if isinstance(known.get("default"), dict) else {}
    before = job.get("before_script", (default or {}).get("before_script", known.get("before_script")))
    lines = [*_flat(before), *_flat(job.get("script"))]
    left = _left(job) or (
        "is run after a line that changes what is tested, or how" if MEDDLES.search("\n".join(lines[:-1])) else ""
    )
    variables = {**_dict(known.get("variables")), **_dict(job.get("variables"))}
    env = tuple(f"{name}={value}" for name, value in variables.items() if "ADDOPTS" in str(name))
    # Each line ends the job when it fails, and so does a command within a pipe.
    for call in shell.calls("\n".join(lines), stops=True, pipes=True):
        for found in commands.followed(replace(call, env=(*env, *call.env)), texts):
            yield replace(found, left=found.left or left)


def _left(job: Mapping[Any, Any]) -> str:
    if job.get("allow_failure") not in (None, False):
        return "may fail, because failing is allowed"
    if job.get("when") in ("manual", "never", "delayed", "on_failure"):
        return "is not run by itself"
    only = strings(job.get("only")) or strings(_dict(job.get("only")).get("refs"))
    if only and not {"merge_requests", "branches"} & set(only):
        return f"is run only for {only[0]}"
    if job.get("except") is not None:
        return "is run only under a condition that we cannot judge"
    return _rules(mappings(job.get("rules")))


def _rules(rules: Iterator[dict[Any, Any]]) -> str:
    """Why it is not run for a merge request; the first rule that holds decides."""
    any_rule = False
    for rule in rules:
        any_rule = True
        said = str(rule.get("if", ""))
        plain = rule.keys() <= {"if", "when", "allow_failure"}
        if rule.get("allow_failure") not in (None, False):
            return "may fail, because failing is allowed"
        if (not said or (REQUEST in said and "!=" not in said and "&&" not in said)) and plain:
            stopped = rule.get("when") in ("manual", "never", "delayed", "on_failure")
            return "is not run for merge requests" if stopped else ""
        if rule.get("when") != "never" and not plain:
            return "is run only under a condition that we cannot judge"
    return "does not run on merge requests" if any_rule else ""


def _flat(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, list):
            yield from _flat(one)
        elif isinstance(one, str):
            yield one


def _dict(value: object) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
