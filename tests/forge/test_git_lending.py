"""What a builder is lent to save in, and what comes back of it."""

import os
import shutil

import pytest
from person import is_whole, makes, saves, types

from orchestrator.forge import lending
from orchestrator.forge.git import Git


@pytest.fixture
async def copy(git, app):
    return await git.trial("shop", 1, 1, "Swap a meal")


class Builder:
    """Works in the copy as one within walls does: what it is lent stands where the repository is."""

    def __init__(self, copy, binds):
        self.copy, self.binds = copy, binds
        (lent, self.real, *_) = binds
        self.lent, self.git = lent.source, lent.target

    def inside(self):
        """For as long as the context lasts, places are as the builder sees them."""
        return Inside(self)


class Inside:
    def __init__(self, builder):
        self.builder, self.aside = builder, builder.git.with_name("real.git")

    def __enter__(self):
        self.builder.git.rename(self.aside)
        self.builder.git.symlink_to(self.builder.lent)
        alternates = self.builder.lent / "objects/info/alternates"
        self.told = alternates.read_text()
        alternates.write_text(f"{self.aside}/objects\n")
        return self.builder.copy

    def __exit__(self, *_):
        self.builder.git.unlink()
        self.aside.rename(self.builder.git)
        (self.builder.lent / "objects/info/alternates").write_text(self.told)


async def lent(git, copy, project="shop"):
    return Builder(copy, await git.lend(project, copy))


def beside(copy):
    return [path.name for path in copy.parent.iterdir() if "lent" in path.name]


async def test_nothing_saved_nothing_changes(git, app, copy):
    before = await git.head(copy)
    await lent(git, copy)

    assert await git.take_back(copy) == ""
    assert await git.head(copy) == before
    assert beside(copy) == []


async def test_what_was_saved_comes_back_as_it_was_saved(git, app, copy):
    base = await git.head(copy)
    builder = await lent(git, copy)
    with builder.inside() as here:
        first = saves(here, "One", a_txt="a\n")
        types(here, "pack-refs", "--all")
        types(here, "repack", "-q", "-d", "-l")
        second = saves(here, "Two", b_txt="b\n")
        (here / "c.txt").write_text("not saved\n")
        assert types(here, "log", "--format=%s", "-1", base) == "The beginning"
    assert await git.head(copy) == base

    assert await git.take_back(copy) == ""

    assert [point.sha for point in await git.history(copy, base, await git.head(copy))] == [first, second]
    assert types(copy, "status", "--porcelain") == "?? c.txt"
    assert is_whole(app.path)
    assert beside(copy) == []
    kept = await git.keep(copy, "The rest")
    assert await git.text(copy, kept, "c.txt") == "not saved\n"


async def test_settings_hooks_and_other_branches_stay_behind(git, app, copy):
    config, refs = (app.path / ".git/config").read_text(), types(app.path, "for-each-ref")
    builder = await lent(git, copy)
    with builder.inside() as here:
        types(here, "update-ref", "refs/heads/main", types(here, "commit-tree", "-m", "x", "HEAD^{tree}"))
        types(here, "branch", "planted")
        types(here, "config", "core.fsmonitor", f"touch {copy.parent}/ran; false")
        types(here, "tag", "v1")
    (builder.lent / "hooks").mkdir()
    (builder.lent / "hooks/post-index-change").write_text(f"#!/bin/sh\ntouch {copy.parent}/ran\n")
    (builder.lent / "hooks/post-index-change").chmod(0o755)

    await git.take_back(copy)
    await git.keep(copy, "Kept")

    assert (app.path / ".git/config").read_text() == config
    assert types(app.path, "for-each-ref") == refs
    assert not (copy.parent / "ran").exists()


@pytest.mark.parametrize(
    "words", [("checkout", "-q", "--detach"), ("checkout", "-q", "-b", "own"), ("checkout", "-q", "--orphan", "new")]
)
async def test_wherever_its_head_was_its_work_is_on_the_copys_branch(git, app, copy, words):
    builder = await lent(git, copy)
    with builder.inside() as here:
        types(here, *words)
        saved = saves(here, "Elsewhere", a_txt="a\n")

    await git.take_back(copy)

    assert await git.head(copy) == saved
    assert types(copy, "symbolic-ref", "--short", "HEAD") == "feature-1-swap-a-meal"


async def test_what_was_left_by_somebody_who_was_killed_comes_back_before_anything_is_saved(git, app, copy):
    for number, then in enumerate(
        (
            lambda: git.lend("shop", copy),
            lambda: git.keep(copy, "Kept"),
            lambda: git.write(copy, {"plan.md": "x"}, "Plan"),
            lambda: git.trial("shop", 1, 1, "Swap a meal"),
        )
    ):
        base = await git.head(copy)
        builder = await lent(git, copy)
        with builder.inside() as here:
            saved = saves(here, f"Work {number}", a_txt=f"{number}\n")

        await then()

        assert saved in [point.sha for point in await git.history(copy, base, await git.head(copy))]
    await git.take_back(copy)
    assert is_whole(app.path)


async def test_killed_at_any_moment_of_taking_back_it_is_taken_back_all_the_same(git, app, copy, home, tmp_path):
    """Every command of git fails once, as when the process is killed there."""
    builder = await lent(git, copy)
    with builder.inside() as here:
        saved = saves(here, "Work", a_txt="a\n")
    shutil.copytree(home, tmp_path / "before", symlinks=True)
    real, count, failures = shutil.which("git"), tmp_path / "count", 0
    (tmp_path / "bin").mkdir()
    dies = f"n=$(($(cat {count}) + 1)); echo $n > {count}\n[ $n = $(cat {count}.at) ] && kill -9 $$"
    script = f'#!/bin/sh\n{dies}\nexec {real} "$@"\n'
    (tmp_path / "bin/git").write_text(script)
    (tmp_path / "bin/git").chmod(0o755)
    path = os.environ["PATH"]
    for at in range(1, 12):
        shutil.rmtree(home)
        shutil.copytree(tmp_path / "before", home, symlinks=True)
        count.write_text("0")
        (tmp_path / "count.at").write_text(str(at))
        os.environ["PATH"] = f"{tmp_path}/bin{os.pathsep}{path}"
        try:
            await Git(home).take_back(copy)
        except lending.NotPossible:
            failures += 1
        finally:
            os.environ["PATH"] = path

        await Git(home).keep(copy, "Kept")
        assert await git.head(copy) == saved
    assert failures >= 3


async def test_a_copy_whose_folder_is_gone_loses_nothing_that_was_saved(git, app, copy):
    builder = await lent(git, copy)
    with builder.inside() as here:
        saved = saves(here, "Work", a_txt="a\n")
    shutil.rmtree(copy)

    await git.trial("shop", 1, 1, "Swap a meal")

    assert await git.head(copy) == saved
    assert (copy / "a.txt").read_text() == "a\n"
    assert types(copy, "status", "--porcelain") == ""


async def test_broken_save_points_are_not_taken_but_the_work_is(git, app, copy):
    base = await git.head(copy)
    builder = await lent(git, copy)
    with builder.inside() as here:
        saved = saves(here, "Work", a_txt="a\n")
    blob = builder.lent / "objects" / saved[:2] / saved[2:]
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes()[:-4] + b"xxxx")

    assert await git.take_back(copy) == lending.LOST

    assert await git.head(copy) == base
    kept = await git.keep(copy, "All in one")
    assert await git.text(copy, kept, "a.txt") == "a\n"
    assert is_whole(app.path)


async def test_links_and_strange_files_among_its_objects_lead_nowhere(git, app, copy, tmp_path):
    other = await git.create("other", {"secret.txt": "not yours\n"})
    tree = types(other.path, "rev-parse", "HEAD^{tree}")
    base = await git.head(copy)
    builder = await lent(git, copy)
    objects = builder.lent / "objects"
    (objects / "info/alternates").write_text(f"{other.path}/.git/objects\n")
    with builder.inside() as here:
        stolen = types(here, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", fails=False)
    commit = f"tree {tree}\nparent {base}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nStolen\n"
    made = tmp_path / "commit"
    made.write_text(commit)
    with builder.inside() as here:
        stolen = types(here, "hash-object", "-t", "commit", "-w", "--literally", str(made))
        types(here, "update-ref", "--no-deref", "HEAD", stolen)
    for name in {path.name for path in (other.path / ".git/objects").iterdir()} - {"info", "pack"}:
        if not (objects / name).exists():
            (objects / name).symlink_to(other.path / ".git/objects" / name)
    os.mkfifo(objects / "pack/pack-00.pack")

    assert await git.take_back(copy) == lending.LOST
    assert await git.head(copy) == base
    assert not (app.path / ".git/objects" / tree[:2] / tree[2:]).exists()


@pytest.mark.parametrize(
    "head", ["ref: ../../../secret", "ref: refs/heads/../../config", "x" * 50, "", "ref: refs/heads/none"]
)
async def test_a_head_that_leads_astray_is_no_head(git, app, copy, head):
    base = await git.head(copy)
    builder = await lent(git, copy)
    (builder.lent / "worktrees/1/HEAD").write_text(head)

    assert await git.take_back(copy) == ""
    assert await git.head(copy) == base


async def test_a_head_that_is_a_link_or_a_pipe_is_no_head(git, app, copy, tmp_path):
    base = await git.head(copy)
    (tmp_path / "id").write_text("1" * 40)
    for make in (lambda file: file.symlink_to(tmp_path / "id"), os.mkfifo):
        builder = await lent(git, copy)
        head = builder.lent / "worktrees/1/HEAD"
        head.unlink()
        make(head)

        assert await git.take_back(copy) == ""
        assert await git.head(copy) == base


async def test_the_persons_own_repository_is_lent_with_its_tags_and_its_ways(git, tmp_path):
    mine = makes(tmp_path / "mine", branch="trunk")
    types(mine, "tag", "v1")
    types(mine, "config", "core.autocrlf", "input")
    types(mine, "config", "user.name", 'Ada "the first" \\ of many')
    types(mine, "config", "credential.helper", "store")
    await git.adopt("shop", str(mine))
    copy = await git.trial("shop", 1, 1, "First")

    builder = await lent(git, copy)

    with builder.inside() as here:
        assert types(here, "describe", "--tags") == "v1"
        listed = types(here, "config", "--local", "--list").splitlines()
    assert 'user.name=Ada "the first" \\ of many' in listed
    assert "core.autocrlf=input" in listed
    assert not [line for line in listed if "credential" in line]


async def test_repositories_of_the_other_kind_are_lent_as_such(git, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    types(mine, "init", "-q", "-b", "trunk", "--object-format=sha256")
    saves(mine, "First", app_txt="1\n")
    await git.adopt("shop", str(mine))
    copy = await git.trial("shop", 1, 1, "First")
    builder = await lent(git, copy)
    with builder.inside() as here:
        saved = saves(here, "Work", a_txt="a\n")

    assert await git.take_back(copy) == ""
    assert await git.head(copy) == saved


async def test_what_the_repository_itself_borrows_from_can_be_seen_too(git, tmp_path):
    source = makes(tmp_path / "source", branch="trunk")
    types(tmp_path, "clone", "-q", "--shared", str(source), str(tmp_path / "mine"))
    await git.adopt("shop", str(tmp_path / "mine"))
    copy = await git.trial("shop", 1, 1, "First")

    binds = await git.lend("shop", copy)

    assert [(bind.target, bind.writable) for bind in binds] == [
        (tmp_path / "mine/.git", True),
        (lending.OBJECTS, False),
        (source / ".git/objects", False),
    ]
