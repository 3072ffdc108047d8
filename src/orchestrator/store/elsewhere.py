"""The rows about other services: who is who there, where we speak, what we show, and what came in."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from orchestrator.domain.elsewhere import PostStatus, RoomKind
from orchestrator.store.columns import Base


class IdentityRow(Base):
    """An account on another service, and whose it is here."""

    __tablename__ = "identities"
    channel: Mapped[str] = mapped_column(primary_key=True)  # telegram, github
    outside: Mapped[str] = mapped_column(primary_key=True)  # the account's own number there, which never changes
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]  # as it was called there when we met it last
    linked_at: Mapped[datetime]


class RoomRow(Base):
    """Where we speak with people on another service: a chat, a topic of a group, an issue."""

    __tablename__ = "rooms"
    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    address: Mapped[str]  # telegram: "chat" or "chat/topic"; github: "owner/name#12" or "owner/name"
    kind: Mapped[RoomKind]
    title: Mapped[str]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)  # whose private chat it is
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"), index=True)  # what is talked about there
    state: Mapped[dict[str, Any]]  # what we wait to be told there
    posts: Mapped[int] = mapped_column(default=0)  # how many there were: the next one's number
    heard_at: Mapped[datetime | None]  # when somebody last spoke there
    not_before: Mapped[datetime | None]  # the service asked us to be silent until then
    problem: Mapped[str] = mapped_column(default="")  # why nothing can be said there any more
    created_at: Mapped[datetime]
    __table_args__ = (Index("ix_rooms_address", "channel", "address", unique=True),)


class PostRow(Base):
    """A message of ours on another service. It shows its subject as that stands, and is edited when that changes."""

    __tablename__ = "posts"
    id: Mapped[str] = mapped_column(primary_key=True)
    room_id: Mapped[str] = mapped_column(ForeignKey("rooms.id"))
    number: Mapped[int]  # its place in the room
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"))
    subject: Mapped[str]  # "gate:<id>", "reply:<message>", "done:<event>", "word:<key>", "status", "pull:<phase>-<try>"
    status: Mapped[PostStatus]
    rings: Mapped[bool] = mapped_column(default=False)
    said: Mapped[dict[str, Any] | None]  # words that stand for themselves; else they follow from the subject
    outside: Mapped[str] = mapped_column(default="")  # the message's own number there
    shown: Mapped[str] = mapped_column(default="")  # the hash of what is to be seen there
    details: Mapped[dict[str, Any]]  # what the channel remembers of it
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]  # when it was last handed to the service: it may have got there
    shown_at: Mapped[datetime | None]
    rang_at: Mapped[datetime | None] = mapped_column(index=True)
    __table_args__ = (
        Index("ix_posts_subject", "room_id", "subject", unique=True),
        Index("ix_posts_project", "project_id", "subject"),
        Index("ix_posts_due", "status", "due_at"),
    )


class ArrivalRow(Base):
    """What another service sent us, kept before it is acknowledged."""

    __tablename__ = "arrivals"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    channel: Mapped[str]
    key: Mapped[str]  # of the delivery: what comes twice is kept once
    kind: Mapped[str]  # the event's own name
    lane: Mapped[str]  # what came to one lane is taken up in order
    body: Mapped[bytes]
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index("ix_arrivals_key", "channel", "key", unique=True),
        Index(
            "ix_arrivals_open",
            "channel",
            "id",
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        ),
    )


class SuggestionRow(Base):
    """What somebody wrote about a project who may not command it: words, until a person takes them up."""

    __tablename__ = "suggestions"
    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    channel: Mapped[str]
    author: Mapped[str]  # as that service calls them
    text: Mapped[str]
    link: Mapped[str]  # where it was written
    at: Mapped[datetime]
    taken: Mapped[bool | None]  # up, or not; nothing while nobody decided
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class CursorRow(Base):
    """How far a reader of something outside, or of a stream of events, has come."""

    __tablename__ = "cursors"
    reader: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(sa.BigInteger)
    note: Mapped[str] = mapped_column(default="")  # such as an ETag


class MannersRow(Base):
    """How somebody wants to be told of things."""

    __tablename__ = "manners"
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    most_a_day: Mapped[int]
    channels: Mapped[dict[str, Any]]
