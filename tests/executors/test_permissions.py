"""What a builder may do when it asks."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestrator.executors.permissions import OUTSIDE, READ_ONLY, choice, mentioned, refusal

HERE, HOME = Path("/worktree"), Path("/home/builder")
INSIDE, ELSEWHERE = HERE / "a/b.py", Path("/etc/passwd")
KINDS = ["read", "search", "think", "edit", "delete", "move", "execute", "fetch", "switch_mode", "other", None]
CHANGING = {"edit", "delete", "move", "switch_mode"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("paths", "outside"),
    [
        ([], False),
        ([INSIDE], False),
        ([HERE], False),
        ([HOME / ".cache/x"], False),
        ([ELSEWHERE], True),
        ([INSIDE, ELSEWHERE], True),
        ([Path("/worktree-of-another/a")], True),
        ([Path("/")], True),
    ],
)
def test_anything_may_be_done_inside_and_nothing_outside_and_readers_change_nothing(kind, paths, outside):
    assert refusal(kind, paths, (HERE, HOME), read_only=False) == (OUTSIDE if outside else "")

    reading = READ_ONLY if kind in CHANGING else OUTSIDE if outside else ""
    assert refusal(kind, paths, (HERE, HOME), read_only=True) == reading


@pytest.mark.parametrize(
    ("offered", "allowed", "refused"),
    [
        (["allow_always", "allow_once", "reject_always", "reject_once"], "allow_once", "reject_once"),
        (["allow_always", "reject_always"], "allow_always", "reject_always"),
        (["allow_once"], "allow_once", None),
        (["reject_once"], None, "reject_once"),
        ([], None, None),
    ],
)
def test_the_mildest_answer_that_is_offered_is_given(offered, allowed, refused):
    options = [SimpleNamespace(kind=kind, option_id=f"id of {kind}") for kind in offered]

    assert choice(options, allow=True) == (allowed and f"id of {allowed}")
    assert choice(options, allow=False) == (refused and f"id of {refused}")


def test_paths_are_found_in_what_builders_say_of_their_input():
    assert mentioned({"file_path": "/a", "path": "/b", "content": "/c", "abs_path": 5, "filePath": ""}) == {"/a", "/b"}
    assert mentioned("/a") == mentioned(None) == set()
