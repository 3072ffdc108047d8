import asyncio
import subprocess

import pytest
from person import ENVIRONMENT, fingerprint, is_whole, saves, types, writes

from orchestrator.errors import Conflict, NotPossible, NotUnderstood
from orchestrator.forge import layout
from orchestrator.forge.layout import Folder, Moving


async def built(git, phase=1, attempt=1, **texts):
    """The save point of a phase in which these files were written."""
    copy = await git.trial("shop", phase, attempt, f"Phase {phase}")
    return await git.write(copy, {name.replace("_", "."): text for name, text in texts.items()}, "Work")


async def test_a_phase_is_taken_in_with_exactly_the_work_that_was_shown(git, app):
    commit = await built(git, new_txt="new\n")
    copy = await git.trial("shop", 1, 1, "Phase 1")
    await git.write(copy, {"later.txt": "not shown to anybody yet"}, "Later")

    merged = await git.merge("shop", 1, 1, commit, "Swap a\nmeal", "shop-1")

    assert await git.head(app.path) == merged
    assert (
        types(app.path, "log", "-1", "--format=%s|%(trailers:key=Project-Phase,valueonly)")
        == "Phase 1: Swap a meal|shop-1"
    )
    assert types(app.path, "rev-parse", "HEAD^2") == commit
    assert (app.path / "new.txt").read_text() == "new\n"
    assert not (app.path / "later.txt").exists()
    assert types(app.path, "status", "--porcelain") == ""


async def test_the_same_key_gives_the_same_save_point_whatever_came_later(git, app):
    first = await git.merge("shop", 1, 1, await built(git, a_txt="a"), "One", "shop-1")
    second = await git.merge("shop", 2, 1, await built(git, 2, b_txt="b"), "Two", "shop-2")
    assert await git.merge("shop", 1, 2, await built(git, 1, 2, c_txt="c"), "Other", "shop-1") == first
    assert await git.merge("shop", 1, 1, first, "One", "shop-1") == first
    assert await git.head(app.path) == second


async def test_a_key_that_begins_like_another_is_another(git, app):
    first = await git.merge("shop", 1, 1, await built(git, a_txt="a"), "One", "shop-10")
    assert await git.merge("shop", 1, 2, await built(git, 1, 2, b_txt="b"), "One", "shop-1") != first


async def test_a_builder_cannot_claim_in_a_message_that_its_work_was_taken_in(git, app):
    copy = await git.trial("shop", 1, 1, "One")
    saves(copy, "Work\n\nProject-Phase: shop-2", a_txt="a")
    merged = await git.merge("shop", 1, 1, await git.head(copy), "Project-Phase: shop-2", "shop-1")
    second = await git.merge("shop", 2, 1, await built(git, 2, b_txt="b"), "Two", "shop-2")
    assert types(app.path, "rev-parse", "HEAD", "HEAD^").split() == [second, merged]


async def test_twenty_calls_at_once_take_it_in_once(git, app):
    commit = await built(git, a_txt="a")
    merged = await asyncio.gather(*(git.merge("shop", 1, 1, commit, "One", "shop-1") for _ in range(20)))
    assert len(set(merged)) == 1
    assert types(app.path, "rev-list", "--count", "--merges", "HEAD") == "1"


async def test_phases_that_were_built_side_by_side_are_joined(git, app):
    one, two = await built(git, 1, app_txt="ONE\ntwo\nthree\n"), await built(git, 2, app_txt="one\ntwo\nTHREE\n")
    await git.merge("shop", 1, 1, one, "One", "shop-1")
    await git.merge("shop", 2, 1, two, "Two", "shop-2")
    assert (app.path / "app.txt").read_text() == "ONE\ntwo\nTHREE\n"
    assert is_whole(app.path)


async def test_where_both_changed_the_same_place_nothing_changes_and_the_files_are_named(git, app):
    one, two = await built(git, 1, app_txt="ONE\n"), await built(git, 2, app_txt="TWO\n")
    await git.merge("shop", 1, 1, one, "One", "shop-1")
    before = fingerprint(app.path / ".git" / "refs"), await git.head(app.path)
    with pytest.raises(Conflict, match=r"both changed the same places: app\.txt\. Nothing was changed") as conflict:
        await git.merge("shop", 2, 1, two, "Two", "shop-2")
    assert conflict.value.more == {"files": ["app.txt"]}
    assert (fingerprint(app.path / ".git" / "refs"), await git.head(app.path)) == before
    assert types(app.path, "status", "--porcelain") == ""


async def test_a_phase_that_changed_nothing_is_a_save_point_of_its_own(git, app):
    copy = await git.trial("shop", 1, 1, "One")
    merged = await git.merge("shop", 1, 1, await git.head(copy), "One", "shop-1")
    assert await git.merge("shop", 1, 1, await git.head(copy), "One", "shop-1") == merged
    assert types(app.path, "rev-list", "--count", "HEAD") == "2"
    older = types(app.path, "rev-parse", "HEAD^")
    again = await git.merge("shop", 2, 1, older, "Two", "shop-2")
    assert types(app.path, "rev-parse", f"{again}^{{tree}}") == types(app.path, "rev-parse", f"{merged}^{{tree}}")
    await git.undo("shop", merged, "shop-1")
    assert types(app.path, "rev-list", "--count", "HEAD") == "4"


async def test_work_that_is_not_there_or_has_nothing_to_do_with_the_app_is_refused(git, app):
    with pytest.raises(NotPossible, match="not there any more"):
        await git.merge("shop", 1, 1, "1" * 40, "One", "shop-1")
    with pytest.raises(NotUnderstood):
        await git.merge("shop", 1, 1, "main", "One", "shop-1")
    tree = types(app.path, "rev-parse", "HEAD^{tree}")
    stranger = types(app.path, "commit-tree", "-m", "x", tree)
    with pytest.raises(Conflict, match="nothing in common"):
        await git.merge("shop", 1, 1, stranger, "One", "shop-1")


async def test_undo_takes_out_what_a_phase_brought_and_keeps_what_came_later(git, app):
    first = await git.merge("shop", 1, 1, await built(git, 1, a_txt="a"), "One", "shop-1")
    await git.merge("shop", 2, 1, await built(git, 2, b_txt="b"), "Two", "shop-2")
    undone = await git.undo("shop", first, "undo-1")
    assert await git.undo("shop", first, "undo-1") == undone == await git.head(app.path)
    assert not (app.path / "a.txt").exists()
    assert (app.path / "b.txt").exists()
    assert types(app.path, "log", "-1", "--format=%s") == "Undo: Phase 1: One"
    assert types(app.path, "status", "--porcelain") == ""


async def test_an_undo_can_be_undone(git, app):
    first = await git.merge("shop", 1, 1, await built(git, 1, a_txt="a"), "One", "shop-1")
    undone = await git.undo("shop", first, "undo-1")
    await git.undo("shop", undone, "undo-2")
    assert (app.path / "a.txt").read_text() == "a"


async def test_a_phase_on_which_later_ones_stand_cannot_be_undone_alone(git, app):
    first = await git.merge("shop", 1, 1, await built(git, 1, app_txt="ONE\n"), "One", "shop-1")
    await git.merge("shop", 2, 1, await built(git, 2, app_txt="TWO\n"), "Two", "shop-2")
    before = await git.head(app.path)
    with pytest.raises(Conflict, match=r"built later stands on the same places: app\.txt"):
        await git.undo("shop", first, "undo-1")
    assert await git.head(app.path) == before
    assert types(app.path, "status", "--porcelain") == ""


async def test_only_what_is_part_of_the_app_can_be_undone(git, app):
    beginning = await git.head(app.path)
    for strange in (await built(git, 1, a_txt="a"), "1" * 40, beginning):
        with pytest.raises(NotPossible, match="nothing to undo"):
            await git.undo("shop", strange, "undo-1")


@pytest.fixture
async def adopted(git, mine):
    saves(mine, other_txt="other\n")
    await git.adopt("shop", str(mine))
    return mine


async def test_in_a_persons_repository_it_is_taken_in_where_the_app_lies_open(git, adopted):
    writes(adopted, notes_txt="never saved")
    merged = await git.merge("shop", 1, 1, await built(git, new_txt="new"), "One", "shop-1")
    assert types(adopted, "rev-parse", "trunk") == merged
    assert (adopted / "new.txt").read_text() == "new"
    assert types(adopted, "status", "--porcelain") == "?? notes.txt"


async def test_a_key_counts_only_since_the_adoption(git, mine):
    old = saves(mine, "Old\n\nProject-Phase: shop-1")
    await git.adopt("shop", str(mine))
    await git.merge("shop", 1, 1, await built(git, a_txt="a"), "One", "shop-1")
    assert types(mine, "rev-parse", "HEAD^") == old


async def test_while_the_person_works_on_something_else_only_the_app_moves_on(git, adopted):
    types(adopted, "checkout", "-q", "-b", "experiment")
    writes(adopted, app_txt="in the middle of it")
    merged = await git.merge("shop", 1, 1, await built(git, app_txt="ONE\n"), "One", "shop-1")
    assert types(adopted, "rev-parse", "trunk") == merged
    assert (adopted / "app.txt").read_text() == "in the middle of it"


async def test_where_the_person_has_the_app_open_in_another_folder_that_one_follows(git, adopted, tmp_path):
    types(adopted, "checkout", "-q", "-b", "experiment")
    types(adopted, "worktree", "add", "-q", str(tmp_path / "second"), "trunk")
    await git.merge("shop", 1, 1, await built(git, new_txt="new"), "One", "shop-1")
    assert (tmp_path / "second" / "new.txt").exists()
    assert types(tmp_path / "second", "status", "--porcelain") == ""
    assert not (adopted / "new.txt").exists()


def in_the_middle_of_a_join(mine):
    types(mine, "branch", "theirs")
    saves(mine, x_txt="ours")
    types(mine, "checkout", "-q", "theirs")
    saves(mine, x_txt="theirs")
    types(mine, "checkout", "-q", "trunk")
    types(mine, "merge", "-q", "theirs", fails=True)


@pytest.mark.parametrize(
    ("does", "sentence"),
    [
        (lambda mine: writes(mine, other_txt="edited"), r"not saved yet: other\.txt"),
        (lambda mine: (mine / "other.txt").unlink(), r"not saved yet: other\.txt"),
        (lambda mine: (writes(mine, staged_txt="x"), types(mine, "add", "staged.txt")), r"not saved yet: staged\.txt"),
        (lambda mine: writes(mine, new_txt="mine"), r"new\.txt would be overwritten"),
        (lambda mine: (mine / ".git" / "index.lock").touch(), "Another program is at work"),
        (in_the_middle_of_a_join, "begun and not finished"),
    ],
)
async def test_work_of_the_person_that_is_not_saved_is_never_harmed(git, adopted, does, sentence):
    commit = await built(git, new_txt="new")
    does(adopted)
    before = fingerprint(adopted)[str(adopted / "app.txt")], types(adopted, "rev-parse", "trunk"), listing(adopted)
    with pytest.raises(NotPossible, match=sentence):
        await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert (
        fingerprint(adopted)[str(adopted / "app.txt")],
        types(adopted, "rev-parse", "trunk"),
        listing(adopted),
    ) == before


def listing(folder):
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def half_way(home, mine, old, new, **texts):
    """As after being killed while the files were exchanged."""
    layout.write(Folder(home, "shop").moving, Moving(branch="trunk", old=old, new=new))
    (mine / ".git" / "index.lock").touch()
    (mine / ".git" / "refs" / "heads" / "trunk.lock").touch()
    writes(mine, **texts)


@pytest.fixture
async def cut_short(git, adopted, home):
    """Save points before and after, made as by a merge that was killed before the first file was touched."""
    copy = await git.trial("shop", 1, 1, "Phase 1")
    (copy / "other.txt").unlink()
    await git.write(copy, {"app.txt": "ONE\n", "new.txt": "new\n", "more.txt": "more\n"}, "Work")
    commit, old = await git.keep(copy, "Work"), types(adopted, "rev-parse", "trunk")
    tree = types(adopted, "rev-parse", f"{commit}^{{tree}}")
    message = "Phase 1: One\n\nProject-Phase: shop-1"
    return old, types(adopted, "commit-tree", tree, "-p", old, "-p", commit, "-m", message), commit


@pytest.mark.parametrize("texts", [{}, {"app_txt": "ONE\n"}, {"app_txt": "", "new_txt": "ne"}, {"new_txt": "new\n"}])
async def test_a_move_that_was_cut_short_is_finished(git, adopted, home, cut_short, texts):
    old, new, commit = cut_short
    half_way(home, adopted, old, new, **texts)
    assert await git.merge("shop", 1, 1, commit, "One", "shop-1") == new
    assert types(adopted, "rev-parse", "trunk") == new
    assert types(adopted, "status", "--porcelain") == ""
    assert not (adopted / "other.txt").exists()


async def test_a_move_that_was_cut_short_at_its_very_end_is_finished(git, adopted, home, cut_short):
    old, new, commit = cut_short
    types(adopted, "merge", "-q", "--ff-only", new)
    half_way(home, adopted, old, new)
    assert await git.merge("shop", 1, 1, commit, "One", "shop-1") == new
    assert types(adopted, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    "texts", [{"app_txt": "edited since\n"}, {"other_txt": "edited since\n"}, {"new_txt": "mine since\n"}]
)
async def test_what_the_person_did_after_a_crash_is_not_overwritten(git, adopted, home, cut_short, texts):
    old, new, commit = cut_short
    half_way(home, adopted, old, new, **texts)
    before = listing(adopted)
    with pytest.raises(NotPossible, match="changed while we were at work"):
        await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert listing(adopted) == before
    types(adopted, "stash", "-q", "-u")
    assert await git.merge("shop", 1, 1, commit, "One", "shop-1") == new


async def test_a_link_that_the_person_made_after_a_crash_is_not_overwritten(git, adopted, home, cut_short):
    old, new, commit = cut_short
    (adopted / "app.txt").unlink()
    (adopted / "app.txt").symlink_to("other.txt")
    half_way(home, adopted, old, new)
    with pytest.raises(NotPossible, match=r"app\.txt changed while we were at work"):
        await git.merge("shop", 1, 1, commit, "One", "shop-1")


async def test_an_app_that_the_person_has_moved_on_since_the_crash_is_left_as_it_is(git, adopted, home, cut_short):
    old, new, commit = cut_short
    theirs = saves(adopted, theirs_txt="theirs")
    half_way(home, adopted, old, new)
    merged = await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert types(adopted, "rev-parse", f"{merged}^") == theirs


async def test_an_app_that_is_not_open_any_more_moves_on_after_a_crash(git, adopted, home, cut_short):
    old, new, commit = cut_short
    types(adopted, "checkout", "-q", "-b", "experiment")
    half_way(home, adopted, old, new)
    (adopted / ".git" / "index.lock").unlink()
    assert await git.merge("shop", 1, 1, commit, "One", "shop-1") == new
    assert types(adopted, "rev-parse", "trunk") == new


async def test_when_the_app_cannot_be_moved_the_files_are_put_back(git, adopted, tmp_path):
    """Another program holds the name of the app: the files were exchanged already."""
    commit = await built(git, app_txt="ONE\n", new_txt="new")
    before = listing(adopted)
    lock = adopted / ".git" / "refs" / "heads" / "trunk.lock"
    lock.touch()
    with pytest.raises(NotPossible):
        await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert listing(adopted) == before
    assert types(adopted, "status", "--porcelain") == ""
    lock.unlink()
    assert await git.merge("shop", 1, 1, commit, "One", "shop-1") == types(adopted, "rev-parse", "trunk")


async def test_what_the_person_saves_between_two_phases_stays(git, adopted):
    await git.merge("shop", 1, 1, await built(git, a_txt="a"), "One", "shop-1")
    commit = await built(git, 2, b_txt="b")
    saves(adopted, mine_txt="mine")
    await git.merge("shop", 2, 1, commit, "Two", "shop-2")
    assert {"a.txt", "b.txt", "mine.txt"} <= set(listing(adopted))


async def test_only_times_that_changed_are_no_work_of_the_person(git, adopted):
    commit = await built(git, app_txt="ONE\n")
    subprocess.run(["touch", "-d", "2001-01-01", "app.txt", "other.txt"], cwd=adopted, env=ENVIRONMENT, check=True)
    await git.merge("shop", 1, 1, commit, "One", "shop-1")
    assert (adopted / "app.txt").read_text() == "ONE\n"
