"""The reports as a page: what was built, how far it is what was planned, and the report of each phase."""

from orchestrator.delivery import reviewing
from orchestrator.domain.review import execution, reviewed
from orchestrator.domain.review.facts import Facts
from orchestrator.store.pages import Standing
from orchestrator.telling.marks import Link
from orchestrator.web import markdown
from orchestrator.web.show import around
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views.report import Paper, Part, ReportPage
from orchestrator.web.views.shell import Tab

API = "/api/v1"
WHOLE = "How it was built"
TOP = 3  # of the headings within the page
FOLDED = {"Files", "Checks", "The project’s own rules", "What to do better", "The rules of this review"}


def page(viewer: Viewer, found: Standing, facts: Facts) -> ReportPage:
    """Both reports of a project; before anything is built, a page that says so."""
    head, href = around.head(viewer, found, Tab.HISTORY), f"/projects/{found.project.id}"
    if not facts.done:
        return ReportPage(head, WHOLE)
    review = reviewing.review(facts)
    return ReportPage(
        head,
        WHOLE,
        papers=(
            _paper("report", execution.markdown(facts), f"{API}{href}/report.md"),
            _paper("review", reviewed.markdown(review), f"{API}{href}/review.md"),
        ),
        score=f"{review.score.text} out of 10",
        lead=f"That is how far the result is what was planned: {review.score.sum}.",
        more=tuple(_link(href, phase.number) for phase in facts.phases),
    )


def of_phase(viewer: Viewer, found: Standing, facts: Facts, number: int) -> ReportPage:
    """The report of one phase, which may still be in the making."""
    href = f"/projects/{found.project.id}"
    paper = _paper("report", reviewing.of_phase(facts, number), f"{API}{href}/phases/{number}/report.md")
    back = (Link(f"Phase {number}", f"{href}/phases/{number}"), Link("The whole project", f"{href}/report"))
    return ReportPage(around.head(viewer, found, Tab.HISTORY), f"Phase {number}: how it was built", (paper,), more=back)


def _paper(id: str, text: str, download: str) -> Paper:
    head, *sections = text.split("\n## ")
    return Paper(id, (Part(markdown.html(head, TOP)), *map(_part, sections)), download)


def _part(section: str) -> Part:
    title, _, body = section.partition("\n")
    if title in FOLDED:
        return Part(markdown.html(body, TOP + 2), title)
    return Part(markdown.html(f"## {section}", TOP + 1))


def _link(href: str, number: int) -> Link:
    return Link(f"Report of phase {number}", f"{href}/phases/{number}/report")
