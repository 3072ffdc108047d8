"""Work goes to a place that a builder elsewhere reaches and comes back from it: by real git, whatever happens there."""

from pathlib import Path

import person
import pytest

from orchestrator.errors import Conflict, NotPossible
from orchestrator.forge import address, layout, remote

ASKED = {".agents/asked/phase-1.md": "Build it.\n"}
COMMAND = {".agents/commands/prime.md": "Look.\n"}


@pytest.fixture
async def copy(git, app):
    return await git.trial("shop", 1, 1, "The list")


@pytest.fixture
async def sent(git, copy):
    return await git.publish("shop", copy, await git.meet("shop", copy, here=True), ASKED, COMMAND)


def clone(meeting, folder: Path) -> Path:
    """What the builder elsewhere works on."""
    person.types(folder.parent, "clone", "-q", meeting.url, str(folder))
    return folder


def pushes(there: Path, *where: str) -> str:
    head = person.types(there, "rev-parse", "HEAD")
    person.types(there, "push", "-q", "origin", *where)
    return head


async def test_what_is_sent_is_what_a_clone_shows(git, copy, sent, tmp_path):
    there = clone(sent, tmp_path / "there")

    assert person.types(there, "branch", "--show-current") == sent.branch == "feature-1-the-list"
    assert person.types(there, "rev-parse", "HEAD") == sent.head == await git.head(copy)
    assert (there / ".agents/asked/phase-1.md").read_text() == "Build it.\n"
    assert (there / ".agents/commands/prime.md").read_text() == "Look.\n"
    assert person.types(there, "branch", "-r") == f"origin/HEAD -> origin/{sent.branch}\n  origin/{sent.branch}"


async def test_sending_again_changes_nothing_and_a_command_of_the_persons_own_stays(git, copy, sent):
    again = await git.publish("shop", copy, await git.meet("shop", copy, here=True), ASKED, {**COMMAND, **ASKED})

    assert again == sent


async def test_what_was_pushed_there_comes_into_the_copy_however_often_it_is_asked_for(git, copy, sent, tmp_path):
    there = clone(sent, tmp_path / "there")
    person.saves(there, app_txt="built\n", new_txt="new\n")
    head = pushes(there)

    brought = await git.bring_back("shop", copy, sent)
    again = await git.bring_back("shop", copy, sent)

    assert brought == again
    assert (brought.moved, set(brought.paths)) == (True, {"app.txt", "new.txt"})
    assert await git.head(copy) == head
    assert (copy / "app.txt").read_text() == "built\n"
    assert person.types(copy, "status", "--porcelain") == ""


async def test_where_nothing_was_pushed_nothing_is_told(git, copy, sent, tmp_path):
    person.saves(clone(sent, tmp_path / "there"), app_txt="kept to itself\n")

    assert not (await git.bring_back("shop", copy, sent)).moved
    assert await git.head(copy) == sent.head


async def test_both_sides_can_have_gone_on(git, copy, sent, tmp_path):
    there = clone(sent, tmp_path / "there")
    person.saves(there, app_txt="built\n")
    pushes(there)
    (copy / "note.txt").write_text("not saved\n")

    await git.bring_back("shop", copy, sent)

    assert (copy / "note.txt").read_text() == "not saved\n"
    assert (copy / "app.txt").read_text() == "built\n"
    assert person.types(copy, "status", "--porcelain") == ""
    more = await git.publish("shop", copy, sent, {"b.txt": "more\n"}, {})
    person.types(there, "pull", "-q")
    assert person.types(there, "rev-parse", "HEAD") == more.head


async def test_the_same_place_changed_on_both_sides_is_a_sentence_and_changes_nothing(git, copy, sent, tmp_path):
    there = clone(sent, tmp_path / "there")
    person.saves(there, app_txt="theirs\n")
    pushes(there)
    (copy / "app.txt").write_text("ours\n")

    with pytest.raises(Conflict, match=r"have both changed the same places: app\.txt"):
        await git.bring_back("shop", copy, sent)

    assert (copy / "app.txt").read_text() == "ours\n"


async def test_history_cannot_be_replaced_there_and_what_starts_elsewhere_is_not_taken(git, copy, sent, tmp_path):
    there = clone(sent, tmp_path / "there")
    person.types(there, "checkout", "-q", "--orphan", "other")
    person.saves(there, app_txt="strange\n")
    person.types(there, "push", "-q", "--force", "origin", f"other:{sent.branch}", fails=True)
    person.types(there, "push", "-q", "origin", f":{sent.branch}", fails=True)
    person.types(there, "push", "-q", "origin", "other:feature-other")

    with pytest.raises(Conflict, match="does not go on from what we sent"):
        await git.bring_back("shop", copy, sent, "feature-other")

    assert await git.head(copy) == sent.head


async def test_work_on_another_branch_is_found_when_it_is_named_but_never_on_the_apps_own(git, copy, sent, tmp_path):
    there = clone(sent, tmp_path / "there")
    person.saves(there, new_txt="new\n")
    pushes(there, "HEAD:main")
    assert not (await git.bring_back("shop", copy, sent, "main")).moved

    pushes(there, "HEAD:feature-list")
    assert (await git.bring_back("shop", copy, sent, "feature-list")).paths == ("new.txt",)


async def test_nothing_that_is_planted_there_is_run(git, copy, sent, tmp_path):
    place, ran = address.path(sent.url), tmp_path / "ran"
    (place / "hooks").mkdir()
    for name in ("reference-transaction", "post-update", "pre-receive", "post-receive", "update"):
        (place / "hooks" / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (place / "hooks" / name).chmod(0o755)
    person.types(place, "config", "uploadpack.packObjectsHook", f"touch {ran}; true")
    person.types(place, "config", "core.fsmonitor", f"touch {ran}")

    more = await git.publish("shop", copy, sent, {"b.txt": "more\n"}, {})
    await git.bring_back("shop", copy, sent)

    assert person.types(place, "rev-parse", sent.branch) == more.head
    assert not ran.exists()


async def test_a_damaged_save_point_is_not_taken(git, copy, sent, tmp_path):
    there = clone(sent, tmp_path / "there")
    person.types(address.path(sent.url), "config", "receive.fsckObjects", "false")
    blob = person.types(there, "hash-object", "-w", "app.txt")
    (tmp_path / "tree").write_bytes(b"100644 .git\0" + bytes.fromhex(blob))
    tree = person.types(there, "hash-object", "-w", "--literally", "-t", "tree", str(tmp_path / "tree"))
    bad = person.types(there, "commit-tree", tree, "-p", "HEAD", "-m", "bad")
    person.types(there, "push", "-q", "origin", f"{bad}:{sent.branch}")

    with pytest.raises(Conflict, match=remote.UNSOUND):
        await git.bring_back("shop", copy, sent)

    assert await git.head(copy) == sent.head


async def test_an_app_that_is_only_looked_at_is_shown_with_what_it_lacks_and_changes_there_are_seen(git, app, tmp_path):
    folder = tmp_path / "copies" / "shop"
    folder.mkdir(parents=True)
    meeting = await git.publish("shop", folder, await git.meet("shop", folder, here=True), ASKED, COMMAND)
    there = clone(meeting, tmp_path / "there")

    assert (there / ".agents/commands/prime.md").read_text() == "Look.\n"
    assert (there / ".agents/asked/phase-1.md").read_text() == "Build it.\n"
    assert (there / "README.md").read_text() == "# Shop\n"
    assert person.types(app.path, "ls-tree", "-r", "--name-only", "main") == "README.md\napp.txt"
    assert await git.publish("shop", folder, meeting, ASKED, COMMAND) == meeting
    assert not (await git.bring_back("shop", folder, meeting)).moved

    person.saves(app.path, app_txt="newer\n")
    newer = await git.publish("shop", folder, meeting, ASKED, COMMAND)
    person.types(there, "pull", "-q", "--ff-only")
    assert (there / "app.txt").read_text() == "newer\n"
    person.saves(there, app_txt="changed\n")
    pushes(there)
    assert (await git.bring_back("shop", folder, newer)).moved


@pytest.fixture
async def adopted(git, mine, tmp_path):
    """A trial copy of a repository with an origin, and that origin."""
    origin = tmp_path / "acme" / "shop.git"
    person.types(tmp_path, "init", "-q", "--bare", "-b", "trunk", str(origin))
    person.types(mine, "remote", "add", "origin", str(origin))
    person.types(mine, "push", "-q", "origin", "trunk")
    await git.adopt("mine", str(mine))
    return await git.trial("mine", 1, 1, "The list"), origin


async def test_an_app_with_an_origin_meets_there_and_only_the_branch_of_the_phase_goes_out(
    git, adopted, mine, tmp_path
):
    copy, origin = adopted
    person.saves(mine, app_txt="only here\n")
    meeting = await git.meet("mine", copy, here=False)
    sent = await git.publish("mine", copy, meeting, ASKED, {})

    heads = person.types(origin, "for-each-ref", "--format=%(refname:short)").splitlines()
    assert sorted(heads) == ["feature-1-the-list", "trunk"]
    assert person.types(origin, "log", "-1", "--format=%s", "trunk") == "First"
    there = clone(sent, tmp_path / "there")
    person.types(there, "checkout", "-q", sent.branch)
    person.saves(there, app_txt="built\n")
    pushes(there)
    assert (await git.bring_back("mine", copy, sent)).paths == ("app.txt",)


async def test_what_somebody_else_has_put_there_is_not_sent_over(git, adopted, tmp_path):
    copy, origin = adopted
    meeting = await git.meet("mine", copy, here=False)
    there = clone(meeting, tmp_path / "there")
    person.types(there, "checkout", "-q", "--orphan", meeting.branch)
    strange = person.saves(there, app_txt="somebody else's\n")
    pushes(there, meeting.branch)

    with pytest.raises(Conflict):
        await git.publish("mine", copy, meeting, ASKED, {})

    assert person.types(origin, "rev-parse", meeting.branch) == strange


async def test_an_app_without_an_origin_cannot_meet_elsewhere(git, copy):
    with pytest.raises(NotPossible, match="no place on the network"):
        await git.meet("shop", copy, here=False)


async def test_an_origin_that_is_away_is_a_sentence(git, adopted):
    copy, origin = adopted
    meeting = await git.meet("mine", copy, here=False)
    origin.rename(origin.with_name("gone"))

    with pytest.raises(NotPossible, match=remote.AWAY):
        await git.publish("mine", copy, meeting, ASKED, {})


async def test_the_apps_own_branch_is_never_sent_to(git, adopted):
    copy, _ = adopted
    meeting = await git.meet("mine", copy, here=False)
    for name in ("trunk", "main", "staging"):
        with pytest.raises(NotPossible, match=f"We send nothing to “{name}”"):
            await git.publish("mine", copy, type(meeting)(meeting.url, name), ASKED, {})


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop.git"),
        ("ssh://git@github.com/acme/shop.git", "https://github.com/acme/shop.git"),
        ("https://ada:ghp_secret@github.com/acme/shop", "https://github.com/acme/shop"),
        ("http://127.0.0.1:3000/acme/shop", "http://127.0.0.1:3000/acme/shop"),
        ("/srv/a b/shop.git", "file:///srv/a%20b/shop.git"),
        ("file:///srv/shop.git", "file:///srv/shop.git"),
    ],
)
def test_addresses_lose_their_secrets(given, clean):
    assert address.clean(given) == clean


@pytest.mark.parametrize(
    "given", ["http://github.com/acme/shop", "ext::sh -c touch% x", "git://github.com/a/b", "../b"]
)
def test_addresses_that_are_not_safe_are_refused(given):
    with pytest.raises(NotPossible):
        address.clean(given)


def test_our_pass_is_shown_to_its_own_host_only_and_stands_in_no_command():
    passes = {"github.com": "ghp_secret"}
    shown = address.environment("https://github.com/acme/shop", passes)

    assert shown["GIT_ALLOW_PROTOCOL"] == "https"
    assert shown["GIT_CONFIG_KEY_0"] == "http.https://github.com/.extraHeader"
    assert "ghp_secret" not in str(shown)
    assert "GIT_CONFIG_COUNT" not in address.environment("https://github.com.evil.org/acme/shop", passes)
    assert "GIT_CONFIG_COUNT" not in address.environment("file:///srv/shop", passes)


@pytest.mark.parametrize("cut", ["before the files", "in the middle of the files", "after the files"])
async def test_taking_something_in_that_was_cut_short_is_finished_and_leaves_no_save_point_of_its_own(
    git, copy, sent, tmp_path, cut
):
    there = clone(sent, tmp_path / "there")
    person.saves(there, app_txt="built\n", new_txt="new\n")
    head = pushes(there)
    person.types(copy, "fetch", "-q", sent.url, sent.branch)
    note = layout.Moving(branch=sent.branch, old=sent.head, new=head)
    layout.write(copy.with_name(f"{copy.name}.taking.json"), note)
    if cut == "in the middle of the files":
        (copy / "app.txt").write_text("bui")
        (copy / "new.txt").write_text("")
    if cut == "after the files":
        person.types(copy, "read-tree", "--reset", "-u", head)

    again = await git.publish("shop", copy, sent, {}, {})

    assert again.head == head == await git.head(copy)
    assert person.types(copy, "status", "--porcelain") == ""
    assert (copy / "app.txt").read_text() == "built\n"
    assert not list(copy.parent.glob("*.taking.json"))
