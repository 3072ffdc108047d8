"""Has a model write the vision and the phases, within what the brief says. What it cannot do, plain rules do."""

import json
from collections.abc import Callable, Sequence

import structlog
from pydantic import BaseModel, ConfigDict, Field

from orchestrator import prompts
from orchestrator.domain import cost, plain
from orchestrator.domain import roadmap as roadmaps
from orchestrator.domain import vision as visions
from orchestrator.domain.brief import Brief, Feature
from orchestrator.domain.cost import Usage
from orchestrator.domain.editing import ITEM, ITEMS, TITLE
from orchestrator.domain.fence import fenced
from orchestrator.domain.ready import fixing
from orchestrator.domain.roadmap import Criterion, Roadmap
from orchestrator.domain.vision import Vision
from orchestrator.errors import NoAnswer
from orchestrator.ports import Form, Line, Model, Prompt, Words
from orchestrator.runtime import runtime

log = structlog.get_logger(__name__)
TRIES = 2  # the second is told what was wrong with the first
SAID = 400  # characters about the order of the phases
_FITS = ""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="ignore")


class FeatureText(_Asked):
    id: Words
    title: Words
    description: Words = ""


class VisionText(_Asked):
    """The vision in your words."""

    what: Words
    who: Words = ""
    problem: Words = ""
    solution: Words = ""
    features: list[FeatureText] = []
    journey: list[Words] = []
    success: list[Words] = []
    out: list[Words] = []


class CriterionText(_Asked):
    text: Words
    feature: Words = Field("", description="The id of the feature that it is about.")


class PhaseText(_Asked):
    title: Words
    outcome: Words
    features: list[Words]
    criteria: list[CriterionText] = []


class PhasesText(_Asked):
    """The phases in your words."""

    said: Words = Field("", description="One or two sentences about the order.")
    phases: list[PhaseText]


async def vision(brief: Brief, earlier: Vision | None) -> tuple[Vision, Usage]:
    """The vision of this brief. What nobody told stays a question, and no feature comes or goes."""
    plainly = visions.draft(brief, earlier)
    if not (model := runtime().model):
        return plainly, Usage()
    told = _material("brief", plainly.model_dump(mode="json", exclude={"questions", "solution"}))
    text, usage = await asked(model, prompts.text("vision"), told, VisionText, lambda text: _misses(plainly, text))
    return (_worded(plainly, text) if text else plainly), usage


def _misses(plainly: Vision, text: VisionText) -> str:
    """What is wrong with a model's vision, for the model; empty where nothing is."""
    wanted, given = [feature.id for feature in plainly.features], [feature.id for feature in text.features]
    if sorted(wanted) != sorted(given):
        return f"The features must be exactly these, each once: {', '.join(wanted)}."
    if not text.what.strip() or any(not feature.title.strip() for feature in text.features):
        return "`what` and every title must say something."
    return _FITS


def _worded(plainly: Vision, text: VisionText) -> Vision:
    """The plain vision in the model's words, where there was something to put into words."""
    worded = {one.id: one for one in text.features}
    fields = {name: _text(getattr(text, name)) for name in ("what", "who", "problem") if getattr(plainly, name)}
    lists = {name: _items(getattr(text, name)) for name in ("journey", "success", "out") if getattr(plainly, name)}
    solution = {"solution": _text(text.solution, 2 * ITEM)} if plainly.features else {}
    features = tuple(_feature(feature, worded[feature.id]) for feature in plainly.features)
    said = {name: value for name, value in {**fields, **lists, **solution}.items() if value}
    return plainly.model_copy(update={**said, "features": features})


def _text(text: str, limit: int = ITEM) -> str:
    return plain.ended(plain.cut(plain.one_line(plain.clean(text)), limit))


def _items(items: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, (plain.cut(plain.one_line(plain.clean(item)), ITEM) for item in items[:ITEMS])))


def _feature(feature: Feature, text: FeatureText) -> Feature:
    if feature.item:
        return feature  # it is known by its words
    title = plain.capital(plain.cut(plain.one_line(plain.clean(text.title)), TITLE))
    return feature.model_copy(update={"title": title, "description": _text(text.description)})


async def roadmap(
    vision: Vision, built: Sequence[str], first: int, notes: Sequence[str], *, prototype: bool
) -> tuple[Roadmap, str, Usage]:
    """What is not built yet as phases, what there is to say about them, and what that cost.

    A prototype keeps the promises that every prototype keeps; for a real builder the model says what is to be checked.
    """
    plainly, said, usage = await _features(vision, built, first, notes, prototype=prototype)
    proofs = [feature for feature in vision.features if feature.item and feature.id not in set(built)]
    more = fixing.phases(proofs, first + len(plainly.phases))
    return Roadmap(phases=(*plainly.phases, *more)), "" if more and not plainly.phases else said, usage


async def _features(
    vision: Vision, built: Sequence[str], first: int, notes: Sequence[str], *, prototype: bool
) -> tuple[Roadmap, str, Usage]:
    plainly, said = roadmaps.split(vision, built, first, notes)
    left = {one.id: one for one in vision.features if one.id not in set(built) and not one.item}
    if not left or not (model := runtime().model):
        return plainly, said, Usage()
    told = _material(
        "vision", {**vision.model_dump(mode="json"), "features": [one.model_dump(mode="json") for one in left.values()]}
    )
    wishes = _material("wishes", list(notes)) if notes else ""
    only = "The builder makes prototypes: leave `criteria` empty.\n" if prototype else ""
    text, usage = await asked(
        model,
        prompts.text("roadmap"),
        f"{told}\n{wishes}\n{only}",
        PhasesText,
        lambda text: _unfit(left, text, prototype=prototype),
    )
    if text is None:
        return plainly, said, usage
    return _phased(left, text, first, prototype=prototype), plain.cut(plain.one_line(text.said), SAID), usage


def _unfit(left: dict[str, Feature], text: PhasesText, *, prototype: bool) -> str:
    """What is wrong with a model's phases, for the model; empty where nothing is."""
    given = [id for phase in text.phases for id in phase.features]
    if sorted(given) != sorted(left) or not all(phase.features for phase in text.phases):
        return f"Each of these features must be in exactly one phase, and no phase without any: {', '.join(left)}."
    if len(text.phases) > roadmaps.MOST:
        return f"There may be at most {roadmaps.MOST} phases."
    if not all(phase.title.strip() for phase in text.phases):
        return "Every phase needs a title."
    told = {criterion.feature for phase in text.phases for criterion in phase.criteria if criterion.text.strip()}
    if not prototype and not set(left) <= told:
        return f"There are no criteria yet for: {', '.join(sorted(set(left) - told))}."
    return _FITS


def _phased(left: dict[str, Feature], text: PhasesText, first: int, *, prototype: bool) -> Roadmap:
    phases = []
    for number, phase in enumerate(text.phases, first):
        told = [] if prototype else [_criterion(one) for one in phase.criteria if one.text.strip()]
        features = [left[id] for id in phase.features]
        phases.append(roadmaps.planned(number, features, first, phase.title, phase.outcome, told))
    return Roadmap(phases=tuple(phases))


def _criterion(text: CriterionText) -> Criterion:
    return Criterion(id="", text=_text(text.text), feature=text.feature)


async def asked(
    model: Model, rules: str, material: str, form: type[Form], wrong: Callable[[Form], str]
) -> tuple[Form | None, Usage]:
    """Ask, and ask once more where what came does not fit. None where no answer can be used."""
    usage, lines = Usage(), [Line("person", material)]
    for _ in range(TRIES):
        try:
            thought = await model.ask(Prompt(rules, "", tuple(lines)), form)
        except NoAnswer as fault:
            log.warning("draft.no_answer", form=form.__name__, reason=fault.reason)
            return None, usage + cost.lost(fault)
        usage += thought.usage
        if not (why := wrong(thought.value)):
            return thought.value, usage
        log.info("draft.does_not_fit", form=form.__name__, why=why)
        lines += [Line("us", thought.value.model_dump_json()), Line("person", f"That cannot be used. {why}")]
    return None, usage


def _material(source: str, told: object) -> str:
    return fenced(source, json.dumps(told, ensure_ascii=False, indent=1))
