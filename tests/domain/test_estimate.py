"""What something usually takes is said from what it took, in round figures, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.cost import MICROS, Currency
from orchestrator.domain.estimate import Sample, usually

EURO = Currency("EUR", 0.5)


def said(*samples: tuple[float, float], free: bool = False) -> str:
    return usually([Sample(seconds, round(dollars * MICROS)) for seconds, dollars in samples], Currency(), free=free)


@pytest.mark.parametrize(
    ("samples", "sentence"),
    [
        ((), ""),
        (((200, 0.4),), ""),
        (((130, 0.4), (240, 0.42)), "Usually 3 to 4 minutes and about $0.41"),
        (((100, 0.3), (120, 0.3), (240, 0.5), (260, 0.5)), "Usually 2 to 4 minutes and $0.30 to $0.50"),
        (((170, 0.4), (190, 0.4), (180, 0.4), (9000, 80)), "Usually 3 to 40 minutes and $0.40 to $20"),
        (((170, 0.4),) * 8 + ((9000, 80),), "Usually about 3 minutes and about $0.40"),
        (((5, 0), (20, 0)), "Usually under a minute"),
        (((60, 0), (61, 0.4)), "Usually about 1 minute"),
        (((3600, 12.34), (7200, 12.34)), "Usually 1 to 2 hours and about $12"),
        (((6000, 1234), (7200, 1234)), "Usually about 2 hours and about $1,200"),
        (((200, 0.001), (200, 0.001)), "Usually about 3 minutes and less than $0.01"),
    ],
)
def test_it_is_said_as_a_person_would(samples: tuple[tuple[float, float], ...], sentence: str):
    assert said(*samples) == sentence


def test_it_is_said_what_it_is_about():
    samples = [Sample(200, 400_000)] * 2
    assert usually(samples, EURO, what="for each phase") == "Usually about 3 minutes and about €0.20 for each phase"
    free = usually(samples, EURO, free=True, what="for each phase")
    assert free == "Usually about 3 minutes for each phase, and it costs nothing"


def test_only_what_is_free_costs_nothing():
    assert said((5, 0), (20, 0), free=True) == "Usually under a minute, and it costs nothing"


@given(st.lists(st.builds(Sample, st.floats(0, 1e6), st.integers(0, 10**12)), max_size=20), st.booleans())
def test_whatever_is_known_there_is_a_sentence_or_nothing(samples: list[Sample], free: bool):
    found = usually(samples, EURO, free=free)
    assert (found == "") == (len(samples) < 2)
    assert found == "" or found.startswith("Usually ")
