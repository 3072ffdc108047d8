"""What GitHub says when it does not merge, in plain words. Pure."""

import re

from orchestrator.forge.hub.troubles import NOT_ALLOWED, NOT_THERE, Refused

NOT_MERGEABLE, MOVED = 405, 409
NUMBERS = {"1": "one", "2": "two", "3": "three"}
REVIEWS = re.compile(r"at least (\d+) approving review", re.IGNORECASE)
CHECK = re.compile(r"required status check[s]? (?:\"([^\"]+)\"|.*?) (?:is|are|have)", re.IGNORECASE)
ASKS_REVIEWS = "GitHub asks for {reviews} before this can be merged: somebody who may has to approve the pull request."
ASKS_CHANGES = (
    "On GitHub somebody asked for changes in the pull request, and it cannot be merged before that is settled."
)
ASKS_CHECK = "GitHub waits for the check {check} before this can be merged."
ASKS_CHECKS = "GitHub waits for checks of its own before this can be merged."
ASKS_TALK = "GitHub asks that all conversations in the pull request are resolved before it can be merged."
BEHIND = "On GitHub the app has moved on, and its rules ask that the phase is brought up to date before it is merged."
CONFLICT = "On GitHub the app and this phase have both changed the same places, so it cannot be merged by itself."
HEAD = "Somebody changed the pull request on GitHub after our checks, so we did not merge it: that was not checked."
NOT_WE = "GitHub does not let us merge this. Our key has to be allowed to write there."
LINEAR = "GitHub allows neither merging nor squashing in this repository, so we cannot take the phase in there."
OTHER = "GitHub does not merge this: {why}"


def only_squashed(said: str) -> bool:
    return "merge commits are not allowed" in said.lower() or "linear history" in said.lower()


def of_merge(refused: Refused) -> Refused:
    """The same with a sentence that says what is missing."""
    return Refused(sentence(refused.code, refused.said) or str(refused), refused.code, refused.said)


def sentence(code: int, said: str) -> str:
    low = said.lower()
    if code == MOVED or "head branch was modified" in low or "head sha" in low:
        return HEAD
    if code in {NOT_ALLOWED, NOT_THERE}:
        return NOT_WE
    if found := REVIEWS.search(said):
        count = NUMBERS.get(found[1], found[1])
        return ASKS_REVIEWS.format(reviews=f"{count} more review{'s' if found[1] != '1' else ''}")
    meanings = {
        "changes requested": ASKS_CHANGES,
        "changes must be made": BEHIND,
        "review": ASKS_REVIEWS.format(reviews="one more review"),
        "status check": _checks(said),
        "conversation": ASKS_TALK,
        "out-of-date": BEHIND,
        "behind": BEHIND,
        "squash merges are not allowed": LINEAR,
        "conflict": CONFLICT,
        "not mergeable": CONFLICT,
    }
    return next((meaning for words, meaning in meanings.items() if words in low), _other(code, said))


def _checks(said: str) -> str:
    found = CHECK.search(said)
    return ASKS_CHECK.format(check=f"“{found[1]}”") if found and found[1] else ASKS_CHECKS


def _other(code: int, said: str) -> str:
    why = said.partition("\n")[0].strip().rstrip(".")
    return OTHER.format(why=f"“{why}”.") if code == NOT_MERGEABLE and why else ""
