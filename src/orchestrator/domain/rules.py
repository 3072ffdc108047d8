"""What a person said about the wishes of a builder, and whether that is an answer to this one. Pure."""

from collections.abc import Iterable

from orchestrator.domain.run import Ask, Rule


def answer(rules: Iterable[Rule], ask: Ask) -> bool | None:
    """Whether it may; None where nobody said. `rules` are in the order in which they were said.

    What was said about exactly this counts before what was said about all of its kind, and the later word of two.
    """
    about = [rule for rule in rules if rule.wish is ask.wish and rule.subject in {"", ask.subject}]
    exactly = [rule for rule in about if rule.subject == ask.subject]
    found = exactly or about
    return found[-1].allowed if found else None
