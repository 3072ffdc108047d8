"""One whole journey from an idea to a finished app, through the API, with everything that people do on the way."""

from typing import Any

from journeys import people
from journeys.caller import Caller

IDEA = "I want a meal planning app for busy parents"
ANSWERS = [
    "Deciding every evening what to cook, and food gets thrown away",
    "plan the week; swap a meal",
    "Sunday: Nadia opens the app and sees seven dinners. Monday: she shops with the list.",
    "One shop a week",
    "no calorie counting",
    "yes",
]
CHANGE = "Please add a shopping list."
WISH = "The list should be easier to read."
PHASES = 2
# (where it stood, what happened, where it went)
INTERVIEW = [("talking", "asked", "drafting"), ("drafting", "finished", "vision")]
ROADMAP = [
    ("vision", "approved", "preparing"),
    ("preparing", "finished", "priming"),
    ("priming", "finished", "roadmapping"),
    ("roadmapping", "finished", "roadmap"),
]
AGAIN = [("roadmap", "prime", "priming"), *ROADMAP[2:], ("roadmap", "approved", "planning")]
PLAN = [("planning", "finished", "plan")]
PAUSE = [("plan", "stopped", "paused"), ("paused", "resumed", "plan")]
BUILD = [("plan", "approved", "building"), ("building", "finished", "checking"), ("checking", "finished", "result")]
REPAIR = [("result", "changes", "repairing"), ("repairing", "finished", "checking"), ("checking", "finished", "result")]
NEXT = [("result", "approved", "merging"), ("merging", "next_phase", "planning")]
CHECK = [("result", "validate", "checking"), ("checking", "finished", "result")]
LAST = [("result", "approved", "merging"), ("merging", "finished", "completed")]
FIX = [("completed", "extended", "drafting"), ("drafting", "finished", "vision"), ("vision", "rejected", "completed")]
UNDO = [("completed", "undo", "undoing"), ("undoing", "finished", "paused"), ("paused", "resumed", "planning")]
MOVES = [
    *INTERVIEW,
    ("vision", "changes", "talking"),
    *INTERVIEW,
    *ROADMAP,
    *AGAIN,
    *(*PLAN, *PAUSE, *BUILD, *REPAIR, *NEXT),
    *(*PLAN, *BUILD, *CHECK, *LAST),
    *UNDO,
    *(*PLAN, *BUILD, *LAST),
    *FIX,
]
# What the builder is asked for, with how often it comes to its end.
RUNS = {"prime": 2, "plan": 3, "execute": 3, "repair": 1}


async def begin(me: Caller, name: str = "walk") -> str:
    project = await me.do("/projects", f"{name}-create", idea=IDEA)
    return str(project["id"])


async def walk(me: Caller, project: str, name: str = "walk") -> None:
    """From the idea to the end, one decision after the other."""
    await interview(me, project, name)
    await answer(me, project, f"{name}-vision-1", "VISION_DOC", "changes", CHANGE)
    await answer(me, project, f"{name}-vision-2", "VISION_DOC")
    await again(me, project, f"{name}-prime", "ROADMAP", "prime")
    await answer(me, project, f"{name}-roadmap", "ROADMAP")
    await me.gate(project, "PHASE_START")
    await me.do(f"/projects/{project}/pause", f"{name}-pause")
    await me.do(f"/projects/{project}/resume", f"{name}-resume")
    await answer(me, project, f"{name}-plan-1", "PHASE_START")
    await answer(me, project, f"{name}-wish-1", "PHASE_COMPLETE", "changes", WISH)
    await phase(me, project, f"{name}-1", planned=True)
    await answer(me, project, f"{name}-2-plan", "PHASE_START")
    await again(me, project, f"{name}-validate", "PHASE_COMPLETE", "validate")
    await phase(me, project, f"{name}-2", planned=True)
    await me.reaches(project, "completed")
    await me.do(f"/projects/{project}/phases/{PHASES}/undo", f"{name}-undo")
    await me.reaches(project, "paused")
    await me.do(f"/projects/{project}/resume", f"{name}-again")
    await phase(me, project, f"{name}-3")
    await me.reaches(project, "completed")
    await looked_at(me, project, name)
    await me.do(f"/projects/{project}/readiness/S1/fix", f"{name}-fix")
    await answer(me, project, f"{name}-not-fixed", "VISION_DOC", "reject")
    await me.reaches(project, "completed")
    await replied(me, project)


async def looked_at(me: Caller, project: str, name: str) -> None:
    """Ask how ready it is, as far as one question goes, and vouch for another one."""
    await me.do(f"/projects/{project}/readiness/C1/prove", f"{name}-prove")

    async def over() -> bool:
        return not (await me.see(f"/projects/{project}/readiness"))["asking"]

    await me.until(over, "a look at the licence")
    word = "It keeps nothing of anybody, as I saw myself."
    await me.do(f"/projects/{project}/readiness/C3/attest", f"{name}-attest", sentence=word)


async def planned(me: Caller, name: str, repository: str = "") -> str:
    """The short way to the plan of the first phase: one sentence is all there is to say."""
    project = str((await me.do("/projects", f"{name}-create", idea=IDEA, repository=repository))["id"])
    await replied(me, project)
    await me.do(f"/projects/{project}/vision", f"{name}-write")
    await answer(me, project, f"{name}-vision", "VISION_DOC")
    await answer(me, project, f"{name}-roadmap", "ROADMAP")
    return project


async def interview(me: Caller, project: str, name: str) -> None:
    await replied(me, project)
    for number, text in enumerate(ANSWERS):
        await me.do(f"/projects/{project}/messages", f"{name}-say-{number}", text=text)
        await replied(me, project)


async def phase(me: Caller, project: str, name: str, *, planned: bool = False) -> None:
    if not planned:
        await answer(me, project, f"{name}-plan", "PHASE_START")
    await answer(me, project, f"{name}-result", "PHASE_COMPLETE")


async def again(me: Caller, project: str, key: str, kind: str, verb: str) -> None:
    """Have done once more what led to this question, and wait until it is asked anew."""
    before = await me.gate(project, kind)
    await me.do(f"/projects/{project}/{verb}", key)

    async def anew() -> bool:
        return (await me.gate(project, kind))["id"] != before["id"]

    await me.until(anew, f"another {kind}")


async def answer(
    me: Caller, project: str, key: str, kind: str, decision: str = "approve", note: str = "", **more: Any
) -> dict[str, Any]:
    """Decide what is asked, when it is."""
    gate = await me.gate(project, kind)
    given = {"decision": decision, "note": note, "version": gate["version"], **more}
    return await me.do(f"/gates/{gate['id']}/answer", key, **given)


async def replied(me: Caller, project: str) -> None:
    """Wait until the last thing that the person said has its reply."""

    async def look() -> bool:
        said = (await me.see(f"/projects/{project}/messages?limit=200"))["items"]
        mine = [message for message in said if message["role"] == "user"]
        return all(any(reply["in_reply_to"] == message["id"] for reply in said) for message in mine)

    await me.until(look, "a reply")


async def aside(me: Caller, project: str, name: str = "walk") -> None:
    """What else can be done with a project, so that every command is given once: on another one, beside the journey."""
    await me.do(f"/projects/{project}/messages", f"{name}-aside-say", text="it is for nurses on night shifts")
    await replied(me, project)
    await me.do(f"/projects/{project}/vision", f"{name}-aside-vision")
    gate = await answer(me, project, f"{name}-aside-answer", "VISION_DOC", "changes", "For nurses only")
    await me.do(f"/gates/{gate['id']}/take-back", f"{name}-aside-back")
    await me.gate(project, "VISION_DOC")
    for verb in ("take-up", "decline"):
        made = await people.suggestion(me.servers[0], project, f"{name}-aside-{verb}", "Make the letters bigger")
        await me.do(f"/projects/{project}/suggestions/{made}/{verb}", f"{name}-aside-{verb}")
    await form(me, f"/projects/{project}/name", f"{name}-aside-name", name="Night shifts")
    await form(me, f"/projects/{project}/budget", f"{name}-aside-budget", budget="20")
    await form(me, f"/projects/{project}/people", f"{name}-aside-in", email="ada@example.org", role="viewer")
    user = next(event["data"]["user"] for event in await timeline(me, project) if event["kind"] == "member.set")
    await form(me, f"/projects/{project}/people", f"{name}-aside-out", remove=user)
    await form(me, f"/projects/{project}/builder", f"{name}-aside-builder", builder="starter", network="closed")
    await form(me, f"/projects/{project}/hub", f"{name}-aside-hub", hub="")
    await form(me, f"/projects/{project}/issues", f"{name}-aside-issues")
    await form(me, f"/projects/{project}/rules", f"{name}-aside-forget", rule="none")
    await me.do(f"/projects/{project}/cancel", f"{name}-aside-cancel")
    await me.do(f"/projects/{project}/reset", f"{name}-aside-reset")


async def timeline(me: Caller, project: str) -> list[dict[str, Any]]:
    return list((await me.see(f"/projects/{project}/timeline?limit=200"))["items"])


async def form(me: Caller, path: str, key: str, **fields: str) -> None:
    answer = await me.ask("POST", path, data={**fields, "key": key})
    assert answer.status_code in (200, 303), answer.text
