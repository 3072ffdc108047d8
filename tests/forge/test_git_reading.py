import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from person import saves, types

from orchestrator.errors import NotPossible, NotUnderstood, TooLarge
from orchestrator.forge.git import FileChange


@pytest.fixture
async def copy(git, app):
    return await git.trial("shop", 1, 1, "One")


async def test_changes_are_all_that_lies_in_the_copy_saved_or_not(git, copy):
    base = await git.head(copy)
    await git.write(copy, {"saved.txt": "a\nb\n"}, "Work")
    (copy / "app.txt").write_text("one\n2\nthree\nfour\n")
    (copy / "README.md").unlink()
    (copy / "new folder").mkdir()
    (copy / "new folder" / "ü\n.txt").write_text("x")
    (copy / "picture.png").write_bytes(bytes(range(256)))
    (copy / ".gitignore").write_text("*.log\n")
    (copy / "x.log").write_text("x")
    before = types(copy, "status", "--porcelain")

    assert sorted(await git.changed(copy, base), key=lambda change: change.path) == [
        FileChange(".gitignore", "added", 1, 0),
        FileChange("README.md", "deleted", 0, 1),
        FileChange("app.txt", "modified", 2, 1),
        FileChange("new folder/ü\n.txt", "added", 1, 0),
        FileChange("picture.png", "added", 0, 0),
        FileChange("saved.txt", "added", 2, 0),
    ]
    assert types(copy, "status", "--porcelain") == before


async def test_changes_between_two_save_points(git, app, copy):
    base = await git.head(copy)
    commit = await git.write(copy, {"a.txt": "a\n"}, "Work")
    (copy / "b.txt").write_text("b")
    assert await git.changed(app.path, base, commit) == [FileChange("a.txt", "added", 1, 0)]
    assert await git.changed(app.path, commit, base) == [FileChange("a.txt", "deleted", 0, 1)]
    assert await git.changed(copy, base, base) == []


async def test_a_text_at_a_save_point(git, app, copy):
    old = await git.head(copy)
    new = await git.write(copy, {"app.txt": "neu\r\n", "a b/ü:1.txt": "x"}, "Work")
    assert await git.text(app.path, old, "app.txt") == "one\ntwo\nthree\n"
    assert await git.text(app.path, new, "app.txt") == "neu\r\n"
    assert await git.text(copy, "main", "app.txt") == "one\ntwo\nthree\n"
    assert await git.text(copy, new, "a b/ü:1.txt") == "x"
    for missing in ("none.txt", "a b", "app.txt\nx", "../x", ""):
        assert await git.text(copy, new, missing) is None
    assert await git.text(copy, "1" * 40, "app.txt") is None
    with pytest.raises(NotUnderstood):
        await git.text(copy, "--help", "app.txt")


async def test_a_text_that_is_not_text_or_too_long(git, copy):
    (copy / "picture.png").write_bytes(b"\x89PNG\xff\x00")
    (copy / "long.txt").write_text("x" * (2 * 1024 * 1024 + 1))
    (copy / "empty.txt").write_text("")
    commit = await git.keep(copy, "Work")
    assert await git.text(copy, commit, "picture.png") == "\ufffdPNG\ufffd\x00"
    assert await git.text(copy, commit, "empty.txt") == ""
    with pytest.raises(TooLarge):
        await git.text(copy, commit, "long.txt")


async def test_history_is_told_from_the_oldest_with_the_files_of_each(git, copy):
    base = await git.head(copy)
    await git.write(copy, {"test_a.py": "x", "b c.txt": "x"}, "Tests first")
    theirs = saves(copy, "Fix: ünï | cödé")
    await git.write(copy, {"a.py": "x"}, "Then code\n\nwith reasons")

    history = await git.history(copy, base, "HEAD")

    assert [(point.subject, point.author, point.files) for point in history] == [
        ("Tests first", "Project Orchestrator", ("b c.txt", "test_a.py")),
        ("Fix: ünï | cödé", "Nadia", ()),
        ("Then code", "Project Orchestrator", ("a.py",)),
    ]
    assert history[1].sha == theirs
    assert datetime.now(UTC) - history[0].when < timedelta(minutes=5)
    assert await git.history(copy, "HEAD", "HEAD") == []


async def test_history_of_what_was_taken_in_names_the_files_that_came(git, app, copy):
    base = await git.head(app.path)
    commit = await git.write(copy, {"a.txt": "x"}, "Work")
    await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert [(point.subject, point.files) for point in await git.history(app.path, base, "main")] == [
        ("Work", ("a.txt",)),
        ("Phase 1: One", ("a.txt",)),
    ]


async def test_a_history_from_nowhere_is_a_sentence(git, copy):
    with pytest.raises(NotPossible, match="could not be read"):
        await git.history(copy, "1" * 40, "HEAD")


async def test_an_export_has_the_files_of_the_save_point_and_nothing_else(git, copy, tmp_path):
    (copy / "run.sh").write_text("#!/bin/sh\n")
    (copy / "run.sh").chmod(0o755)
    (copy / ".gitattributes").write_text("app.txt export-ignore\n")
    (copy / "link").symlink_to("app.txt")
    commit = await git.keep(copy, "Work")
    (copy / "not-saved.txt").write_text("x")
    target = tmp_path / "previews" / "one"
    await git.export(copy, commit, target)
    assert sorted(path.name for path in target.iterdir()) == [
        ".gitattributes",
        "README.md",
        "app.txt",
        "link",
        "run.sh",
    ]
    assert (target / "run.sh").stat().st_mode & 0o111
    assert [path.name for path in target.parent.iterdir()] == ["one"]


async def test_a_known_export_is_kept_and_one_that_was_cut_short_is_made_again(git, copy, tmp_path):
    commit = await git.head(copy)
    part = tmp_path / ".one.part"
    part.mkdir()
    (part / "left.txt").write_text("x")
    await git.export(copy, commit, tmp_path / "one")
    assert not (tmp_path / "one" / "left.txt").exists()
    (tmp_path / "one" / "app.txt").write_text("tried out")
    await git.export(copy, commit, tmp_path / "one")
    assert (tmp_path / "one" / "app.txt").read_text() == "tried out"


async def test_the_same_export_asked_for_ten_times_at_once_is_made_once(git, copy, tmp_path):
    commit = await git.head(copy)
    await asyncio.gather(*(git.export(copy, commit, tmp_path / "one") for _ in range(10)))
    assert (tmp_path / "one" / "app.txt").read_text() == "one\ntwo\nthree\n"


async def test_an_export_of_what_is_not_there_leaves_nothing(git, copy, tmp_path):
    with pytest.raises(NotPossible):
        await git.export(copy, "1" * 40, tmp_path / "one")
    assert not (tmp_path / "one").exists()


async def test_an_app_whose_settings_name_filters_is_read_with_its_plain_content(git, mine, tmp_path):
    (mine / ".gitattributes").write_text("*.bin filter=lfs\n")
    (mine / "big.bin").write_text("version of the pointer\n")
    saves(mine)
    types(mine, "config", "filter.lfs.smudge", "touch " + str(tmp_path / "sprung"))
    types(mine, "config", "filter.lfs.required", "true")
    await git.adopt("shop", str(mine))
    copy = await git.trial("shop", 1, 1, "One")
    assert (copy / "big.bin").read_text() == "version of the pointer\n"
    assert not (tmp_path / "sprung").exists()


async def test_a_save_point_is_what_its_id_says_not_what_somebody_put_in_its_place(git, app, copy):
    honest = await git.write(copy, {"a.txt": "honest"}, "Work")
    other = await git.write(copy, {"a.txt": "other"}, "Work")
    types(app.path, "replace", honest, other)
    assert await git.text(app.path, honest, "a.txt") == "honest"
