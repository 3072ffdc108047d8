import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import NotUnderstood
from orchestrator.forge import names

ANYTHING = st.text(max_size=400)


@given(ANYTHING)
def test_any_title_becomes_a_short_slug_in_ascii(title):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", names.slug(title))
    assert len(names.slug(title)) <= 40


@given(ANYTHING, st.integers(1, 99), st.integers(1, 9))
def test_the_name_of_a_copy_can_never_be_taken_for_an_option(title, phase, attempt):
    assert names.branch(phase, attempt, title).startswith(f"feature-{phase}-")


@pytest.mark.parametrize(
    "title",
    [
        "",
        "-rf",
        "--upload-pack=x",
        "a..b",
        "x.lock",
        "🎉🎉",
        "买菜",
        "a" * 300,
        "@{-1}",
        "a~^:?*[\\b",
        "\x00\n",
        ".",
        "-",
    ],
)
def test_git_accepts_the_name_whatever_the_title_is(title):
    name = names.branch(2, 1, title)
    assert (
        subprocess.run(["git", "check-ref-format", "--branch", name], check=False, capture_output=True).returncode == 0
    )


def test_accents_become_plain_letters_and_later_attempts_have_a_number():
    assert names.branch(3, 1, "Crème brûlée für alle!") == "feature-3-creme-brulee-fur-alle"
    assert names.branch(3, 2, "Swap a meal") == "feature-3-swap-a-meal-2"


@given(ANYTHING)
def test_a_line_is_one_line_and_not_long(text):
    line = names.line(text)
    assert len(line) <= names.LONGEST_LINE
    assert len(line.splitlines()) <= 1
    assert line == line.strip()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a//b",
        "./a",
        ".git/config",
        "a/.GIT/hooks/x",
        "GIT~1/x",
        ".git./x",
        ".git /x",
        "a\\..\\b",
        "a\x00b",
        "a\nb",
        ".g\u200cit/config",
        "dir/",
    ],
)
def test_a_file_outside_of_the_app_is_refused(path):
    with pytest.raises(NotUnderstood, match="not a place for a file"):
        names.inside(path)


@pytest.mark.parametrize(
    "path", ["a.txt", "src/app/main.py", ".gitignore", ".github/workflows/ci.yml", "Über uns.md", "-x"]
)
def test_ordinary_files_are_accepted(path):
    assert str(names.inside(path)) == path


@pytest.mark.parametrize("id", ["", "..", "a/b", "-x", ".locks", "x" * 65, "a b"])
def test_an_id_that_cannot_name_a_folder_is_refused(id):
    with pytest.raises(NotUnderstood, match="cannot be the id"):
        names.project(id)


@pytest.mark.parametrize("name", ["", "--all", "a..b", "x y", "@{-1}", "HEAD^", "main:app.txt"])
def test_a_version_that_is_more_than_a_name_is_refused(name):
    with pytest.raises(NotUnderstood, match="does not name"):
        names.version(name)


def test_a_part_of_the_id_of_a_save_point_is_not_enough():
    with pytest.raises(NotUnderstood, match="is not the id"):
        names.save_point("abc123")
    assert names.save_point("a" * 40) == "a" * 40


def test_long_lists_of_files_are_cut():
    assert names.listed(["a", "b", "c"]) == "a, b, c"
    assert names.listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
