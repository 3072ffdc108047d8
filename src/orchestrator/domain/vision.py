"""The vision document: what will be built, for whom and why, in words without jargon. Pure; stored as JSON."""

from collections.abc import Collection, Iterable

from orchestrator.domain import plain, verbs
from orchestrator.domain.brief import Brief, Clarity, Feature, Frozen, Priority, Topic, clarity


class Vision(Frozen):
    """One version. `questions` is what is still open, asked plainly at the end of the document."""

    name: str
    what: str
    who: str
    problem: str
    solution: str
    features: tuple[Feature, ...]
    journey: tuple[str, ...]
    success: tuple[str, ...]
    out: tuple[str, ...]
    questions: tuple[str, ...] = ()


TAGS = {Priority.HIGH: "Must have", Priority.MEDIUM: "Should have", Priority.LOW: "Nice to have"}
RANK = {Priority.HIGH: 0, Priority.MEDIUM: 1, Priority.LOW: 2}
QUESTIONS = {
    Topic.WHAT: "What is it, in one sentence?",
    Topic.WHO: "Who is it for?",
    Topic.PROBLEM: "What is hard or annoying today, without it?",
    Topic.FEATURES: "What should people be able to do with it?",
    Topic.DAY: "What does a day with it look like, step by step?",
    Topic.SUCCESS: "How will you notice that it works well?",
    Topic.OUT: "What should it leave out, at least for now?",
}
HALF = {
    Topic.WHAT: "What exactly should it be?",
    Topic.WHO: "Who among all people would use it first?",
    Topic.FEATURES: "What else should people be able to do with it?",
}
UNNAMED = "Your app"
_TOLD = 3  # features named in the idea; all of them stand in the list below it


def draft(brief: Brief, before: Vision | None = None) -> Vision:
    """The brief as a document. Nothing is made up: what nobody told becomes a question. A feature keeps its id."""
    return Vision(
        name=brief.name or (before.name if before else "") or UNNAMED,
        what=plain.ended(brief.what),
        who=plain.ended(brief.who),
        problem=plain.ended(brief.problem),
        solution=solution(brief),
        features=_with_ids(brief.features, before.features if before else ()),
        journey=brief.day,
        success=brief.success,
        out=brief.out,
        questions=tuple(_questions(brief)),
    )


def solution(brief: Brief) -> str:
    """How the idea meets the need, said with what is known."""
    does = [feature for feature in brief.features if not feature.item]
    first = [verbs.can(feature.title) for feature in by_priority(does)[:_TOLD]]
    if not first:
        return ""
    rest = " Everything else on the list below follows after that." if len(does) > len(first) else ""
    return f"With {brief.name or 'it'} you can {plain.listed(first)}.{rest}"


def by_priority(features: Iterable[Feature]) -> list[Feature]:
    """The must-haves first, otherwise as they were told."""
    return sorted(features, key=lambda feature: RANK[feature.priority])


def _questions(brief: Brief) -> Iterable[str]:
    for topic in Topic:
        known = clarity(brief, topic)
        if known is Clarity.OPEN:
            yield QUESTIONS[topic]
        elif known is Clarity.HALF:
            yield HALF[topic]


def _with_ids(features: tuple[Feature, ...], before: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """A feature with the title of an older one is that one; else it keeps its own id, where no other has it."""
    known = {plain.key(feature.title): feature.id for feature in before}
    ids = [known.get(plain.key(feature.title), "") for feature in features]
    for place, feature in enumerate(features):
        if not ids[place]:
            ids[place] = feature.id if feature.id not in ids else _free(ids, before)
    return tuple(feature.model_copy(update={"id": id}) for feature, id in zip(features, ids, strict=True))


def _free(ids: Collection[str], before: tuple[Feature, ...]) -> str:
    used = {*ids, *(feature.id for feature in before)}
    return next(id for id in (f"F{number}" for number in range(1, len(used) + 2)) if id not in used)


def markdown(vision: Vision, version: int, before: Vision | None = None) -> str:
    """The document to read, print and keep. With the version before, new features are marked."""
    parts = [
        f"# {plain.escaped(vision.name)}: the vision",
        f"Version {version}.",
        plain.escaped(vision.what),
        *_section("Who it is for", [plain.escaped(vision.who)]),
        *_section("The problem", [plain.escaped(vision.problem)]),
        *_section("The idea", [plain.escaped(vision.solution)]),
        *_section("What it does", _features(vision, version, before)),
        *_section("A day in the life", [_numbered(vision.journey)]),
        *_section("What success looks like", [_bullets(vision.success)]),
        *_section("What is left out", [_bullets(vision.out)]),
        *(_section("Open questions", [_ASKED, _bullets(vision.questions)]) if vision.questions else ()),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


_ASKED = "Nobody has told us yet. You can answer now or later; what is built until then does not depend on a guess."
_TAGS_SAY = "“Must have” comes first. “Should have” follows. “Nice to have” comes last and may wait."


def _section(title: str, parts: list[str]) -> list[str]:
    told = [part for part in parts if part]
    return [f"## {title}", *(told or ["Not told yet."])]


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {plain.escaped(item)}" for item in items)


def _numbered(items: Iterable[str]) -> str:
    return "\n".join(f"{place}. {plain.escaped(item)}" for place, item in enumerate(items, 1))


def _features(vision: Vision, version: int, before: Vision | None) -> list[str]:
    old = {feature.id for feature in before.features} if before else {feature.id for feature in vision.features}
    lines = [_feature(feature, version if feature.id not in old else 0) for feature in by_priority(vision.features)]
    return [_TAGS_SAY, "\n".join(lines)] if lines else []


def _feature(feature: Feature, new_in: int) -> str:
    more = f" {plain.escaped(plain.ended(feature.description))}" if feature.description else ""
    new = f" *New in version {new_in}.*" if new_in else ""
    return f"- **{plain.escaped(plain.ended(feature.title))}**{more} *{TAGS[feature.priority]}.*{new}"
