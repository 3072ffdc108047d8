"""What to do better next time, as changes to the project's own rules and commands that `git apply` takes. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.domain.review.divergence import Divergence
from orchestrator.domain.review.patterns import PAPERS

AGENTS = "AGENTS.md"
PLAN, EXECUTE = ".agents/commands/plan-feature.md", ".agents/commands/execute.md"
OTHERS = {PLAN: ".claude/commands/plan-feature.md", EXECUTE: ".claude/commands/execute.md"}
HEADING = "## Learned from earlier phases"
CONTEXT = 3  # lines of a file that stand before a change to it

ALWAYS = frozenset({"wish"})  # justified, and yet to be learned from
# What is to be written where, after a difference of this kind.
LESSONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "promise-open": (
        (PLAN, "Name a test for each criterion, with the id of the criterion in its name."),
        (EXECUTE, "Before you end, look for each criterion by its id among the tests that passed."),
    ),
    "file-missing": ((PLAN, "Name only files that the phase cannot do without, each as new or changed."),),
    "file-extra": (
        (PLAN, "Name each file that will change, also those for set-up and documentation."),
        (EXECUTE, "If you must change a file that the plan does not name, say why in the message of that save point."),
    ),
    "test-missing": ((EXECUTE, "Give each test exactly the name that the plan gives it."),),
    "tests-late": (
        (AGENTS, "Write the tests of a change first, see them fail, and save them alone before any code."),
        (EXECUTE, "Save the new tests alone, before the first line of code."),
    ),
    "red-checks": (
        (AGENTS, "All checks of `.orchestrator.toml` pass on a fresh copy before you say that something is done."),
        (EXECUTE, "Do not end while a check of `.orchestrator.toml` fails on a fresh copy."),
    ),
    "plan-again": ((PLAN, "Before you end, see that each heading is there, and each criterion, word for word."),),
    "stuck": (
        (PLAN, "Name under Risks what is least certain, and plan the smallest thing that finds out first."),
        (EXECUTE, "When the same thing fails twice, write down its root cause before you change anything else."),
    ),
    "begun-anew": ((PLAN, "Say in the outcome what a person will see, page by page: a no should come early."),),
    "wish": ((PLAN, "Say which wording, order and look you chose where the vision leaves it open."),),
    "alarm": ((AGENTS, "Never delete, skip or weaken a test or lower a threshold. If one is wrong, say so."),),
    "outside": ((AGENTS, "Write only inside this repository’s folder."),),
    "not-fresh": ((EXECUTE, "Keep the change small, so that it can be taken in soon after it was checked."),),
    "estimate": ((PLAN, "If the phase looks larger than those before, say so under Risks, with a way to split it."),),
    "promise-dropped": ((PLAN, "Ask under Risks about each criterion that can be read in two ways."),),
    "promise-added": ((PLAN, "Plan nothing that no criterion asks for."),),
    "phases-changed": ((PLAN, "Plan nothing that only a later phase would need."),),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Action:
    """A change to one file. `patch` is a unified diff, whole by itself; the files of all actions differ."""

    path: str
    lines: tuple[str, ...]
    because: tuple[str, ...]  # the rules whose differences ask for it
    patch: str


def actions(
    found: Iterable[Divergence], guides: Mapping[str, str], closed: Iterable[str], ours: Mapping[str, str]
) -> tuple[Action, ...]:
    """One change for each file that has something to learn. `ours` are our commands, for who has none of their own.

    What a person decided teaches a builder nothing, but for wishes about what it made. What a file says already is not
    said again, so that the same review after the change asks for nothing. Those that are `closed` (a link, too long, no
    text) are left alone.
    """
    rules = {one.rule for one in found if one.rule in ALWAYS or not one.justified}
    wanted: dict[str, dict[str, list[str]]] = {}
    for rule in (rule for rule in LESSONS if rule in rules):
        for target, line in LESSONS[rule]:
            wanted.setdefault(_where(target, guides), {}).setdefault(line, []).append(rule)
    free = sorted(set(wanted) - set(closed))
    return tuple(action for path in free if (action := _action(path, wanted[path], guides, ours)))


def _where(target: str, guides: Mapping[str, str]) -> str:
    """The file of the project that says such things, or the one that it gets."""
    if target == AGENTS:
        return next((paper for paper in PAPERS if paper in guides), AGENTS)
    return OTHERS[target] if target not in guides and OTHERS[target] in guides else target


def _action(
    path: str, wanted: Mapping[str, list[str]], guides: Mapping[str, str], ours: Mapping[str, str]
) -> Action | None:
    before = guides.get(path)
    said = before or ""
    lines = tuple(line for line in wanted if line not in said)
    if not lines:
        return None
    because = tuple(dict.fromkeys(rule for line in lines for rule in wanted[line]))
    start = "" if before is not None else ours.get(path, "# For those who work on this repository\n")
    return Action(path, lines, because, patch(path, before, start + addition(said or start, lines)))


def addition(said: str, lines: Iterable[str]) -> str:
    """What is put at the end of a text: items of a list, with their heading where it does not stand there last."""
    items = "".join(f"- {line}\n" for line in lines)
    headings = [line.strip() for line in said.splitlines() if line.startswith("#")]
    if headings[-1:] == [HEADING]:
        return items
    return f"\n{HEADING}\n\n{items}" if said.strip() else f"{HEADING}\n\n{items}"


def patch(path: str, before: str | None, added: str) -> str:
    """A unified diff that puts text at the end of a file, or makes the file; it keeps the file's kind of line ends."""
    new = added.removesuffix("\n").split("\n")
    head = [f"diff --git a/{path} b/{path}"]
    if not before:
        head += ["new file mode 100644"] if before is None else []
        old = "/dev/null" if before is None else f"a/{path}"
        body = [f"--- {old}", f"+++ b/{path}", f"@@ -0,0 +1,{len(new)} @@", *(f"+{line}" for line in new)]
        return "\n".join([*head, *body]) + "\n"
    return "\n".join([*head, f"--- a/{path}", f"+++ b/{path}", *_appended(before, new)]) + "\n"


def _appended(before: str, new: list[str]) -> Iterator[str]:
    lines = before.split("\n")
    whole = lines[-1] == ""  # it ends with the end of a line
    lines = lines[:-1] if whole else lines
    end = "\r" if lines[0].endswith("\r") else ""
    shown = lines[-CONTEXT:]
    first = len(lines) - len(shown) + 1
    yield f"@@ -{first},{len(shown)} +{first},{len(shown) + len(new)} @@"
    kept, last = (shown, None) if whole else (shown[:-1], shown[-1])
    yield from (f" {line}" for line in kept)
    if last is not None:
        yield from (f"-{last}", "\\ No newline at end of file", f"+{last}{end}")
    yield from (f"+{line}{end}" for line in new)
