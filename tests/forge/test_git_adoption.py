import os
import shutil
import tempfile
from pathlib import Path

import pytest
from person import fingerprint, makes, saves, types, writes

from orchestrator.errors import Conflict, NotPossible
from orchestrator.forge import adoption
from orchestrator.forge.git import Git, Repository


async def test_a_repository_of_the_person_is_used_where_it_is_and_not_touched(git, mine):
    before = fingerprint(mine)
    assert await git.adopt("shop", str(mine)) == Repository(mine, "trunk")
    assert await git.repository("shop") == Repository(mine, "trunk")
    assert fingerprint(mine) == before


async def test_adopted_again_it_is_the_same_and_another_one_is_a_conflict(git, mine, tmp_path):
    first = await git.adopt("shop", str(mine))
    writes(mine, new_txt="begun meanwhile")
    assert await git.adopt("shop", f"{mine}/") == first
    assert await git.create("shop", {"a.txt": "a"}) == first
    other = makes(tmp_path / "other")
    with pytest.raises(Conflict, match="already works with"):
        await git.adopt("shop", str(other))


async def refused(git: Git, source: Path | str) -> str:
    """The sentence; and nothing is noted."""
    with pytest.raises(NotPossible) as refusal:
        await git.adopt("shop", str(source))
    with pytest.raises(NotPossible, match="not there"):
        await git.repository("shop")
    return str(refusal.value)


async def test_what_is_no_repository_is_refused_with_the_reason(git, tmp_path, mine):
    (tmp_path / "file").write_text("x")
    (tmp_path / "plain").mkdir()
    (mine / "inner").mkdir()
    assert await refused(git, tmp_path / "none") == f"There is no folder {tmp_path / 'none'}."
    assert "is a file, not a folder" in await refused(git, tmp_path / "file")
    assert "is not a git repository." in await refused(git, tmp_path / "plain")
    assert f"The repository around it is {mine}." in await refused(git, mine / "inner")
    assert "Please name the folder" in await refused(git, "  ")
    assert "Please name the folder" in await refused(git, "a\0b")


async def test_a_repository_without_files_to_work_in_is_refused(git, tmp_path, mine):
    types(tmp_path, "clone", "-q", "--bare", str(mine), "bare")
    assert "without a folder to work in" in await refused(git, tmp_path / "bare")
    types(mine, "config", "core.bare", "true")
    assert "without a folder to work in" in await refused(git, mine)


async def test_a_second_folder_of_a_repository_is_refused(git, tmp_path, mine):
    types(mine, "worktree", "add", "-q", str(tmp_path / "second"))
    assert "a second folder of another repository" in await refused(git, tmp_path / "second")


async def test_a_repository_without_a_save_point_is_refused(git, tmp_path):
    types(tmp_path, "init", "-q", "empty")
    assert "has no save point yet" in await refused(git, tmp_path / "empty")


async def test_a_repository_that_shows_an_older_version_is_refused(git, mine):
    types(mine, "checkout", "-q", "--detach")
    assert "shows an older save point" in await refused(git, mine)


async def test_changes_that_are_not_saved_are_named_three_at_most(git, mine):
    writes(mine, app_txt="changed", a_txt="new", b_txt="new", c_txt="new", d_txt="new")
    assert "not saved yet: app.txt, a.txt, b.txt and 2 more." in await refused(git, mine)


async def test_a_join_that_was_not_finished_is_refused(git, mine):
    types(mine, "checkout", "-qb", "other")
    saves(mine, app_txt="theirs")
    types(mine, "checkout", "-q", "trunk")
    saves(mine, app_txt="ours")
    types(mine, "merge", "other", fails=True)
    assert "begun and not finished" in await refused(git, mine)


async def test_a_damaged_repository_is_refused(git, mine):
    blob = types(mine, "rev-parse", "HEAD:app.txt")
    (mine / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert "is damaged" in await refused(git, mine)


async def test_a_repository_whose_latest_save_point_is_lost_is_refused(git, mine):
    head = types(mine, "rev-parse", "HEAD")
    (mine / ".git" / "objects" / head[:2] / head[2:]).unlink()
    assert "is damaged" in await refused(git, mine)


async def test_a_repository_whose_head_is_garbage_is_refused(git, mine):
    (mine / ".git" / "HEAD").write_text("garbage\n")
    assert "is damaged" in await refused(git, mine)


async def test_old_names_that_point_nowhere_do_not_matter(git, mine):
    (mine / ".git" / "refs" / "remotes" / "origin").mkdir(parents=True)
    (mine / ".git" / "refs" / "remotes" / "origin" / "main").write_text("1" * 40 + "\n")
    assert await git.adopt("shop", str(mine)) == Repository(mine, "trunk")


async def test_our_own_folder_is_refused(git, app):
    assert "lies inside our own folder" in str(await refused_for(git, app.path))


async def refused_for(git: Git, source: Path) -> NotPossible:
    with pytest.raises(NotPossible) as refusal:
        await git.adopt("other", str(source))
    return refusal.value


def test_a_repository_that_we_may_not_write_in_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        mine = makes(Path(folder) / "mine")
        Path(folder).chmod(0o755)
        mine.chmod(0o555)
        before = os.geteuid()
        os.seteuid(before or 65534)  # whoever owns the machine may write everywhere
        try:
            with pytest.raises(NotPossible, match="not permitted to write"):
                adoption.shape(mine)
        finally:
            os.seteuid(before)
            mine.chmod(0o755)


async def test_programs_that_its_settings_name_are_never_run(git, mine, tmp_path):
    """Hooks, filters, joiners, watchers and viewers of a repository would be the way to run anything here."""
    trap = tmp_path / "sprung"
    spring = f"touch {trap}; cat"
    (mine / ".gitattributes").write_text("*.txt filter=evil merge=evil diff=evil\n")
    saves(mine)
    for name in (
        "filter.evil.clean",
        "filter.evil.smudge",
        "merge.evil.driver",
        "diff.evil.textconv",
        "diff.evil.command",
        "diff.external",
        "core.fsmonitor",
        "core.editor",
        "core.pager",
        "gpg.program",
    ):
        types(mine, "config", name, spring)
    types(mine, "config", "filter.evil.required", "true")
    types(mine, "config", "commit.gpgSign", "true")
    types(mine, "config", "core.hooksPath", str(mine / "hooks"))
    for folder in (mine / ".git" / "hooks", mine / "hooks"):
        folder.mkdir(exist_ok=True)
        for hook in (
            "post-checkout",
            "pre-commit",
            "commit-msg",
            "post-commit",
            "reference-transaction",
            "post-index-change",
        ):
            (folder / hook).write_text(f"#!/bin/sh\n{spring}\n")
            (folder / hook).chmod(0o755)
    (mine / ".git" / "info" / "exclude").write_text("hooks\n")

    await git.adopt("shop", str(mine))
    copy = await git.trial("shop", 1, 1, "Phase")
    base = await git.head(copy)
    await git.write(copy, {"app.txt": "one\nTWO\nthree\n"}, "Plan")
    (copy / "new.txt").write_text("new")
    commit = await git.keep(copy, "Work")
    await git.changed(copy, base)
    await git.history(copy, base, commit)
    await git.export(mine, commit, tmp_path / "out")
    merged = await git.merge("shop", 1, 1, commit, "Phase", "shop-1")
    await git.undo("shop", merged, "shop-1")

    assert not trap.exists()


async def test_where_the_repository_names_a_joiner_both_changes_are_a_conflict(git, mine, tmp_path):
    (mine / ".gitattributes").write_text("*.txt merge=theirs\n")
    saves(mine)
    types(mine, "config", "merge.theirs.driver", "true")
    await git.adopt("shop", str(mine))
    copy = await git.trial("shop", 1, 1, "Phase")
    commit = await git.write(copy, {"app.txt": "ONE\ntwo\nthree\n"}, "Plan")
    saves(mine, app_txt="one\ntwo\nTHREE\n")
    with pytest.raises(Conflict, match=r"the same places: app\.txt"):
        await git.merge("shop", 1, 1, commit, "Phase", "shop-1")


async def test_a_repository_that_is_too_big_to_look_at_all_of_it_is_used(home, mine, tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin" / "git"
    slow.write_text(f'#!/bin/sh\ncase "$*" in *fsck*) exec sleep 4714 ;; esac\nexec {shutil.which("git")} "$@"\n')
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert (await adoption.look(home, home / ".tools", str(mine), patience=0.1)).branch == "trunk"
