"""What GitHub tells us, as far as we need it; anything else in its answers is passed over."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.forge.hub.troubles import FOREIGN, Refused

GHOST = "ghost"  # whose account is gone


class Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Account(Told):
    id: int = 0
    login: str = GHOST
    type: str = "User"

    @property
    def is_bot(self) -> bool:
        return self.type == "Bot" or self.login.endswith("[bot]")


class Comment(Told):
    """`issue_url` ends with the number of the issue where it stands."""

    id: int
    body: str | None = None
    user: Account | None = None
    created_at: datetime
    updated_at: datetime
    html_url: str = ""
    issue_url: str = ""

    @property
    def issue(self) -> int:
        number = self.issue_url.rsplit("/", 1)[-1]
        return int(number) if number.isdigit() else 0

    @property
    def author(self) -> Account:
        return self.user or Account()


class Issue(Told):
    """`pull_request` is there where it is a pull request."""

    number: int
    title: str = ""
    body: str | None = None
    state: str = "open"
    user: Account | None = None
    created_at: datetime
    updated_at: datetime
    html_url: str = ""
    pull_request: dict[str, Any] | None = None

    @property
    def author(self) -> Account:
        return self.user or Account()


class Reaction(Told):
    id: int
    content: str
    user: Account | None = None
    created_at: datetime

    @property
    def author(self) -> Account:
        return self.user or Account()


class End(Told):
    """One of the two ends of a pull request."""

    ref: str
    sha: str


class Pull(Told):
    """`mergeable_state` is empty or unknown while GitHub is still thinking."""

    number: int
    node_id: str = ""
    state: str
    title: str = ""
    body: str | None = None
    draft: bool = False
    merged: bool = False
    merged_at: datetime | None = None
    merge_commit_sha: str | None = None
    merged_by: Account | None = None
    mergeable: bool | None = None
    mergeable_state: str = ""
    html_url: str = ""
    head: End
    base: End

    @property
    def is_merged(self) -> bool:
        return self.merged or self.merged_at is not None


class Review(Told):
    id: int
    user: Account | None = None
    state: str
    submitted_at: datetime | None = None
    commit_id: str | None = None


class Owner(Told):
    login: str


class Repository(Told):
    full_name: str
    private: bool = False
    default_branch: str = "main"
    archived: bool = False
    html_url: str = ""
    size: int = 0
    permissions: dict[str, bool] = Field(default_factory=dict)


V = TypeVar("V", bound=Told)


def one(kind: type[V], data: Any) -> V:
    try:
        return kind.model_validate(data)
    except ValidationError as problem:
        raise Refused(FOREIGN) from problem


def many(kind: type[V], data: Iterable[Any]) -> list[V]:
    return [one(kind, each) for each in data]
