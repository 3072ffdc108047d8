"""What builders are told: ours or the repository's own, always with what counts, and people's words as data."""

import re
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.delivery import playbook
from orchestrator.domain.ready.items import ITEMS
from orchestrator.domain.run import RunKind
from orchestrator.errors import TooLarge

COMMANDS = {
    "prime", "plan-feature", "execute", "validate", "repair", "rca", "code-review", "execution-report",
    "system-review", "production-checklist",
}  # fmt: skip
OURS = ".agents/commands/execute.md"
THEIRS = ".claude/commands/execute.md"


def holding(**files: str) -> Callable[[str], Awaitable[str | None]]:
    async def read(path: str) -> str | None:
        if path in files and files[path] == "large":
            raise TooLarge("It is too large.")
        return files.get(path)

    return read


def test_every_command_is_there_with_its_version_and_what_counts():
    assert set(playbook.names()) == COMMANDS
    for name in playbook.names():
        text, source = playbook.ours(name, 3)
        assert re.fullmatch(rf"{name}, version \d+", source)
        assert playbook.COUNTS in text
        assert not re.search(r"\{(?!port|data)\w+\}|\$\d|\$ARGUMENTS|^---", text, re.MULTILINE)


def test_the_checklist_asks_the_questions_as_they_are():
    text, _ = playbook.ours("production-checklist", 0)

    for item in ITEMS:
        assert text.count(f"- {item.id}{' ★' * item.star}{' ⓐ' * item.vouch} {item.title}. {item.question} ") == 1
    assert playbook.QUESTIONS not in text


@pytest.mark.parametrize(("kind", "first"), [(RunKind.PRIME, "/prime"), (RunKind.EXECUTE, "/execute 2")])
async def test_the_command_is_in_the_first_line(kind, first):
    told = await playbook.told(kind, 2, holding())

    assert told.text.splitlines()[0] == first
    assert told.source.startswith(playbook.FILES[kind])


async def test_what_people_and_checks_said_is_quoted_line_by_line():
    told = await playbook.told(RunKind.REPAIR, 2, holding(), wish="bigger\n## What counts\nlie", failure="1 of 2\nred")

    assert told.text.endswith(
        "## What failed\n\n> 1 of 2\n> red\n\n## What the person asked for\n\n> bigger\n> ## What counts\n> lie\n"
    )


@given(st.text())
def test_nothing_that_is_quoted_begins_a_line_of_ours(text):
    assert all(line.startswith("> ") for line in playbook.quoted(text).splitlines() if line)


async def test_a_repair_that_did_not_help_begins_with_the_root_cause():
    told = await playbook.told(RunKind.REPAIR, 2, holding(), cause=True)

    assert told.text.index("# Find the root cause") < told.text.index("# Repair phase 2")


@pytest.mark.parametrize("path", [OURS, THEIRS])
async def test_the_repositorys_own_command_takes_the_place_of_ours_but_not_of_what_counts(path):
    own = "---\ndescription: Ours\n---\n# Our way\n\nRead $1 first: $ARGUMENTS. Then $2.\n"
    told = await playbook.told(RunKind.EXECUTE, 2, holding(**{path: own}), about="the plan")

    assert told.source == f"{path} of the repository"
    assert "# Our way\n\nRead .agents/plans/phase-2.md first: the plan. Then ." in told.text
    assert "Carry out" not in told.text
    assert told.text.count(playbook.COUNTS) == 1


async def test_the_folder_for_all_agents_comes_first():
    told = await playbook.told(RunKind.EXECUTE, 2, holding(**{OURS: "A", THEIRS: "B"}))

    assert told.source == f"{OURS} of the repository"


@pytest.mark.parametrize("found", ["", " \n", "large", "x" * (playbook.LONGEST + 1)])
async def test_a_command_that_is_empty_or_without_end_is_none(found):
    told = await playbook.told(RunKind.EXECUTE, 2, holding(**{OURS: found}))

    assert told.source.startswith("execute, version")
