"""What the stand-in of GitHub answers to each call: who may, what must be sent, and what comes of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ground.github_world import CONTENTS, RANK, Account, No, Repo, World

ISSUE, COMMENT = r"/repos/(?P<slug>[^/]+/[^/]+)/issues", r"/repos/(?P<slug>[^/]+/[^/]+)/issues/comments"
PULL, REPO = r"/repos/(?P<slug>[^/]+/[^/]+)/pulls", r"/repos/(?P<slug>[^/]+/[^/]+)"
NUMBER = r"/(?P<number>\d+)"
Handler = Callable[["Call"], tuple[int, Any]]
ROUTES: list[tuple[str, re.Pattern[str], str, dict[str, tuple[type, ...]], Handler]] = []
TEXT, NO, FLAG = (str,), (type(None),), (bool,)


@dataclass(frozen=True)
class Call:
    """`by` asks; `app` where it is our app's installation rather than a person with a token."""

    world: World
    by: Account
    app: bool
    path: Mapping[str, str]
    params: Mapping[str, str]
    given: dict[str, Any]

    @property
    def repo(self) -> Repo:
        return self.world.repo(self.path["slug"])

    @property
    def number(self) -> int:
        return int(self.path["number"])

    @property
    def issue(self) -> dict[str, Any]:
        return self._there(self.repo.issues)

    @property
    def pull(self) -> dict[str, Any]:
        return self._there(self.repo.pulls)

    @property
    def comment(self) -> dict[str, Any]:
        return self._there(self.repo.comments)

    def _there(self, rows: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
        if self.number not in rows:
            raise No(404, "Not Found")
        return rows[self.number]

    def may(self, least: str) -> bool:
        return self.app or RANK[self.repo(self.by.login)] >= RANK[least]


def on(method: str, path: str, needs: str = "read", **takes: tuple[type, ...]) -> Callable[[Handler], Handler]:
    """A call, the permission that it needs in its repository, and all that may be sent with it."""

    def known(handler: Handler) -> Handler:
        ROUTES.append((method, re.compile(path), needs, takes, handler))
        return handler

    return known


def answered(world: World, by: Account, app: bool, method: str, path: str, params: Any, given: Any) -> tuple[int, Any]:
    """Raises No as GitHub would refuse: what somebody may not see is not there."""
    for verb, pattern, needs, takes, handler in ROUTES:
        if verb == method and (found := pattern.fullmatch(path)):
            call = Call(world, by, app, found.groupdict(), params, given)
            _let_in(call, needs)
            _formed(given, takes)
            return handler(call)
    raise No(404, "Not Found")


def _let_in(call: Call, needs: str) -> None:
    if "slug" not in call.path:
        return
    if call.path["slug"].lower() not in call.world.repos or not call.may("read"):
        raise No(404, "Not Found")
    if not call.may(needs):
        raise No(403, "Resource not accessible by personal access token")
    if needs != "read" and call.repo.archived:
        raise No(403, "Repository was archived so is read-only.")


def _formed(given: dict[str, Any], takes: Mapping[str, tuple[type, ...]]) -> None:
    """What must be there has no `None` among its types."""
    for name, value in given.items():
        if name not in takes:
            raise No(422, f'Invalid request.\n\n"{name}" is not a permitted key.')
        if not isinstance(value, takes[name]):
            raise No(422, f"Invalid request.\n\nFor '{name}', {value!r} is not of the right kind.")
    for name, types in takes.items():
        if name not in given and type(None) not in types:
            raise No(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')


def _since(call: Call, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    since = call.params.get("since", "")
    kept = [each for each in rows if each["updated_at"] >= since]
    order = f"{call.params.get('sort', 'created')}_at"
    newest = call.params.get("direction", "desc" if rows and "number" in rows[0] else "asc") == "desc"
    return sorted(kept, key=lambda each: (each[order], each["id"]), reverse=newest)


@on("GET", "/user")
def me(call: Call) -> tuple[int, Any]:
    if call.app:
        raise No(403, "Resource not accessible by integration")
    return 200, call.by.json


@on("GET", "/meta")
def meta(call: Call) -> tuple[int, Any]:
    return 200, {"hooks": ["127.0.0.0/8", "192.0.2.0/24"], "verifiable_password_authentication": False}


@on("GET", REPO)
def repository(call: Call) -> tuple[int, Any]:
    rank = RANK["write" if call.app else call.repo(call.by.login)]
    permissions = {"admin": rank >= 5, "push": rank >= 3, "pull": rank >= 1}
    return 200, call.world.shape(call.repo) | {"permissions": permissions}


MAKES = {"name": TEXT, "private": FLAG + NO, "description": TEXT + NO, "auto_init": FLAG + NO}


@on("POST", "/user/repos", **MAKES)
def make_own(call: Call) -> tuple[int, Any]:
    if call.app:
        raise No(404, "Not Found")
    return make(call, call.by.login)


@on("POST", "/orgs/(?P<org>[^/]+)/repos", **MAKES)
def make_of_organization(call: Call) -> tuple[int, Any]:
    owner = call.world.accounts.get(call.path["org"].lower())
    if owner is None or owner.type != "Organization":
        raise No(404, "Not Found")
    return make(call, owner.login)


def make(call: Call, owner: str) -> tuple[int, Any]:
    slug = f"{owner}/{call.given['name']}"
    if slug.lower() in call.world.repos:
        raise No(422, "Repository creation failed.", [{"message": "name already exists on this account"}])
    repo = call.world.repository(slug, private=call.given.get("private") is True)
    repo.people[call.by.login.lower()] = "admin"
    return 201, call.world.shape(repo)


@on("GET", REPO + "/collaborators/(?P<login>[^/]+)/permission")
def permission(call: Call) -> tuple[int, Any]:
    login = call.path["login"]
    if login.lower() not in call.world.accounts:
        raise No(404, f"{login} is not a user")
    role = call.repo(login)
    plain = {"maintain": "write", "triage": "read"}.get(role, role)
    return 200, {"permission": plain, "role_name": role, "user": call.world.account(login).json}


@on("GET", ISSUE)
def issues(call: Call) -> tuple[int, Any]:
    state = call.params.get("state", "open")
    rows = [each for each in call.repo.issues.values() if state in ("all", each["state"])]
    return 200, [call.world.issue(call.repo, each) for each in _since(call, rows)]


@on("POST", ISSUE, title=TEXT, body=TEXT + NO)
def open_issue(call: Call) -> tuple[int, Any]:
    made = call.world.open_issue(call.repo, call.by, call.given["title"], call.given.get("body") or "")
    return 201, call.world.issue(call.repo, made)


@on("GET", ISSUE + NUMBER)
def issue(call: Call) -> tuple[int, Any]:
    return 200, call.world.issue(call.repo, call.issue)


@on("PATCH", ISSUE + NUMBER, "write", title=TEXT + NO, body=TEXT + NO, state=TEXT + NO)
def edit_issue(call: Call) -> tuple[int, Any]:
    call.world.edit_issue(call.repo, call.by, call.issue["number"], **call.given)
    return 200, call.world.issue(call.repo, call.issue)


@on("GET", ISSUE + NUMBER + "/comments")
def comments(call: Call) -> tuple[int, Any]:
    rows = _since(call, call.repo.conversation(call.issue["number"]))
    return 200, [call.world.comment_of(call.repo, each) for each in rows]


@on("GET", COMMENT)
def all_comments(call: Call) -> tuple[int, Any]:
    return 200, [call.world.comment_of(call.repo, each) for each in _since(call, list(call.repo.comments.values()))]


@on("POST", ISSUE + NUMBER + "/comments", body=TEXT)
def say(call: Call) -> tuple[int, Any]:
    made = call.world.comment(call.repo, call.by, call.issue["number"], _body(call))
    return 201, call.world.comment_of(call.repo, made)


@on("GET", COMMENT + NUMBER)
def comment(call: Call) -> tuple[int, Any]:
    return 200, call.world.comment_of(call.repo, call.comment)


@on("PATCH", COMMENT + NUMBER, body=TEXT)
def edit(call: Call) -> tuple[int, Any]:
    if call.comment["user"] is not call.by and not call.may("write"):
        raise No(403, "You cannot edit this comment.")
    call.world.edit_comment(call.repo, call.by, call.number, _body(call))
    return 200, call.world.comment_of(call.repo, call.comment)


@on("DELETE", COMMENT + NUMBER)
def delete(call: Call) -> tuple[int, Any]:
    if call.comment["user"] is not call.by and not call.may("write"):
        raise No(403, "You cannot delete this comment.")
    call.world.delete_comment(call.repo, call.by, call.number)
    return 204, None


def _body(call: Call) -> str:
    if not call.given["body"].strip():
        raise No(422, "Validation Failed", [{"resource": "IssueComment", "field": "data", "code": "unprocessable"}])
    if len(call.given["body"]) > 65_536:
        raise No(422, "Validation Failed", [{"message": "body is too long (maximum is 65536 characters)"}])
    return call.given["body"]


def _reactions(kind: str, path: str) -> None:
    @on("GET", path + NUMBER + "/reactions")
    def listed(call: Call) -> tuple[int, Any]:
        _ = call.comment if kind == "comment" else call.issue
        return 200, [call.world.reaction_of(each) for each in call.repo.reactions.get((kind, call.number), [])]

    @on("POST", path + NUMBER + "/reactions", content=TEXT)
    def react(call: Call) -> tuple[int, Any]:
        _ = call.comment if kind == "comment" else call.issue
        if call.given["content"] not in CONTENTS:
            raise No(422, "Validation Failed", [{"resource": "Reaction", "code": "invalid", "field": "content"}])
        made, new = call.world.react(call.repo, call.by, kind, call.number, call.given["content"])
        return 201 if new else 200, call.world.reaction_of(made)


_reactions("comment", COMMENT)
_reactions("issue", ISSUE)


@on("GET", PULL)
def pulls(call: Call) -> tuple[int, Any]:
    state, head = call.params.get("state", "open"), call.params.get("head", "").partition(":")[2]
    rows = [each for each in call.repo.pulls.values() if state in ("all", each["state"])]
    rows = [each for each in rows if head in ("", each["head"])]
    rows.sort(key=lambda each: each["number"], reverse=call.params.get("direction", "desc") == "desc")
    short = ("merged", "merged_by", "mergeable", "mergeable_state")
    shown = (call.world.pull(call.repo, each) for each in rows)
    return 200, [{name: value for name, value in each.items() if name not in short} for each in shown]


@on("POST", PULL, "write", head=TEXT, base=TEXT, title=TEXT, body=TEXT + NO, draft=FLAG + NO)
def open_pull(call: Call) -> tuple[int, Any]:
    given = call.given
    how = (given["head"], given["base"], given["title"], given.get("body") or "", bool(given.get("draft")))
    return 201, call.world.pull(call.repo, call.world.open_pull(call.repo, call.by, *how))


@on("GET", PULL + NUMBER)
def pull(call: Call) -> tuple[int, Any]:
    return 200, call.world.pull(call.repo, call.pull)


@on("PATCH", PULL + NUMBER, "write", title=TEXT + NO, body=TEXT + NO, state=TEXT + NO)
def edit_pull(call: Call) -> tuple[int, Any]:
    return 200, call.world.pull(call.repo, call.world.edit_pull(call.repo, call.by, call.pull["number"], **call.given))


@on("GET", PULL + NUMBER + "/reviews")
def reviews(call: Call) -> tuple[int, Any]:
    return 200, [call.world.review_of(each) for each in call.repo.reviews.get(call.pull["number"], [])]


@on("PUT", PULL + NUMBER + "/merge", "write", sha=TEXT + NO, merge_method=TEXT + NO, commit_title=TEXT + NO,
    commit_message=TEXT + NO)  # fmt: skip
def merge(call: Call) -> tuple[int, Any]:
    given, number = call.given, call.pull["number"]
    texts = (given.get("commit_title") or "", given.get("commit_message") or "")
    how = given.get("merge_method") or "merge"
    sha = call.world.merge(call.repo, call.by, number, given.get("sha") or "", how, *texts)
    return 200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}


RUN = {"name": TEXT + NO, "status": TEXT + NO, "conclusion": TEXT + NO, "external_id": TEXT + NO,
       "details_url": TEXT + NO, "output": (dict, type(None))}  # fmt: skip


@on("POST", REPO + "/check-runs", "write", **RUN | {"name": TEXT, "head_sha": TEXT})
def make_run(call: Call) -> tuple[int, Any]:
    if not call.app:
        raise No(403, "You must authenticate via a GitHub App.")
    return 201, _run(call, {"id": call.world.id(), "conclusion": None, "status": "queued"} | call.given)


@on("PATCH", REPO + "/check-runs" + NUMBER, "write", **RUN)
def edit_run(call: Call) -> tuple[int, Any]:
    if call.number not in call.repo.runs:
        raise No(404, "Not Found")
    return 200, _run(call, call.repo.runs[call.number] | {"conclusion": None} | call.given)


def _run(call: Call, run: dict[str, Any]) -> dict[str, Any]:
    if (run["status"] == "completed") is not bool(run["conclusion"]):
        raise No(422, "Invalid request.\n\nA conclusion belongs to what is completed.")
    call.repo.runs[run["id"]] = run
    call.world.tell(call.repo, call.by, "check_run", "created" if call.given else "completed", check_run=run)
    return run


@on("GET", REPO + "/commits/(?P<sha>[0-9a-f]{40})/check-runs")
def runs(call: Call) -> tuple[int, Any]:
    name = call.params.get("check_name")
    found = [each for each in call.repo.runs.values() if each["head_sha"] == call.path["sha"]]
    found = [each for each in found if name in (None, each["name"])]
    return 200, {"total_count": len(found), "check_runs": found}


@on("POST", REPO + "/statuses/(?P<sha>[0-9a-f]{40})", "write", state=TEXT, context=TEXT + NO, description=TEXT + NO,
    target_url=TEXT + NO)  # fmt: skip
def status(call: Call) -> tuple[int, Any]:
    if len(call.given.get("description") or "") > 140:
        raise No(422, "Validation Failed", [{"message": "description is too long (maximum is 140 characters)"}])
    if call.given["state"] not in ("pending", "success", "failure", "error"):
        raise No(422, "Validation Failed", [{"message": "state is not included in the list"}])
    made = {"id": call.world.id(), "context": "default", **call.given, "sha": call.path["sha"]}
    call.repo.statuses.append(made)
    return 201, made


@on("POST", "/graphql", query=TEXT, variables=(dict, type(None)))
def graphql(call: Call) -> tuple[int, Any]:
    """The two mutations for which there is no other way."""
    draft = {"markPullRequestReadyForReview": False, "convertPullRequestToDraft": True}
    found = re.search(r"\{\s*(\w+)\(", call.given["query"])
    node = re.fullmatch(r"PR_(\d+)_(\d+)", str((call.given.get("variables") or {}).get("id", "")))
    repo = next((each for each in call.world.repos.values() if node and each.id == int(node[1])), None)
    if not found or found[1] not in draft or not node or repo is None:
        return 200, {"data": None, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}]}
    if not call.app and RANK[repo(call.by.login)] < RANK["write"]:
        return 200, {"data": None, "errors": [{"type": "FORBIDDEN", "message": "Resource not accessible"}]}
    call.world.set_draft(repo, call.by, int(node[2]), draft[found[1]])
    return 200, {"data": {found[1]: {"clientMutationId": None}}}


def installation(world: World, path: str, app: Account) -> tuple[int, Any]:
    """What an app may ask under its own name, before it has a key for somebody."""
    if path == "/app":
        return 200, {"slug": app.login.removesuffix("[bot]"), "id": app.id}
    found = re.fullmatch(r"/(users|orgs|repos)/([^/]+)(/[^/]+)?/installation", path)
    if found and (id := world.installations.get(found[2].lower())):
        return 200, {"id": id}
    found = re.fullmatch(r"/app/installations/(\d+)/access_tokens", path)
    if found and int(found[1]) in world.installations.values():
        until = datetime.now(UTC) + world.shift + timedelta(hours=1)
        return 201, {"token": f"ghs_{world.id()}_{found[1]}", "expires_at": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
    raise No(404, "Not Found")
