"""The rows. They say what should be happening; everything else follows them."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from orchestrator.domain.gate import Kind, Status, Way
from orchestrator.domain.policy import Role
from orchestrator.domain.project import Stage, Step
from orchestrator.domain.run import Network, PhaseStatus, RunKind, RunStatus, Wish
from orchestrator.store.columns import Base

ZERO = sa.text("0")
INSTALLATION = "installation"  # the stream of events that belong to no project


class ProjectRow(Base):
    """Where a project stands, and what its next piece of work needs to know."""

    __tablename__ = "projects"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    idea: Mapped[str]
    step: Mapped[Step] = mapped_column(index=True)
    stage: Mapped[Stage]
    leg: Mapped[int]
    moves: Mapped[int]
    phase: Mapped[int]
    phases: Mapped[int]
    tries: Mapped[int]
    paused_from: Mapped[Step | None]
    failed_at: Mapped[Step | None]
    undo_from: Mapped[Step | None]
    change_from: Mapped[Step | None]
    before: Mapped[dict[str, Any] | None]  # how it stood at the last answer, as long as that may be taken back
    problem: Mapped[dict[str, Any] | None]  # why it is stuck: sentence and technical details
    note: Mapped[str] = mapped_column(default="")  # what the person asked of the next piece of work
    undo: Mapped[int] = mapped_column(default=0)  # the phase to be undone
    source: Mapped[str] = mapped_column(default="")  # an adopted repository
    repository: Mapped[str] = mapped_column(default="")  # where it is, once prepared
    hub: Mapped[str] = mapped_column(default="", server_default=sa.text("''"))  # "owner/name" on GitHub
    to_do: Mapped[int | None]  # questions of readiness that were left when it was looked at; none: it was not
    builder: Mapped[str] = mapped_column(default="starter")
    network: Mapped[Network] = mapped_column(default=Network.LISTED, server_default=sa.text("'listed'"))
    ask: Mapped[dict[str, Any] | None]  # what the builder waits to be allowed
    brief: Mapped[dict[str, Any]]
    asked: Mapped[str] = mapped_column(default="")  # the topic of the open question
    quick: Mapped[list[Any]]  # quick answers to it
    summary: Mapped[str] = mapped_column(
        default="", server_default=sa.text("''")
    )  # of what was said up to message `summed`
    summed: Mapped[int] = mapped_column(default=0, server_default=ZERO)
    topic_from: Mapped[int] = mapped_column(default=0, server_default=ZERO)  # with it the topic at hand began
    agreed: Mapped[int] = mapped_column(default=0, server_default=ZERO)  # the vision's version approved last
    spent: Mapped[int] = mapped_column(BigInteger, default=0, server_default=ZERO)  # millionths of a US dollar
    budget: Mapped[int] = mapped_column(BigInteger, default=0, server_default=ZERO)  # before a person is asked; 0: any
    warned: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # that most of it is used
    last_event: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[bytes] = mapped_column(default=b"")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class MemberRow(Base):
    """Who takes part. `waiting` and `active_at` repeat the project, so that a page of projects is one index scan."""

    __tablename__ = "members"
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    role: Mapped[Role]
    waiting: Mapped[bool] = mapped_column(default=False)
    active_at: Mapped[datetime]
    __table_args__ = (Index("ix_members_page", "user_id", "waiting", "active_at", "project_id"),)


class GateRow(Base):
    """A question that stops a project until a person answers it. Asked anew, it is a new row."""

    __tablename__ = "gates"
    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[Kind]
    status: Mapped[Status]
    phase: Mapped[int]
    question: Mapped[str]
    why: Mapped[str]
    on_yes: Mapped[str]
    on_no: Mapped[str]
    considerations: Mapped[list[Any]]
    facts: Mapped[list[Any]]  # [label, text] in order
    ways: Mapped[list[Any]]  # ways out of a problem
    document: Mapped[str]  # "vision", "roadmap", "plan-2" or empty
    version: Mapped[int]
    opened_at: Mapped[datetime]
    deadline: Mapped[datetime]
    reminded: Mapped[int] = mapped_column(default=0)
    answered_by: Mapped[str | None]
    answered_name: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    channel: Mapped[str | None]
    note: Mapped[str | None]
    way: Mapped[Way | None]
    amount: Mapped[int] = mapped_column(BigInteger, default=0, server_default=ZERO)  # the limit that a yes sets
    event: Mapped[int]  # the event that opened it
    closed: Mapped[int] = mapped_column(
        default=0
    )  # the event that closed it: the place of its slip in the conversation
    __table_args__ = (
        Index(
            "ix_gates_pending",
            "project_id",
            "deadline",
            sqlite_where=sa.text("status = 'PENDING'"),
            postgresql_where=sa.text("status = 'PENDING'"),
        ),
    )


class EventRow(Base):
    """The append-only log. `number` is given under the project's row lock: commit order is number order."""

    __tablename__ = "events"
    project_id: Mapped[str] = mapped_column(primary_key=True)  # or INSTALLATION
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    actor_name: Mapped[str]
    channel: Mapped[str]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    hash: Mapped[bytes]  # over this event and the hash of the one before


class InstallationRow(Base):
    """The head of the installation's own stream of events. One row."""

    __tablename__ = "installation"
    id: Mapped[str] = mapped_column(primary_key=True)
    last_event: Mapped[int]
    last_hash: Mapped[bytes]


class CommandRow(Base):
    """What was asked under which key, and what came of it."""

    __tablename__ = "commands"
    key: Mapped[str] = mapped_column(primary_key=True)
    asked: Mapped[str]
    outcome: Mapped[dict[str, Any] | None]
    at: Mapped[datetime] = mapped_column(index=True)


class MessageRow(Base):
    """What somebody said, or was answered. `unanswered` asks for a reply."""

    __tablename__ = "messages"
    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    sequence: Mapped[int]  # the number of the event that says it
    role: Mapped[str]  # user, assistant, system
    text: Mapped[str]
    author: Mapped[str]
    author_name: Mapped[str]
    channel: Mapped[str]
    room: Mapped[str] = mapped_column(default="", server_default=sa.text("''"))  # elsewhere, where it was said
    created_at: Mapped[datetime]
    in_reply_to: Mapped[str | None] = mapped_column(index=True)
    unanswered: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        Index("ix_messages_place", "project_id", "sequence", unique=True),
        Index(
            "ix_messages_unanswered",
            "project_id",
            "sequence",
            sqlite_where=sa.text("unanswered"),
            postgresql_where=sa.text("unanswered"),
        ),
    )


class DocumentRow(Base):
    """One version of a vision, a roadmap or the plan of a phase."""

    __tablename__ = "documents"
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)  # "vision", "roadmap", "plan-2"
    version: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]
    markdown: Mapped[str]
    note: Mapped[str]  # what led to this version
    author_name: Mapped[str]
    created_at: Mapped[datetime]


class PhaseRow(Base):
    """What a phase promises, and how far it is."""

    __tablename__ = "phases"
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    attempt: Mapped[int] = mapped_column(default=0)  # grows when a phase is begun anew from the last good state
    status: Mapped[PhaseStatus]
    title: Mapped[str]
    outcome: Mapped[str]
    features: Mapped[list[Any]]
    criteria: Mapped[list[Any]]
    base: Mapped[str] = mapped_column(default="")  # where its trial copy began
    commit: Mapped[str] = mapped_column(default="")  # the save point that was built and checked
    merged: Mapped[str] = mapped_column(default="")  # the save point that took it into the app
    fresh: Mapped[bool] = mapped_column(default=True)  # what was merged is to the letter what was checked
    findings: Mapped[list[Any]]  # what was noticed about the tests
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RunRow(Base):
    """One job of one builder."""

    __tablename__ = "runs"
    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    phase: Mapped[int]
    kind: Mapped[RunKind]
    status: Mapped[RunStatus]
    builder: Mapped[str]
    begun: Mapped[int] = mapped_column(default=0)  # how often it was begun: more than once after a crash
    sentence: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_runs_builder", "builder", "created_at"),)


class RuleRow(Base):
    """What a person said about a wish of the builder: for the phase at hand, or for good."""

    __tablename__ = "rules"
    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    wish: Mapped[Wish]
    subject: Mapped[str]  # empty: all of this kind
    allowed: Mapped[bool]
    phase: Mapped[int | None]  # for which it holds; none: for all
    by: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]


class AsideRow(Base):
    """What somebody said to the builder while it worked."""

    __tablename__ = "asides"
    message: Mapped[str] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    text: Mapped[str]
    at: Mapped[datetime]
    run: Mapped[str | None]  # that was told of it


class CheckRow(Base):
    """A check that we ran ourselves on one save point: the evidence."""

    __tablename__ = "checks"
    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    phase: Mapped[int]
    run_key: Mapped[str]
    name: Mapped[str]
    command: Mapped[str]
    commit: Mapped[str]
    passed: Mapped[bool]
    exit_code: Mapped[int | None]
    total: Mapped[int | None]
    failed: Mapped[int | None]
    sentence: Mapped[str]
    failures: Mapped[list[Any]]
    excerpt: Mapped[str]
    log_path: Mapped[str]
    log_sha256: Mapped[str]
    milliseconds: Mapped[int]
    details: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_checks_phase", "project_id", "phase", "at"),)


class SpendRow(Base):
    """What one piece of work cost: an answer of a model, or a builder's run."""

    __tablename__ = "spends"
    id: Mapped[str] = mapped_column(primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    phase: Mapped[int]  # 0 before and between phases
    what: Mapped[str]  # turn, vision, roadmap, summary, run
    about: Mapped[str]  # the id of the message or the run
    model: Mapped[str]
    read: Mapped[int]  # tokens
    written: Mapped[int]
    cached: Mapped[int]  # of those read
    calls: Mapped[int]
    micros: Mapped[int] = mapped_column(BigInteger)
    priced: Mapped[bool]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_spends_project", "project_id", "at"),)


class UserRow(Base):
    """Somebody with an account, who may not have come in yet."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)  # lower case
    name: Mapped[str]
    password: Mapped[str | None]  # argon2
    owner: Mapped[bool] = mapped_column(default=False)  # of the installation
    theme: Mapped[str] = mapped_column(default="")
    whole_answers: Mapped[bool] = mapped_column(default=False)
    zone: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class SessionRow(Base):
    """Somebody signed in, in one browser."""

    __tablename__ = "sessions"
    hash: Mapped[str] = mapped_column(primary_key=True)  # of the cookie's value
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime]


class TokenRow(Base):
    """An API token; only its hash is kept."""

    __tablename__ = "tokens"
    id: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class LinkRow(Base):
    """A link that works once: set-up, sign-in, invitation."""

    __tablename__ = "links"
    hash: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]  # setup, sign-in, telegram, github
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)
    about: Mapped[str] = mapped_column(default="", server_default=sa.text("''"))  # for which account elsewhere
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecretRow(Base):
    """A secret setting, encrypted at rest."""

    __tablename__ = "secrets"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]
    set_at: Mapped[datetime]
    set_by: Mapped[str]
