"""A text is read out of a JSON object that is still being written, whatever is in it and however it is cut."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.models.unfolding import Unfolding

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def read(pieces: list[str]) -> list[str]:
    unfolding = Unfolding("reply")
    return [unfolding.feed(piece) for piece in pieces]


@given(ANY, ANY, st.booleans(), st.integers(1, 9))
def test_what_is_read_is_the_text_however_it_is_cut(text: str, more: str, ascii_only: bool, size: int):
    whole = json.dumps({"reply": text, "changes": [more]}, ensure_ascii=ascii_only)
    found = read([whole[at : at + size] for at in range(0, len(whole), size)])
    assert "".join(found) == text


@given(ANY, st.integers(0, 80))
def test_what_is_read_of_a_part_is_how_the_text_begins(text: str, end: int):
    whole = json.dumps({"reply": text})
    assert text.startswith("".join(read(list(whole[:end]))))


def test_a_text_is_there_as_soon_as_its_characters_are():
    assert read(['{"re', 'ply": "', "Tha", "nk y\\", "u00fc", '", "x": 1}', "more"]) == [
        "",
        "",
        "Tha",
        "nk y",
        "ü",
        "",
        "",
    ]


@pytest.mark.parametrize("other", ['{"changes": [], "reply": "x"}', '["reply"]', "plain words", '{"reply": 3}', ""])
def test_what_begins_otherwise_gives_nothing(other: str):
    assert "".join(read(list(other))) == ""
