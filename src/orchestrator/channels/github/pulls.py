"""What a repository on GitHub shows of a project: a pull request for each phase, and a check for each decision."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.channels.github import verdict
from orchestrator.channels.ports import Letter, Refusal, Shown, TryAgain
from orchestrator.delivery import hub, hub_looking, hub_merging
from orchestrator.domain.gate import Kind, Status
from orchestrator.domain.plain import one_line
from orchestrator.domain.project import Step
from orchestrator.domain.run import PhaseStatus
from orchestrator.errors import NotFound
from orchestrator.forge.hub import Client, Later, Refused, checks, pulls
from orchestrator.forge.hub.checks import Check
from orchestrator.forge.hub.values import Pull as Seen
from orchestrator.runtime import runtime
from orchestrator.store import checks as proofs
from orchestrator.store import gates, hubs, phases, projects
from orchestrator.store.elsewhere import PostRow, RoomRow
from orchestrator.store.tables import CheckRow, GateRow, PhaseRow, ProjectRow

SUBJECTS = ("pull:", "check:")
NAMES = {
    Kind.VISION_DOC: "vision",
    Kind.ROADMAP: "phases",
    Kind.PHASE_START: "plan",
    Kind.PHASE_COMPLETE: "result",
    Kind.ERROR_RESOLUTION: "problem",
    Kind.BUDGET: "limit",
    Kind.PERMISSION: "permission",
}
ENDED: dict[Status, tuple[checks.State, str]] = {
    Status.APPROVED: ("success", "Approved"),
    Status.REJECTED: ("failure", "Rejected"),
    Status.CHANGES_REQUESTED: ("failure", "Changes asked for"),
    Status.EXPIRED: ("neutral", "Not needed any more"),
    Status.WITHDRAWN: ("neutral", "Not needed any more"),
}
NOT_CHECKED = "- [ ] Not checked yet: it is still being built."
NO_RISKS = "None that we noticed."
WAY_BACK = (
    "Press “Undo” on the page of the phase: one new save point takes out what this one brought. Nothing is rewritten."
)
SET_ASIDE = "This try was set aside; nothing of it is in the app, and nothing of it is deleted."
TAKEN_OUT = "This phase was part of the app, and was taken out again."
FOOT = (
    "Please do not merge this by hand: it is merged when the phase is approved, and only what was checked. "
    "A merge here is no approval."
)


async def compose(db: AsyncSession, post: PostRow, room: RoomRow) -> Letter | None:
    """What the repository is to show of this subject now; nothing before there is something there to show it on."""
    project = await projects.row(db, room.project_id) if room.project_id else None
    if project is None or post.project_id != project.id:
        return None
    kind, _, about = post.subject.partition(":")
    if post.subject == verdict.SUBJECT:
        return await verdict.compose(db, room, project)
    if kind == "pull":
        return await _pull(db, post, room, project, about)
    return await _check(db, room, project, about) if kind == "check" else None


async def show(client: Client, post: PostRow, room: RoomRow, letter: Letter) -> Shown:
    """Have it seen. Begun again after a crash, it finds what is there already."""
    shows = _show_pull if post.subject.startswith("pull:") else _show_check
    try:
        return await shows(client, post, room, letter)
    except Refused as refused:
        raise Refusal(str(refused)) from refused
    except Later as later:
        raise TryAgain(str(later), later.seconds, hush=later.hush) from later


async def _pull(db: AsyncSession, post: PostRow, room: RoomRow, project: ProjectRow, key: str) -> Letter | None:
    known = hubs.of(room)
    if (branch := known.branches.get(key)) is None:
        return None  # when it is there, this is asked for again
    try:
        phase = await phases.get(db, project.id, int(key.partition("-")[0]))
    except NotFound:
        phase = None
    current = phase is not None and hubs.name(phase) == key and phase.status is not PhaseStatus.FAILED
    current = current and project.step is not Step.CANCELLED
    merged = known.pulls.get(key, hubs.Pull()).state == "merged"
    about = {"kind": "pull", "branch": branch, "key": key, "open": current or merged}
    if phase is None or not current:
        said = TAKEN_OUT if merged else SET_ASIDE
        return Letter(said, about | {"title": "", "draft": True}) if post.outside else None
    red, green = await _proof(db, project, phase)
    text = body(project, phase, (*green, *red), link(project, phase))
    draft = bool(red) or not green
    return Letter(text, about | {"title": _plain(hub_merging.title_of(phase)), "draft": draft})


async def _proof(
    db: AsyncSession, project: ProjectRow, phase: PhaseRow
) -> tuple[tuple[CheckRow, ...], tuple[CheckRow, ...]]:
    """What our own checks of exactly this save point said: those that are red, and those that are green."""
    found = [each for each in await proofs.newest(db, project.id, phase.number) if each.commit == phase.commit]
    return tuple(each for each in found if not each.passed), tuple(each for each in found if each.passed)


def link(project: ProjectRow, phase: PhaseRow) -> str:
    return f"{runtime().settings.address}/projects/{project.id}/phases/{phase.number}"


def body(project: ProjectRow, phase: PhaseRow, found: tuple[CheckRow, ...], page: str) -> str:
    """The text of a pull request, for somebody who does not read code. Pure."""
    proof = [f"- [{'x' if each.passed else ' '}] {_plain(each.sentence)}" for each in found] or [NOT_CHECKED]
    risks = [f"- {_plain(finding['sentence'])}" for finding in phase.findings] or [NO_RISKS]
    promises = [f"- {criterion['id']}: {_plain(criterion['text'])}" for criterion in phase.criteria]
    parts = (
        ("What you will notice", [_plain(phase.outcome), "", *promises]),
        ("How to try it", [f"Open [the page of this phase]({page}) and press “Try it”."]),
        ("Proof", [*proof, "", "We ran these checks ourselves, on a clean copy of exactly this save point."]),
        ("Risks", risks),
        ("How to undo it", [WAY_BACK]),
    )
    told = "\n\n".join(f"### {title}\n\n" + "\n".join(lines) for title, lines in parts)
    place = f"Phase {phase.number} of {project.phases} of {_plain(project.name)}."
    return f"{told}\n\n<sub>{place} {FOOT}</sub>"


def _plain(text: str) -> str:
    """One line that calls nobody, links nothing, and closes no issue."""
    line = one_line(text)
    for sign in ("@", "#"):
        line = line.replace(sign, f"{sign}\u2060")
    return line.replace("<", "&lt;")


async def _show_pull(client: Client, post: PostRow, room: RoomRow, letter: Letter) -> Shown:
    slug, more = room.title, letter.more
    seen = await _there(client, slug, post, more["branch"])
    if seen is None:
        base = await _base(room)
        seen = await pulls.opened(client, slug, more["branch"], base, more["title"], letter.text, draft=more["draft"])
    elif changes := _changes(seen, letter):
        seen = await pulls.edited(client, slug, seen.number, **changes)
    if seen.state == "open" and more["open"]:
        await pulls.set_draft(client, slug, seen, draft=more["draft"])
    assert room.project_id
    await hub_looking.look(room.project_id, more["key"], seen.number)
    return Shown(str(seen.number), {"url": seen.html_url})


async def _there(client: Client, slug: str, post: PostRow, branch: str) -> Seen | None:
    if post.outside:
        return await pulls.get(client, slug, int(post.outside))
    known = await pulls.of_branch(client, slug, branch)
    return await pulls.get(client, slug, known.number) if known else None


def _changes(seen: Seen, letter: Letter) -> dict[str, Any]:
    """What has to be different there. What is merged stays so; closed by hand, it stays closed."""
    wanted = {"body": letter.text, "title": letter.more["title"] or seen.title}
    if not letter.more["open"] and seen.state == "open":
        wanted["state"] = "closed"
    now = {"body": seen.body or "", "title": seen.title, "state": seen.state}
    return {name: value for name, value in wanted.items() if now[name] != value}


async def _base(room: RoomRow) -> str:
    assert room.project_id
    return (await runtime().forge.repository(room.project_id)).branch


async def _check(db: AsyncSession, room: RoomRow, project: ProjectRow, gate_id: str) -> Letter | None:
    """A decision, beside the save point that it is about."""
    try:
        gate = await gates.get(db, gate_id)
    except NotFound:
        return None
    if gate.project_id != project.id or not (sha := await _about(db, room, project, gate)):
        return None
    state, title = _ended(gate)
    text = "\n\n".join(
        filter(None, [_plain(gate.why), f"**If you approve:** {gate.on_yes}", f"**If not:** {gate.on_no}"])
    )
    page = f"{runtime().settings.address}/projects/{project.id}#gate-{gate.id}"
    name = f"{hub.OURS}{NAMES[gate.kind]}"
    about = {"kind": "check", "name": name, "sha": sha, "state": state, "title": title, "link": page, "id": gate.id}
    return Letter(text, about)


async def _about(db: AsyncSession, room: RoomRow, project: ProjectRow, gate: GateRow) -> str:
    """The newest save point on GitHub of the phase in question; without one, that of the app."""
    known = hubs.of(room)
    if not gate.phase or gate.kind in {Kind.VISION_DOC, Kind.ROADMAP}:
        return known.main
    try:
        phase = await phases.get(db, project.id, gate.phase)
    except NotFound:
        return ""
    branch = known.branches.get(hubs.name(phase), "")
    return known.sent.get(branch, "")


def _ended(gate: GateRow) -> tuple[checks.State, str]:
    if gate.status is Status.PENDING:
        return "waits", f"Waits for an answer: {_plain(gate.question)}"
    state, word = ENDED[gate.status]
    if gate.status in {Status.EXPIRED, Status.WITHDRAWN} or not gate.answered_name:
        return state, word
    on = f" on {gate.channel.title()}" if gate.channel in {"telegram", "web"} else ""
    return state, f"{word} by {_plain(gate.answered_name)}{on}"


async def _show_check(client: Client, post: PostRow, room: RoomRow, letter: Letter) -> Shown:
    more = letter.more
    check = Check(more["name"], more["sha"], more["state"], more["title"], letter.text, more["link"], more["id"])
    known = post.outside if post.details.get("sha") == check.sha and post.outside.isdigit() else ""
    return Shown(await checks.show(client, room.title, check, known), {"sha": check.sha})
