"""Killed, stopped, or begun in a folder that is not empty: it ends where it would have ended, and harms nothing."""

import asyncio
import contextlib
import subprocess
import threading

import pytest
from starter_door import SUPPER, ask, checks, content, git, opened, repository, save, subjects

from orchestrator.executors.starter import project, repo, site, turn

MOMENTS = (1, 4, 7, 9, 12, 20, 28, 33, 36)  # of what it tells: from the first plan to the last tests


async def test_killed_at_many_moments_it_ends_with_the_same(built, tmp_path):
    tree = repository(tmp_path)
    await ask(tree, "/plan-feature 1")

    for moment in MOMENTS:
        async with opened(tree) as door:
            door.heard.on_update = lambda _, door=door, moment=moment: len(door.heard.updates) == moment and door.kill()
            with contextlib.suppress(ConnectionError):
                await door.ask("/execute 1")
    heard = await ask(tree, "/execute 1")

    assert "they passed" in heard.text, heard.text
    assert (subjects(tree), content(tree)) == (subjects(built), content(built))


async def test_what_was_half_written_when_it_was_killed_is_not_taken_for_somebody_elses(built, tmp_path):
    tree = repository(tmp_path)
    (tree / "prototype").mkdir()
    (tree / "prototype/.frame.py.starter").write_text('"""The fra')

    await ask(tree, "/plan-feature 1", "/execute 1")

    assert content(tree) == content(built)


async def test_stopped_at_many_moments_it_goes_on_from_there(built, tmp_path):
    tree = repository(tmp_path)
    await ask(tree, "/plan-feature 1")
    ends = []

    for kind in ("plan", "edit", "execute", "execute"):
        async with opened(tree) as door:
            cancelled = []

            def stop(update, door=door, kind=kind, cancelled=cancelled):
                if kind in {update.session_update, getattr(update, "kind", None)} and not cancelled:
                    cancelled.append(asyncio.ensure_future(door.connection.cancel(session_id=door.session)))

            door.heard.on_update = stop
            ends.append(await door.ask("/execute 1"))
            await asyncio.gather(*cancelled)
            assert "Stopped, as you asked" in door.heard.text
            assert await door.ask("/frobnicate") == "end_turn", "the next thing is not stopped"
    assert ends == ["cancelled"] * 4

    await ask(tree, "/execute 1")
    assert (subjects(tree), content(tree)) == (subjects(built), content(built))


async def test_locks_of_a_dead_git_are_taken_away(tmp_path):
    tree = repository(tmp_path)
    own = tree / git(tree, "rev-parse", "--git-dir").strip()
    shared = tree / git(tree, "rev-parse", "--git-common-dir").strip()
    for lock in (own / "index.lock", own / "HEAD.lock", own / "next-index-1.lock", shared / "refs/heads/phase-1.lock"):
        lock.write_bytes(b"half an index")

    await ask(tree, "/plan-feature 1")

    assert subjects(tree) == ["start", "plan: phase 1, You can plan the week"]
    assert not list(own.glob("*.lock"))


def test_the_lock_of_a_living_git_is_left_alone(tmp_path):
    tree = repository(tmp_path)
    lock = tree / git(tree, "rev-parse", "--git-dir").strip() / "index.lock"
    with subprocess.Popen(
        ["git", "hash-object", "--stdin"], cwd=tree, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        lock.touch()
        with pytest.raises(project.Unable, match="Another program is saving"):
            repo.unlock(tree, patience=0.2)
        assert lock.exists()

        waiting = threading.Thread(target=repo.unlock, args=(tree,))
        waiting.start()
        other.kill()
    waiting.join()
    assert not lock.exists()


@pytest.mark.parametrize("taken", ["app.py", "prototype"])
async def test_beside_an_app_of_somebody_else_the_prototype_gets_a_folder_of_its_own(tmp_path, taken):
    tree = repository(tmp_path)
    (tree / taken).parent.mkdir(exist_ok=True)
    for path in (taken, "README.md", ".gitignore"):
        (tree / path).write_text("*\n")
    (tree / "tests").mkdir()
    (tree / "tests/test_theirs.py").write_text("import unittest\n")
    git(tree, "add", "--force", ".")
    git(tree, "commit", "-q", "-m", "theirs")

    heard = await ask(tree, "/plan-feature 1", "/execute 1")

    assert "so the prototype is in prototype_site/. It starts with: python3 prototype_site/app.py" in heard.text
    assert {(tree / path).read_text() for path in (taken, "README.md", ".gitignore")} == {"*\n"}
    assert "They stay as they are" in (tree / ".agents/plans/phase-1.md").read_text()
    assert checks(tree)[0] == 0
    before = content(tree)
    await ask(tree, "/repair 1", "/execute 1")
    assert content(tree) == before


async def test_a_test_file_of_somebody_else_is_not_written_over(tmp_path):
    tree = repository(tmp_path)
    (tree / "tests").mkdir()
    (tree / "tests/test_base.py").write_text("import unittest\n")
    save(tree, "theirs")

    heard = await ask(tree, "/execute 1")

    assert "not made by me, and I need their names: tests/test_base.py. I changed nothing." in heard.text
    assert subjects(tree)[-1] == "theirs"
    assert git(tree, "status", "--porcelain") == ""


async def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path):
    tree = repository(tmp_path)
    (tmp_path / "outside").mkdir()
    (tree / "tests").symlink_to(tmp_path / "outside")
    save(tree, "a link")

    heard = await ask(tree, "/execute 1")

    assert "leads out of the folder by a link" in heard.text
    assert not list((tmp_path / "outside").iterdir())


def test_a_file_that_cannot_be_written_is_answered_with_a_sentence(tmp_path):
    (tmp_path / "tests").write_text("a file where a folder should be")

    with pytest.raises(project.Unable, match=r"tests/a.py could not be written: .*\."):
        turn.write(tmp_path, "tests/a.py", b"")
    (tmp_path / "prototype").symlink_to(tmp_path / "nowhere")
    assert not site.ours(tmp_path / "prototype")


async def test_hooks_and_settings_of_the_repository_are_not_run(tmp_path):
    tree = repository(tmp_path)
    hooks = tmp_path / "home/.git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("pre-commit", "commit-msg", "post-commit", "prepare-commit-msg"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    git(tree, "config", "commit.gpgsign", "true")
    git(tree, "config", "user.name", "Somebody")

    await ask(tree, "/plan-feature 1")

    assert subjects(tree)[-1].startswith("plan: ")
    assert git(tree, "log", "-1", "--format=%cn").strip() == "Starter"
    assert not (tmp_path / "ran").exists()


async def test_what_others_have_prepared_is_not_saved_with_it(tmp_path):
    tree = repository(tmp_path)
    (tree / "theirs.txt").write_text("half done")
    git(tree, "add", "theirs.txt")

    await ask(tree, "/plan-feature 1")

    assert git(tree, "show", "--name-only", "--format=", "HEAD").split() == [".agents/plans/phase-1.md"]
    assert git(tree, "status", "--porcelain").split() == ["A", "theirs.txt"]
    assert SUPPER["phases"][0]["title"] in subjects(tree)[-1]
