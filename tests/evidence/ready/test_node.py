"""Tests in JavaScript are run and measured by us as well, whatever the project says about them."""

import pytest
import reaching
import seeds
import seeds_of_node as known

from orchestrator.domain.ready.report import State

ALL = ("T1", "T2", "T3", "T4", "T5", "T6", "T8")


async def test_an_honest_project_in_javascript_has_its_questions_about_tests_proven(tmp_path, memory):
    found = await reaching.answers(seeds.repo(tmp_path / "shop", known.HONEST), memory, *ALL)

    assert [(id, answer.sentence) for id, answer in found.items() if answer.state is not State.PROVEN] == []
    assert found["T1"].sentence.startswith("Tests reach 100 % of the lines")
    assert found["T2"].sentence.startswith("All 6 tests pass, twice and in another order. They noticed 2 of 2 faults")


@pytest.mark.parametrize("name", known.NO)
async def test_what_only_seems_to_be_tested_is_refused(tmp_path, memory, name):
    item, files, why = known.NO[name]
    found = (await reaching.answers(seeds.repo(tmp_path / "shop", known.changed(files)), memory, item))[item]

    assert found.state is State.FAILED, found
    assert why in found.sentence, found.sentence


async def test_other_test_programs_are_honestly_not_checked(tmp_path, memory):
    files = {
        "package.json": '{"devDependencies": {"ava": "6"}}',
        "a.test.js": 'import test from "ava";\ntest("a", (t) => t.is(1 + 1, 2));',
    }
    found = await reaching.answers(seeds.repo(tmp_path / "shop", files), memory, "T2")

    assert (found["T2"].state, found["T2"].sentence) == (
        State.NOT_CHECKED,
        "There is no checker for tests with AVA yet.",
    )
