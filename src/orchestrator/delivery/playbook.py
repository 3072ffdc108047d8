"""What builders are told: the playbook's Markdown, with the project's own words quoted as data."""

from importlib import resources

from orchestrator.domain.run import RunKind

FILES = {
    RunKind.PRIME: "prime",
    RunKind.PLAN: "plan-feature",
    RunKind.EXECUTE: "execute",
    RunKind.REPAIR: "repair",
}


def prompt(kind: RunKind, phase: int, *, wish: str = "", failure: str = "") -> str:
    """Compose the whole text: the command in the first line, the playbook, then what people and checks said."""
    name = FILES[kind]
    first = f"/{name}" if kind is RunKind.PRIME else f"/{name} {phase}"
    text = resources.files("orchestrator.playbook").joinpath(f"{name}.md").read_text()
    parts = [first, text.replace("{phase}", str(phase)).strip()]
    if failure:
        parts.append(f"## What failed\n\n{quoted(failure)}")
    if wish:
        parts.append(f"## What the person asked for\n\n{quoted(wish)}")
    return "\n\n".join(parts) + "\n"


def quoted(text: str) -> str:
    """Quote it line by line, so that it stays data, whatever it says."""
    return "\n".join(f"> {line}" for line in text.splitlines())
