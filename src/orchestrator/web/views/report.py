"""What was built and how far it is what was planned: two documents on one page, or the report of one phase."""

from dataclasses import dataclass

from markupsafe import Markup

from orchestrator.telling.marks import Link
from orchestrator.web.views.shell import ProjectHead


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a document. What has a title is folded under it: whoever cannot code need not read it."""

    html: Markup
    title: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    id: str
    parts: tuple[Part, ...]
    download: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Without papers nothing is part of the app yet, and the page says so. `score` is “9.5 out of 10”."""

    head: ProjectHead
    title: str
    papers: tuple[Paper, ...] = ()
    score: str = ""
    lead: str = ""
    more: tuple[Link, ...] = ()
