"""How values lie in columns, so that both databases give back what they were given."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, LargeBinary, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from orchestrator.domain.elsewhere import PostStatus, RoomKind
from orchestrator.domain.gate import Decision, Kind, Status, Way
from orchestrator.domain.policy import Role
from orchestrator.domain.project import Stage, Step
from orchestrator.domain.ready.report import State
from orchestrator.domain.run import Network, PhaseStatus, RunKind, RunStatus, Wish


class Utc(TypeDecorator[datetime]):
    """Moments in UTC on both databases; SQLite forgets the zone by itself."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return value if value is None else value.replace(tzinfo=value.tzinfo or UTC)


def words(kind: type[StrEnum]) -> Enum:
    """Stored as its word, read back as the member: a plain String column would return `str`, and `is` would fail."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda members: [m.value for m in members],
    )


ENUMS = (
    Stage,
    Step,
    Kind,
    Status,
    Decision,
    Way,
    Role,
    PhaseStatus,
    RunKind,
    RunStatus,
    Network,
    Wish,
    RoomKind,
    PostStatus,
    State,
)
COLUMNS: dict[Any, Any] = {
    str: String,
    datetime: Utc,
    bytes: LargeBinary,
    dict[str, Any]: JSON,
    list[Any]: JSON,
    **{kind: words(kind) for kind in ENUMS},
}


class Base(DeclarativeBase):
    type_annotation_map = COLUMNS
