"""A change of mind after the vision was agreed: whether there is one, what it changes, and what it costs. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.domain import changes, plain
from orchestrator.domain.brief import TEXTS, Brief, Topic
from orchestrator.domain.changes import Change, ChangeKind
from orchestrator.domain.project import WORKING, Project, Signal, Step
from orchestrator.domain.vision import Vision
from orchestrator.errors import Conflict

SHOW = "Show me what would change"
NOTHING_TOLD = "There is nothing to write down yet. Tell us in a sentence what you would like to make."
NOTHING_NEW = "The vision says all of this already. Tell us first what should be different."
AT_WORK = "What you told us is noted. As soon as this step is done, you can ask to see what would change."
NOT_YET_KNOWN = "We cannot say yet. The new list of phases comes next, and you decide about that, too."
_ASIDE = {"name", "skipped", "numbered"}  # of a brief: no part of what is agreed
_FIELDS = {
    Topic.WHAT: "what", Topic.WHO: "who", Topic.PROBLEM: "problem",
    Topic.DAY: "journey", Topic.SUCCESS: "success", Topic.OUT: "out",
}  # fmt: skip
_SHOWN = 6  # changes, one by one
_DERIVED = "The idea"  # this section follows from the others
_DID = {
    ChangeKind.ADDED: ", new: “{after}”",
    ChangeKind.REMOVED: ", taken out: “{before}”",
    ChangeKind.REWORDED: ": “{before}” becomes “{after}”",
    ChangeKind.REPRIORITISED: ": “{before}” becomes “{after}”",
}


@dataclass(frozen=True, slots=True)
class Built:
    """How far one phase is. `begun` says that there is a trial copy, `planned` that there is only a plan on it."""

    number: int
    features: tuple[str, ...] = ()
    finished: bool = False
    begun: bool = False
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Delta:
    """What a person decides about: nothing but this changes."""

    agreed: int  # the version that counts until then
    changes: tuple[str, ...]
    thrown: tuple[str, ...]
    extra: str


def wanted(project: Project, brief: Brief, agreed: Brief | None) -> Signal:
    """What writing the vision is here: the first one, or a change of what was agreed. Raises Conflict otherwise."""
    if not project.can_change:
        if project.step is Step.TALKING and not brief.what:
            raise Conflict(NOTHING_TOLD)
        if agreed and project.step in WORKING:
            raise Conflict(f"{_refusal(project)} {AT_WORK}")
        return Signal.ASKED
    if agreed and not is_new(brief, agreed):
        raise Conflict(NOTHING_NEW)
    return Signal.EXTENDED


def _refusal(project: Project) -> str:
    try:
        project.after(Signal.ASKED)
    except Conflict as refusal:
        return str(refusal)
    return ""


def is_new(brief: Brief, agreed: Brief) -> bool:
    """Whether the brief says anything that the agreed vision does not."""
    return _said(brief) != _said(agreed)


def _said(brief: Brief) -> dict[str, object]:
    said = brief.model_dump(exclude=_ASIDE)
    return said | {topic: plain.bare(said[topic]) for topic in TEXTS}


def told(vision: Vision) -> Brief:
    """What a brief says from which just this vision is written."""
    return Brief(
        name=vision.name,
        what=vision.what,
        who=vision.who,
        problem=vision.problem,
        features=vision.features,
        day=vision.journey,
        success=vision.success,
        out=vision.out,
    )


def back(agreed: Brief, now: Brief) -> Brief:
    """The brief as it was agreed. Its name is no part of that; what was asked stays asked, and no id is given twice."""
    skipped = tuple(topic for topic in Topic if topic in {*agreed.skipped, *now.skipped})
    numbered = max(agreed.numbered, now.numbered, *(len(brief.features) for brief in (agreed, now)))
    return agreed.model_copy(update={"name": now.name, "skipped": skipped, "numbered": numbered})


def renamed(vision: Vision, name: str) -> Vision:
    """The same vision of a project that is called so now."""
    if not name or name == vision.name:
        return vision
    solution = vision.solution.replace(vision.name, name) if vision.name else vision.solution
    return vision.model_copy(update={"name": name, "solution": solution})


def keeping(agreed: Vision, before: Brief, wish: Vision, now: Brief) -> Vision:
    """The wish, in the agreed words wherever the brief says what it said then: nothing changes by being told anew."""
    old, new = _said(before), _said(now)
    fields = {_FIELDS[topic]: getattr(agreed, _FIELDS[topic]) for topic in _FIELDS if old[topic] == new[topic]}
    if old == new:
        fields["solution"] = renamed(agreed, wish.name).solution
    words = {feature.id: feature for feature in before.features}
    same = {feature.id for feature in now.features if words.get(feature.id) == feature}
    kept = {feature.id: feature for feature in agreed.features if feature.id in same}
    features = tuple(kept.get(feature.id, feature) for feature in wish.features)
    return wish.model_copy(update={**fields, "features": features})


def between(agreed: Vision, wish: Vision, version: int, built: Sequence[Built], extra: str = "") -> Delta:
    """The change from version `version` to what is wished for. `extra` is time and money, where they can be told."""
    found = changes.changes(renamed(agreed, wish.name), wish)
    return Delta(version, _changed(found), _thrown(agreed, wish, built), extra or NOT_YET_KNOWN)


def _changed(found: Iterable[Change]) -> tuple[str, ...]:
    about = [change for change in found if change.section != _DERIVED]
    told = [change for change in about if change.section != "Open questions"]
    lines = [_line(change) for change in told[:_SHOWN]]
    more = [f"And {plain.counted(len(told) - _SHOWN, 'more thing')}."] if len(told) > _SHOWN else []
    return (changes.says(about), *lines, *more)


def _line(change: Change) -> str:
    words = {key: plain.bare(plain.cut(getattr(change, key), 160)) for key in ("before", "after")}
    return f"{change.section}{_DID[change.kind].format(**words)}."


def _thrown(agreed: Vision, wish: Vision, built: Sequence[Built]) -> tuple[str, ...]:
    finished = [phase for phase in built if phase.finished]
    open_ = [phase for phase in built if not phase.finished]
    safe = ["Nothing that is finished is touched."] if finished else []
    anew = [f"{_phases(open_)} put together anew, and you see the new list first."] if open_ else []
    lines = [*safe, *map(_set_aside, (phase for phase in open_ if phase.begun)), *anew]
    return (*(lines or ["Nothing: no phase has begun yet."]), *_stays(agreed, wish, finished))


def _set_aside(phase: Built) -> str:
    if phase.planned:
        return f"The plan of phase {phase.number} is set aside. Nothing of it was built yet."
    return f"Phase {phase.number} is on a trial copy and is begun anew."


def _phases(open_: Sequence[Built]) -> str:
    if len(open_) == 1:
        return "What is not built yet is"
    numbers = plain.listed([str(phase.number) for phase in open_])
    return f"Phases {numbers} are not finished and are"


def _stays(agreed: Vision, wish: Vision, finished: Sequence[Built]) -> list[str]:
    """What is built already does not go by itself."""
    wished = {feature.id for feature in wish.features}
    titles = {feature.id: feature.title for feature in agreed.features if feature.id not in wished}
    return [
        f"“{titles[id]}” is built already. It stays in your app until you ask to undo phase {phase.number}."
        for phase in finished
        for id in phase.features
        if id in titles
    ]
