"""Three phases from plan to undo, as the orchestrator drives them."""

import json
import re
import subprocess
import sys

import pytest
from starter_door import SUPPER, ask, checks, content, copy, git, opened, repository, save, subjects

import wording
from orchestrator.executors import starter
from orchestrator.executors.starter import project, site

ASKED = "## What the person asked for\nMake it *green*.\n  And <b>bigger</b>: 100 %\n"
WORDS = "Make it *green*.\n  And <b>bigger</b>: 100 %"


def at(home, subject, folder):
    """A clean copy of the save point with this subject."""
    found = git(home, "log", "main", "--format=%H", "--fixed-strings", f"--grep={subject}").split()[0]
    git(home, "worktree", "add", "-q", "--detach", str(folder), found)
    return folder


@pytest.mark.parametrize("phase", SUPPER["phases"], ids=lambda phase: phase["title"])
def test_the_tests_of_a_phase_fail_first_and_pass_then(journey, tmp_path, phase):
    number, subject = phase["number"], f"phase {phase['number']}, {phase['title']}"
    assert subjects(journey.home, f"phase-{number}")[-3:] == [
        f"plan: {subject}",
        f"test: {subject}",
        f"feat: {subject}",
    ]

    code, output = checks(at(journey.home, f"test: {subject}", tmp_path / "red"), f"test_phase_{number}.py")
    assert code != 0
    assert re.search(r"FAILED \(failures=\d+\)", output), "they fail one by one, not as a whole"

    green = at(journey.home, f"feat: {subject}", tmp_path / "green")
    code, output = checks(green)
    assert code == 0, output
    assert {one["id"] for one in phase["criteria"]} <= set(re.findall(r"^(P\d\.\d), ", output, re.MULTILINE))
    assert git(green, "log", "-1", "--format=%an %ae").strip() == "Starter starter@localhost"


def test_it_says_what_happened_and_that_it_is_not_an_ai(journey):
    for told in journey.told:
        assert "I am not an AI" in told
        assert "they failed before the pages were there" in told
        assert "they passed. That is my word only" in told
    assert git(journey.tree, "status", "--porcelain", "--ignored") == "", "nothing is left lying about"


def test_its_words_are_for_people_who_cannot_code(journey):
    plan = (journey.home / ".agents/plans/phase-1.md").read_text()
    lines = re.sub(r"`[^`]*`|<!--.*?-->", "this", plan.split("## Acceptance", 1)[0]).splitlines()
    readiness = plan.split("## Risks", 1)[1].splitlines()

    for text in (*journey.told, *lines, *readiness, starter.DESCRIPTION):
        assert wording.faults(text.replace("|", ".")) == []


def test_a_later_phase_only_adds_files(journey):
    for merge in git(journey.home, "log", "--merges", "--format=%H").split()[:2]:
        changes = git(journey.home, "diff", "--name-status", f"{merge}^1", merge).split()
        assert set(changes[::2]) == {"A"}


async def test_a_phase_can_be_taken_back_by_itself_and_built_again(journey, tmp_path):
    tree = copy(journey.home, tmp_path)

    git(tree, "revert", "--no-edit", "-m", "1", "HEAD~1")

    code, output = checks(tree)
    assert code == 0, output
    assert "test_phase_3" in output
    assert "test_phase_2" not in output

    await ask(tree, "/execute 2")
    assert subjects(tree)[-2:] == [
        "test: phase 2, You get one shopping list",
        "feat: phase 2, You get one shopping list",
    ]


async def test_a_save_point_with_tests_holds_tests_only(built):
    files = git(built, "show", "--name-only", "--format=", "HEAD^").split()
    assert files == ["tests/site_under_test.py", "tests/test_base.py", "tests/test_phase_1.py"]
    assert not [path for path in git(built, "show", "--name-only", "--format=", "HEAD").split() if "test" in path]


async def test_prime_reads_and_changes_nothing(built, tmp_path):
    tree = copy(built, tmp_path)
    (tree / "notes.txt").write_text("mine")
    before = (git(tree, "rev-parse", "HEAD"), git(tree, "status", "--porcelain"))

    heard = await ask(tree, "/prime\nLook around.")

    assert (git(tree, "rev-parse", "HEAD"), git(tree, "status", "--porcelain")) == before
    assert "I changed nothing" in heard.text
    assert "Built as prototypes: Plan the week." in heard.text
    assert {call.kind for call in heard.calls} == {"read"}


async def test_told_twice_it_does_nothing_the_second_time(built, tmp_path):
    tree = copy(built, tmp_path)
    before = (subjects(tree), content(tree))

    await ask(tree, "/plan-feature 1", "/execute 1", "/repair 1")

    assert (subjects(tree), content(tree)) == before


async def test_the_plan_names_criteria_tests_and_files(built):
    tree = built
    plan = (tree / ".agents/plans/phase-1.md").read_text()

    tests = (tree / "tests/test_phase_1.py").read_text()
    assert {"P1.1", "P1.2", "P1.3"} <= set(re.findall(r"\*\*(P\d\.\d)\*\*", plan))
    named = set(re.findall(r"`(test_\w+)`", plan))
    assert "test_p1_2_an_entry_survives_a_restart" in named
    assert named <= set(re.findall(r"def (test_\w+)", tests))
    paths = set(re.findall(r"^- `([\w./]+)`$", plan, re.MULTILINE))
    assert all((tree / path).is_file() for path in paths)
    assert {"tests/test_phase_1.py", "prototype/features/f1_plan_the_week.json"} <= paths
    assert all(f"## {part}" in plan for part in ("Outcome", "Risks", "Readiness", "Acceptance criteria"))


async def test_what_somebody_asks_for_is_kept_word_for_word_and_not_claimed_to_be_built(tmp_path):
    tree = repository(tmp_path)

    heard = await ask(tree, f"/plan-feature 1\n{ASKED}")
    plan = (tree / ".agents/plans/phase-1.md").read_text()
    assert "\n".join(f"> {line}" for line in WORDS.splitlines()) in plan
    assert "What I cannot do" in plan
    assert "I cannot act on it" in heard.text

    heard = await ask(tree, f"/execute 1\n{ASKED}")
    assert json.loads((tree / "prototype/phases/phase_1.json").read_text())["noted"] == [WORDS]
    assert "I did not build it" in heard.text

    heard = await ask(tree, "/repair 1\n## What the person asked for\nAnd a bell.\n## What failed\nnothing\n")
    assert json.loads((tree / "prototype/phases/phase_1.json").read_text())["noted"] == [WORDS, "And a bell."]
    assert "> And a bell." in (tree / ".agents/plans/phase-1.md").read_text()
    assert subjects(tree)[-1] == "fix: phase 1, You can plan the week"


async def test_repair_makes_its_own_files_anew_and_leaves_those_of_others(built, tmp_path):
    tree = copy(built, tmp_path)
    before = content(tree)
    server, pages = tree / "prototype/server.py", tree / "prototype/pages.py"
    server.write_text(server.read_text().replace("303", "500"))
    (tree / "tests/test_phase_1.py").unlink()
    (tree / "prototype/features/f1_plan_the_week.json").write_text('{"about": "Made by the starter", broken')
    save(tree, "somebody broke it")

    heard = await ask(tree, "/repair 1\n## What failed\nmuch\n")
    assert content(tree) == before
    assert subjects(tree)[-1] == "fix: phase 1, You can plan the week"
    assert "prototype/server.py" in heard.text
    assert "they passed" in heard.text

    pages.write_text("raise SystemExit('I am not yours any more')\n")
    save(tree, "taken over")
    heard = await ask(tree, "/repair 1")
    assert "not yours" in pages.read_text()
    assert "left these as they are, because they were not made by me: prototype/pages.py" in heard.text
    assert "they did not pass" in heard.text
    assert "I cannot find out why" in heard.text


async def test_a_phase_without_features_still_fails_first_and_passes_then(tmp_path):
    phase = {"number": 1, "title": "Polish", "outcome": "", "features": ["F9"], "criteria": []}
    tree = repository(tmp_path, SUPPER | {"phases": [phase], "journey": []})

    heard = await ask(tree, "/plan-feature 1", "/execute 1")

    assert "they failed before" in heard.text
    assert checks(tree)[0] == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("/frobnicate 1", "I did not understand that. I know /prime, /plan-feature N"),
        ("/execute", "I did not understand that"),
        ("", "I did not understand that"),
        ("/execute 9", "There is no phase 9"),
    ],
)
async def test_what_it_does_not_know_is_answered_with_a_sentence(tmp_path, words, sentence):
    tree = repository(tmp_path)

    heard = await ask(tree, words)

    assert sentence in heard.text
    assert subjects(tree) == ["start"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "There is no .agents/project.json here"),
        ("{", "cannot be read"),
        ("[]", "does not hold what I expect"),
        ('{"phases": [3, {"number": "one"}, {"number": 0}]}', "There is no phase 1"),
    ],
)
async def test_without_a_vision_it_says_so(tmp_path, content, sentence):
    tree = repository(tmp_path)
    (tree / ".agents/project.json").unlink()
    if content is not None:
        (tree / ".agents/project.json").write_text(content)

    assert sentence in (await ask(tree, "/execute 1")).text


async def test_a_folder_that_is_no_repository_is_answered_with_a_sentence(tmp_path):
    (tmp_path / ".agents").mkdir()
    (tmp_path / ".agents/project.json").write_text(json.dumps(SUPPER))

    assert "The save point could not be made" in (await ask(tmp_path, "/plan-feature 1")).text
    assert "is not there" in (await ask(tmp_path / "nowhere", "/execute 1")).text


async def test_the_vision_may_move_on_under_a_prototype(built, tmp_path):
    tree = copy(built, tmp_path)
    moved = json.dumps(SUPPER).replace("Plan the week", "Plan seven days").replace("Supper", "Dinner")
    (tree / ".agents/project.json").write_text(moved)

    code, output = checks(tree)

    assert code == 0, output


async def test_without_git_it_says_so(tmp_path):
    tree = repository(tmp_path)

    async with opened(tree, PATH="/nowhere") as door:
        await door.ask("/plan-feature 1")

    assert "Git is not installed here" in door.heard.text


def test_a_later_phase_leaves_the_page_of_an_earlier_one_alone(journey):
    about = project.read(journey.home)
    ground = site.survey(journey.home, about)

    files = site.phase_files(ground, about, about.phase(3), "")

    assert set(files) == {"prototype/features/f3_rate_a_dinner.json", "prototype/phases/phase_3.json"}


def test_the_tour_stops_at_the_pages_that_the_journey_speaks_of(journey):
    look = "from prototype import vision; print([([f.id for f in s.features], s.later) for s in vision.load().steps])"

    shown = subprocess.run(
        [sys.executable, "-B", "-c", look], cwd=journey.home, capture_output=True, text=True, check=True
    )

    assert shown.stdout.strip() == "[(['F1'], ()), (['F2', 'F3'], ('Swap a meal',))]"
