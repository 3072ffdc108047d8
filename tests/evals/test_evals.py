"""The judges of the character see what they are there for, and good conversations pass before all of them."""

import asyncio
import importlib.util
import json
import os
import sys
from pathlib import Path

import pytest
from pydantic_evals.reporting import EvaluationReport

from evals import personas
from evals.__main__ import AT_ONCE
from evals.conversing import Talk, Told, converse
from evals.judging import JUDGES
from evals.personas import CASES
from evals.scripts import BAD, GOOD, Scripted
from ground.model_api import ModelApi
from ground.scripted import says


async def report(scripts: dict[str, list[dict]]) -> EvaluationReport:
    """Of these people, each answered by a script."""
    cases = tuple(case for case in CASES if case.name in scripts)
    by_words = {case.inputs: scripts[case.name] for case in cases}

    async def carried(talk: Talk) -> Told:
        return await converse(talk, Scripted(by_words[talk]))

    return await personas.dataset(cases).evaluate(carried, progress=False)


def failed(found: EvaluationReport) -> dict[str, list[tuple[str, str | None]]]:
    assert not found.failures, found.failures
    assert not [case.evaluator_failures for case in found.cases if case.evaluator_failures]
    return {
        case.name: [(name, result.reason) for name, result in case.assertions.items() if not result.value]
        for case in found.cases
    }


async def test_good_conversations_with_all_people_pass_before_all_judges():
    found = failed(await report(GOOD))

    assert found == {case.name: [] for case in CASES}


@pytest.mark.parametrize("vice", BAD)
async def test_a_vice_is_seen_by_its_judge_alone(vice: str):
    judge, name, script = BAD[vice]
    found = failed(await report({name: script}))

    assert [judge for judge, _ in found[name]] == [judge], found


def test_every_judge_has_seen_a_vice():
    assert {judge for judge, _, _ in BAD.values()} == {type(judge).__name__ for judge in JUDGES}


# Its connections end with it, so it does not close them.
PROGRAM = (sys.executable, *("-W", "error", "-W", "ignore::ResourceWarning"), "-m", "evals")


async def run(folder: Path, **settings: str) -> tuple[int, str, str]:
    """The program, as `make evals` starts it."""
    given = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[1])} | settings
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
    started = await asyncio.create_subprocess_exec(*PROGRAM, cwd=folder, env=given, **pipes)
    out, err = await started.communicate()
    return started.returncode, out.decode(), err.decode()


def wired(api: ModelApi) -> dict[str, str]:
    keys = {"ORCHESTRATOR_ANTHROPIC_API_KEY": "k", "ORCHESTRATOR_ANTHROPIC_BASE_URL": api.anthropic}
    return {"ORCHESTRATOR_MODEL": "anthropic:claude-sonnet-5", **keys}


async def test_without_a_model_the_program_says_so_in_a_sentence(tmp_path: Path):
    code, out, err = await run(tmp_path)

    assert (code, out) == (1, "")
    assert err.startswith("No model is set, so there is nobody to judge")
    assert len(err.splitlines()) == 1


async def test_the_program_judges_a_model_and_tells_what_it_cost(tmp_path: Path):
    async with ModelApi(lambda _: says("I noted that. Who is it for?")) as api:
        code, out, err = await run(tmp_path, **wired(api))

    turns = sum(len(case.inputs.says) for case in CASES)
    assert (code, err) == (0, "")
    assert "KeepsFacts" in out
    assert f"{len(CASES)} conversations, {turns} calls, 0." in out
    kept = json.loads((tmp_path / ".evals" / "anthropic-claude-sonnet-5.json").read_text())
    assert {case["name"] for case in kept["cases"]} == {case.name for case in CASES}


async def test_a_run_costs_no_more_than_it_may(tmp_path: Path):
    async with ModelApi(lambda _: says("I noted that. Who is it for?")) as api:
        code, out, _ = await run(tmp_path, EVALS_BUDGET="0.000001", **wired(api))

    assert code == 1
    assert len(api.asked) <= AT_ONCE
    assert "dollars for this run are spent" in " ".join(out.split())


def test_nothing_reports_home():
    assert importlib.util.find_spec("logfire") is None
