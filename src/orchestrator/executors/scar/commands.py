"""What we send to SCAR: safe to quote, on one line, and the same for the same job. Pure."""

import hashlib
import json
import re
from dataclasses import replace
from importlib import resources

from orchestrator.domain.run import Job, RunKind

LONGEST_ID = 255
MOST_BYTES = 100_000  # of a message; SCAR takes a little more
NAMES = {
    RunKind.PRIME: "prime",
    RunKind.PLAN: "plan-feature-github",
    RunKind.EXECUTE: "execute-github",
    RunKind.REPAIR: "execute-github",
}
FOLDER = ".agents/commands"
WISH = "## What the person asked for"
PLAN = (
    "Do what {asked} says, on the branch {branch} and on no other. Begin with git fetch origin and check out {branch}. "
    "Write the plan to {plan}, commit it and push {branch}."
)
NUMBER = re.compile(r"\s*[+-]?\d")  # what SCAR takes for the number of a repository, whatever follows
BRANCH = re.compile(r"[A-Za-z0-9_-]+")
NO_DOLLAR = "＄"  # SCAR would put something in the place of the real one


def asked(phase: int) -> str:
    """The file in which a builder finds what it is to do; no command line is long or safe enough for that."""
    return f".agents/asked/phase-{phase}.md"


def plan(phase: int) -> str:
    return f".agents/plans/phase-{phase}.md"


def invoke(job: Job, branch: str) -> str:
    """The one command of a job."""
    name = NAMES[job.kind]
    if job.kind is RunKind.PRIME:
        return f"/command-invoke {name}"
    if job.kind is RunKind.PLAN:
        text = PLAN.format(asked=asked(job.phase), branch=branch, plan=plan(job.phase))
        return f"/command-invoke {name} {quoted(text)}"
    return f"/command-invoke {name} {asked(job.phase)} {branch}"


def quoted(text: str) -> str:
    """As one argument on one line: SCAR knows no escapes, and fills in what looks like a variable."""
    line = " ".join(text.replace('"', "'").replace("$", NO_DOLLAR).split())
    return f'"{line or "-"}"'


def word(text: str) -> str:
    """As one argument, in quotation marks only where it needs them."""
    return text if re.fullmatch(r"[^\s\"'$]+", text) else quoted(text)


def fits(message: str) -> bool:
    return len(json.dumps(message).encode()) < MOST_BYTES


def conversation(project: str, branch: str) -> str:
    """One for each phase, so that its plan and its building share what SCAR knows."""
    name = f"orchestrator/{project}/{branch}"
    if len(name) <= LONGEST_ID:
        return name
    return f"{name[: LONGEST_ID - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def folder(url: str) -> str:
    """What SCAR calls its copy of a repository."""
    return url.rstrip("/").rsplit("/", 1)[-1].replace(".git", "", 1)


def which(name: str, listed: str) -> str:
    """How to ask SCAR for a repository: by its name, or by its number where the name would be taken for one."""
    if not NUMBER.match(name):
        return name
    found = re.search(rf"^(\d+)\. {re.escape(name)}(?:\s|$)", listed, re.MULTILINE)
    return found[1] if found else name


def identity(job: Job) -> str:
    """The same for jobs that ask for the same: what failed before is our own word, what a person wants is not."""
    wish = job.prompt.partition(WISH)[2]
    return f"{job.kind}-{hashlib.sha256(wish.encode()).hexdigest()[:16]}"


def lacking() -> dict[str, str]:
    """The commands that a repository must have, for one that has none of its own.

    None of them is named like one of the playbook: that would take its place with every other builder, too.
    """
    told = resources.files("orchestrator.executors.scar").joinpath("told")
    names = sorted(set(NAMES.values()) - {NAMES[RunKind.PRIME]})
    return {f"{FOLDER}/{name}.md": told.joinpath(f"{name}.md").read_text("utf-8") for name in names}


def texts(job: Job) -> dict[str, str]:
    """Where SCAR reads what it is to do. The copy that it only looks at is shown to nobody else."""
    prime = f"{FOLDER}/{NAMES[RunKind.PRIME]}.md"
    return {prime if job.kind is RunKind.PRIME else asked(job.phase): job.prompt}


def wishing(job: Job, said: str) -> Job:
    """The same with what people said meanwhile, which SCAR reads when it has finished."""
    return replace(job, prompt=f"{job.prompt}\n{WISH}\n\n{cited(said)}\n")


def cited(text: str) -> str:
    """Line by line, so that it stays what somebody said, whatever it says."""
    return "\n".join(f"> {line}" for line in text.splitlines())
