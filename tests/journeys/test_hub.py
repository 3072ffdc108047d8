"""A project whose app is on GitHub: sent there phase by phase, shown as pull requests, merged by GitHub's rules."""

import pytest

from ground.github_api import Fault, GithubApi
from journeys.workshop import workshop
from orchestrator import clock
from orchestrator.conversation.command import perform
from orchestrator.delivery import hub_looking, reviewing
from orchestrator.domain.command import ORCHESTRATOR, BringIn, Create, Prove, SetHub, SetMember
from orchestrator.domain.gate import Decision, Kind, Way
from orchestrator.domain.project import Step
from orchestrator.errors import Conflict, NotAllowed, NotUnderstood
from orchestrator.runtime import read, runtime, tx
from orchestrator.store import people, suggestions

APP = {"README.md": "# Shop\n", "shop.txt": "dinner\n"}


@pytest.fixture
async def github(tmp_path):
    async with GithubApi(tmp_path) as api:
        yield api


@pytest.mark.parametrize("as_app", [False, True], ids=["token", "app"])
async def test_a_phase_is_a_pull_request_from_draft_to_merged(github, tmp_path, as_app):
    github.world.account("acme", "Organization")
    if as_app:
        github.install("acme")
    async with workshop(github, tmp_path / "data", as_app=as_app) as here:
        await here.built("new:acme/supper")
        repo = github.world.repo("acme/supper")
        assert repo.private
        await here.sees(lambda: repo.pulls and not here.pull(repo)["draft"])
        phase, pull = await here.phase(), here.pull(repo)
        assert pull["head"]["sha"] == phase.commit
        assert pull["title"] == f"Phase 1: {phase.title}"
        for part in ("What you will notice", "How to try it", "- [x]", "Risks", "How to undo it"):
            assert part in pull["body"]
        waits = "in_progress" if as_app else "pending"
        await here.sees(lambda: repo.checked(phase.commit).get("Decision: result") == waits)

        await here.answers(Kind.PHASE_COMPLETE)
        await here.gate(Kind.PHASE_START)
        merged = (await here.phase()).merged
        assert here.pull(repo)["merge_commit_sha"] == merged == repo.git.head("main")
        await here.do(Prove(here.project, ("C1",)))
        await here.sees(lambda: repo.checked(merged).get("Readiness") == "failure")
        assert f"Project-Phase: {here.project}-phase-1-{phase.attempt}" in repo.git.messages("main")[0]
        await here.sees(lambda: repo.checked(phase.commit)["Decision: result"] == "success")
        assert [each["state"] for each in await here.happened("pull.changed")][-1] == "merged"
        assert (await here.hub()).pulls["1-0"].state == "merged"
        assert "ghp_" not in config(tmp_path)
        assert "ghs_" not in config(tmp_path)


def config(folder) -> str:
    """All that git itself wrote down about where it is."""
    return "\n".join(file.read_text() for file in (folder / "data" / "work").rglob("config"))


async def test_an_app_that_is_there_already_is_worked_on_and_its_own_branch_is_the_app(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    repo.git("branch", "-m", "main", "trunk")
    repo.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    repo.main = "trunk"
    before = repo.git.head("trunk")
    async with workshop(github, tmp_path / "data") as here:
        await here.built("acme/shop")
        await here.sees(lambda: repo.pulls)
        assert here.pull(repo)["base"]["ref"] == "trunk"
        await here.answers(Kind.PHASE_COMPLETE)
        await here.gate(Kind.PHASE_START)
        assert repo.git("merge-base", before, "trunk") == before
        assert "shop.txt" in repo.git.files("trunk")
        assert (await here.phase()).merged == repo.git.head("trunk")


async def test_an_app_that_was_begun_here_is_sent_to_an_empty_repository_later(github, tmp_path):
    repo = github.repository("acme/empty")
    async with workshop(github, tmp_path / "data") as here:
        await here.prepared()
        await here.links("acme/empty")
        await here.sees(lambda: here.says("on GitHub now"))
        assert repo.git.heads().keys() == {"main"}
        await here.built()
        await here.answers(Kind.PHASE_COMPLETE)
        await here.gate(Kind.PHASE_START)
        assert (await here.phase()).merged == repo.git.head("main")


async def test_a_repository_with_something_else_in_it_or_none_is_said_and_does_no_harm(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    async with workshop(github, tmp_path / "data") as here:
        await here.prepared()
        for slug, why in (("acme/shop", "nothing in common"), ("acme/none", "no repository “acme/none”")):
            await here.links(slug)
            await here.sees(lambda why=why: here.says(why))
            assert why in (await here.hub()).problem
        await here.links("")
        assert repo.git.heads().keys() == {"main"}
        await here.answers(Kind.ROADMAP)
        await here.gate(Kind.PHASE_START)


async def test_what_github_still_asks_for_is_a_question_and_trying_again_merges(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    repo.protect("main", reviews=1, checks=("Decision: result",))
    async with workshop(github, tmp_path / "data") as here:
        await here.built("acme/shop")
        await here.sees(lambda: repo.pulls and not here.pull(repo)["draft"])
        await here.answers(Kind.PHASE_COMPLETE)
        gate = await here.gate(Kind.ERROR_RESOLUTION)
        assert "GitHub asks for one more review before this can be merged" in gate.question
        assert not here.pull(repo)["merged"]

        github.person("tom", repo, "write").reviews(repo, 1, "APPROVED")
        await here.sees(lambda: here.knows("1-0", review="approved"))
        await here.answers(Kind.ERROR_RESOLUTION, way=Way.DIFFERENTLY)
        await here.gate(Kind.PHASE_START)
        assert here.pull(repo)["merged"]


async def test_what_changed_after_our_checks_is_not_merged(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    async with workshop(github, tmp_path / "data") as here:
        await here.built("acme/shop")
        await here.sees(lambda: repo.pulls and not here.pull(repo)["draft"])
        branch = here.pull(repo)["head"]["ref"]
        github.person("tom", repo, "write").pushes(repo, branch, {"sneaked.txt": "in"})
        await here.answers(Kind.PHASE_COMPLETE)
        gate = await here.gate(Kind.ERROR_RESOLUTION)
        assert "was not checked" in gate.question
        assert not here.pull(repo)["merged"]
        assert repo.git.files("main") == ["README.md", "shop.txt"]


async def test_merging_by_hand_is_no_approval_and_counts_once_it_was_approved(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    async with workshop(github, tmp_path / "data") as here:
        await here.built("acme/shop")
        await here.sees(lambda: repo.pulls and not here.pull(repo)["draft"])
        await here.sees(lambda: here.knows("1-0", state="open"))
        merged = github.person("tom", repo, "write").merges(repo, 1)
        await here.sees(lambda: here.says("tom merged the pull request of phase 1 before it was approved here"))
        gate = await here.gate(Kind.PHASE_COMPLETE)
        assert "That is no approval" in gate.considerations[0]
        assert (await here.row()).step is Step.RESULT

        await here.answers(Kind.PHASE_COMPLETE)
        await here.gate(Kind.PHASE_START)
        assert (await here.phase()).merged == merged == repo.git.head("main")
        assert len(await here.said_of("before it was approved here")) == 1


async def test_a_phase_that_is_given_up_closes_its_pull_request_and_the_next_try_has_its_own(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    async with workshop(github, tmp_path / "data") as here:
        await here.built("acme/shop")
        await here.sees(lambda: repo.pulls)
        await here.answers(Kind.PHASE_COMPLETE, Decision.REJECT)
        await here.sees(lambda: here.pull(repo)["state"] == "closed")
        await here.resumes()
        await here.answers(Kind.PHASE_START)
        await here.gate(Kind.PHASE_COMPLETE)
        await here.sees(lambda: 2 in repo.pulls and here.pull(repo, 2)["state"] == "open")


async def test_undo_reaches_github_also_where_the_app_is_protected(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    async with workshop(github, tmp_path / "data") as here:
        await here.built("acme/shop")
        await here.answers(Kind.PHASE_COMPLETE)
        await here.gate(Kind.PHASE_START)
        await here.undoes(1)
        assert repo.git.messages("main")[0].startswith("Undo: Phase 1")
        assert repo.git.files("main") == ["README.md", "shop.txt"]

        await here.resumes()
        await here.answers(Kind.PHASE_START)
        await here.gate(Kind.PHASE_COMPLETE)
        await here.answers(Kind.PHASE_COMPLETE)
        await here.gate(Kind.PHASE_START)
        repo.protect("main")
        await here.undoes(1)
        assert repo.git.files("main") == ["README.md", "shop.txt"]
        assert "Undo phase 1" in list(repo.pulls.values())[-1]["title"]


async def test_an_app_is_complete_also_where_github_does_not_take_the_reports(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    async with workshop(github, tmp_path / "data") as here:
        await here.begins("acme/shop", "I want a list of garden birds")
        await here.answers(Kind.VISION_DOC)
        await here.built()
        repo.protect("main")
        await here.answers(Kind.PHASE_COMPLETE)
        await here.reaches(Step.COMPLETED)
        place = await runtime().forge.repository(here.project)
        assert repo.git.head("main") == await runtime().forge.head(place.path) == (await here.phase()).merged
        assert reviewing.review(await reviewing.gathered(here.project)).score.points > 0


async def test_open_issues_become_suggestions_once_and_never_reach_the_brief(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    ana = github.person("ana", repo, "read")
    first, second = ana.opens(repo, "Print it", "For the fridge."), ana.opens(repo, "Sing", "")
    ana.closes(repo, ana.opens(repo, "Old"))
    async with workshop(github, tmp_path / "data") as here:
        await here.begins("acme/shop")
        before = (await here.row()).brief
        listed = await hub_looking.issues(here.project)
        assert [(each.wish.number, each.wish.title, each.known) for each in listed] == [
            (first, "Print it", False),
            (second, "Sing", False),
        ]
        for new in (1, 0):
            wishes = await hub_looking.wishes(here.project, [first, 99])
            assert (await here.do(BringIn(here.project, wishes)))["brought"] == new
        (only,) = await read(suggestions.open, here.project)
        assert (only.id, only.author, only.text) == (f"github:acme/shop#{first}", "ana", "Print it\n\nFor the fridge.")
        assert only.link == f"{github.url}/acme/shop/issues/{first}"
        assert [each.known for each in await hub_looking.issues(here.project)] == [True, False]
        assert (await here.row()).brief == before


async def test_a_repository_belongs_to_one_project_and_only_an_owner_chooses_it(github, tmp_path):
    github.repository("acme/shop", APP)
    async with workshop(github, tmp_path / "data") as here:
        await here.begins("acme/shop")
        await here.sees(lambda: here.says("on GitHub now"))
        with pytest.raises(Conflict, match="belongs to another project"):
            await here.do(Create("Another idea", hub="Acme/Shop"))
        with pytest.raises(NotUnderstood, match="owner/name"):
            await here.links("shop")
        tom = await tx(people.create, ORCHESTRATOR, "tom@example.org", "Tom", clock.now())
        await here.do(SetMember(here.project, "approver", user_id=tom.id))
        with pytest.raises(NotAllowed, match="choose its place on GitHub"):
            await perform(SetHub(here.project, ""), tom.acts(), "tom")
        await here.links("")
        assert (await here.do(Create("Another idea", hub="acme/shop")))["project"]


async def test_how_a_pull_request_stands_is_looked_up_whatever_a_webhook_says(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    async with workshop(github, tmp_path / "data", github_poll_s=0) as here:
        await here.built("acme/shop")
        await here.sees(lambda: here.knows("1-0", state="open", draft=False))
        assert not await hub_looking.noticed("acme/shop", 99)
        assert not await hub_looking.noticed("acme/other", 1)
        github.person("tom", repo, "write").reviews(repo, 1, "CHANGES_REQUESTED")
        for _ in range(2):
            assert await hub_looking.noticed("Acme/Shop", 1)
        assert await here.knows("1-0", review="changes", reviewers=("tom",))
        changed = [(each["state"], each["draft"], each["review"]) for each in await here.happened("pull.changed")]
        assert changed.count(("open", False, "changes")) == 1


async def test_while_github_is_away_the_phase_is_built_and_it_is_sent_when_it_is_back(github, tmp_path):
    repo = github.repository("acme/shop", APP)
    async with workshop(github, tmp_path / "data") as here:
        await here.prepared("acme/shop")
        away = Fault(times=100_000, status=503)
        github.faults.append(away)
        await here.built()
        assert not repo.pulls
        await here.answers(Kind.PHASE_COMPLETE)
        gate = await here.gate(Kind.ERROR_RESOLUTION)
        assert "GitHub" in gate.question
        away.times = 0
        await here.answers(Kind.ERROR_RESOLUTION, way=Way.DIFFERENTLY)
        await here.gate(Kind.PHASE_START)
        assert repo.pulls[1]["merged"] == repo.git.head("main")
