"""What there is on the stand-in of GitHub, and what people do there; what happens is told by webhooks."""

import itertools
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ground.github_git import Bare

RANK = {"none": 0, "read": 1, "triage": 2, "write": 3, "maintain": 4, "admin": 5}
CONTENTS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


class No(Exception):
    """GitHub does not do that."""

    def __init__(self, code: int, message: str, errors: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.errors = code, message, errors


@dataclass
class Account:
    id: int
    login: str
    type: str = "User"

    @property
    def json(self) -> dict[str, Any]:
        return {"id": self.id, "login": self.login, "type": self.type, "node_id": f"U_{self.id}"}


@dataclass
class Rules:
    """What has to be there before a branch is merged into."""

    reviews: int = 0
    checks: tuple[str, ...] = ()


@dataclass
class Delivery:
    """A webhook that GitHub sends, signed, when it comes to it."""

    event: str
    body: bytes
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def payload(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Repo:
    id: int
    slug: str
    git: Bare
    private: bool
    people: dict[str, str] = field(default_factory=dict)
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    reactions: dict[tuple[str, int], list[dict[str, Any]]] = field(default_factory=dict)
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    reviews: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    runs: dict[int, dict[str, Any]] = field(default_factory=dict)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    rules: dict[str, Rules] = field(default_factory=dict)
    archived: bool = False
    drafts: bool = True
    methods: tuple[str, ...] = ("merge", "squash", "rebase")
    thinks: int = 0  # how often it says of a pull request that it does not know yet whether it can be merged
    main: str = "main"

    def __call__(self, login: str) -> str:
        """What somebody may do here."""
        return self.people.get(login.lower(), "none" if self.private else "read")

    def conversation(self, number: int) -> list[dict[str, Any]]:
        """The comments on an issue, as everybody sees them."""
        return [each for each in self.comments.values() if each["issue"] == number]

    def protect(self, branch: str, *, reviews: int = 0, checks: tuple[str, ...] = ()) -> None:
        self.rules[branch] = Rules(reviews, checks)
        self.git.protect(branch)

    def checked(self, sha: str) -> dict[str, str]:
        """What stands beside a save point: by name, how it ended or that it goes on."""
        found = {each["context"]: each["state"] for each in self.statuses if each["sha"] == sha}
        runs = [each for each in self.runs.values() if each["head_sha"] == sha]
        return found | {each["name"]: each["conclusion"] or each["status"] for each in runs}


class World:
    """All accounts and repositories. `happened` has the webhooks in order; `shift` moves its clock."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shift = folder, timedelta()
        self.accounts: dict[str, Account] = {}
        self.repos: dict[str, Repo] = {}
        self.happened: list[Delivery] = []
        self.installations: dict[str, int] = {}  # of our app, by owner
        self.url = ""  # where all this is to be seen
        self._ids = itertools.count(1001)

    def now(self) -> str:
        return (datetime.now(UTC) + self.shift).strftime("%Y-%m-%dT%H:%M:%SZ")

    def id(self) -> int:
        return next(self._ids)

    def account(self, login: str, kind: str = "User") -> Account:
        known = self.accounts.get(login.lower())
        return known or self.accounts.setdefault(login.lower(), Account(self.id(), login, kind))

    def repository(self, slug: str, texts: Mapping[str, str] | None = None, *, private: bool = True) -> Repo:
        """One with these files; without any there is not even a branch."""
        owner = self.account(slug.partition("/")[0])
        repo = Repo(self.id(), slug, Bare(self.folder / f"{slug}.git"), private, {owner.login.lower(): "admin"})
        repo.git.make()
        self.repos[slug.lower()] = repo
        if texts:
            repo.git.commit("main", texts, owner.login, "First")
        return repo

    def repo(self, slug: str) -> Repo:
        return self.repos[slug.lower()]

    # What people and programs do. Each checks only what GitHub itself checks beyond the permission.

    def open_issue(self, repo: Repo, by: Account, title: str, body: str = "") -> dict[str, Any]:
        number = len(repo.issues) + 1
        made = self._made(by) | {"number": number, "title": title, "body": body, "state": "open", "pull": False}
        repo.issues[number] = made
        self.tell(repo, by, "issues", "opened", issue=self.issue(repo, made))
        return made

    def edit_issue(self, repo: Repo, by: Account, number: int, **given: Any) -> dict[str, Any]:
        issue = repo.issues[number]
        before = dict(issue)
        issue |= given | {"updated_at": self.now()}
        changes = {name: {"from": before[name]} for name in given}
        action = {"closed": "closed", "open": "reopened"}.get(given.get("state", ""), "edited")
        self.tell(repo, by, "issues", action, issue=self.issue(repo, issue), changes=changes)
        return issue

    def comment(self, repo: Repo, by: Account, number: int, body: str) -> dict[str, Any]:
        made = self._made(by) | {"issue": number, "body": body}
        repo.comments[made["id"]] = made
        repo.issues[number]["updated_at"] = made["created_at"]
        self._of_comment(repo, by, "created", made)
        return made

    def edit_comment(self, repo: Repo, by: Account, id: int, body: str) -> dict[str, Any]:
        comment = repo.comments[id]
        before = comment["body"]
        comment |= {"body": body, "updated_at": self.now()}
        self._of_comment(repo, by, "edited", comment, changes={"body": {"from": before}})
        return comment

    def delete_comment(self, repo: Repo, by: Account, id: int) -> None:
        self._of_comment(repo, by, "deleted", repo.comments.pop(id))

    def react(self, repo: Repo, by: Account, kind: str, id: int, content: str) -> tuple[dict[str, Any], bool]:
        """GitHub sends no webhook for it. Whether it is new is told as well."""
        found = repo.reactions.setdefault((kind, id), [])
        for each in found:
            if each["user"] is by and each["content"] == content:
                return each, False
        found.append(self._made(by) | {"content": content})
        return found[-1], True

    def open_pull(self, repo: Repo, by: Account, head: str, base: str, title: str, body: str, draft: bool) -> Any:
        if not repo.git.head(base):
            raise No(422, "Validation Failed", [{"resource": "PullRequest", "field": "base", "code": "invalid"}])
        if not repo.git.head(head):
            raise No(422, "Validation Failed", [{"resource": "PullRequest", "field": "head", "code": "invalid"}])
        if any(each["head"] == head and each["state"] == "open" for each in repo.pulls.values()):
            raise No(422, "Validation Failed", [{"message": f"A pull request already exists for {repo.slug}:{head}."}])
        if not repo.git.ahead(base, head):
            raise No(422, "Validation Failed", [{"message": f"No commits between {base} and {head}"}])
        if draft and not repo.drafts:
            raise No(422, "Draft pull requests are not supported in this repository.")
        number = len(repo.issues) + 1
        about = {"number": number, "title": title, "body": body, "state": "open"}
        repo.issues[number] = self._made(by) | about | {"pull": True}
        pull = self._made(by) | about | {"head": head, "base": base, "draft": draft, "merged": None, "closed_sha": ""}
        repo.pulls[number] = pull | {"sha": repo.git.head(head)}
        self._of_pull(repo, by, "opened", repo.pulls[number])
        return repo.pulls[number]

    def edit_pull(self, repo: Repo, by: Account, number: int, **given: Any) -> dict[str, Any]:
        pull = repo.pulls[number]
        if pull["merged"] and given.get("state") == "open":
            raise No(422, "Validation Failed", [{"message": "A merged pull request cannot be reopened"}])
        changed = {name: value for name, value in given.items() if pull[name] != value}
        pull |= given | {"updated_at": self.now()}
        repo.issues[number] |= {name: pull[name] for name in ("title", "body", "state", "updated_at")}
        if changed:
            action = {"closed": "closed", "open": "reopened"}.get(changed.get("state", ""), "edited")
            self._of_pull(repo, by, action, pull)
        return pull

    def set_draft(self, repo: Repo, by: Account, number: int, draft: bool) -> None:
        pull = repo.pulls[number]
        if pull["draft"] != draft:
            pull["draft"] = draft
            self._of_pull(repo, by, "converted_to_draft" if draft else "ready_for_review", pull)

    def review(self, repo: Repo, by: Account, number: int, state: str, body: str = "") -> dict[str, Any]:
        """`state` is APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED."""
        pull = repo.pulls[number]
        made = self._made(by) | {"state": state, "body": body, "commit_id": repo.git.head(pull["head"])}
        repo.reviews.setdefault(number, []).append(made)
        shown = self.review_of(made) | {"state": state.lower()}
        self.tell(repo, by, "pull_request_review", "submitted", review=shown, pull_request=self.pull(repo, pull))
        return made

    def merge(self, repo: Repo, by: Account, number: int, sha: str, how: str, title: str, message: str) -> str:
        """Really, in the repository."""
        pull = repo.pulls[number]
        git, base = repo.git, pull["base"]
        if pull["merged"] or pull["state"] != "open":
            raise No(405, "Pull Request is not mergeable")
        head = git.head(pull["head"])
        if sha and sha != head:
            raise No(409, "Head branch was modified. Review and try the merge again.")
        if pull["draft"]:
            raise No(405, "Pull Request is still a draft")
        if how not in repo.methods:
            named = {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}[how]
            raise No(405, f"{named} are not allowed on this repository.")
        tree = git.joined(git.head(base), head)
        if not tree:
            raise No(405, "Pull Request is not mergeable")
        if lacking := self.lacking(repo, pull):
            raise No(405, lacking)
        parents = [git.head(base)] + [head] * (how == "merge")
        first = title or f"Merge pull request #{number} from {repo.slug.partition('/')[0]}/{pull['head']}"
        merged = git.point(base, tree, parents, by.login, f"{first}\n\n{message}".strip())
        pull |= {"merged": merged, "merged_by": by, "merged_at": self.now(), "state": "closed"}
        repo.issues[number]["state"] = "closed"
        self._of_pull(repo, by, "closed", pull)
        self.tell(repo, by, "push", "", ref=f"refs/heads/{base}", before=parents[0], after=merged)
        return merged

    def lacking(self, repo: Repo, pull: dict[str, Any]) -> str:
        """What a protected branch still asks for, in GitHub's words."""
        rules = repo.rules.get(pull["base"], Rules())
        last = {each["user"].login: each["state"] for each in repo.reviews.get(pull["number"], [])
                if each["state"] != "COMMENTED" and RANK[repo(each["user"].login)] >= RANK["write"]}  # fmt: skip
        if "CHANGES_REQUESTED" in last.values() and rules.reviews:
            return "Changes requested by reviewers with write access."
        count = sum(state == "APPROVED" for state in last.values())
        if count < rules.reviews:
            s = "s" * (rules.reviews > 1)
            return f"At least {rules.reviews} approving review{s} is required by reviewers with write access."
        green = repo.checked(repo.git.head(pull["head"]))
        missing = next((name for name in rules.checks if green.get(name) != "success"), "")
        return f'Required status check "{missing}" is expected.' if missing else ""

    def pushed(self, repo: Repo, by: Account, before: Mapping[str, str]) -> None:
        """Say what a push changed."""
        after = repo.git.heads()
        if not before and after:
            repo.main = "main" if "main" in after else next(iter(after))
        for branch in sorted({*before, *after}):
            old, new = before.get(branch, ""), after.get(branch, "")
            if old != new:
                none = "0" * 40
                self.tell(repo, by, "push", "", ref=f"refs/heads/{branch}", before=old or none, after=new or none)
                for pull in repo.pulls.values():
                    if pull["head"] == branch and pull["state"] == "open" and new:
                        pull["sha"] = new
                        self._of_pull(repo, by, "synchronize", pull)

    # How it looks from outside.

    def tell(self, repo: Repo, by: Account, event: str, action: str, **more: Any) -> None:
        body = ({"action": action} if action else {}) | more | {"repository": self.shape(repo), "sender": by.json}
        if installed := self.installations.get(repo.slug.partition("/")[0].lower()):
            body["installation"] = {"id": installed}
        self.happened.append(Delivery(event, json.dumps(body).encode()))

    def _of_comment(self, repo: Repo, by: Account, action: str, comment: dict[str, Any], **more: Any) -> None:
        issue = self.issue(repo, repo.issues[comment["issue"]])
        self.tell(repo, by, "issue_comment", action, issue=issue, comment=self.comment_of(repo, comment), **more)

    def _of_pull(self, repo: Repo, by: Account, action: str, pull: dict[str, Any]) -> None:
        shown = self.pull(repo, pull)
        self.tell(repo, by, "pull_request", action, number=pull["number"], pull_request=shown)

    def _made(self, by: Account) -> dict[str, Any]:
        return {"id": self.id(), "user": by, "created_at": self.now(), "updated_at": self.now()}

    def shape(self, repo: Repo) -> dict[str, Any]:
        owner, _, name = repo.slug.partition("/")
        return {
            "id": repo.id, "name": name, "full_name": repo.slug, "private": repo.private, "archived": repo.archived,
            "owner": self.account(owner).json, "default_branch": repo.main, "size": 1,
            "html_url": f"{self.url}/{repo.slug}",
        }  # fmt: skip

    def issue(self, repo: Repo, issue: dict[str, Any]) -> dict[str, Any]:
        url = f"{self.url}/repos/{repo.slug}/issues/{issue['number']}"
        kind = "pull" if issue["pull"] else "issues"
        more = (
            {"pull_request": {"url": f"{self.url}/repos/{repo.slug}/pulls/{issue['number']}"}} if issue["pull"] else {}
        )
        return (
            _shown(issue, "pull") | more | {"url": url, "html_url": f"{self.url}/{repo.slug}/{kind}/{issue['number']}"}
        )

    def comment_of(self, repo: Repo, comment: dict[str, Any]) -> dict[str, Any]:
        number = comment["issue"]
        kind = "pull" if repo.issues[number]["pull"] else "issues"
        urls = {
            "issue_url": f"{self.url}/repos/{repo.slug}/issues/{number}",
            "html_url": f"{self.url}/{repo.slug}/{kind}/{number}#issuecomment-{comment['id']}",
        }
        return _shown(comment, "issue") | urls

    def review_of(self, review: dict[str, Any]) -> dict[str, Any]:
        return _shown(review, "created_at", "updated_at") | {"submitted_at": review["created_at"]}

    def reaction_of(self, reaction: dict[str, Any]) -> dict[str, Any]:
        return _shown(reaction, "updated_at")

    def pull(self, repo: Repo, pull: dict[str, Any]) -> dict[str, Any]:
        owner, sha = repo.slug.partition("/")[0], repo.git.head(pull["head"]) or pull["sha"]
        done = bool(pull["merged"])
        merged = {
            "merged": done, "merged_at": pull.get("merged_at"), "merge_commit_sha": pull["merged"] or None,
            "merged_by": pull["merged_by"].json if done else None, "node_id": f"PR_{repo.id}_{pull['number']}",
        }  # fmt: skip
        ends = {
            "head": {"ref": pull["head"], "sha": sha, "label": f"{owner}:{pull['head']}"},
            "base": {"ref": pull["base"], "sha": repo.git.head(pull["base"]), "label": f"{owner}:{pull['base']}"},
        }
        html = f"{self.url}/{repo.slug}/pull/{pull['number']}"
        return _shown(pull, "sha", "closed_sha") | merged | ends | self._mergeable(repo, pull) | {"html_url": html}

    def _mergeable(self, repo: Repo, pull: dict[str, Any]) -> dict[str, Any]:
        base, head = repo.git.head(pull["base"]), repo.git.head(pull["head"])
        if pull["state"] != "open" or repo.thinks or not head:
            repo.thinks = max(0, repo.thinks - 1)
            return {"mergeable": None, "mergeable_state": "unknown"}
        if not repo.git.joined(base, head):
            return {"mergeable": False, "mergeable_state": "dirty"}
        state = "draft" if pull["draft"] else "blocked" if self.lacking(repo, pull) else "clean"
        return {"mergeable": True, "mergeable_state": state}


def _shown(row: Mapping[str, Any], *without: str) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in without}
    return {name: value.json if isinstance(value, Account) else value for name, value in kept.items()}
