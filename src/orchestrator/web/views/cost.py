"""What a project has cost so far."""

from dataclasses import dataclass

from orchestrator.web.views.shell import ProjectHead


@dataclass(frozen=True, slots=True)
class CostRow:
    part: str
    time: str
    got: str
    cost: str


@dataclass(frozen=True, slots=True)
class CostPage:
    head: ProjectHead
    title: str  # “Nothing spent”
    text: str
    rows: tuple[CostRow, ...] = ()
    total: CostRow | None = None
    small: str = ""


def nothing(head: ProjectHead) -> CostPage:
    """For a builder that runs on this machine and asks no AI model."""
    return CostPage(
        head,
        "Nothing is spent",
        "This project is built with the starter, which runs on this machine and asks no AI model, so it costs nothing. "
        "Before anything costs money, you are asked for a limit.",
    )


def not_ours(head: ProjectHead) -> CostPage:
    """For a builder that is somebody else's program: what it spends is between it and whoever set it."""
    return CostPage(
        head,
        "Nothing is spent by us",
        "This project is built by a program that was set for it. What that costs is told by whoever provides it.",
    )
