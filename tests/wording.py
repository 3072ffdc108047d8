"""Finds what a text for people must not hold: exclamation marks, words of the trade, sentences that are too long."""

import re

from orchestrator.domain import plain

NEVER = plain.phrases(
    """
    gate | approval request | hitl | pending | sprint | milestone | iteration | piv | executor | scar | acp |
    subprocess | worker | commit | sha | head | branch | worktree | staging | pr | pull request | diff | merge |
    merged | ci | pipeline | pytest | exit code | artifact | coverage report | token | credential | api key | deploy
    | release | ship | dump | snapshot | run | job | retry | killed | aborted | rate limited | provider error |
    timeout | exception | quota | budget cap | max_tokens | revert | rollback | reset | oops | invalid | failed to |
    please try again later | prompt
    """
)
LONGEST = 30  # words of a sentence

_QUOTED = re.compile(r"“[^”]*”|‘[^’]*’")


def faults(text: str) -> list[str]:
    """What is wrong with the text, the quoted words of a person left aside."""
    ours = _QUOTED.sub("words", text)
    said = f" {' '.join(re.findall(r'[a-z_0-9]+', ours.casefold()))} "
    found = [f"“{word}” in: {text}" for word in sorted(NEVER) if f" {word} " in said]
    found += [f"an exclamation mark in: {text}"] if "!" in ours else []
    sentences = [part for line in ours.split("\n") for part in re.split(r"(?<=[.?:])\s+", line)]
    return found + [f"too long: {part}" for part in sentences if len(part.split()) > LONGEST]
