"""What a run of SCAR comes to, once git has been asked: its word alone is worth nothing. Pure."""

from typing import Any

from orchestrator.domain.run import Job, Report, RunKind
from orchestrator.executors.scar import commands, replies
from orchestrator.executors.scar.replies import Verdict
from orchestrator.ports import Brought

NOT_BUILT = "SCAR says that it has finished, but nothing new has come to where we meet it. So nothing was built."
NOT_PLANNED = "SCAR says that it has finished, but no new plan has come to where we meet it."
WROTE = "The builder changed files while it was only meant to read."
STOPPED = "SCAR was ended in the middle, after its plan was saved. The plan is taken."
PLANS = ".agents/plans/"


def report(job: Job, verdict: Verdict, brought: Brought) -> Report:
    """Not ok where SCAR says so, and not ok where git does not bear it out."""
    details = {"said": verdict.said, "changed": list(brought.paths), "claims": _claims(verdict)}
    sentence = _objection(job, verdict, brought) or verdict.sentence
    return Report(ok=sentence == verdict.sentence and verdict.ok, sentence=sentence, details=details)


def plan(job: Job, brought: Brought) -> str:
    """The file of the plan that was sent, wherever SCAR put it; empty if there is none, or more than one."""
    if (wanted := commands.plan(job.phase)) in brought.paths:
        return wanted
    found = [path for path in brought.paths if path.startswith(PLANS) and path.endswith(".md")]
    return found[0] if len(found) == 1 else ""


def _objection(job: Job, verdict: Verdict, brought: Brought) -> str:
    if job.read_only:
        return WROTE if brought.moved else ""
    if not verdict.ok:
        return ""
    if job.kind is RunKind.PLAN:
        return "" if plan(job, brought) else replies.ASKS if replies.questions(verdict.said) else NOT_PLANNED
    return "" if any(not path.startswith(".agents/asked/") for path in brought.paths) else NOT_BUILT


def _claims(verdict: Verdict) -> dict[str, Any]:
    named = {"plan": verdict.plan, "branch": verdict.branch, "pull request": verdict.pull}
    return {name: value for name, value in named.items() if value}
