"""Whether a project may be given to strangers: what is known about the 54 questions, as a page."""

from orchestrator.domain.command import Attest, Mend, Prove
from orchestrator.domain.policy import allows
from orchestrator.domain.ready import board, fixing
from orchestrator.domain.ready.board import Kept, Line
from orchestrator.domain.ready.items import Category
from orchestrator.domain.ready.report import Answer, Evidence, Report, State
from orchestrator.store import projects
from orchestrator.store.pages import Standing
from orchestrator.store.readiness import Known
from orchestrator.telling import times, words
from orchestrator.telling.marks import (
    FAILED,
    NOT_CHECKED,
    NOT_NEEDED,
    OUT_OF_DATE,
    PROVEN,
    Action,
    Field,
    Mark,
    Step,
)
from orchestrator.telling.marks import State as Colour
from orchestrator.web.show import around
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views.home import Bead
from orchestrator.web.views.phases import CheckView
from orchestrator.web.views.ready import BoardView, FeatureView, GroupView, ReadyPage, VouchView
from orchestrator.web.views.ready import Verdict as VerdictView
from orchestrator.web.views.shell import Tab

VOUCHED = Mark(Colour.PROVEN, "you", "Vouched for")
MARKS = {
    State.PROVEN: PROVEN,
    State.OUT_OF_DATE: OUT_OF_DATE,
    State.FAILED: FAILED,
    State.NOT_CHECKED: NOT_CHECKED,
    State.ATTESTED: VOUCHED,
    State.NOT_NEEDED: NOT_NEEDED,
}
KEPT = {
    Kept.KEPT: Mark(PROVEN.state, PROVEN.icon, board.SAID[Kept.KEPT]),
    Kept.NOT_YET: Mark(NOT_CHECKED.state, NOT_CHECKED.icon, board.SAID[Kept.NOT_YET]),
    Kept.BROKEN: Mark(FAILED.state, FAILED.icon, board.SAID[Kept.BROKEN]),
}
WORST = (State.FAILED, State.OUT_OF_DATE, State.NOT_CHECKED)
GROUPS = (
    ("does", "Does what you asked", "Is everything promised there, and tried?", (Category.FUNCTIONALITY,)),
    ("tested", "Tested", "Would we notice if something broke?", (Category.TESTING,)),
    ("safe", "Safe", "Can anyone see or do what they should not?", (Category.SECURITY,)),
    ("runs", "Keeps running", "If it falls over, do we know, and does it come back?", (Category.OPERATIONS,)),
    ("fast", "Fast enough", "Does nobody wait longer than three seconds?", (Category.PERFORMANCE,)),
    (
        "explained",
        "Explained and allowed",
        "Can others run it, and may they?",
        (Category.DOCUMENTATION, Category.COMPLIANCE),
    ),
)
FINE = "You may give it to strangers: everything that must be so is proven."
AT_HOME = "Fine to use at home. Please do not give it to strangers yet."
URGENT = {"blocker": "Must be fixed first", "important": "Important", "nice to have": "Nice to have"}
CHECK = "Check all 54 questions"


def page(viewer: Viewer, found: Standing, report: Report, known: Known, wrong: dict[str, Field]) -> ReadyPage:
    """`wrong` is what was written in a form that was not accepted, by its question."""
    head = around.head(viewer, found, Tab.READY)
    href = f"/projects/{found.project.id}/ready"
    may = allows(found.role, Prove) and bool(found.project.repository) and known.asking is None
    ask = Action(CHECK if not known.answers else "Check everything again", href, style="primary") if may else None
    doing = (known.asking.doing or "We are about to begin.") if known.asking else ""
    if not known.answers:
        return ReadyPage(head, ask=ask, doing=doing, problem=known.problem, board=_board(report))
    return ReadyPage(
        head,
        verdict=_verdict(viewer, report, known),
        left=tuple(_left(viewer, one, _actions(found, one, href, may=may)) for one in report.missing),
        groups=tuple(_group(id, title, question, _of(report, parts)) for id, title, question, parts in GROUPS),
        ask=ask,
        doing=doing,
        problem=known.problem,
        vouch=tuple(_vouch(one, href, wrong) for one in report.answers if one.item.vouch)
        if allows(found.role, Attest)
        else (),
        board=_board(report),
    )


def _board(report: Report) -> BoardView | None:
    """Nothing while no phase promises anything."""
    if not report.board.lines:
        return None
    features = board.features(report.board.promised, report.board.lines)
    return BoardView(
        board.told(report.board.lines),
        tuple(
            FeatureView(title, KEPT[board.of_feature(own)], tuple(_promise(line) for line in own))
            for _, title, own in features
        ),
    )


def _promise(line: Line) -> CheckView:
    one = line.promise
    small = f"Phase {one.phase}" if one.phase else ""
    return CheckView(
        f"promise-{one.id}",
        f"{one.id}: {one.text}",
        KEPT[line.kept],
        line.why,
        small=small,
        evidence="\n".join(line.tests),
        evidence_label="Tests that tried it" if line.kept is Kept.KEPT else "Tests that tried it before",
    )


def _of(report: Report, parts: tuple[Category, ...]) -> tuple[Answer, ...]:
    return tuple(answer for part in parts for answer in report.of(part))


def _verdict(viewer: Viewer, report: Report, known: Known) -> VerdictView:
    at = times.day_at(known.at, viewer.now, viewer.zone) if known.at else ""
    left = f" About {words.count(round(report.hours), 'hour')} of work left." if report.missing else ""
    return VerdictView(
        report.verdict.removesuffix("."),
        FINE if report.ready else AT_HOME,
        f"{report.score} of {len(report.answers)} questions proven, looked at {at}.{left}",
        tuple(Bead(_worst(_of(report, parts)), title) for _, title, _, parts in GROUPS),
    )


def _worst(answers: tuple[Answer, ...]) -> Mark:
    """The state of a group: that of its worst question, with how many have it."""
    for state in WORST:
        if number := sum(answer.state is state for answer in answers):
            mark = MARKS[state]
            return Mark(mark.state, mark.icon, f"{number} of {len(answers)} {mark.text.lower()}")
    return Mark(PROVEN.state, PROVEN.icon, f"{len(answers)} of {len(answers)} proven")


def _group(id: str, title: str, question: str, answers: tuple[Answer, ...]) -> GroupView:
    steps = tuple(Step(MARKS[one.state], _said(one)) for one in answers)
    return GroupView(id, title, _worst(answers), question, steps)


def _said(one: Answer) -> str:
    return (
        f"{one.item.question} {one.sentence}" if one.state in {State.NOT_NEEDED, State.ATTESTED} else one.item.question
    )


def _actions(found: Standing, one: Answer, href: str, *, may: bool) -> tuple[Action, ...]:
    """What can be done about it here and now."""
    prove = (Action("Prove it", f"{href}/{one.item.id}/prove"),) if may else ()
    can = allows(found.role, Mend) and bool(found.project.repository) and projects.value(found.project).can_change
    if not can or not fixing.fixable(one.item.id) or one.state is State.OUT_OF_DATE:
        return prove
    return (Action("Have it fixed", f"{href}/{one.item.id}/fix", style="primary"), *prove)


def _left(viewer: Viewer, one: Answer, actions: tuple[Action, ...]) -> CheckView:
    looked = one.evidence[0].at if one.evidence else None
    when = f" · looked at {times.day_at(looked, viewer.now, viewer.zone)}" if looked else ""
    hours = "less than an hour" if one.item.hours < 1 else f"about {words.count(round(one.item.hours), 'hour')}"
    return CheckView(
        one.item.id,
        one.item.question,
        MARKS[one.state],
        f"{one.sentence} {one.item.advice}",
        small=f"{URGENT[one.item.priority]} · {hours}{when}",
        evidence="\n\n".join(_shown(each) for each in one.evidence),
        evidence_label="Evidence",
        actions=actions,
    )


def _shown(each: Evidence) -> str:
    ended = f", exit code {each.exit_code}" if each.exit_code is not None else ""
    took = f", took {each.seconds:.1f} s" if each.seconds else ""
    hashed = f"\nlog {each.sha256[:16]}" if each.sha256 else ""
    return f"{each.what}\nsave point {each.commit[:10]}{ended}{took}{hashed}\n{each.excerpt}".strip()


def _vouch(one: Answer, href: str, wrong: dict[str, Field]) -> VouchView:
    now = one.sentence if one.vouched else ""
    return VouchView(
        one.item.id, one.item.question, f"{href}/{one.item.id}/attest", now, wrong.get(one.item.id, Field())
    )
