"""What the starter can be told: /prime, /plan-feature N, /execute N, /repair N. All may be told again after a crash."""

import re
from collections.abc import Callable, Iterable

from orchestrator.executors.starter import plan, project, repo, site
from orchestrator.executors.starter.project import Phase, Project, Unable
from orchestrator.executors.starter.turn import Stopped, Turn, tests

ASKED = "## What the person asked for"
FAILED = "## What failed"
WHO = "I am the starter. I make clickable prototypes by fixed rules; I am not an AI."
KNOWN = "I know /prime, /plan-feature N, /execute N and /repair N, where N is the number of a phase."


def obey(turn: Turn, words: str) -> str:
    """Do it, and give the reason for stopping. What cannot be done is said in a sentence, not raised."""
    first, _, rest = words.strip().partition("\n")
    said = re.fullmatch(r"/(prime|plan-feature|execute|repair)(?:\s+([1-9][0-9]{0,3}))?\s*", first)
    try:
        _act(turn, said, rest)
    except Stopped:
        turn.say("Stopped, as you asked. Nothing is half written; told the same again, I go on from here.")
        return "cancelled"
    except Unable as reason:
        turn.say(f"{WHO} {reason}")
    return "end_turn"


def _act(turn: Turn, said: re.Match[str] | None, rest: str) -> None:
    if said and said[1] == "prime":
        return prime(turn)
    if not said or not said[2]:
        raise Unable(f"I did not understand that. {KNOWN}")
    if not turn.folder.is_dir():
        raise Unable("The folder that I should work in is not there.")
    about = project.read(turn.folder)
    return VERBS[said[1]](turn, about, about.phase(int(said[2])), rest)


def prime(turn: Turn) -> None:
    """Look, change nothing, and say what is there."""
    turn.begin("Look at the files", "Look at the save points")
    turn.read("Look at the files", ".")
    files = [path for path in repo.git(turn.folder, "ls-files", "-z").split("\0") if path]
    turn.next()
    turn.read("Look at the save points", ".")
    points = repo.git(turn.folder, "log", "--format=%s", "-n", "1000").splitlines()
    turn.next()
    turn.say(f"{WHO} I changed nothing.")
    turn.say(f"There are {_many(len(files), 'file')} and {_many(len(points), 'save point')}. {_newest(points)}")
    turn.say(_kinds(files))
    about = project.read(turn.folder)
    turn.say(_vision(about, site.survey(turn.folder, about)))


def plan_feature(turn: Turn, about: Project, phase: Phase, rest: str) -> None:
    """Write the plan of a phase and save it."""
    turn.begin("Read the vision", "Write the plan", "Save it")
    turn.read("Read the vision", project.PLACE)
    turn.next()
    ground, asked = site.survey(turn.folder, about), section(rest, ASKED)
    files = {plan.place(phase): plan.document(about, phase, ground, site.notes(ground, phase, asked))}
    turn.write(files)
    turn.next()
    new = repo.save(turn.folder, files, f"plan: phase {phase.number}, {phase.title}")
    turn.next()
    turn.say(f"{WHO} The plan of phase {phase.number} is {'written' if new else 'as it was'}: {plan.place(phase)}.")
    if asked:
        turn.say("What you asked for stands in it word for word. I cannot act on it: I do not understand words.")


def execute(turn: Turn, about: Project, phase: Phase, rest: str) -> None:
    """Tests first, in a save point of their own; then the pages that make them green."""
    turn.begin("Write the tests first", "See them fail", "Make the pages", "Run the tests")
    ground = site.survey(turn.folder, about)
    red = site.base_tests() | site.phase_tests(ground, phase)
    pages = _missing(turn, site.base(ground, about)) | site.phase_files(ground, about, phase, section(rest, ASKED))
    _allowed(turn, red | pages)
    red = _missing(turn, site.base_tests()) | site.phase_tests(ground, phase)
    turn.write(red)
    repo.save(turn.folder, red, f"test: phase {phase.number}, {phase.title}")
    turn.next()
    begun = repo.saved(turn.folder, site.phase_place(ground, phase))
    seen = "" if begun else _seen_failing(turn, phase)
    turn.next()
    turn.write(pages)
    repo.save(turn.folder, pages, f"feat: phase {phase.number}, {phase.title}")
    turn.next()
    result = _result(turn, phase)
    turn.next()
    turn.say(f"{WHO} Phase {phase.number} is there as a prototype: {phase.title}. {seen}{result}")
    _say_limits(turn, ground, section(rest, ASKED))


def repair(turn: Turn, about: Project, phase: Phase, rest: str) -> None:
    """Bring every file of the site and of this phase back to what it should be."""
    turn.begin("Compare the files", "Run the tests")
    ground = site.survey(turn.folder, about)
    asked = section(rest, ASKED)
    files = site.base(ground, about) | site.base_tests() | site.phase_tests(ground, phase)
    files |= site.phase_files(ground, about, phase, asked)
    if asked:
        files[plan.place(phase)] = plan.document(about, phase, ground, site.notes(ground, phase, asked))
    kept = [path for path in files if not site.ours(turn.folder / path)]
    changed = turn.write({path: text for path, text in files.items() if path not in kept})
    new = repo.save(turn.folder, set(files) - set(kept), f"fix: phase {phase.number}, {phase.title}")
    turn.next()
    result = _result(turn, phase)
    turn.next()
    turn.say(f"{WHO} {_repaired(changed) if new else _nothing_to_repair()} {result}")
    if kept:
        turn.say(f"I left these as they are, because they were not made by me: {', '.join(kept)}.")
    _say_limits(turn, ground, asked)


VERBS: dict[str, Callable[[Turn, Project, Phase, str], None]] = {
    "plan-feature": plan_feature,
    "execute": execute,
    "repair": repair,
}


def section(words: str, heading: str) -> str:
    """What stands below a heading, to the next one."""
    lines = words.splitlines()
    if heading not in (line.strip() for line in lines):
        return ""
    start = next(place for place, line in enumerate(lines) if line.strip() == heading) + 1
    end = next((place for place in range(start, len(lines)) if lines[place].startswith("## ")), len(lines))
    return "\n".join(lines[start:end]).strip()


def _missing(turn: Turn, files: dict[str, str]) -> dict[str, str]:
    """What is there stays: a later phase does not touch what an earlier one made."""
    return {path: text for path, text in files.items() if not repo.saved(turn.folder, path)}


def _allowed(turn: Turn, files: Iterable[str]) -> None:
    """Refuse before anything is written, not halfway."""
    others = [path for path in files if not site.ours(turn.folder / path)]
    if others:
        raise Unable(
            f"These files were not made by me, and I need their names: {', '.join(others)}. I changed nothing."
            " Rename them, and I can go on."
        )


def _seen_failing(turn: Turn, phase: Phase) -> str:
    code, _ = turn.run("Run the new tests, which should fail", tests(f"test_phase_{phase.number}.py"))
    if code:
        return "Its tests were written first, and they failed before the pages were there. "
    return "Its tests were written first, but they passed before the pages were there: somebody should look at them. "


def _result(turn: Turn, phase: Phase) -> str:
    parts = {"test_base.py": "every page", f"test_phase_{phase.number}.py": f"phase {phase.number}"}
    for pattern, whose in parts.items():
        code, output = turn.run(f"Run the tests of {whose}", tests(pattern))
        if code:
            return _not_passed(output)
    return "When I ran its tests, they passed. That is my word only; the checks decide."


def _not_passed(output: str) -> str:
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "nothing was said")
    return f"When I ran the tests, they did not pass ({last}). I cannot find out why: I only know my own rules."


def _repaired(changed: list[str]) -> str:
    return f"I made {_many(len(changed), 'file')} anew from the vision: {', '.join(changed[:10])}."


def _nothing_to_repair() -> str:
    return "Every file of mine is as my rules make it, so there was nothing that I could repair."


def _say_limits(turn: Turn, ground: site.Ground, asked: str) -> None:
    if asked:
        turn.say(
            "What you asked for is noted on the pages of this phase, word for word, for the next version."
            " I did not build it: I do not understand words."
        )
    if ground.within:
        turn.say(
            f"Your repository has files of its own where I would put mine, so the prototype is in {ground.within}."
            f" It starts with: python3 {ground.within}app.py"
        )


def _newest(points: list[str]) -> str:
    return f"The newest is “{points[0]}”." if points else ""


def _kinds(files: list[str]) -> str:
    """Which kinds of files there are most of, and whether there are tests."""
    ends = [path.rsplit(".", 1)[1] for path in files if "." in path.rsplit("/", 1)[-1]]
    most = sorted(set(ends), key=lambda end: (-ends.count(end), end))[:5]
    listed = ", ".join(f"{ends.count(end)} × .{end}" for end in most)
    count = sum(bool(re.search(r"(^|/)test[^/]*$|[._]test\.", path)) for path in files)
    return f"Most of them: {listed or 'none with an ending'}. {_many(count, 'test file')}."


def _vision(about: Project, ground: site.Ground) -> str:
    there = [feature.title for feature in about.features if feature.id in ground.there]
    built = f"Built as prototypes: {', '.join(there)}." if there else "None of its features is built yet."
    return f"The vision is “{about.name}”, with {_many(len(about.features), 'feature')}. {built}"


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}{'s' * (count != 1)}"
