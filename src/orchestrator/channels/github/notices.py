"""Sentences of ours that stand in comments on GitHub."""

from typing import Final

HELP: Final = (
    "Mention me and write what you would like, or begin a line with one of these:\n\n"
    "- `/approve`, `/changes what should be different`, `/reject`, `/later`: answer the open decision\n"
    "- `/undo`: take back an answer, for a minute\n"
    "- `/status`: where it stands\n- `/pause`, `/resume`\n- `/link CODE`: let me know who you are"
)
LINKED: Final = "Hello {name}, now I know that this account is yours."
NO_CODE: Final = "Write the code behind it: `/link CODE`. You get one on your settings page."
LATER: Final = "All right. The decision stays open; no answer never means yes."
NO_PROJECT: Final = "There is no project for this repository yet. Mention me and write what you would like to make."
NOTHING_OPEN: Final = "There is no open decision at the moment, so nothing was decided."
NOTHING_TO_UNDO: Final = "There is no answer that can be taken back any more, so nothing was changed."
NEWER: Final = "Another question was asked since you wrote that, so nothing was decided. Please look at it first."
ANOTHER: Final = "That answer is for a question that is not open any more. Nothing was decided."
NOT_CLEAR: Final = (
    "I am not sure what you decided, so I did nothing. `/approve` stands alone in its line; what should be different "
    "is written behind `/changes`."
)


def stranger(login: str, address: str, *, suggests: bool, may_link: bool) -> str:
    """What somebody is told who cannot command a project there."""
    if suggests:
        said = f"Thank you, {login}. I keep this as a suggestion for the people who decide about this project."
    else:
        said = f"Hello {login}, I do this only for people who decide about this project and may write here."
    link = f" If you are one of them: ask for a code at {address}/settings, and write `/link CODE` here."
    return said + (link if may_link else "")
