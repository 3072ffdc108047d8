"""The phases: all of them on a thread, and one with its promises and their proof."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.command import Cancel, Pause, Prime, Resume, Undo, Validate
from orchestrator.domain.gate import Status
from orchestrator.domain.plain import listed
from orchestrator.domain.policy import allows
from orchestrator.domain.project import OPEN, RESTS_FROM, WORKING, Step
from orchestrator.domain.run import PhaseStatus, RunStatus
from orchestrator.store import checks, documents, events, gates, hubs, phases, projects, runs
from orchestrator.store.pages import Standing
from orchestrator.store.tables import CheckRow, PhaseRow, RunRow
from orchestrator.telling import standing, times
from orchestrator.telling.marks import (
    FAILED,
    LATER,
    NOT_CHECKED,
    OUT_OF_DATE,
    PROVEN,
    Action,
    Document,
    Field,
    Mark,
    Note,
    State,
)
from orchestrator.telling.marks import (
    WORKING as WORKS,
)
from orchestrator.telling.marks import (
    Step as Line,
)
from orchestrator.telling.words import figure
from orchestrator.web import markdown, preview
from orchestrator.web.show import activity, around
from orchestrator.web.show import gates as cards
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views import phases as views
from orchestrator.web.views.phases import ActivityView, CheckView, PhasePage, PhaseView, Preview, Progress, ProgressPage
from orchestrator.web.views.shell import Tab

ITEMS = 20  # of activity beside the phases
YOU = Mark(State.YOU, "you")
USUALLY = "Usually under a minute"
DRAFT = "is a draft: the phase is still being worked on"
PULLS = {"open": "is ready to be merged when you approve", "closed": "is closed", "merged": "is merged"}
STEPS = (
    (Step.PLANNING, "Plan written"),
    (Step.PLAN, "Plan approved by you"),
    (Step.BUILDING, "Built, with the tests written first"),
    (Step.CHECKING, "Checked by us, on a clean copy"),
    (Step.RESULT, "Tried by you"),
    (Step.MERGING, "Part of your app"),
)


@dataclass(frozen=True, slots=True)
class Work:
    """What is known of a project's work so far."""

    found: Standing
    runs: Sequence[RunRow]
    checks: Sequence[CheckRow]


async def work(db: AsyncSession, found: Standing) -> Work:
    id = found.project.id
    return Work(found, await runs.of(db, id), await checks.of(db, id))


async def progress(db: AsyncSession, viewer: Viewer, found: Standing, show: str) -> ProgressPage:
    """The page with all phases and what is going on."""
    known = await work(db, found)
    happened = await events.latest(db, found.project.id, activity.kinds(show, live=True), ITEMS)
    project = found.project
    return ProgressPage(
        head=around.head(viewer, found, Tab.PROGRESS, **({"show": show} if show else {})),
        phases=thread(viewer, known),
        activity=ActivityView(
            tuple(item for _, item in activity.items(viewer, happened, show)),
            views.filters(show),
            live=project.step in WORKING,
        ),
        buttons=buttons(found),
        report=_report(found),
        may_end=allows(found.role, Cancel) and project.step in OPEN | {Step.PAUSED},
        told="You can close this page. What needs you waits for you here.",
    )


def _report(found: Standing) -> str:
    """Where it stands how it was built, once something is part of the app."""
    done = any(row.status is PhaseStatus.COMPLETED for row in found.phases)
    return f"/projects/{found.project.id}/report" if done else ""


def buttons(found: Standing) -> tuple[Action, ...]:
    """What can be done about the work as it stands."""
    href, step = f"/projects/{found.project.id}", found.project.step
    if step in WORKING and allows(found.role, Pause):
        return (Action("Stop now", f"{href}/stop", style="no"),)
    if step is Step.PAUSED and allows(found.role, Resume):
        return (Action("Go on", f"{href}/resume", style="primary"),)
    if step is Step.ROADMAP and allows(found.role, Prime):
        return (Action("Look again at what is there", f"{href}/prime"),)
    if projects.value(found.project).can_validate and allows(found.role, Validate):
        return (Action("Check it again", f"{href}/validate"),)
    return ()


def thread(viewer: Viewer, known: Work) -> tuple[PhaseView, ...]:
    return tuple(phase(viewer, known, row) for row in known.found.phases)


def phase(viewer: Viewer, known: Work, row: PhaseRow) -> PhaseView:
    """One bead; the phase at hand is open, with how far it is."""
    project = known.found.project
    current = (
        row.number == project.phase
        and row.status is not PhaseStatus.COMPLETED
        and project.step in _in_hand(project.step)
    )
    mark = _mark(known.found, row)
    return PhaseView(
        number=row.number,
        title=row.title,
        mark=mark,
        text=_text(viewer, known, row),
        pill=row.status is PhaseStatus.COMPLETED,
        href=f"/projects/{project.id}/phases/{row.number}" if row.base or row.merged or row.attempt else "",
        current=current,
        last=row.number == project.phases,
        outcome=row.outcome if current else "",
        progress=_bar(viewer, known, row) if current else None,
        steps=_lines(known.found) if current else (),
        note=_quiet(viewer, known.found) if current else None,
    )


def _in_hand(step: Step) -> frozenset[Step]:
    return frozenset({step}) if step in OPEN | {Step.PAUSED} else frozenset()


def _mark(found: Standing, row: PhaseRow) -> Mark:
    if row.number == found.project.phase and found.project.step is Step.PROBLEM:
        return views.MARKS[PhaseStatus.FAILED]
    paused = found.project.step is Step.PAUSED
    return views.mark(PhaseStatus.IN_PROGRESS if paused and row.status is PhaseStatus.BLOCKED else row.status, paused)


def _text(viewer: Viewer, known: Work, row: PhaseRow) -> str:
    if row.status is not PhaseStatus.COMPLETED:
        return USUALLY if row.status is PhaseStatus.PENDING else ""
    passed = [
        check for check in known.checks if check.phase == row.number and check.commit == row.commit and check.passed
    ]
    tests = sum(check.total or 0 for check in passed)
    day = times.when(row.ended_at or viewer.now, viewer.now, viewer.zone)
    stale = "" if row.fresh else ". The app has changed since"
    return f"{day}, {figure(tests, 'test')} passed{stale}"


def _bar(viewer: Viewer, known: Work, row: PhaseRow) -> Progress:
    done = standing.done_steps(_step(known.found))
    name = views.bar_name(row.number, row.title)
    return Progress(done, len(STEPS), name, f"Step {min(done + 1, len(STEPS))} of {len(STEPS)}", _eta(viewer, known))


def _step(found: Standing) -> Step:
    project = found.project
    step = project.paused_from if project.step in RESTS_FROM and project.paused_from else project.step
    return project.failed_at if step is Step.PROBLEM and project.failed_at else step


def _eta(viewer: Viewer, known: Work) -> str:
    """When the piece of work at hand should end, by this project's own earlier ones."""
    if known.found.project.step not in WORKING:
        return ""
    running = next((run for run in known.runs if run.status is RunStatus.RUNNING), None)
    took = sorted(_seconds(run) for run in known.runs if run.ended_at and running and run.kind is running.kind)
    if running is None or running.started_at is None or not took:
        return USUALLY
    least, most = (running.started_at + timedelta(seconds=seconds) for seconds in (took[0], took[-1] * 1.5))
    return times.done_between(max(least, viewer.now), max(most, viewer.now), viewer.zone)


def _seconds(run: RunRow) -> float:
    assert run.ended_at
    return (run.ended_at - (run.started_at or run.created_at)).total_seconds()


def _lines(found: Standing) -> tuple[Line, ...]:
    done = standing.done_steps(_step(found))
    now = YOU if found.gate else (WORKS if found.project.step in WORKING else LATER)
    return tuple(
        Line(PROVEN if n < done else (now if n == done else LATER), text, quiet=n > done)
        for n, (_, text) in enumerate(STEPS)
    )


def _quiet(viewer: Viewer, found: Standing) -> Note | None:
    """After minutes without a sign of life we say that this is normal, and for how long."""
    silent = (viewer.now - found.project.updated_at).total_seconds()
    if found.project.step not in WORKING or silent < 60:  # noqa: PLR2004 - a minute
        return None
    return Note("", f"Still working, for {times.length(int(silent))} now. This is normal.", WORKS)


async def one(
    db: AsyncSession,
    viewer: Viewer,
    found: Standing,
    number: int,
    *,
    note: Field | None = None,
    trouble: Note | None = None,
) -> PhasePage:
    """The page of one phase: what it promises, what proves it, and how to try it."""
    row = await phases.get(db, found.project.id, number)
    known = await work(db, found)
    asked = [gate for gate in await gates.of(db, [found.project.id]) if gate.phase == number]
    plan = await documents.find(db, found.project.id, f"plan-{number}")
    ran = [check for check in known.checks if check.phase == number]
    head = around.head(viewer, found, Tab.PROGRESS, phase=number)
    here = any(gate.status is Status.PENDING for gate in asked)
    return PhasePage(
        head=replace(head, strip="") if here else head,
        phase=phase(viewer, known, row),
        can_do=_can_do(row, known),
        preview=_preview(found, row),
        gates=tuple(
            cards.card(viewer, gate, found.role, note=note, trouble=trouble)
            for gate in asked
            if gate.status is Status.PENDING
        ),
        receipts=tuple(cards.slip(viewer, gate) for gate in asked if gate.status is not Status.PENDING),
        proof_about=_about(viewer, ran),
        proof=_promises(row, ran),
        also=(*_checks(row, ran), *_findings(row)),
        plan=Document(f"The plan of phase {number}", markdown.html(plan.markdown), f"Version {plan.version}")
        if plan
        else None,
        undo=_undo(found, row),
        pull=_pull(await hubs.find(db, found.project), row),
        report=f"/projects/{found.project.id}/phases/{number}/report" if row.commit else "",
    )


def _pull(known: hubs.Hub | None, row: PhaseRow) -> views.PullView | None:
    """How it stands on GitHub, where it is there."""
    pull = known.pulls.get(hubs.name(row)) if known else None
    if pull is None or not pull.url:
        return None
    said = PULLS[pull.state] if not (pull.draft and pull.state == "open") else DRAFT
    people = listed(pull.reviewers)
    review = {"approved": f" {people} approved it there.", "changes": f" {people} asked for changes there."}
    return views.PullView(pull.url, f"Pull request {pull.number} {said}.{review.get(pull.review, '')}")


def _can_do(row: PhaseRow, known: Work) -> tuple[Line, ...]:
    ran = [check for check in known.checks if check.phase == row.number]
    return tuple(
        Line(LATER if (found := _promise(row, ran, criterion).mark) is NOT_CHECKED else found, criterion["text"])
        for criterion in row.criteria
        if criterion["feature"]
    )


def _preview(found: Standing, row: PhaseRow) -> Preview | None:
    url = preview.url_of(found)
    if not url or not (row.commit or row.merged):
        return None
    return Preview(href=url, text="A trial copy with made-up data. Whoever has the link can try it, and nothing else.")


def _about(viewer: Viewer, ran: Sequence[CheckRow]) -> str:
    if not ran:
        return "Nothing is checked yet. When the phase is built, we check it ourselves."
    at = times.day_at(ran[-1].at, viewer.now, viewer.zone)
    return f"We ran these ourselves, {at}, on a clean copy. What the builder says does not count."


def _promises(row: PhaseRow, ran: Sequence[CheckRow]) -> tuple[CheckView, ...]:
    """Each acceptance criterion is as good as the checks of this very save point."""
    return tuple(_promise(row, ran, criterion) for criterion in row.criteria)


def _promise(row: PhaseRow, ran: Sequence[CheckRow], criterion: dict[str, str]) -> CheckView:
    current = [check for check in ran if check.commit == row.commit]
    id = criterion["id"]
    if not current:
        return CheckView(id, criterion["text"], OUT_OF_DATE if ran else NOT_CHECKED, "Not checked yet as it is now.")
    if not row.fresh:
        return CheckView(id, criterion["text"], OUT_OF_DATE, "Proven before, but the app has changed since.")
    broken = _failing(current[-1], id)
    if broken:
        return CheckView(id, criterion["text"], FAILED, f"The test for this promise fails: {broken}")
    if not current[-1].passed:
        return CheckView(id, criterion["text"], NOT_CHECKED, "Other tests fail, so nothing counts as proven yet.")
    if not any(id in check.details.get("tried", ()) for check in current):
        return CheckView(
            id, criterion["text"], NOT_CHECKED, "No test speaks of this promise alone. Please try it yourself."
        )
    return CheckView(id, criterion["text"], PROVEN, "The tests for this promise passed on a clean copy.")


def _failing(check: CheckRow, id: str) -> str:
    """The name of a failing test that speaks of this promise, as the tests of a phase do by its id."""
    mark = id.lower().replace(".", "_")
    return next((str(failure["name"]) for failure in check.failures if mark in str(failure["name"]).lower()), "")


def _checks(row: PhaseRow, ran: Sequence[CheckRow]) -> tuple[CheckView, ...]:
    return tuple(_check(row, check) for check in ran if check.commit == row.commit)


def _check(row: PhaseRow, check: CheckRow) -> CheckView:
    mark = (PROVEN if row.fresh else OUT_OF_DATE) if check.passed else FAILED
    code = "none" if check.exit_code is None else check.exit_code
    evidence = (
        f"{check.command}\nexit code {code}, save point {check.commit}\nlog {check.log_sha256}\n\n{check.excerpt}"
    )
    text = f"{check.sentence} It took {check.milliseconds / 1000:.1f} seconds."
    return CheckView(f"check-{check.id}", f"The check “{check.name}”", mark, text, evidence=evidence)


def _findings(row: PhaseRow) -> tuple[CheckView, ...]:
    return tuple(_finding(n, finding) for n, finding in enumerate(row.findings, 1))


def _finding(n: int, finding: dict[str, Any]) -> CheckView:
    mark = FAILED if finding["severity"] == "alarm" else Mark(State.REST, "part", "Noted")
    evidence = "\n".join([finding.get("path", ""), *finding.get("details", [])]).strip()
    text = "Seen when we compared the tests with those from before."
    return CheckView(f"finding-{n}", finding["sentence"], mark, text, evidence=evidence)


def _undo(found: Standing, row: PhaseRow) -> views.Undo | None:
    finished = [phase.number for phase in found.phases if phase.status is PhaseStatus.COMPLETED]
    if not finished or finished[-1] != row.number or not allows(found.role, Undo):
        return None
    before = f"after phase {row.number - 1}" if row.number > 1 else "before phase 1"
    text = f"Your app goes back to how it was {before}. Nothing is deleted: you can have it built again. Costs nothing."
    return views.Undo(
        text, Action(f"Undo phase {row.number}", f"/projects/{found.project.id}/phases/{row.number}/undo", "undo")
    )
