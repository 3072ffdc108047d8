"""What happened, as a plain sentence for each kind of event."""

from collections.abc import Callable, Sequence
from typing import Any

from orchestrator.domain import permission, suggestion
from orchestrator.domain.elsewhere import SERVICES
from orchestrator.domain.project import SAID, Step
from orchestrator.domain.run import Network, Wish
from orchestrator.store.events import Event
from orchestrator.telling import decisions, times
from orchestrator.telling.marks import FAILED, PART, PROVEN, STUCK, Mark, State
from orchestrator.telling.words import bare, lower_first, upper_first
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views.phases import ActivityItem

TALK = Mark(State.REST, "talk")
FLAG = Mark(State.REST, "flag")
QUIET = Mark(State.REST, "minus")
UNDO = Mark(State.REST, "undo")
ASKS = Mark(State.YOU, "you")
PAPER = Mark(State.REST, "doc")  # green is for what we proved, and a document proves nothing
DECIDED = {"approve": "approved", "changes": "asked for changes", "reject": "rejected"}
RUNS = {
    "prime": "looking around",
    "plan": "writing the plan",
    "execute": "building",
    "repair": "repairing",
    "validate": "checking",
    "report": "writing a report",
}
REACHES = {
    Network.CLOSED: "reach nothing but its AI model",
    Network.LISTED: "reach its AI model and the usual places for building blocks",
    Network.OPEN: "reach the whole internet",
}
SHOWS: dict[str, tuple[str, ...]] = {
    "": (
        *("project.created", "vision.drafted", "roadmap.drafted", "repository.ready", "gate.answered", "gate.expired"),
        "gate.taken_back",
        *("phase.planned", "phase.completed", "phase.undone", "check.finished", "project.renamed"),
        "project.built_by",
        "project.linked",
        "pull.changed",
    ),
    "decisions": ("gate.opened", "gate.answered", "gate.taken_back", "gate.withdrawn", "gate.reminded", "gate.expired"),
    "results": (
        "vision.drafted",
        "roadmap.drafted",
        "phase.planned",
        "phase.completed",
        "phase.undone",
        "check.finished",
    ),
    "problems": ("check.finished", "run.finished", "project.moved", "gate.expired"),
}
Sentence = tuple[Mark, str, str]  # mark, what is strong, the rest


def kinds(show: str, *, live: bool = False) -> tuple[str, ...] | None:
    """Which events a filter lets through; None for all of them. While work goes on, each sign of life matters."""
    if show == "everything":
        return None
    return (*SHOWS[""], "run.activity") if live and show not in SHOWS.keys() - {""} else SHOWS.get(show, SHOWS[""])


def items(viewer: Viewer, found: Sequence[Event], show: str = "") -> list[tuple[Event, ActivityItem]]:
    return [(event, made) for event in found if _matters(event, show) and (made := item(viewer, event))]


def item(viewer: Viewer, event: Event) -> ActivityItem | None:
    """One event as one line; None where there is nothing to say about it."""
    tell = TELLS.get(event.kind)
    if tell is None:
        return None
    mark, strong, text = tell(event, viewer.name(event.actor, event.actor_name))
    at = times.when(event.at, viewer.now, viewer.zone)
    where = f", {decisions.channel(event.channel)}" if event.channel and event.channel != "web" else ""
    return ActivityItem(mark, text, f"{at}{where}", strong, _details(event))


def _matters(event: Event, show: str) -> bool:
    data = event.data
    if show != "problems":
        return show == "everything" or data.get("what") != "usage" or "amount" in data.get("details", {})
    asks = bool(data.get("asks"))
    red = event.kind == "check.finished" and not data.get("passed")
    return (
        red
        or (data.get("ok") is False and not asks)
        or data.get("step") == Step.PROBLEM
        or event.kind == "gate.expired"
    )


def _details(event: Event) -> str:
    """Technical, folded: what a builder did exactly, or which save point a check was about."""
    data = event.data
    if event.kind == "check.finished":
        return f"{data['check']}: {data['text']}\nsave point {data['commit']}"
    if event.kind == "run.activity":
        return _builder_did(data.get("details", {}))
    return ""


def _builder_did(details: dict[str, Any]) -> str:
    lines = [f"{entry.get('status', '')}: {entry.get('title', '')}" for entry in details.get("entries", ())]
    lines += [str(details[key]) for key in ("title", "kind", "status") if details.get(key)]
    return "\n".join([*lines, *(str(path) for path in details.get("paths", ()))])


def _created(event: Event, who: str) -> Sentence:
    return FLAG, "", f"{who} said: “{_short(event.data.get('idea', ''))}”"


def _message(event: Event, who: str) -> Sentence:
    verb = "answered" if event.data["role"] == "assistant" else "wrote"
    name = "We" if event.data["role"] != "user" else who
    return TALK, "", f"{name} {verb}: “{_short(event.data['text'])}”"


def _moved(event: Event, _who: str) -> Sentence:
    step = Step(event.data["step"])
    mark = STUCK if step is Step.PROBLEM else QUIET
    return mark, "", f"The project is {SAID[step]}."


def _answered(event: Event, who: str) -> Sentence:
    data = event.data
    note = f" “{_short(data['note'])}”" if data.get("note") else ""
    return TALK, "", f"{who} {DECIDED[data['decision']]}: {lower_first(data['question'])}{note}"


def _suggested(event: Event, _who: str) -> Sentence:
    service = SERVICES.get(event.data["service"], event.data["service"])
    return TALK, "", f"{suggestion.who(event.data['author'])} suggested something on {service}."


def _decided(event: Event, who: str) -> Sentence:
    return TALK, "", f"{who} {'took up a suggestion' if event.data['taken'] else 'let a suggestion be'}."


def _rule(event: Event, who: str) -> Sentence:
    data = event.data
    may = "may" if data["allowed"] else "may not"
    how_long = "in this phase" if data["phase"] else "always"
    return TALK, "", f"{who} said that the builder {may} {permission.wants(Wish(data['wish']))}, {how_long}."


def _heard(event: Event, _who: str) -> Sentence:
    count = len(event.data["messages"])
    return PART, "", f"The builder has heard {'what you said' if count == 1 else f'the {count} things you said'}."


def _activity(event: Event, _who: str) -> Sentence:
    return PART, "", f"The builder {lower_first(event.data['text'])}" if _is_doing(event) else event.data["text"]


def _is_doing(event: Event) -> bool:
    return event.data["text"].split(" ", 1)[0] in {"Works", "Is", "Has", "Changed", "Reads", "Runs"}


def _finished(event: Event, _who: str) -> Sentence:
    return (QUIET if event.data["ok"] or event.data.get("asks") else STUCK), "", event.data["text"]


def _check(event: Event, _who: str) -> Sentence:
    return (PROVEN if event.data["passed"] else FAILED), "", f"{bare(event.data['text'])}. We ran this ourselves."


def _completed(event: Event, _who: str) -> Sentence:
    number, title = event.data["phase"], bare(event.data["title"])
    return PROVEN, f"Save point: {lower_first(title)}.", f"Phase {number} is proven and part of your app."


def _short(text: str, most: int = 140) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def _plain(mark: Mark, text: str) -> Callable[[Event, str], Sentence]:
    """A sentence with places for what the event carries, and for who did it."""

    def tell(event: Event, who: str) -> Sentence:
        return mark, "", upper_first(text.format(who=who, **event.data))

    return tell


def _renamed(event: Event, who: str) -> Sentence:
    by = "We" if event.actor == "orchestrator" else who
    return QUIET, "", f"{by} called it “{event.data['to']}”."


def _built_by(event: Event, who: str) -> Sentence:
    builder = f"{who} has it built by {event.data['title']} from now on." if event.data["title"] else ""
    network = f"Its builder may now {REACHES[event.data['network']]}." if event.data["network"] else ""
    return QUIET, "", " ".join(filter(None, (builder, network)))


def _linked(event: Event, who: str) -> Sentence:
    to = event.data["to"].removeprefix("new:")
    return QUIET, "", f"{who} put it on GitHub as {to}." if to else f"{who} took it off GitHub."


def _pull(event: Event, _who: str) -> Sentence:
    data = event.data
    state = "a draft" if data["draft"] and data["state"] == "open" else data["state"]
    return QUIET, "", f"On GitHub, the pull request of phase {data['phase']} is {state}."


TELLS: dict[str, Callable[[Event, str], Sentence]] = {
    "project.created": _created,
    "project.moved": _moved,
    "project.renamed": _renamed,
    "project.built_by": _built_by,
    "project.linked": _linked,
    "pull.changed": _pull,
    "member.set": _plain(QUIET, "{name} takes part now, as {role}."),
    "member.removed": _plain(QUIET, "{name} no longer takes part."),
    "message.created": _message,
    "brief.changed": _plain(PART, "The brief knows more."),
    "vision.drafted": _plain(PAPER, "Version {version} of the vision is written."),
    "roadmap.drafted": _plain(PAPER, "The list of phases is written, version {version}."),
    "repository.ready": _plain(QUIET, "A place for the project is set up."),
    "gate.opened": _plain(ASKS, "We asked: {question}"),
    "gate.answered": _answered,
    "gate.taken_back": _plain(UNDO, "{who} took an answer back, so we asked again: {question}"),
    "gate.withdrawn": _plain(QUIET, "No longer asked: {question}"),
    "gate.reminded": _plain(ASKS, "We reminded you: {question}"),
    "gate.expired": _plain(QUIET, "Nobody answered, so the project rests: {question}"),
    "suggestion.made": _suggested,
    "suggestion.decided": _decided,
    "rule.set": _rule,
    "rule.removed": _plain(QUIET, "{who} took back what the builder may do."),
    "phase.planned": _plain(PAPER, "The plan of phase {phase} is written."),
    "phase.built": _plain(PART, "Phase {phase} is built. Now we check it ourselves."),
    "phase.completed": _completed,
    "phase.undone": _plain(UNDO, "Phase {phase} was taken out of your app again."),
    "run.started": lambda event, _who: (PART, "", f"The builder began {RUNS[event.data['kind']]}."),
    "run.activity": _activity,
    "run.heard": _heard,
    "run.finished": _finished,
    "check.finished": _check,
}
