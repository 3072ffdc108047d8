"""Says back what was written down, so that a person sees at once when it was misunderstood."""

from collections.abc import Sequence

from orchestrator.domain import editing, plain
from orchestrator.domain.brief import TEXTS, TITLES, Brief, Feature, Priority, Topic, text
from orchestrator.domain.editing import Act, Edit

_SHOWN = 100  # characters of a person's own words said back
_FEW = 3
RANKS = {Priority.HIGH: "a must-have", Priority.MEDIUM: "a should-have", Priority.LOW: "a nice-to-have"}
_WARM = {
    Topic.PROBLEM: "That is worth solving.",
    Topic.DAY: "Thank you, I can picture it.",
    Topic.SUCCESS: "Thank you, that is a good measure.",
    Topic.OUT: "Good, that keeps it small.",
}


def noted(before: Brief, after: Brief, edits: Sequence[Edit]) -> str:
    """What is new in the brief; empty when nothing is."""
    singly = [sentence for edit in edits if (sentence := _single(edit))]
    about = {edit.topic for edit in edits if edit.act in {Act.TELL, Act.SET}}
    topics = [topic for topic in Topic if topic in about and _grew(before, after, topic)]
    sentences = [*dict.fromkeys(singly), *_topic(before, after, topics), *_must_haves(before, after, edits)]
    return "\n\n".join(filter(None, (_list(before, after, topics), " ".join(filter(None, sentences)))))


def _grew(before: Brief, after: Brief, topic: Topic) -> bool:
    return bool(_new(before, after, topic)) and text(before, topic) != text(after, topic)


def _new(before: Brief, after: Brief, topic: Topic) -> tuple[str, ...]:
    """What the topic did not hold before."""
    old, now = getattr(before, topic), getattr(after, topic)
    if topic in TEXTS:
        return () if old == now or not now else (now.removeprefix(old).strip(" ;") or now,)
    titles = {item.title if isinstance(item, Feature) else item for item in old}
    return tuple(title for item in now if (title := item.title if isinstance(item, Feature) else item) not in titles)


def _list(before: Brief, after: Brief, topics: list[Topic]) -> str:
    lines = [f"- {TITLES[topic]}: {_told(_new(before, after, topic))}" for topic in topics]
    return "\n".join(["Noted:", *lines]) if len(lines) > 1 else ""


def _topic(before: Brief, after: Brief, topics: list[Topic]) -> list[str]:
    if len(topics) != 1:
        return []
    new = _new(before, after, topics[0])
    several = plain.counted(len(new), "feature") if topics[0] is Topic.FEATURES else plain.uncapital(TITLES[topics[0]])
    return [f"Noted, {several}: {_told(new)}", _WARM.get(topics[0], "")]


def _told(items: tuple[str, ...]) -> str:
    """The person's own words, as such."""
    shown = [f"“{_quoted(item)}”" for item in items[:_FEW]]
    more = [f"{plain.number(len(items) - _FEW)} more"] if len(items) > _FEW else []
    return plain.listed([*shown, *more]) + "."


def _quoted(item: str) -> str:
    return plain.cut(plain.bare(item), _SHOWN).replace("“", "‘").replace("”", "’")


def _single(edit: Edit) -> str:
    """Edits that are said one by one."""
    if edit.act is Act.NAME:
        return f"Noted: it is called {plain.cut(edit.text, editing.NAME)}."
    if edit.act is Act.REMOVE:
        return f"Noted: “{plain.cut(edit.text, _SHOWN)}” is taken out."
    if edit.act is Act.RANK and edit.priority:
        return f"Noted: “{plain.cut(edit.text, _SHOWN)}” is {RANKS[edit.priority]}."
    return ""


def _must_haves(before: Brief, after: Brief, edits: Sequence[Edit]) -> list[str]:
    """Said once, when the list has become one: which of it counts as most important."""
    told = any(edit.priority for edit in edits)
    if told or len(before.features) > 1 or len(after.features) < editing.MUST_HAVES + 1:
        return []
    return ["I count the first three as must-haves. To change that, write for example “… is a nice to have”."]


def missed(meant: Sequence[Edit], done: Sequence[Edit]) -> str:
    """What was to be taken out or put right, and was not found."""
    names = [edit.text for edit in meant if edit.act in {Act.REMOVE, Act.RANK} and edit not in done]
    return (
        f"I could not find {plain.listed([f'“{plain.cut(name, _SHOWN)}”' for name in names])} in the brief."
        if names
        else ""
    )


def corrections(edits: Sequence[Edit]) -> list[str]:
    new = [plain.uncapital(plain.cut(plain.bare(edit.text), _SHOWN)) for edit in edits]
    return [f"Noted: {plain.listed(list(dict.fromkeys(new)))}. The brief is corrected."] if new else []


def limits(after: Brief, edits: Sequence[Edit]) -> list[str]:
    """What a person must know about what was not kept."""
    told = [edit for edit in edits if edit.act in {Act.TELL, Act.SET, Act.SWAP}]
    said = []
    if any(len(edit.text) > editing.ITEM for edit in told) or any(
        len(text(after, topic)) >= editing.ITEM - 1 for topic in TEXTS
    ):
        said.append(f"I keep the first {editing.ITEM} characters of an answer.")
    if len(after.features) >= editing.ITEMS:
        said.append(f"I keep at most {editing.ITEMS} features.")
    return said
