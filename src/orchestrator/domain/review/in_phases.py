"""The rules about one phase: its files, tests, promises, checks, tries, alarms, and what it took. Pure."""

from collections.abc import Callable, Iterable, Iterator

from orchestrator.domain.gate import Kind, Status, Way
from orchestrator.domain.plain import counted, listed
from orchestrator.domain.review import planned
from orchestrator.domain.review.divergence import Cause, Class, Divergence, Rule
from orchestrator.domain.review.facts import Facts, Phase
from orchestrator.domain.run import RunKind, RunStatus

NAMED = 5  # places in one sentence
REPAIRS = 2  # times that our checks may find something before it is more than a small thing
TWICE = 2
TESTS = ("test", "spec")
NOT_WANTED = "It was not what was wanted."
AGREED = "What was agreed is there, by another way."
See = Callable[[Phase], Iterator[Divergence]]


def _each(see: See) -> Callable[[Facts], Iterator[Divergence]]:
    """A rule that looks at each phase that is part of the app."""

    def find(facts: Facts) -> Iterator[Divergence]:
        for phase in facts.done:
            yield from see(phase)

    return find


def places(paths: Iterable[str]) -> str:
    """Some paths as words: a few by name, the others counted."""
    names = sorted(set(paths))
    more = [counted(len(names) - NAMED, "more")] if len(names) > NAMED else []
    return listed(
        [*(f"`{name.replace('`', '')}`" for name in names[:NAMED]), *(word.removesuffix("s") for word in more)]
    )


def _kept(phase: Phase) -> bool:
    return all(promise.kept for promise in phase.promises)


def promise_open(phase: Phase) -> Iterator[Divergence]:
    left = sorted(promise.id for promise in phase.promises if not promise.kept)
    if left:
        yield Divergence(
            "promise-open", phase.number, f"{counted(len(phase.promises), 'promise')}, each tried by a test",
            f"no passed test speaks of {listed(left)}", "Nothing shows that it is so.", Class.BAD, justified=False,
            cause=Cause.CHECK, impact="A person cannot rely on it.",
        )  # fmt: skip


def file_missing(phase: Phase) -> Iterator[Divergence]:
    changed = [file.path for file in phase.files if file.status != "deleted"]
    gone = [one for one in phase.plan.files if one not in phase.plan.there and not _made(one, changed)]
    if gone:
        yield Divergence(
            "file-missing", phase.number, f"{counted(len(phase.plan.files), 'place')} named in the plan",
            f"not there: {places(gone)}", "It was not needed, or it was forgotten. Facts cannot tell which.",
            Class.MINOR, justified=False, cause=Cause.PLAN,
            impact=AGREED if _kept(phase) else "A promise of this phase is open as well.",
        )  # fmt: skip


def _made(one: str, changed: Iterable[str]) -> bool:
    return any(planned.named(path, [one]) for path in changed)


def file_extra(phase: Phase) -> Iterator[Divergence]:
    if not phase.plan.files:
        return
    extra = [file.path for file in phase.files if planned.matters(file.path)]
    extra = [path for path in extra if not planned.named(path, phase.plan.files)]
    tests = [path for path in extra if any(word in path.lower() for word in TESTS)]
    others = sorted(set(extra) - set(tests))
    if tests:
        yield Divergence(
            "file-extra", phase.number, "the tests that the plan names", f"also changed: {places(tests)}",
            "More is tried than was planned.", Class.GOOD, justified=True, cause=Cause.PLAN,
            impact="More would be noticed if it broke.",
        )  # fmt: skip
    if others:
        yield Divergence(
            "file-extra", phase.number, "the files that the plan names", f"also changed: {places(others)}",
            "The plan does not speak of it.", Class.MINOR, justified=False, cause=Cause.PLAN,
            impact="Whoever said yes to the plan did not see that it would change.",
        )  # fmt: skip


def test_missing(phase: Phase) -> Iterator[Divergence]:
    gone = [name for name in phase.plan.tests if name not in phase.plan.written]
    if gone:
        whole = _kept(phase)
        yield Divergence(
            "test-missing", phase.number, f"{counted(len(phase.plan.tests), 'test')} named in the plan",
            f"not found: {places(gone)}", "It has another name, or it was not written.",
            Class.MINOR if whole else Class.BAD, justified=False, cause=Cause.CHECK,
            impact="Each promise has a test all the same." if whole else "A promise of this phase is open as well.",
        )  # fmt: skip


def tests_late(phase: Phase) -> Iterator[Divergence]:
    if phase.first_tests is False:
        yield Divergence(
            "tests-late", phase.number, "tests are saved before the code", "history does not show that",
            "Tests and code were saved together, or the code first.", Class.MINOR, justified=False,
            cause=Cause.CONTEXT, impact="A test that never failed proves less.",
        )  # fmt: skip


def red_checks(phase: Phase) -> Iterator[Divergence]:
    if phase.red:
        many = phase.red > REPAIRS
        yield Divergence(
            "red-checks", phase.number, "all checks pass when the phase is handed over",
            f"they found something {counted(phase.red, 'time')}", "It was handed over before it was whole.",
            Class.BAD if many else Class.MINOR, justified=False, cause=Cause.MISTAKE if many else Cause.CHECK,
            impact="Time went into repairs. What is part of the app passed." if _kept(phase) else "Time was lost.",
        )  # fmt: skip


def plan_again(phase: Phase) -> Iterator[Divergence]:
    written = [work for work in phase.worked(RunKind.PLAN) if work.status is RunStatus.COMPLETED]
    sent = len(written) - phase.plans
    if phase.plans and sent > 0:
        yield Divergence(
            "plan-again", phase.number, "one plan for each time that a person is asked",
            f"{counted(sent, 'plan')} more than a person saw", "A plan left something open or did not come to its end.",
            Class.MINOR, justified=False, cause=Cause.CONTEXT, impact="The plan took longer.",
        )  # fmt: skip


def stuck(phase: Phase) -> Iterator[Divergence]:
    if problems := phase.asked(Kind.ERROR_RESOLUTION):
        yield Divergence(
            "stuck", phase.number, "the phase is built without help",
            f"a person was asked {counted(len(problems), 'time')} how to go on",
            _first(one.question for one in problems), Class.BAD, justified=False, cause=Cause.MISTAKE,
            impact="Work stood still until somebody answered.",
        )  # fmt: skip


def anew(phase: Phase) -> Iterator[Divergence]:
    backs = [one for one in phase.asked(Kind.ERROR_RESOLUTION, Status.APPROVED) if one.way is Way.BACK]
    thrown = len(phase.asked(Kind.PHASE_COMPLETE, Status.REJECTED)) + len(backs)
    if thrown:
        yield Divergence(
            "begun-anew", phase.number, "what is built is taken in", f"it was set aside {counted(thrown, 'time')}",
            _first(one.note for one in phase.asked(Kind.PHASE_COMPLETE, Status.REJECTED)) or NOT_WANTED,
            Class.BAD, justified=False, cause=Cause.PLAN, impact="The phase was built again from the beginning.",
        )  # fmt: skip


def undone(phase: Phase) -> Iterator[Divergence]:
    if phase.undone:
        yield Divergence(
            "undone", phase.number, "the phase stays part of the app",
            f"it was taken out {counted(phase.undone, 'time')} and built again", "A person took it out.",
            Class.MINOR, justified=True, cause=Cause.PERSON, impact="It was built again from its plan on.",
        )  # fmt: skip


def wishes(phase: Phase) -> Iterator[Divergence]:
    """What a person asked to be different, once they saw the plan or the result."""
    plans = phase.asked(Kind.PHASE_START, Status.CHANGES_REQUESTED, Status.REJECTED)
    results = phase.asked(Kind.PHASE_COMPLETE, Status.CHANGES_REQUESTED)
    if asked := [*plans, *results]:
        yield Divergence(
            "wish", phase.number, "the plan and the result as first shown",
            f"changed after {counted(len(asked), 'wish', 'wishes')}", _first(one.note for one in asked),
            Class.GOOD, justified=True, cause=Cause.PERSON, impact="It is nearer to what the person wants.",
        )  # fmt: skip


def alarms(phase: Phase) -> Iterator[Divergence]:
    if seen := sorted(one.sentence for one in phase.noticed if one.alarm):
        yield Divergence(
            "alarm", phase.number, "what watches over the app is not weakened",
            f"{counted(len(seen), 'alarm')} when its tests were compared with before", seen[0], Class.BAD,
            justified=False, cause=Cause.CONTEXT, impact="Tests may notice less than they did.",
        )  # fmt: skip


def outside(phase: Phase) -> Iterator[Divergence]:
    if seen := sorted(one.sentence for one in phase.noticed if one.kind == "outside"):
        yield Divergence(
            "outside", phase.number, "the builder writes in its trial copy alone", seen[0],
            "It changed places where it had no business.", Class.BAD, justified=False, cause=Cause.CONTEXT,
            impact="What it changed there is not part of the app.",
        )  # fmt: skip


def not_fresh(phase: Phase) -> Iterator[Divergence]:
    if not phase.fresh:
        yield Divergence(
            "not-fresh", phase.number, "what becomes part of the app is what was checked",
            "the app had changed meanwhile", "Somebody else worked on the app at the same time.", Class.BAD,
            justified=False, cause=Cause.CHECK, impact="What is in the app now was never checked as a whole.",
        )  # fmt: skip


def took(phase: Phase) -> Iterator[Divergence]:
    seconds = sum(work.seconds for work in phase.worked(RunKind.EXECUTE, RunKind.REPAIR))
    seconds += sum(check.seconds for check in phase.checks)
    said = phase.plan
    longer = said.seconds is not None and seconds > TWICE * said.seconds
    dearer = said.money is not None and phase.money > TWICE * said.money
    if longer or dearer:
        about = listed([*(["time"] if longer else []), *(["money"] if dearer else [])])
        yield Divergence(
            "estimate", phase.number, f"the {about} that was said before the yes", f"more than twice as much {about}",
            "Repairs and wishes are part of it.", Class.MINOR, justified=False, cause=Cause.ESTIMATE,
            impact="A person decided on a figure that did not hold.",
        )  # fmt: skip


def _first(said: Iterable[str]) -> str:
    """The same one whatever the order: nobody can say which of them counts most."""
    return min((one for one in said if one), default="")


RULES = (
    Rule(
        "promise-open", "Each promise with the tests that passed", "A promise that no test tried: bad.",
        _each(promise_open),
    ),
    Rule(
        "file-missing", "Files in the plan with files that are there", "A file that is not there: minor.",
        _each(file_missing),
    ),
    Rule(
        "file-extra", "Files that changed with files in the plan",
        "More tests than planned: good. Any other file: minor. Papers of ours do not count.", _each(file_extra),
    ),
    Rule(
        "test-missing", "Tests in the plan with tests that are there",
        "A test that is not there: minor, and bad where a promise of the phase is open.", _each(test_missing),
    ),
    Rule("tests-late", "Which was saved first, tests or code", "Not the tests: minor.", _each(tests_late)),
    Rule(
        "red-checks", "How often our checks found something",
        f"Up to {counted(REPAIRS, 'time')}: minor. More often: bad.", _each(red_checks),
    ),
    Rule(
        "plan-again", "Plans written with plans shown to a person", "More written than shown: minor.",
        _each(plan_again),
    ),
    Rule("stuck", "How often a person was asked how to go on", "Once or more: bad.", _each(stuck)),
    Rule("begun-anew", "How often what was built was set aside", "Once or more: bad.", _each(anew)),
    Rule("undone", "Phases that were taken out again", "Minor, and justified: a person decided it.", _each(undone)),
    Rule("wish", "What a person asked to be different", "Good, and justified: a person decided it.", _each(wishes)),
    Rule("alarm", "What watches over the app with before", "An alarm: bad.", _each(alarms)),
    Rule("outside", "Where the builder wrote", "Anywhere but in its trial copy: bad.", _each(outside)),
    Rule("not-fresh", "What was checked with what is part of the app", "Not the same: bad.", _each(not_fresh)),
    Rule(
        "estimate", "Time and money said before the yes with what it took",
        "More than twice as much: minor. Where nothing was said, nothing is compared.", _each(took),
    ),
)  # fmt: skip
