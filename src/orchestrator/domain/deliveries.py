"""What a delivery of another service is about, as far as that must be known before it is kept. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from orchestrator.errors import NotUnderstood

STRANGE: Final = "This is not what {service} sends."
REPOSITORY: Final = re.compile(r"[A-Za-z0-9-]{1,100}/[\w.-]{1,100}", re.ASCII)
LOOKS: Final = frozenset({"opened", "edited"})
SAID: Final = frozenset({"created", "edited"})
# What GitHub tells us of that somebody may have said to us, and what of it is said.
TALK: Final[dict[str, tuple[frozenset[str], str]]] = {
    "issues": (LOOKS, "issue"),
    "issue_comment": (SAID, "comment"),
    "pull_request_review_comment": (SAID, "comment"),
}
# What tells how a pull request or its checks stand; whoever did it.
STATE: Final = {
    "pull_request": frozenset(
        {"opened", "edited", "closed", "reopened", "synchronize", "ready_for_review", "converted_to_draft"}
    ),
    "pull_request_review": frozenset({"submitted", "edited", "dismissed"}),
}
UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")


def github(kind: str, payload: Any, scar: str = "") -> str | None:
    """The lane in which a delivery is to be taken up; None where it concerns nobody. `scar`: an account we listen to.

    Raises NotUnderstood for what GitHub does not send.
    """
    if kind not in TALK and kind not in STATE:
        return None
    if not isinstance(payload, Mapping) or not isinstance(action := payload.get("action"), str):
        raise _strange("GitHub")
    lane = _lane(payload)
    if kind in STATE:
        return lane if action in STATE[kind] else None
    actions, said = TALK[kind]
    about = payload.get(said)
    if action not in actions:
        return None
    if not isinstance(about, Mapping):
        raise _strange("GitHub")
    return lane if _may_be_for_us(about, scar) else None


def _lane(payload: Mapping[str, Any]) -> str:
    """“owner/name#12”: what is said in one issue is taken up in order."""
    where, about = payload.get("repository"), payload.get("issue") or payload.get("pull_request")
    name = where.get("full_name") if isinstance(where, Mapping) else None
    number = about.get("number") if isinstance(about, Mapping) else None
    known = isinstance(name, str) and REPOSITORY.fullmatch(name)
    if not known or not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise _strange("GitHub")
    return f"{str(name).lower()}#{number}"


def _may_be_for_us(about: Mapping[str, Any], scar: str) -> bool:
    """Without an @ nobody is mentioned, and without a / nothing is asked for."""
    author, text = about.get("user"), about.get("body")
    login = author.get("login") if isinstance(author, Mapping) else None
    if scar and isinstance(login, str) and login.lower() == scar.lower():
        return True
    return isinstance(text, str) and ("@" in text or "/" in text)


def telegram(update: Any) -> tuple[str, str, str] | None:
    """Number, kind and lane of an update; None for kinds that we do not use. Raises NotUnderstood."""
    number = update.get("update_id") if isinstance(update, Mapping) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise _strange("Telegram")
    kind = next((one for one in UPDATES if one in update), None)
    return (str(number), kind, _chat(update[kind])) if kind else None


def _chat(about: Any) -> str:
    """What comes from one chat is taken up in order; a button knows its chat by the message that it is on."""
    for place in (about, about.get("message") if isinstance(about, Mapping) else None):
        chat = place.get("chat") if isinstance(place, Mapping) else None
        if isinstance(chat, Mapping) and isinstance(chat.get("id"), int):
            return str(chat["id"])
    return ""


def _strange(service: str) -> NotUnderstood:
    return NotUnderstood(STRANGE.format(service=service))
