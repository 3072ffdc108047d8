import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from person import is_whole, types

from orchestrator.errors import NotPossible, NotUnderstood
from orchestrator.forge.git import Git, Repository

WORKER = Path(__file__).with_name("worker.py")


async def test_a_new_repository_holds_the_files_in_one_save_point(git, home):
    repository = await git.create("shop", {"README.md": "# Shop\n", "src/app.py": "x = 1\n"})

    assert repository == Repository(home / "shop" / "repo", "main")
    assert (
        types(repository.path, "log", "--format=%an <%ae> %s")
        == "Project Orchestrator <orchestrator@localhost> The beginning"
    )
    assert types(repository.path, "ls-files").split() == ["README.md", "src/app.py"]
    assert types(repository.path, "status", "--porcelain") == ""
    assert is_whole(repository.path)


async def test_an_empty_repository_has_a_save_point_too(git):
    repository = await git.create("shop", {})
    assert types(repository.path, "rev-list", "--count", "HEAD") == "1"


async def test_a_known_repository_is_given_unchanged(git, app):
    before = await git.head(app.path)
    assert await git.create("shop", {"other.txt": "x"}) == app
    assert await git.head(app.path) == before
    assert await git.repository("shop") == app


async def test_what_was_begun_before_a_crash_does_not_disturb(git, home):
    (home / "shop" / "new" / ".git").mkdir(parents=True)
    (home / "shop" / "new" / "left.txt").write_text("x")
    repository = await git.create("shop", {"a.txt": "a"})
    assert types(repository.path, "ls-files") == "a.txt"


async def test_a_file_outside_of_the_repository_is_refused_and_nothing_is_made(git, home):
    with pytest.raises(NotUnderstood):
        await git.create("shop", {"../evil.txt": "x"})
    with pytest.raises(NotPossible, match="not there"):
        await git.repository("shop")
    assert not (home / "shop" / "evil.txt").exists()


async def test_files_that_the_app_itself_ignores_are_saved_all_the_same(git):
    repository = await git.create("shop", {".gitignore": "*.log\n", "keep.log": "x"})
    assert "keep.log" in types(repository.path, "ls-files")


async def test_a_repository_that_vanished_or_broke_is_a_sentence(git, app):
    with pytest.raises(NotPossible, match="not there"):
        await git.repository("other")
    head = app.path / ".git" / "refs" / "heads" / "main"
    sha = head.read_text()
    head.write_text("0" * 39 + "1\n")
    with pytest.raises(NotPossible, match="cannot be read"):
        await git.repository("shop")
    head.write_text(sha)
    (app.path / ".git").rename(app.path / "git")
    with pytest.raises(NotPossible, match="not a repository any more"):
        await git.repository("shop")


async def test_an_adopted_repository_that_vanished_is_a_sentence(git, mine):
    await git.adopt("shop", str(mine))
    mine.rename(mine.with_name("elsewhere"))
    with pytest.raises(NotPossible, match=r"is not there any more\. When it is back"):
        await git.repository("shop")


async def test_our_own_note_that_was_damaged_is_a_sentence(git, home):
    (home / "shop").mkdir(parents=True)
    (home / "shop" / "adopted.json").write_text("{")
    with pytest.raises(NotPossible, match="Our own note"):
        await git.repository("shop")


async def test_whoever_asks_for_the_head_of_no_repository_gets_a_sentence(git, tmp_path):
    with pytest.raises(NotPossible, match="There is no repository"):
        await git.head(tmp_path)


async def test_ten_projects_and_twenty_copies_of_one_are_made_at_once_by_two_processes(git, home):
    """Both do all of it, so that each thing is asked for twice at the same time."""
    others = [
        subprocess.Popen([sys.executable, WORKER, "many", str(home)], stdout=subprocess.PIPE, text=True) for _ in "ab"
    ]
    outs = [json.loads((await asyncio.to_thread(other.communicate))[0]) for other in others]

    assert [other.returncode for other in others] == [0, 0]
    assert outs[0] == outs[1]
    assert len(set(outs[0]["copies"])) == 20
    assert len(set(outs[0]["saved"])) == 20
    assert len(outs[0]["projects"]) == 10
    repository = await git.repository("p0")
    assert is_whole(repository.path)
    assert len(types(repository.path, "worktree", "list").splitlines()) == 21
    assert types(repository.path, "rev-list", "--count", "--all") == "21"


async def test_two_that_adopted_the_same_repository_do_not_get_into_each_others_way(home, mine):
    gits = Git(home), Git(home)
    await gits[0].adopt("a", str(mine))
    await gits[1].adopt("b", str(mine))
    copies = await asyncio.gather(
        *(
            git.trial(project, phase, 1, "Same")
            for phase in range(1, 4)
            for git, project in zip(gits, "ab", strict=True)
        )
    )
    branches = {types(copy, "symbolic-ref", "--short", "HEAD") for copy in copies}
    assert len(branches) == 6
    assert branches <= {f"feature-{n}-same{who}" for n in range(1, 4) for who in ("", "-a", "-b")}
