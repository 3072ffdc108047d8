"""What a builder is told beside its work: what it may do and may not, and what people said to it. Pure."""

from collections.abc import Iterable, Sequence

from orchestrator.delivery.playbook import quoted
from orchestrator.domain.run import Rule, Wish

DOING = {
    Wish.INSTALL: "fetch building blocks from the network",
    Wish.OUTSIDE: "read or write beside this folder",
    Wish.PUSH: "send anything out",
    Wish.DELETE: "remove many files at once",
}
DECIDED = "## What people decided about what you may do"
HALF_DONE = "If you had to stop for a question, what you had done is still here: look at it, and go on from there."
MEANWHILE = "## What the person said while you worked"
NOW = "The person said this about this phase while you worked. Take it into account, then go on and come to the end."


def prompt(work: str, rules: Sequence[Rule], said: Sequence[str]) -> str:
    """The whole text that a run begins with."""
    return "\n\n".join([work.rstrip(), *decided(rules), *meanwhile(said)]) + "\n"


def decided(rules: Sequence[Rule]) -> list[str]:
    return [DECIDED, *dict.fromkeys(map(_decided, rules)), HALF_DONE] if rules else []


def _decided(rule: Rule) -> str:
    if not rule.allowed:
        return f"You may not {DOING[rule.wish]}. Do not ask for it again: find another way, or say what is missing."
    if not rule.subject:
        return f"You may {DOING[rule.wish]}."
    return f"You may {DOING[rule.wish]}, but exactly this and nothing else:\n\n{quoted(rule.subject)}"


def meanwhile(said: Sequence[str]) -> list[str]:
    return [MEANWHILE, *map(quoted, said)] if said else []


def now(said: Iterable[str]) -> str:
    """For a builder in the middle of its work."""
    return "\n\n".join([NOW, *map(quoted, said)])
