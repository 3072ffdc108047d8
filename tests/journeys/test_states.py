"""A project walked through random commands by random people: rows, log, API and page agree at every step."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ground.nursery import Nursery
from journeys import people, states
from journeys.states import States, World

pytestmark = pytest.mark.timeout(600)
# Enough to walk through every step; `make soak` walks for as long as it is let.
FEW = settings(
    max_examples=14,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # walks are slow: one that fails is long enough to read
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
async def world(tmp_path: Path, nursery: Nursery) -> AsyncIterator[World]:
    async with people.five(nursery, tmp_path, budget=0.5) as world:
        yield world


def test_whatever_people_do_everything_that_shows_a_project_agrees(world: World):
    class Walk(States):
        pass

    Walk.world = world
    run_state_machine_as_test(Walk, settings=FEW)
    passed = {row[where] for row in states.moves(world) for where in ("left", "step")}
    assert passed >= states.EVERYWHERE - {"permission"}  # so few walks do not come there; `make soak` does
