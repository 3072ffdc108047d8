"""Random people do random things with a project on a real server; after each, everything that shows it must agree."""

import html
import itertools
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ground.until import blocking

IDEA = "I want a meal planning app for busy parents"
WORDS = (
    "yes", "no", "stop", "go on", "looks good, go ahead", "approve", "I guess so?", "start over", "Add a shopping list",
    "Deciding every evening what to cook", "plan the week; swap a meal", "skip", "why do you ask?", "cancel it", "👍",
    "no, stop, why is it editing the schema?", "Show me what would change",
    "yes, always", "tell the builder: use blue", "/approve", "/reject", "/changes bigger letters", "undo", "/undo",
)  # fmt: skip
PEOPLE = ("owner", "approver", "contributor", "viewer", "stranger")
RANK = {"viewer": 0, "contributor": 1, "approver": 2, "owner": 3}
# Written down once more, and not taken from the code: who may do what.
NEEDS = {
    "say": "contributor", "vision": "contributor", "pause": "contributor", "answer": "approver", "resume": "approver",
    "back": "approver",
    "undo": "approver", "budget": "owner", "cancel": "owner", "reset": "owner", "rename": "owner", "people": "owner",
}  # fmt: skip
ASKS = {
    "vision": "VISION_DOC", "roadmap": "ROADMAP", "plan": "PHASE_START", "result": "PHASE_COMPLETE",
    "problem": "ERROR_RESOLUTION", "limit": "BUDGET", "permission": "PERMISSION",
}  # fmt: skip
STAGES = {
    "talking": "BRAINSTORMING", "drafting": "BRAINSTORMING", "vision": "VISION_REVIEW", "paused": "PAUSED",
    "completed": "COMPLETED", "cancelled": "CANCELLED",
    **dict.fromkeys(("preparing", "priming", "roadmapping", "roadmap"), "PLANNING"),
    **dict.fromkeys(
        ("planning", "plan", "building", "checking", "repairing", "problem", "result", "merging", "undoing"),
        "IN_PROGRESS",
    ),
}  # fmt: skip
MIDWAY = {"limit", "permission"}  # they have the stage in the middle of which they are asked
EVERYWHERE = {*STAGES, *MIDWAY}
AT_WORK = {
    "drafting", "preparing", "priming", "roadmapping", "planning", "building", "checking", "repairing", "merging",
    "undoing",
}  # fmt: skip
DONE, REFUSED = {200, 201, 202, 303}, {409, 422}
PATIENCE = 60
who = st.sampled_from(PEOPLE)
MOODS = st.sampled_from(("good", "costly prime", "red", "claim", "asks"))  # of the builder: well, dear, badly, a lie
CHANGES: tuple[dict[str, Any], ...] = (
    *({"name": name} for name in ("Supper", "  ", "<b>Mia’s</b>")),
    *({"budget": budget} for budget in (5, 0.5, -1)),
)


@dataclass(frozen=True)
class World:
    """A running server, and the keys of five people: the first owner, and four whom an operator made."""

    url: str
    database: Path
    moods: Path
    tokens: dict[str, str]
    users: dict[str, str]  # their ids

    def client(self, person: str) -> httpx.Client:
        bearer = {"Authorization": f"Bearer {self.tokens[person]}"}
        return httpx.Client(base_url=self.url, headers=bearer, timeout=30, trust_env=False)


class States(RuleBasedStateMachine):
    """One project, from its idea on. `world` is set by whoever runs it."""

    world: World
    numbers = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.clients = {person: self.world.client(person) for person in PEOPLE}
        self.roles: dict[str, str] = {"owner": "owner"}
        self.undone = False
        self.last: tuple[str, str, str, dict[str, Any]] | None = None

    def teardown(self) -> None:
        if hasattr(self, "project"):
            self.settle()
            self.follows()
        for client in self.clients.values():
            client.close()

    @initialize(mood=st.sampled_from(("costly prime", "good")))
    def begins(self, mood: str) -> None:
        self.project = self.asks("owner", "POST", "/projects", {"idea": IDEA}).json()["id"]
        for person in PEOPLE[1:4]:
            self.lets("owner", person, person)
        (self.world.moods / f"{self.project}-wishes").write_text("execute pip install flask\nexecute git push\n")
        self.the_builder_becomes(mood)
        self.settle()

    # What people do

    @rule(person=who, words=st.sampled_from(WORDS))
    def says(self, person: str, words: str) -> None:
        self.does(person, "say", f"{self.at}/messages", {"text": words})

    @rule(
        person=st.sampled_from(("owner", *PEOPLE)),
        what=st.sampled_from(("vision", "pause", "resume", "cancel", "reset", "back")),
    )
    def presses(self, person: str, what: str) -> None:
        gates = self.rows("SELECT id FROM gates WHERE project_id = ? ORDER BY opened_at")[-2:]
        if what == "back" and gates:
            self.does(person, what, f"/gates/{gates[0]['id']}/take-back", {})
        elif what != "back":
            self.does(person, what, f"{self.at}/{what}", {})

    @rule(
        person=who,
        decision=st.sampled_from(("approve", "changes", "reject")),
        note=st.sampled_from(("", "Bigger letters")),
        which=st.integers(-3, -1),
        moved=st.sampled_from((0, 0, 0, 1)),
        way=st.sampled_from((None, "differently", "back", "stop", "once", "always")),
    )
    def answers(self, person: str, decision: str, note: str, which: int, moved: int, way: str | None) -> None:
        gates = self.rows("SELECT id, version FROM gates WHERE project_id = ? ORDER BY opened_at")[which:]
        if gates:
            given = {"decision": decision, "note": note, "version": gates[0]["version"] + moved, "way": way}
            self.does(person, "answer", f"/gates/{gates[0]['id']}/answer", given)

    @rule(person=who, phase=st.integers(1, 3))
    def undoes(self, person: str, phase: int) -> None:
        self.does(person, "undo", f"{self.at}/phases/{phase}/undo", {})

    @rule(person=who, change=st.sampled_from(CHANGES))
    def renames_or_limits(self, person: str, change: dict[str, Any]) -> None:
        self.does(person, "rename" if "name" in change else "budget", self.at, change, method="PATCH")

    @rule(person=who, whom=who, role=st.sampled_from((*RANK, "", "king")))
    def decides_who_takes_part(self, person: str, whom: str, role: str) -> None:
        answer = self.lets(person, whom, role)
        self.allowed(person, "people", answer)

    @rule(mood=MOODS)
    def the_builder_becomes(self, mood: str) -> None:
        (self.world.moods / self.project).write_text(mood)

    @rule(times=st.integers(1, 4))
    def goes_on(self, times: int) -> None:
        """Somebody who may, does what brings it forward: walks by chance alone would hardly ever arrive."""
        for _ in range(times):
            self.forward()

    def forward(self) -> None:
        self.settle()
        owner = next(person for person, role in self.roles.items() if role == "owner")
        project = self.project_row()
        if project["step"] in ASKS:
            gate = self.rows("SELECT id FROM gates WHERE project_id = ? AND status = 'PENDING'")[0]
            more = {"way": "differently"} if project["step"] == "problem" else {}
            self.does(owner, "answer", f"/gates/{gate['id']}/answer", {"decision": "approve", **more})
        elif project["step"] in ("talking", "paused", "cancelled"):
            what = {"talking": "vision", "paused": "resume", "cancelled": "reset"}[project["step"]]
            self.does(owner, what, f"{self.at}/{what}", {})
        elif not self.undone:  # complete: the last phase is taken out, and later on more is asked for
            self.undone = True
            self.does(owner, "undo", f"{self.at}/phases/{project['phase']}/undo", {})
        else:
            self.does(owner, "say", f"{self.at}/messages", {"text": "Can we add a calendar?"})
        self.settle()

    @precondition(lambda self: self.last)
    @rule()
    def asks_again_under_the_same_key(self) -> None:
        """The same thing comes of it, and nothing happens."""
        self.settle()
        before, (person, method, path, request) = self.project_row()["last_event"], self.last
        answer = self.clients[person].request(method, f"/api/v1{path}", **request)
        assert answer.status_code in DONE | {403, 404}, answer.text  # they may have lost their part since
        assert self.project_row()["last_event"] == before

    @rule()
    def settle(self) -> None:
        """Whatever was begun comes to its end."""
        blocking(self.is_settled, within=PATIENCE)

    # What must be so

    @invariant()
    def everything_agrees(self) -> None:
        """The rows, the log, the API and the page tell of the same project, whenever one looks."""
        if not hasattr(self, "project"):
            return
        for _ in range(200):
            before = self.project_row()
            seen = self.seen()
            if self.project_row()["last_event"] == before["last_event"]:
                self.agree(before, seen)
                return
            time.sleep(0.02)
        raise AssertionError("it never stood still long enough to be looked at")

    def seen(self) -> dict[str, Any]:
        reader = next(iter(self.roles))
        see = self.clients[reader]
        own = see.get(f"/api/v1{self.at}").json()
        return {
            "reader": reader,
            "project": own,
            "gates": see.get(f"/api/v1{self.at}/gates?status=pending").json()["items"],
            "phases": see.get(f"/api/v1{self.at}/phases").json()["items"],
            "page": " ".join(html.unescape(see.get(self.at).text).split()),
            "waiting": {person: self.waits_for(person) for person in PEOPLE},
            "stored": self.rows("SELECT number, kind, data FROM events WHERE project_id = ? ORDER BY number"),
            "pending": self.rows("SELECT id, question FROM gates WHERE project_id = ? AND status = 'PENDING'"),
            "documents": self.rows("SELECT name, version FROM documents WHERE project_id = ?"),
        }

    def agree(self, row: dict[str, Any], seen: dict[str, Any]) -> None:
        project, step = seen["project"], row["step"]
        assert [event["number"] for event in seen["stored"]] == list(range(1, row["last_event"] + 1))
        moves = [json.loads(event["data"]) for event in seen["stored"] if event["kind"] == "project.moved"]
        places = ["talking", *(move["step"] for move in moves)]
        assert [move["left"] for move in moves] == places[:-1]
        stage = STAGES[row["paused_from"] if step in MIDWAY else step]
        assert (places[-1], len(moves), stage) == (step, row["moves"], row["stage"])
        assert (project["step"], project["stage"], project["name"]) == (step, row["stage"], row["name"])
        assert row["name"] in seen["page"]
        assert project["status_sentence"].split(":")[0].split(".")[0] in seen["page"]
        assert project["role"] == self.roles[seen["reader"]]
        open_ = [gate["id"] for gate in seen["gates"]]
        assert open_ == [gate["id"] for gate in seen["pending"]]
        assert [gate["kind"] for gate in seen["gates"]] == ([ASKS[step]] if step in ASKS else [])
        assert all(f"Decision: {gate['question']}" in seen["page"] for gate in seen["pending"])
        assert seen["page"].count('aria-label="Decision: ') == len(open_)
        assert project["waiting_for"] == (open_[0] if open_ else None)
        assert seen["waiting"] == {
            person: bool(open_) and self.roles.get(person) in ("owner", "approver") for person in PEOPLE
        }
        assert [(one["number"], one["status"]) for one in seen["phases"]] == [
            (one["number"], one["status"])
            for one in self.rows("SELECT number, status FROM phases WHERE project_id = ? ORDER BY number")
        ]
        versions = sorted((one["name"], one["version"]) for one in seen["documents"])
        back = {json.loads(event["data"])["gate"] for event in seen["stored"] if event["kind"] == "gate.taken_back"}
        given = [json.loads(event["data"]) for event in seen["stored"] if event["kind"] == "gate.answered"]
        given = [one for one in given if one["gate"] not in back]
        yes = [one["version"] for one in given if (one["kind"], one["decision"]) == ("VISION_DOC", "approve")]
        assert row["agreed"] in {0, *yes[-1:]}, "what counts is what was approved last"
        assert row["agreed"] or step in {"talking", "drafting", "vision", "problem", "paused", "cancelled"}
        for name, of_name in itertools.groupby(versions, key=lambda one: one[0]):
            numbers = [version for _, version in of_name]
            assert numbers == list(range(1, len(numbers) + 1)), name

    def waits_for(self, person: str) -> bool:
        """Whether it is among what waits for this person, on their list."""
        listed = self.clients[person].get("/api/v1/projects?waiting=true&limit=200").json()["items"]
        return any(one["id"] == self.project for one in listed)

    def follows(self) -> None:
        """At the end: whoever follows from the beginning hears exactly what is stored."""
        stored = self.rows("SELECT number, kind FROM events WHERE project_id = ? ORDER BY number")
        heard, event = list[tuple[int, str]](), dict[str, str]()
        with self.clients[next(iter(self.roles))].stream("GET", f"/api/v1{self.at}/events?after=0") as stream:
            for line in stream.iter_lines():
                name, _, value = line.partition(": ")
                if line:
                    event[name] = value
                elif "id" in event:
                    heard.append((int(event["id"]), event["event"]))
                    event = {}
                    if len(heard) == len(stored):
                        break
        assert heard == [(one["number"], one["kind"]) for one in stored]

    # How it is asked, and whether it may be

    def does(self, person: str, what: str, path: str, given: dict[str, Any], method: str = "POST") -> None:
        settled, before = self.is_settled(), self.project_row()
        answer = self.asks(person, method, path, given)
        self.allowed(person, what, answer)
        if answer.status_code not in DONE and settled:
            assert self.project_row() == before, answer.text

    def asks(self, person: str, method: str, path: str, given: dict[str, Any]) -> httpx.Response:
        request = {"json": given, "headers": {"Idempotency-Key": f"states-{next(self.numbers)}"}}
        answer = self.clients[person].request(method, f"/api/v1{path}", **request)
        if answer.status_code in DONE:
            self.last = (person, method, path, request)
        return answer

    def allowed(self, person: str, what: str, answer: httpx.Response) -> None:
        """Strangers learn nothing; who may not is told so; who may is heard, or told why not now."""
        said = f"{person} {what}: {answer.status_code} {answer.text[:500]}"
        role = self.before.get(person) if what == "people" else self.roles.get(person)
        if role is None:
            assert answer.status_code == 404, said
        elif RANK[role] < RANK[NEEDS[what]]:
            told = DONE if what == "say" else set()  # what is only talk may say nothing that they may not do
            assert answer.status_code in {403} | told, said
            assert what == "say" or answer.status_code == 403, said
        else:
            other = {"say": {403}, "people": {404}}.get(what, set())  # words may ask for more; nobody to remove
            assert answer.status_code in DONE | REFUSED | other, said

    def lets(self, person: str, whom: str, role: str) -> httpx.Response:
        """Give somebody a part, or take it, by the form of the page. A project keeps an owner."""
        self.before = dict(self.roles)
        user = self.world.users[whom]
        fields = {"member": user, "role": role} if role else {"remove": user}
        answer = self.clients[person].post(f"{self.at}/people", data=fields)
        if answer.status_code in (200, 303):
            self.roles[whom] = role
            if not role:
                del self.roles[whom]
        assert "owner" in self.roles.values()
        return answer

    @property
    def at(self) -> str:
        return f"/projects/{self.project}"

    def project_row(self) -> dict[str, Any]:
        return self.rows("SELECT * FROM projects WHERE id = ?")[0]

    def is_settled(self) -> bool:
        waiting = self.rows("SELECT id FROM messages WHERE unanswered AND project_id = ?")
        return not waiting and self.project_row()["step"] not in AT_WORK

    def rows(self, query: str) -> list[dict[str, Any]]:
        return list(read(self.world.database, query, self.project))


def read(database: Path, query: str, *values: str) -> Iterator[dict[str, Any]]:
    """Beside the server, as another program would."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)) as connection:
        connection.row_factory = sqlite3.Row
        yield from map(dict, connection.execute(query, values).fetchall())


def moves(world: World) -> list[dict[str, Any]]:
    """All moves of all projects."""
    found = read(world.database, "SELECT data FROM events WHERE kind = 'project.moved'")
    return [json.loads(row["data"]) for row in found]
