"""Tests with Vitest and Jest are run, measured and broken by us, and types and order are looked at, as for others."""

import pytest
import reaching
import seeds
import seeds_of_scripts as known

from orchestrator.domain.ready.report import State


async def test_an_honest_project_in_typescript_with_vitest_has_its_questions_proven(tmp_path, memory):
    found = await reaching.answers(
        seeds.repo(tmp_path / "shop", known.HONEST), memory, "T1", "T2", "T3", "T4", "T8", "T9"
    )

    assert [(id, answer.sentence) for id, answer in found.items() if answer.state is not State.PROVEN] == []
    assert found["T1"].sentence.startswith("Tests reach 100 % of the lines")
    assert found["T2"].sentence == (
        "All 4 tests pass, twice and in another order. They noticed 2 of 2 faults that we put in."
    )
    assert found["T9"].sentence == "tsc finds that all parts fit in 2 files."


async def test_an_honest_project_with_jest_has_its_questions_proven(tmp_path, memory):
    items = ("F3", "T1", "T2", "T5", "T6", "T10")
    found = await reaching.answers(seeds.repo(tmp_path / "shop", known.OF_JEST), memory, *items)

    assert [(id, answer.sentence) for id, answer in found.items() if answer.state is not State.PROVEN] == []
    assert found["T1"].sentence.startswith("Tests reach 100 % of the lines")
    assert found["T10"].sentence == "ESLint finds nothing to tidy up in 2 files."


@pytest.mark.parametrize("name", known.READ)
async def test_what_decides_or_checks_nothing_is_seen_by_reading(tmp_path, memory, name):
    item, files, why = known.READ[name]

    await _refused(tmp_path, memory, known.changed(known.HONEST, files), {item: why})


@pytest.mark.parametrize("name", known.RUN)
async def test_what_only_seems_to_pass_with_vitest_is_seen_by_running_it(tmp_path, memory, name):
    files, wrong = known.RUN[name]

    await _refused(tmp_path, memory, known.changed(known.HONEST, files), wrong)


@pytest.mark.parametrize("name", known.RUN_BY_JEST)
async def test_what_only_seems_to_pass_with_jest_is_seen_by_running_it(tmp_path, memory, name):
    files, wrong = known.RUN_BY_JEST[name]

    await _refused(tmp_path, memory, known.changed(known.OF_JEST, files), wrong)


async def _refused(tmp_path, memory, files, wrong):
    found = await reaching.answers(seeds.repo(tmp_path / "shop", files), memory, *wrong)

    assert {id: answer.state for id, answer in found.items()} == dict.fromkeys(wrong, State.FAILED), found
    assert [found[id].sentence for id, why in wrong.items() if why not in found[id].sentence] == []
