"""Random people do random things with a project, for as long as `WALKS=300` says; everything agrees at every step."""

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ground.nursery import Nursery
from journeys import people, states
from journeys.states import States

MANY = settings(
    max_examples=int(os.environ.get("WALKS", "300")),
    stateful_step_count=40,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


async def main() -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        async with Nursery() as nursery, people.five(nursery, Path(temporary)) as world:
            walk = type("Walk", (States,), {"world": world})
            await asyncio.to_thread(run_state_machine_as_test, walk, settings=MANY)
            moves = Counter(move["step"] for move in states.moves(world))
    print(f"{MANY.max_examples} walks, {moves.total()} moves, none in disagreement; {time.monotonic() - began:.0f} s")
    print(", ".join(f"{step} {count}" for step, count in sorted(moves.items())))
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
