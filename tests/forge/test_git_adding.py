"""Papers of ours become part of the app in a save point of their own, once, and never at the cost of other work."""

import asyncio

import pytest
from person import fingerprint, is_whole, saves, types, writes

from orchestrator.errors import NotPossible

PAPERS = {".agents/reports/a.md": "# A\n", ".agents/reports/b.md": "# “B”\n"}


async def test_papers_are_put_in_once_per_key_with_nothing_else(git, app):
    writes(app.path, loose_txt="not saved")
    points = await asyncio.gather(*(git.add("shop", PAPERS, "docs: how it\nwas built", "shop-1") for _ in range(5)))

    assert set(points) == {await git.head(app.path)}
    assert types(app.path, "log", "-1", "--format=%s|%(trailers:key=Project-Report,valueonly)") == (
        "docs: how it was built|shop-1"
    )
    assert types(app.path, "diff", "--name-only", "HEAD^", "HEAD").splitlines() == list(PAPERS)
    assert {path: (app.path / path).read_text() for path in PAPERS} == PAPERS
    assert types(app.path, "status", "--porcelain") == "?? loose.txt"
    assert is_whole(app.path)
    later = saves(app.path, more_txt="more")
    assert await git.add("shop", {"other.md": "x"}, "docs", "shop-1") == later
    assert await git.add("shop", PAPERS, "docs", "shop-2") == later  # nothing of it is new
    assert types(app.path, "rev-list", "--count", "HEAD") == "3"


async def test_what_a_person_did_not_save_is_not_passed_over(git, mine):
    await git.adopt("shop", str(mine))
    writes(mine, app_txt="half a thought")
    before, head = fingerprint(mine / "app.txt"), types(mine, "rev-parse", "trunk")
    with pytest.raises(NotPossible, match="changes of yours that are not saved yet"):
        await git.add("shop", PAPERS, "docs", "shop-1")
    assert (fingerprint(mine / "app.txt"), types(mine, "rev-parse", "trunk")) == (before, head)


async def test_a_link_in_the_way_leads_nowhere(git, app, tmp_path):
    (app.path / ".agents").symlink_to(tmp_path)
    head = saves(app.path)
    with pytest.raises(NotPossible):
        await git.add("shop", PAPERS, "docs", "shop-1")
    assert types(app.path, "rev-parse", "HEAD") == head
    assert not (tmp_path / "reports").exists()


async def test_what_is_to_be_sent_first_is_made_and_the_app_stays_where_it_is(git, app):
    head = types(app.path, "rev-parse", "HEAD")
    made = await git.prepare("shop", PAPERS, "docs", "shop-1")
    assert types(app.path, "rev-parse", f"{made}^") == head == await git.head(app.path)
    assert await git.prepare("shop", {}, "docs", "shop-1") == head
