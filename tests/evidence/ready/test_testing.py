"""Whether a project is tested is found out by running its tests as we want them run; pretending does not help."""

import pytest
import reaching
import seeds
import seeds_of_tests as known

from orchestrator.domain.ready.report import State

ALL = ("T1", "T2", "T3", "T4", "T5", "T6", "T8")


async def test_an_honest_library_has_all_its_questions_about_tests_proven(tmp_path, memory):
    found = await reaching.answers(seeds.repo(tmp_path / "shop", known.HONEST), memory, *ALL)

    assert {id: answer.state for id, answer in found.items()} == dict.fromkeys(ALL, State.PROVEN), found
    assert found["T1"].sentence == "Tests reach 100 % of the lines and 100 % of the branches."
    assert found["T2"].sentence.startswith("All 6 tests pass, twice and in another order. They noticed ")
    assert found["T4"].sentence == "The only integration test passes, twice."
    assert all(one.sha256 for answer in found.values() for one in answer.evidence)


@pytest.mark.parametrize("name", known.READ)
async def test_what_hides_tests_or_decides_about_them_is_seen_by_reading(tmp_path, memory, name):
    await _refused(tmp_path, memory, *known.READ[name])


@pytest.mark.parametrize("name", known.RUN)
async def test_what_only_seems_to_pass_is_seen_by_running_it(tmp_path, memory, name):
    await _refused(tmp_path, memory, *known.RUN[name])


async def _refused(tmp_path, memory, item, files, why):
    found = (await reaching.answers(seeds.repo(tmp_path / "shop", files), memory, item))[item]

    assert found.state is State.FAILED, found
    assert why in found.sentence, found.sentence
