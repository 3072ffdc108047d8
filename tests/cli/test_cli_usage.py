"""How the command line is used: help, wrong usage, what it loads."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ground.program import Program
from orchestrator import cli

HEAVY = ("fastapi", "sqlalchemy", "httpx", "pydantic", "alembic", "uvicorn")


def commands(command: Any, *names: str) -> list[tuple[str, ...]]:
    inner = getattr(command, "commands", {})
    return [names, *(found for name, part in inner.items() for found in commands(part, *names, name))]


COMMANDS = commands(get_command(cli.app))
WITHOUT_JSON = {
    ("serve",), ("worker",), ("chat",), ("export",), ("user", "disable"), ("user", "enable"), ("token", "revoke"),
    ("secret", "set"), ("secret", "remove"),
}  # fmt: skip


@pytest.mark.parametrize("names", COMMANDS, ids=" ".join)
def test_every_command_says_how_it_is_used(names: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    assert cli.main([*names, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Usage: {' '.join(['orchestrator', *names])}" in said
    parts = len(names) == 0 or (names[0] in {"db", "user", "token", "secret", "audit"} and len(names) == 1)
    assert parts or (("--json" in said) is (names not in WITHOUT_JSON)), said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nonsense"], "No such command 'nonsense'. Add --help to see how it is used."),
        (["status", "--nonsense"], "No such option: --nonsense. Add --help to see how it is used."),
        (["pause"], "Missing argument 'project'. Add --help to see how it is used."),
        (["changes", "one"], "Missing argument 'what'. Add --help to see how it is used."),
        (["token", "create", "x", "--days", "many"], "This cannot be used for '--days': "),
        (["token", "create", "x", "--days", "-1"], "greater than or equal to 0"),
        (["chat", "one", "--idea", "two"], "A new idea makes a new project: give one of the two."),
        (["db", "downgrade"], "Missing argument 'to'."),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]):
    assert cli.main(arguments) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize("names", [(), ("db",), ("user",)])
def test_a_part_without_a_command_lists_what_there_is(names: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    assert cli.main(list(names)) == 2
    said = capsys.readouterr()
    assert "Usage: orchestrator" in said.out + said.err


def test_help_loads_nothing_that_is_slow():
    program = (
        "import sys\nfrom orchestrator import start\nsys.argv = ['orchestrator', '--help']\nstart.main()\n"
        f"sys.exit(','.join(sorted(set(sys.modules) & {set(HEAVY)!r})))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert said.stderr in {"\n", ""}, said.stderr
    assert "Usage: orchestrator" in said.stdout


async def test_the_program_is_the_same_by_its_name(plain: Program):
    named = Path(sys.executable).with_name("orchestrator")
    said = subprocess.run([named, "nonsense"], capture_output=True, text=True, check=False, cwd=plain.folder)
    again = await plain("nonsense")
    assert (said.returncode, said.stdout, said.stderr) == (again.code, again.out, again.err)
    assert again.code == 2
