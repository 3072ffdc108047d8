"""The rows about readiness: what was asked, what was found, and what people vouch for."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from orchestrator.domain.ready.report import State
from orchestrator.store.columns import Base


class ExaminationRow(Base):
    """Somebody, or the end of a project, asked how ready it is. Until it ended, it asks for work."""

    __tablename__ = "examinations"
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # of the event that asked
    items: Mapped[list[Any]]  # ids; none: all
    fresh: Mapped[bool]  # also what is known already
    asked_at: Mapped[datetime]
    doing: Mapped[str] = mapped_column(default="")  # the question at hand
    ended_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")


class FindingRow(Base):
    """What is known about one question, of which content, and what shows it."""

    __tablename__ = "findings"
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[State]
    sentence: Mapped[str]
    evidence: Mapped[list[Any]]
    commit: Mapped[str]
    covers: Mapped[str]  # the hash of the content of which it speaks
    details: Mapped[dict[str, Any] | None]  # what else was found out, such as which tests speak of which promise
    at: Mapped[datetime]


class VouchRow(Base):
    """A person's word for what no program can settle."""

    __tablename__ = "vouches"
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    by_name: Mapped[str]
    sentence: Mapped[str]
    at: Mapped[datetime]
