import asyncio
import shutil
from pathlib import Path

import pytest
from person import is_whole, makes, saves, types

from orchestrator.errors import NotPossible, NotUnderstood
from orchestrator.forge.git import Git


@pytest.fixture
async def copy(git, app):
    return await git.trial("shop", 1, 1, "Swap a meal")


async def test_a_copy_is_on_a_branch_of_its_own_from_where_the_app_is(git, app, copy, home):
    assert copy == home / "shop" / "phases" / "1"
    assert types(copy, "symbolic-ref", "--short", "HEAD") == "feature-1-swap-a-meal"
    assert await git.head(copy) == await git.head(app.path)
    assert (copy / "app.txt").read_text() == "one\ntwo\nthree\n"


async def test_where_a_copy_began_is_known_whatever_was_saved_since(git, app, copy):
    began = await git.head(app.path)
    await git.write(copy, {"plan.md": "x"}, "Plan")
    await git.write(app.path, {"app.txt": "later"}, "Later")
    assert await git.base(copy) == began
    with pytest.raises(NotPossible, match="not there any more"):
        await git.base(copy.with_name("7"))


async def test_a_later_attempt_is_a_copy_of_its_own(git, copy, home):
    again = await git.trial("shop", 1, 2, "Swap a meal")
    assert again == home / "shop" / "phases" / "1-2"
    assert types(again, "symbolic-ref", "--short", "HEAD") == "feature-1-swap-a-meal-2"


async def test_a_known_copy_is_the_same_under_a_new_title_and_when_the_app_has_moved_on(git, app, copy):
    await git.write(app.path, {"app.txt": "later\n"}, "Later")
    (copy / "app.txt").write_text("begun\n")
    assert await git.trial("shop", 1, 1, "Another title") == copy
    assert (copy / "app.txt").read_text() == "begun\n"
    assert types(copy, "symbolic-ref", "--short", "HEAD") == "feature-1-swap-a-meal"


async def test_a_name_that_the_person_uses_already_is_left_to_them(git, mine):
    types(mine, "branch", "feature-1-swap-a-meal")
    await git.adopt("shop", str(mine))
    copy = await git.trial("shop", 1, 1, "Swap a meal")
    assert types(copy, "symbolic-ref", "--short", "HEAD") == "feature-1-swap-a-meal-shop"


async def test_a_folder_that_is_gone_comes_back_with_all_that_was_saved(git, copy):
    saved = await git.write(copy, {"plan.md": "the plan"}, "Plan")
    shutil.rmtree(copy)
    with pytest.raises(NotPossible, match="not there any more"):
        await git.head(copy)
    assert await git.trial("shop", 1, 1, "Swap a meal") == copy
    assert await git.head(copy) == saved
    assert (copy / "plan.md").read_text() == "the plan"


async def test_folder_and_branch_both_gone_it_begins_again_from_where_it_began(git, app, copy):
    shutil.rmtree(copy)
    types(app.path, "worktree", "prune")
    types(app.path, "branch", "-D", "feature-1-swap-a-meal")
    base = await git.head(app.path)
    await git.write(app.path, {"app.txt": "later\n"}, "Later")
    await git.trial("shop", 1, 1, "Swap a meal")
    assert await git.head(copy) == base


async def test_a_copy_that_git_has_forgotten_keeps_the_work_that_is_not_saved(git, app, copy):
    (copy / "app.txt").write_text("not saved\n")
    (copy / "new.txt").write_text("new\n")
    shutil.rmtree(app.path / ".git" / "worktrees")
    await git.trial("shop", 1, 1, "Swap a meal")
    assert types(copy, "status", "--porcelain") == "M app.txt\n?? new.txt"
    await git.keep(copy, "Work")
    assert types(copy, "status", "--porcelain") == ""
    assert is_whole(app.path)


@pytest.mark.parametrize("what", ["file", "folder", "link", "nothing"])
async def test_whatever_a_builder_makes_of_the_tie_it_is_tied_again(git, copy, tmp_path, what):
    tie = copy / ".git"
    tie.unlink()
    if what == "file":
        tie.write_text(f"gitdir: {tmp_path}\n")
    elif what == "folder":
        types(copy, "init", "-q")
    elif what == "link":
        tie.symlink_to(tmp_path)
    (copy / "new.txt").write_text("new\n")

    saved = await git.keep(copy, "Work")
    await git.trial("shop", 1, 1, "Swap a meal")

    assert types(copy, "rev-parse", "HEAD") == saved
    assert types(copy, "status", "--porcelain") == ""


async def test_when_everything_has_moved_to_another_place_it_works_there(git, copy, home):
    (copy / "new.txt").write_text("new\n")
    home.rename(home.with_name("moved"))
    moved = Git(home.with_name("moved"))
    there = await moved.trial("shop", 1, 1, "Swap a meal")
    assert there == home.with_name("moved") / "shop" / "phases" / "1"
    assert types(there, "status", "--porcelain") == "?? new.txt"


async def test_locks_that_a_killed_git_left_are_taken_away(git, app, copy):
    entry = app.path / ".git" / "worktrees" / "1"
    locks = [
        entry / "index.lock",
        entry / "HEAD.lock",
        app.path / ".git" / "refs" / "heads" / "feature-1-swap-a-meal.lock",
    ]
    for lock in locks:
        lock.touch()
    await git.trial("shop", 1, 1, "Swap a meal")
    assert not any(lock.exists() for lock in locks)
    locks[0].touch()
    locks[2].touch()
    await git.write(copy, {"plan.md": "x"}, "Plan")
    assert not any(lock.exists() for lock in locks)


async def test_a_lock_that_somebody_lets_go_soon_is_waited_for(git, app, copy):
    lock = app.path / ".git" / "worktrees" / "1" / "index.lock"
    lock.write_text("a")
    asyncio.get_running_loop().call_later(0.1, lock.unlink)
    assert await git.keep(copy, "Work") == await git.head(app.path)


async def test_a_copy_that_was_half_made_is_made_from_the_start(git, app, home):
    entry = app.path / ".git" / "worktrees" / "1"
    entry.mkdir(parents=True)
    (entry / "locked").write_text("initializing")
    path = home / "shop" / "phases" / "1"
    path.mkdir(parents=True)
    (path / "half.txt").write_text("half")
    assert await git.trial("shop", 1, 1, "Swap a meal") == path
    assert types(path, "status", "--porcelain") == ""
    assert [entry.name for entry in (app.path / ".git" / "worktrees").iterdir()] == ["1"]


async def test_files_become_a_save_point_only_if_they_are_new(git, copy):
    before = await git.head(copy)
    saved = await git.write(copy, {"docs/plan.md": "Grüße\r\n", "app.txt": "x"}, "Plan")
    assert saved != before
    assert types(copy, "log", "-1", "--format=%s") == "Plan"
    assert (copy / "docs" / "plan.md").read_bytes() == "Grüße\r\n".encode()
    assert await git.write(copy, {"docs/plan.md": "Grüße\r\n"}, "Plan") == saved
    assert await git.write(copy, {}, "Nothing") == saved


async def test_what_the_builder_has_begun_is_not_part_of_our_save_point(git, copy):
    (copy / "begun.txt").write_text("begun")
    (copy / "app.txt").write_text("staged")
    types(copy, "add", "app.txt")
    await git.write(copy, {"plan.md": "the plan"}, "Plan")
    assert types(copy, "show", "--format=", "--name-only", "HEAD") == "plan.md"
    assert types(copy, "status", "--porcelain") == "M  app.txt\n?? begun.txt"


async def test_names_that_look_like_patterns_are_only_names(git, copy):
    (copy / "begun.txt").write_text("begun")
    await git.write(copy, {"*.txt": "x", ":(top)x": "y"}, "Plan")
    assert types(copy, "show", "--format=", "--name-only", "HEAD").splitlines() == ["*.txt", ":(top)x"]


async def test_a_file_that_the_app_ignores_is_written_and_saved(git, copy):
    await git.write(copy, {".gitignore": "*.md\n", "plan.md": "x"}, "Plan")
    assert "plan.md" in types(copy, "ls-files")


async def test_a_program_stays_one(git, copy):
    (copy / "run.sh").write_text("#!/bin/sh\n")
    (copy / "run.sh").chmod(0o755)
    await git.keep(copy, "Work")
    await git.write(copy, {"run.sh": "#!/bin/sh\necho\n"}, "Better")
    assert types(copy, "ls-files", "--stage", "run.sh").startswith("100755")


@pytest.mark.parametrize("place", ["link/x.txt", "deep/link/x.txt"])
async def test_a_link_does_not_lead_out_of_the_copy(git, copy, tmp_path, place):
    (tmp_path / "outside").mkdir()
    link = (copy / place).parent
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(tmp_path / "outside")
    with pytest.raises(NotPossible, match="in the way"):
        await git.write(copy, {place: "x"}, "Plan")
    assert list((tmp_path / "outside").iterdir()) == []


async def test_a_link_in_place_of_a_file_is_replaced(git, copy, tmp_path):
    (tmp_path / "outside.txt").write_text("theirs")
    (copy / "plan.md").symlink_to(tmp_path / "outside.txt")
    await git.write(copy, {"plan.md": "ours"}, "Plan")
    assert (tmp_path / "outside.txt").read_text() == "theirs"
    assert not (copy / "plan.md").is_symlink()


async def test_a_folder_in_place_of_a_file_is_a_sentence(git, copy):
    (copy / "plan.md").mkdir()
    with pytest.raises(NotPossible, match="in the way"):
        await git.write(copy, {"plan.md": "x"}, "Plan")


async def test_a_file_outside_of_the_copy_is_refused(git, copy):
    with pytest.raises(NotUnderstood, match="not a place for a file"):
        await git.write(copy, {"ok.txt": "x", "../x": "x"}, "Plan")
    assert not (copy / "ok.txt").exists()


async def test_all_that_is_not_saved_is_kept_once(git, copy):
    (copy / "new.txt").write_text("new")
    (copy / "app.txt").unlink()
    saved = await git.keep(copy, "Work")
    assert types(copy, "show", "--format=%s", "--name-status", "HEAD").split() == [
        "Work",
        "D",
        "app.txt",
        "A",
        "new.txt",
    ]
    assert await git.keep(copy, "Again") == saved


async def test_a_message_may_be_anything(git, copy):
    for number, message in enumerate(["", "# not a comment", "-m x", "a\0b", "\n\n", "x" * 10000, "\ud800"]):
        (copy / "app.txt").write_text(str(number))
        before = await git.head(copy)
        assert await git.keep(copy, message) != before
        assert await git.write(copy, {"app.txt": f"{number} again"}, message) != before


async def test_the_work_of_a_builder_that_went_elsewhere_is_on_our_branch(git, copy):
    types(copy, "checkout", "-q", "-b", "mine")
    theirs = saves(copy, new_txt="new")
    types(copy, "checkout", "-q", "--detach")
    (copy / "more.txt").write_text("more")
    saved = await git.keep(copy, "Work")
    assert types(copy, "symbolic-ref", "--short", "HEAD") == "feature-1-swap-a-meal"
    assert types(copy, "rev-parse", "HEAD", "HEAD^").split() == [saved, theirs]


async def test_a_builder_that_began_anew_without_history_does_not_cut_the_app_off(git, app, copy):
    types(copy, "checkout", "-q", "--orphan", "fresh")
    (copy / "new.txt").write_text("new")
    await git.keep(copy, "Work")
    assert types(copy, "rev-parse", "HEAD^") == await git.head(app.path)


@pytest.mark.parametrize("way", ["merge", "rebase"])
@pytest.mark.parametrize("call", ["keep", "write"])
async def test_a_join_that_the_builder_left_half_done_is_saved_as_it_is(git, copy, way, call):
    base = types(copy, "rev-parse", "HEAD")
    saves(copy, app_txt="ours")
    types(copy, "branch", "other", base)
    types(copy, "checkout", "-q", "other")
    saves(copy, app_txt="theirs")
    types(copy, way, "feature-1-swap-a-meal", fails=True)

    if call == "write":
        await git.write(copy, {"plan.md": "x"}, "Plan")
        assert types(copy, "show", "HEAD:plan.md") == "x"
    saved = await git.keep(copy, "Work")

    assert types(copy, "status", "--porcelain") == ""
    assert types(copy, "rev-parse", "feature-1-swap-a-meal") == saved
    assert "in progress" not in types(copy, "status")


async def test_repositories_that_a_builder_makes_inside_the_app_become_part_of_it(git, copy):
    """Tools that set up an app begin a repository of their own there."""
    makes(copy / "web", index_html="<p>")
    makes(copy / "web" / "deep", x_txt="x")
    (copy / "bare").mkdir()
    types(copy / "bare", "init", "-q")
    (copy / "bare" / "y.txt").write_text("y")
    makes(copy / "api", main_py="x = 1")
    types(copy, "add", "api")
    types(copy, "commit", "-q", "-m", "as the builder would")

    await git.keep(copy, "Work")

    found = types(copy, "ls-files", "--stage").splitlines()
    assert not [line for line in found if line.startswith("160000")]
    assert {line.split("\t")[1] for line in found} >= {"web/index.html", "web/deep/x.txt", "bare/y.txt", "api/main.py"}


async def test_parts_that_an_adopted_app_always_had_as_repositories_stay_so(git, mine, tmp_path):
    library = makes(tmp_path / "library")
    types(mine, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library), "lib")
    saves(mine)
    await git.adopt("shop", str(mine))
    copy = await git.trial("shop", 1, 1, "Phase")
    types(copy, "-c", "protocol.file.allow=always", "submodule", "update", "-q", "--init")
    (copy / "new.txt").write_text("new")
    commit = await git.keep(copy, "Work")
    await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert types(copy, "show", "--format=", "--name-only", "HEAD") == "new.txt"
    assert types(copy, "ls-files", "--stage", "lib").startswith("160000")
    assert (copy / "lib" / "app.txt").exists()
    assert (mine / "lib" / ".git").exists()


async def test_a_repository_inside_that_was_saved_as_such_becomes_files_also_without_its_history(git, copy):
    makes(copy / "api", main_py="x = 1")
    types(copy, "add", "api")
    types(copy, "commit", "-q", "-m", "as the builder would")
    shutil.rmtree(copy / "api" / ".git")
    await git.keep(copy, "Work")
    assert "api/main.py" in types(copy, "ls-files")


async def test_no_repository_outside_is_touched_through_a_link(git, copy, tmp_path):
    outside = makes(tmp_path / "outside")
    makes(copy / "lib")
    types(copy, "add", "lib")
    types(copy, "commit", "-q", "-m", "as the builder would")
    shutil.rmtree(copy / "lib")
    (copy / "lib").symlink_to(outside)
    await git.keep(copy, "Work")
    assert (outside / ".git").is_dir()
    assert types(copy, "ls-files", "--stage", "lib").startswith("120000")


async def test_nothing_is_saved_in_the_persons_own_folder_or_any_other(git, mine, tmp_path, home):
    await git.adopt("shop", str(mine))
    for place in (mine, tmp_path, home / "shop", home / "shop" / "phases" / "7"):
        with pytest.raises(NotPossible):
            await git.keep(place, "Work")


async def test_settings_planted_in_a_copy_run_nothing(git, copy, tmp_path):
    """The copy cannot say where its repository is: a builder would have its own settings, and programs, used."""
    trap = tmp_path / "sprung"
    (copy / ".git").unlink()
    types(copy, "init", "-q")
    types(copy, "config", "core.fsmonitor", f"touch {trap}")
    types(copy, "config", "filter.x.clean", f"touch {trap}; cat")
    (copy / ".gitattributes").write_text("* filter=x\n")
    makes(copy / "inner")
    types(copy / "inner", "config", "core.fsmonitor", f"touch {trap}")
    base = await git.head(copy)
    await git.changed(copy, base)
    await git.keep(copy, "Work")
    assert not trap.exists()
    assert Path(copy / "inner" / "app.txt").exists()


async def test_settings_planted_in_a_part_that_is_declared_as_a_repository_run_nothing(git, app, copy, tmp_path):
    trap = tmp_path / "sprung"
    part = makes(copy / "lib", a_txt="a")
    types(copy, "add", "lib")
    (copy / ".gitmodules").write_text('[submodule "lib"]\n\tpath = lib\n\turl = x\n')
    saves(copy)
    (part / ".gitattributes").write_text("* filter=x\n")
    types(part, "config", "filter.x.clean", f"touch {trap}; cat")
    (part / "a.txt").write_text("b")
    base = await git.head(copy)
    await git.changed(copy, base)
    assert not trap.exists()
    assert await git.write(copy, {"plan.md": "x"}, "Plan") != base
    assert not trap.exists()
    await git.trial("shop", 1, 1, "One")
    commit = await git.keep(copy, "Work")
    assert not trap.exists()
    await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert (app.path / "lib" / "a.txt").read_text() == "b"
    assert not trap.exists()
