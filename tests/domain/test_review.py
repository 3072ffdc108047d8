"""Plan against result: the same facts give the same verdict, each difference its class, and its lesson a change."""

import random
import re
import subprocess
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.cost import Currency
from orchestrator.domain.estimate import Sample, usually
from orchestrator.domain.gate import Kind, Status, Way
from orchestrator.domain.review import execution, improving, patterns, planned, reviewed, rules
from orchestrator.domain.review.divergence import Class
from orchestrator.domain.review.facts import (
    Check,
    Decision,
    Facts,
    File,
    Intended,
    Noticed,
    Phase,
    Plan,
    Promise,
    Ready,
    Work,
)
from orchestrator.domain.review.score import costs, score
from orchestrator.domain.run import RunKind, RunStatus
from wording import faults

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DONE = RunStatus.COMPLETED
KEPT = (Promise("P1.1", "There is a page.", kept=True),)
GREEN = (Check("tests", "r1", passed=True),)
GOOD = Phase(1, "You can plan", done=True, promises=KEPT, checks=GREEN, first_tests=True)
OURS = {improving.PLAN: "# Plan `$1`\n", improving.EXECUTE: "# Build `$1`\n"}
words = st.sampled_from(["", "one", "two | `three`", "<b>four</b>", "# five\n- six"])
paths = st.sampled_from(["app.py", "tests/test_a.py", "README.md", "pyproject.toml", ".agents/plans/p.md", "a/b.css"])


def few(one: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=most).map(tuple)


decisions = st.builds(
    Decision, st.sampled_from(Kind), st.sampled_from(Status), st.just(1), words, words, st.none() | st.sampled_from(Way)
)
plans = st.builds(
    Plan, few(paths), few(paths), few(words), few(words), st.none() | st.just(1.0), st.none() | st.just(0.1)
)
phases = st.builds(
    Phase,
    number=st.integers(1, 3),
    title=words,
    done=st.booleans(),
    fresh=st.booleans(),
    promises=few(st.builds(Promise, st.sampled_from(["P1.1", "P1.2", "P1.10"]), words, st.booleans())),
    plan=plans,
    plans=st.integers(0, 2),
    files=few(st.builds(File, paths, st.sampled_from(["added", "modified", "deleted"]), st.integers(0, 9))),
    save_points=few(st.sampled_from(["fix: it", "It", "plan: phase 1"])),
    checks=few(st.builds(Check, words, st.sampled_from("abc"), st.booleans(), words, place=st.integers(0, 3))),
    work=few(st.builds(Work, st.sampled_from(RunKind), st.sampled_from(RunStatus), st.floats(0, 9), st.integers(1, 2))),
    decisions=few(decisions),
    noticed=few(st.builds(Noticed, st.sampled_from(["outside", "tests-gone"]), words, st.booleans())),
    undone=st.integers(0, 1),
    first_tests=st.sampled_from([None, True, False]),
)
facts = st.builds(
    Facts,
    st.just("Shop"),
    st.just("c" * 40),
    st.just(NOON),
    st.booleans(),
    phases=st.lists(phases, max_size=3, unique_by=lambda phase: phase.number).map(tuple),
    first=few(st.builds(Intended, words, few(words))),
    minds=st.integers(0, 1),
    spent=st.floats(0, 20),
    limit=st.sampled_from([0.0, 10.0]),
    guides=st.sampled_from([(), (("AGENTS.md", "- Tests first.\n- Use `tabs`.\n- Never skip tests"),)]),
)


def shuffled(one: Any, by: random.Random) -> Any:
    """The same facts in another order, all the way down."""
    if isinstance(one, tuple):
        return tuple(by.sample([shuffled(each, by) for each in one], len(one)))
    if is_dataclass(one):
        return replace(one, **{f.name: shuffled(getattr(one, f.name), by) for f in fields(one) if f.name != "guides"})
    return one


def told(one: Facts) -> tuple[Any, ...]:
    review = reviewed.review(one, OURS)
    return review.score, review.found, review.judged, review.actions


def of(**more: Any) -> Facts:
    given = {"complete": True, "phases": (GOOD,), "first": (Intended("You can plan", ("There is a page.",)),)}
    return Facts("Shop", "c" * 40, NOON, **(given | more))


def having(**more: Any) -> Facts:
    return of(phases=(replace(GOOD, **more),))


@given(facts, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_facts_does_not_matter_and_the_score_stays_within_its_bounds(one: Facts, by: random.Random):
    before = told(one)
    assert told(shuffled(one, by)) == before
    assert 0 <= before[0].points <= 10
    reviewed.markdown(reviewed.review(one, OURS))
    execution.markdown(one)


def test_whichever_fact_comes_first_the_documents_say_the_same():
    asked = tuple(
        Decision(kind, status, 1, f"How {n}?", f"Note {n}", Way.BACK)
        for n, kind in enumerate((Kind.ERROR_RESOLUTION, Kind.PHASE_COMPLETE, Kind.PHASE_START, Kind.PERMISSION) * 2)
        for status in (Status.APPROVED, Status.REJECTED, Status.CHANGES_REQUESTED)
    )
    work = tuple(Work(RunKind.EXECUTE, RunStatus.FAILED, n, 1, f"No {n}.") for n in range(3))
    noticed = tuple(Noticed("outside", f"Seen {n}.", alarm=n % 2 == 0) for n in range(4))
    files = tuple(File(path, "added", n) for n, path in enumerate(("b.py", "a.css", "test_b.py", "test_a.py")))
    checks = tuple(Check(f"{n}", f"r{n % 3}", passed=n > 1, place=n) for n in range(6))
    promises = tuple(Promise(f"P1.{n}", f"It does {n}.", kept=n % 3 > 0) for n in range(1, 12))
    rich = Phase(
        1, "You can", done=True, promises=promises, files=files, checks=checks, work=work, noticed=noticed,
        decisions=asked, plan=Plan(("x.py", "y.py"), (), ("test_a", "test_b")), save_points=("B", "A"),
    )  # fmt: skip
    one = of(
        phases=(rich, replace(GOOD, number=2, title="You may"), replace(GOOD, number=3, fresh=False)), first=NEW * 2
    )
    before = told(one), execution.markdown(one), reviewed.markdown(reviewed.review(one, OURS))
    for seed in range(20):
        other = shuffled(one, random.Random(seed))
        assert (told(other), execution.markdown(other), reviewed.markdown(reviewed.review(other, OURS))) == before


@given(facts)
@settings(max_examples=40, deadline=None)
def test_one_more_bad_difference_never_raises_the_score(one: Facts):
    found = rules.found(one)
    kept, promised = sum(each.kept for each in one.promises), len(one.promises)
    bad = next(iter(rules.found(having(fresh=False))))
    assert bad.kind is Class.BAD
    assert score(kept, promised, [*found, bad]).tenths <= score(kept, promised, found).tenths
    assert found or kept < promised or score(kept, promised, found).points == 10
    assert all(costs(each) == 0 for each in found if each.kind is Class.GOOD)


def test_without_a_difference_and_with_every_promise_kept_it_is_ten():
    assert rules.found(of()) == ()
    assert reviewed.review(of(), OURS).score.text == "10"
    assert "**10 out of 10**: 1 of 1 promises kept" in reviewed.markdown(reviewed.review(of(), OURS))


def asked(kind: Kind, status: Status = Status.APPROVED, way: Way | None = None) -> dict[str, Any]:
    return {"decisions": (Decision(kind, status, 1, "How?", "Bigger letters", way),)}


RED = tuple(Check("tests", f"r{number}", passed=False) for number in range(3))
NEW = (Intended("You can shop", ("There is a shop.",)),)
NAMES = Plan(("app.py",), ("app.py",))
OTHERS = (Check("tests", "r8", passed=False), Check("style", "r8", passed=True))
PLANNED = Plan(files=("app.py", "a.py"), there=("app.py",))


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (having(promises=(replace(KEPT[0], kept=False),)), {("promise-open", "bad", False)}),
        (having(plan=PLANNED), {("file-missing", "minor", False)}),
        (having(plan=PLANNED, files=(File("b/a.py", "added"),)), set()),
        (having(plan=NAMES, files=(File("x.css", "added"),)), {("file-extra", "minor", False)}),
        (having(plan=Plan(("a/",), ("a/",)), files=(File("test_x.py", "added"),)), {("file-extra", "good", True)}),
        (having(files=(File("x.css", "added"),)), set()),
        (having(plan=Plan(tests=("test_a",))), {("test-missing", "minor", False)}),
        (having(first_tests=False), {("tests-late", "minor", False)}),
        (having(checks=(*GREEN, *RED[1:])), {("red-checks", "minor", False)}),
        (having(checks=(*GREEN, *RED[:2], *OTHERS)), {("red-checks", "bad", False)}),
        (having(plans=1, work=(Work(RunKind.PLAN, DONE), Work(RunKind.PLAN, DONE))), {("plan-again", "minor", False)}),
        (having(plans=2, work=(Work(RunKind.PLAN, DONE),)), set()),
        (having(**asked(Kind.ERROR_RESOLUTION)), {("stuck", "bad", False)}),
        (
            having(**asked(Kind.ERROR_RESOLUTION, way=Way.BACK)),
            {("stuck", "bad", False), ("begun-anew", "bad", False)},
        ),
        (having(**asked(Kind.PHASE_COMPLETE, Status.REJECTED)), {("begun-anew", "bad", False)}),
        (having(**asked(Kind.PHASE_COMPLETE, Status.CHANGES_REQUESTED)), {("wish", "good", True)}),
        (having(undone=1), {("undone", "minor", True)}),
        (having(noticed=(Noticed("tests-gone", "A test is gone.", alarm=True),)), {("alarm", "bad", False)}),
        (having(noticed=(Noticed("outside", "It wrote elsewhere."),)), {("outside", "bad", False)}),
        (having(fresh=False), {("not-fresh", "bad", False)}),
        (
            having(plan=Plan(seconds=60), work=(Work(RunKind.EXECUTE, DONE, 121),)),
            {("estimate", "minor", False)},
        ),
        (having(plan=Plan(money=0.4), money=0.8), set()),
        (of(spent=12.0, limit=10.0), {("limit", "minor", True)}),
        (
            of(first=NEW),
            {("promise-dropped", "bad", False), ("promise-added", "minor", False), ("phases-changed", "minor", False)},
        ),
        (
            of(first=NEW, minds=1),
            {("promise-dropped", "minor", True), ("promise-added", "good", True), ("phases-changed", "minor", True)},
        ),
        (of(first=(*of().first, *NEW), complete=False), set()),
    ],
)  # fmt: skip
def test_each_rule_says_how_bad_a_difference_is_and_whether_somebody_decided_it(one: Facts, expected: set[Any]):
    found = rules.found(one)
    assert {(each.rule, str(each.kind), each.justified) for each in found} == expected
    assert all(each.planned and each.actual and each.reason and each.impact for each in found)
    assert {each.rule for each in found} <= {rule.id for rule in rules.RULES}


def test_every_rule_has_a_lesson_or_is_a_persons_own_doing_and_stands_in_the_report():
    assert {rule.id for rule in rules.RULES} - set(improving.LESSONS) == {"limit", "undone"}
    text = reviewed.markdown(reviewed.review(of(), OURS))
    assert all(rule.compares in text and rule.follows in text for rule in rules.RULES)


PLAN = """\
# Plan
## Acceptance criteria
- **P1.1** It works. Shown by `test_p1_1_works`.
## Tests
- `tests/test_a.py`: test_b
## Files
- `app.py` and `prototype/`, README, src/x/y.ts; see https://example.org/a.b, `.agents/plans/phase-1.md`
## Risks
- `other.py` is none
"""


def test_a_plan_is_read_for_its_files_and_tests():
    assert planned.files(PLAN) == ("app.py", "prototype/", "tests/test_a.py", "README", "src/x/y.ts")
    assert planned.tests(PLAN) == ("test_b", "test_p1_1_works")
    for path in ("app.py", "in/app.py", "prototype/a/b.py", "README.md", "in/prototype/x"):
        assert planned.named(path, planned.files(PLAN)), path
    for path in ("happ.py", "prototypes.py", "read.me", "src/x/y.tsx"):
        assert not planned.named(path, planned.files(PLAN)), path
    assert planned.named("a/b/c.py", ["a/*.py"])


@given(st.lists(st.tuples(st.floats(1, 40_000), st.integers(0, 9) | st.integers(10**4, 10**8)), min_size=2, max_size=5))
def test_what_was_said_that_it_takes_is_read_back(took: list[tuple[float, int]]):
    said = usually([Sample(seconds, micros) for seconds, micros in took], Currency("EUR", 1.0), what="for each phase")
    seconds, money = planned.usually(said, "€")
    assert seconds
    assert (money is not None) == ("€" in said)


def test_what_was_never_said_is_not_compared():
    assert planned.usually("", "$") == (None, None)
    assert planned.usually("Usually under a minute, and it costs nothing", "$") == (60, None)
    assert planned.usually("Usually 1 to 2 hours and $0.40 to $1,200", "$") == (7200, 1200)


AGENTS = """\
# Rules
- Write the tests first.
- Never skip or weaken tests.
- All tests pass before a change is done.
- No new dependencies without a decision.
- Keep CHANGELOG.md up to date.
- We use conventional commits.
- Never push to main.
- Use tabs.
```
- not a rule
```
"""


def test_rules_of_the_project_are_judged_by_facts_or_said_not_to_be():
    files = (File("pyproject.toml", "modified"), File("CHANGELOG.md", "modified"))
    phase = replace(GOOD, files=files, first_tests=False, save_points=("plan: phase 1, x", "feat: a", "Did it"))
    judged = patterns.judged(of(phases=(phase,), guides=(("AGENTS.md", AGENTS), ("notes.md", "- none"))))
    assert [str(one.kept) for one in judged] == [
        *("broken", "kept", "kept", "broken", "kept", "broken", "kept", "not judged")
    ]
    assert judged[0].why == "Not in phase 1."
    assert "One save point of 2: “Did it”." in judged[5].why
    early = patterns.judged(of(phases=(), guides=(("AGENTS.md", AGENTS),)))
    assert {str(one.kept) for one in early} == {"not judged"}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


WRONG = having(
    promises=(replace(KEPT[0], kept=False),), first_tests=False, checks=RED, **asked(Kind.ERROR_RESOLUTION)
)  # fmt: skip


@pytest.mark.parametrize(
    "guide", [None, "", "One line", "# Rules\n\n- Be kind.\n", "# Rules\r\n\r\n- Be kind.\r\n", "a\nb\nc\nd\n- e"]
)
def test_what_to_do_better_is_a_change_that_git_takes_and_that_is_not_asked_for_twice(
    tmp_path: Path, guide: str | None
):
    git(tmp_path, "init", "-q")
    before = {"CLAUDE.md": guide, ".claude/commands/execute.md": guide} if guide is not None else {}
    for name, text in before.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(text.encode())
    git(tmp_path, "-c", "core.autocrlf=false", "add", "-A")
    review = reviewed.review(replace(WRONG, guides=tuple(before.items())), OURS)
    assert [one.path for one in review.actions] == (
        [".agents/commands/plan-feature.md", ".claude/commands/execute.md", "CLAUDE.md"]
        if before
        else [".agents/commands/execute.md", ".agents/commands/plan-feature.md", "AGENTS.md"]
    )

    whole = tmp_path / "change.diff"
    whole.write_bytes("".join(one.patch for one in review.actions).encode())
    git(tmp_path, "apply", "--whitespace=nowarn", "--index", str(whole))

    after = {one.path: (tmp_path / one.path).read_bytes().decode() for one in review.actions}
    for one in review.actions:
        assert all(f"- {line}" in after[one.path] for line in one.lines)
        assert after[one.path].startswith(before.get(one.path) or "")
        assert after[one.path].count("\r\n") in {0, after[one.path].count("\n")}
    assert reviewed.review(replace(WRONG, guides=tuple(after.items())), OURS).actions == ()
    more = replace(WRONG, guides=tuple(after.items()), phases=(replace(WRONG.phases[0], fresh=False),))
    [again] = reviewed.review(more, OURS).actions
    assert improving.HEADING not in again.patch.replace(f" {improving.HEADING}", "")


def test_places_that_cannot_be_added_to_are_left_alone():
    closed = ("AGENTS.md", improving.PLAN)
    assert [one.path for one in reviewed.review(replace(WRONG, closed=closed), OURS).actions] == [improving.EXECUTE]


def test_what_people_and_programs_wrote_stays_text():
    loud = "<script>|# ``` x"
    one = having(title=loud, outcome=loud, files=(File("a`b|c.py", "added"),), **asked(Kind.ERROR_RESOLUTION))
    one = replace(one, name=loud, guides=(("AGENTS.md", f"- {loud}\n````\nx\n"),))
    for text in (execution.markdown(one), reviewed.markdown(reviewed.review(one, OURS))):
        shown = text.split("diff --git")[0]
        assert "<script>" not in shown.replace("\\<script\\>", "")
        assert "\n```\n" not in shown


def test_a_report_tells_what_went_well_what_was_hard_and_what_was_left_out():
    work = (Work(RunKind.EXECUTE, RunStatus.FAILED, 90, 2, "It stopped."), Work(RunKind.REPAIR, DONE, 100))
    hard = replace(GOOD, checks=(*GREEN, *RED), work=work, noticed=(Noticed("gone", "A test is gone.", alarm=True),))
    open_ = Phase(2, "You can shop", done=False, promises=(Promise("P2.1", "A shop.", kept=False),))
    text = execution.markdown(of(phases=(hard, open_), complete=False, stops=2, spent=1.5, limit=10))
    for line in (
        "### Phase 1: you can plan",
        "1 of 1 promises are kept",
        "- Phase 1: every promise is kept, tests were saved before the code and nobody had to say how to go on.",
        "- Phase 1: one try came to nothing: It stopped.",
        "- Phase 1: one piece of work was cut off and begun again.",
        "- Phase 1: alarm: A test is gone.",
        "- Work was stopped two times by a person.",
        "- Phase 2, you can shop: it is not finished.",
        "Builders worked about three minutes",
        "It cost $1.50. The first limit was $10.00.",
    ):
        assert line in text, text
    assert "Phase 2" in execution.markdown(of(phases=(hard, open_)), 2)
    so_far, at_the_end = (reviewed.review(of(phases=(hard, open_), complete=end), OURS).score for end in (False, True))
    assert ((so_far.kept, so_far.promised), (at_the_end.kept, at_the_end.promised)) == ((1, 1), (1, 2))
    assert "### Phase 1" not in execution.markdown(of(phases=(hard, open_)), 2)
    assert execution.EARLY in execution.markdown(of(phases=()))


@pytest.mark.parametrize(
    ("ready", "said"),
    [
        (None, "Nobody has checked yet"),
        (Ready(0, 54, 54, 90, looked=False), "Nobody has checked yet"),
        (
            Ready(50, 54, 4, 7.5, looked=True),
            "50 of 54 questions that strangers would ask are proven; left is about 7.5",
        ),
    ],
)
def test_what_is_left_is_what_the_look_at_readiness_says(ready: Ready | None, said: str):
    assert said in reviewed.markdown(reviewed.review(of(ready=ready), OURS))
    assert reviewed.values(reviewed.review(of(phases=()), OURS))["score"] is None


def test_both_reports_are_in_plain_words():
    hard = replace(
        WRONG.phases[0], plan=replace(PLANNED, tests=("test_a",), seconds=1, money=1), money=9, undone=1, fresh=False,
        noticed=(Noticed("outside", "It wrote elsewhere."), Noticed("gone", "A test is gone.", alarm=True)), plans=1,
        work=(*(Work(RunKind.PLAN, DONE),) * 2, Work(RunKind.EXECUTE, RunStatus.FAILED, 99, 2, "No.")),
        files=(File("x.css", "added"), File("test_x.py", "added")),
    )  # fmt: skip
    one = replace(WRONG, phases=(hard,), first=NEW, spent=20, limit=10, guides=(("AGENTS.md", AGENTS),), stops=1)
    whole = execution.markdown(one) + reviewed.markdown(reviewed.review(one, OURS))
    own = re.sub(r"^- .*AGENTS\.md`\): ", "", whole, flags=re.MULTILINE)  # their words, not ours
    shown = re.sub(r"(?s)```.*?```|`[^`]*`|[*#|]", " ", own)
    assert [fault for line in shown.splitlines() for fault in faults(line)] == []
