"""What somebody wrote on GitHub, read from a delivery: only the few fields that we need, each of the right kind."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from orchestrator.forge.hub.values import GHOST

BOT = "Bot"


class Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Account(Part):
    id: int = Field(gt=0)
    login: str = Field(min_length=1, max_length=100)
    type: str = "User"

    @property
    def is_bot(self) -> bool:
        return self.type == BOT or self.login.endswith("[bot]")


class Place(Part):
    full_name: str


class Numbered(Part):
    """An issue or a pull request; on GitHub the second is the first with something more."""

    number: int = Field(gt=0)
    title: str = ""
    body: str | None = None
    user: Account | None = None
    html_url: str = ""
    created_at: AwareDatetime | None = None
    state: str = ""


class Text(Part):
    """A comment, or a review."""

    id: int = Field(gt=0)
    body: str | None = None
    user: Account | None = None
    html_url: str = ""
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    submitted_at: AwareDatetime | None = None
    content: str = ""  # of a reaction


class Was(Part):
    from_: str | None = Field(None, alias="from")


class Changes(Part):
    body: Was | None = None
    title: Was | None = None


class Delivery(Part):
    action: str = ""
    repository: Place
    issue: Numbered | None = None
    pull_request: Numbered | None = None
    comment: Text | None = None
    review: Text | None = None
    reaction: Text | None = None
    sender: Account | None = None
    changes: Changes | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was written, by whom, and where. `was` is what stood there before an edit."""

    key: str  # of what was written, the same however we heard of it
    slug: str
    number: int
    by: Account
    text: str
    title: str = ""  # of an issue that begins with these words
    was: str | None = None
    link: str = ""
    at: datetime | None = None  # when it was written, or edited
    eyes: str = ""  # where we show that we saw it

    @property
    def address(self) -> str:
        return f"{self.slug.lower()}#{self.number}"

    @property
    def begins(self) -> bool:
        """Whether it is how an issue begins."""
        return self.key.startswith("github:issue:")


def read(body: bytes) -> Delivery | None:
    """None for what GitHub does not send: whoever sent it, it asks for nothing."""
    try:
        return Delivery.model_validate(json.loads(body))
    except (ValidationError, ValueError, RecursionError):
        return None


def whole(body: bytes) -> dict[str, Any]:
    """Everything in a delivery that was read before."""
    return dict(json.loads(body))


def of(kind: str, told: Delivery) -> Remark | None:
    """The words in a delivery, if somebody wrote any. What others made of somebody’s words is not theirs."""
    found = READERS[kind](told) if kind in READERS else None
    if found is None or found.by.login == GHOST:
        return None
    unknown = told.sender is None and told.action == "edited"
    return None if unknown or (told.sender and told.sender.id != found.by.id) else found


def _comment(told: Delivery) -> Remark | None:
    about, comment = told.issue or told.pull_request, told.comment
    if about is None or comment is None or comment.user is None or not comment.body:
        return None
    inline = told.issue is None
    path = f"pulls/comments/{comment.id}" if inline else f"issues/comments/{comment.id}"
    return Remark(
        key=f"github:{'line' if inline else 'comment'}:{comment.id}",
        slug=told.repository.full_name,
        number=about.number,
        by=comment.user,
        text=comment.body,
        was=_was(told),
        link=comment.html_url,
        at=comment.updated_at or comment.created_at,
        eyes=path,
    )


def _review(told: Delivery) -> Remark | None:
    about, review = told.pull_request, told.review
    if about is None or review is None or review.user is None or not review.body:
        return None
    key, where = f"github:review:{review.id}", told.repository.full_name
    return Remark(
        key, where, about.number, review.user, review.body, "", _was(told), review.html_url, review.submitted_at
    )


def _issue(told: Delivery) -> Remark | None:
    about = told.issue or told.pull_request
    if about is None or about.user is None or told.action not in {"opened", "edited"}:
        return None
    if told.action == "edited" and (told.changes is None or (told.changes.body is None and told.changes.title is None)):
        return None
    return Remark(
        key=f"github:issue:{told.repository.full_name.lower()}#{about.number}",
        slug=told.repository.full_name,
        number=about.number,
        by=about.user,
        text=about.body or "",
        title=about.title,
        was=_was(told, about),
        link=about.html_url,
        at=about.created_at,
        eyes=f"issues/{about.number}",
    )


def _was(told: Delivery, about: Numbered | None = None) -> str | None:
    """What stood there before; None where it is new, or we were not told."""
    if told.action != "edited":
        return None
    before = told.changes.body if told.changes else None
    return (before.from_ or "") if before else ((about.body or "") if about else "")


READERS: dict[str, Any] = {
    "issue_comment": _comment,
    "pull_request_review_comment": _comment,
    "pull_request_review": _review,
    "issues": _issue,
    "pull_request": _issue,
}
