"""Odd situations count only where a test that passes hands them to the way in of which it is asked."""

import pytest
import reaching
import seeds

from orchestrator.domain.ready.report import State

APP = """
import sys


def main(words):
    if len(words) != 1 or not words[0].isdigit():
        raise SystemExit(2)
    return int(words[0][:20]) * 2


if __name__ == "__main__":
    print(main(sys.argv[1:]))
"""
LOAD = "from locust import HttpUser\n"
FIGURES = "200 requests/s, error rate 0.1 %, p95 120 ms, 400 users\n"
ODD = """
from concurrent.futures import ThreadPoolExecutor

import pytest

from twice import main


@pytest.mark.parametrize("words", [[], [""], ["é"], ["-1"]])
def test_nonsense_is_refused(words):
    with pytest.raises(SystemExit):
        main(words)


def test_much_is_cut():
    assert main(["1" * 100_000]) == int("1" * 20) * 2


def test_several_at_once():
    with ThreadPoolExecutor() as pool:
        assert list(pool.map(lambda n: main([str(n)]), range(9))) == list(range(0, 18, 2))
"""
HONEST = {"twice.py": APP, "tests/test_twice.py": ODD}
NO = {
    "nothing odd at all": (
        "from twice import main\ndef test_a():\n    assert main(['2']) == 4\n",
        "with nothing at all",
    ),
    "not very much": (ODD.replace("100_000", "100"), "with very much at once"),
    "not several at once": (ODD.replace("ThreadPoolExecutor", "nullcontext"), "with several people at once"),
    "only said, not handed in": (
        "from twice import main\ndef test_a():\n    ''\n    'é'\n    'x' * 100_000\n    assert main(['2']) == 4\n",
        "with nothing at all",
    ),
    "without any check": (
        "from twice import main\nimport threading\ndef test_a():\n    main([''], 'é' * 10_000, threading.Thread)\n",
        "with nothing at all",
    ),
}


async def test_an_honest_command_is_tried_with_odd_things(tmp_path, memory):
    found = await reaching.answers(seeds.repo(tmp_path / "app", HONEST), memory, "F3")

    assert found["F3"].state is State.PROVEN, found


@pytest.mark.parametrize("name", NO)
def test_what_is_not_tried_is_said(tmp_path, name):
    text, why = NO[name]
    seeds.refused(seeds.repo(tmp_path / "app", {"twice.py": APP, "tests/test_twice.py": text}), "F3", why)


async def test_what_is_tried_elsewhere_is_not_believed_and_not_denied(tmp_path, memory):
    files = HONEST | {"thrice.py": APP.replace("def main", "def cli").replace("main(", "cli(")}
    found = await reaching.answers(seeds.repo(tmp_path / "app", files), memory, "F3")

    assert found["F3"].state is State.NOT_CHECKED
    assert "thrice.py" in found["F3"].sentence


@pytest.mark.parametrize(
    ("files", "state", "why"),
    [
        ({"app.py": APP}, State.FAILED, "There is no load test."),
        ({"load.py": LOAD}, State.FAILED, "its figures are kept nowhere"),
        (
            {"load.py": LOAD, "docs/load.md": FIGURES},
            State.NOT_CHECKED,
            "We have not run it.",
        ),
    ],
)
async def test_figures_of_a_load_test_that_nobody_ran_here_prove_nothing(tmp_path, memory, files, state, why):
    found = await reaching.answers(seeds.repo(tmp_path / "app", files), memory, "T7")

    assert found["T7"].state is state
    assert why in found["T7"].sentence
