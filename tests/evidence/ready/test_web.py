"""An app with a server and a database, honestly made, passes what is asked about its tests."""

import reaching
import seeds
import seeds_of_web as known

from orchestrator.domain.ready.report import State

ALL = ("T1", "T2", "T3", "T4", "T5", "T6", "T8")


async def test_an_honest_app_has_its_questions_about_tests_proven(tmp_path, memory):
    found = await reaching.answers(seeds.repo(tmp_path / "notes", known.HONEST), memory, *ALL)

    assert [(id, answer.sentence) for id, answer in found.items() if answer.state is not State.PROVEN] == []
