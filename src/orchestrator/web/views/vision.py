"""The vision as a document with sections, its versions, and what changed between two of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

from orchestrator.domain.brief import Feature, Priority
from orchestrator.domain.vision import Vision
from orchestrator.telling.marks import Choice, Link, Mark
from orchestrator.telling.words import bare, listed, number, upper_first
from orchestrator.web.views.shell import ProjectHead


class Form(StrEnum):
    """How the items of a section are set."""

    TEXT = "text"
    LIST = "list"
    STEPS = "steps"


@dataclass(frozen=True, slots=True)
class Item:
    """`text` stands right behind what is strong, with the space between them."""

    text: str
    strong: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    form: Form
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class VisionPage:
    """`sections` is empty before the first version is written."""

    head: ProjectHead
    title: str = ""
    lead: str = ""
    mark: Mark | None = None
    about: str = ""  # “Version 3, today at 9:40, written with Nadia”
    sections: tuple[Section, ...] = ()
    versions: tuple[Choice, ...] = ()
    compare: Link | None = None
    answer: str = ""  # where the open question about it is
    talk: str = ""
    download: str = ""


class Piece(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A title in words, a sentence about it where there is one, and the text with what was added and removed."""

    title: str
    pieces: tuple[tuple[Piece, str], ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class ChangesPage:
    head: ProjectHead
    title: str
    intro: str
    changes: tuple[ChangeView, ...]
    old: tuple[Choice, ...]
    new: tuple[Choice, ...]
    answer: str = ""
    read: Link | None = None


TAGS = {Priority.HIGH: "Must have", Priority.MEDIUM: "Should have", Priority.LOW: "Nice to have"}
SECTIONS = {
    "who": ("Who it is for", Form.TEXT),
    "problem": ("The problem", Form.TEXT),
    "solution": ("The idea", Form.TEXT),
    "features": ("What it does", Form.LIST),
    "journey": ("A day in the life", Form.STEPS),
    "success": ("What success looks like", Form.LIST),
    "out": ("What is left out", Form.LIST),
    "questions": ("Still open", Form.LIST),
}
ISLAND = 2  # words; fewer that stayed between two changes only make them harder to read
REWORDED = 0.5  # how much of two texts must be the same for one to be the other reworded


def sections(vision: Vision, new_in: int = 0, before: Vision | None = None) -> tuple[Section, ...]:
    """All sections that say something. Features that were not in `before` say in which version they are new."""
    known = {feature.id for feature in (before or vision).features}
    tags = {f.id: f"New in version {new_in}" for f in vision.features if f.id not in known}
    made = (Section(name, title, form, _items(vision, name, tags)) for name, (title, form) in SECTIONS.items())
    return tuple(section for section in made if section.items)


def changes(old: Vision, new: Vision) -> tuple[ChangeView, ...]:
    """What is different, section by section, in the order of the document."""
    lead = _changed("the summary", [old.what], [new.what])
    parts = (_changed(f"“{title}”", _texts(old, name), _texts(new, name)) for name, (title, _) in SECTIONS.items())
    return tuple(change for part in (lead, *parts) for change in part)


def summed_up(found: tuple[ChangeView, ...]) -> str:
    """“one added, two reworded”."""
    kinds = [change.title.split(" ", 1)[0].lower() for change in found]
    counts = [(kinds.count(kind), kind) for kind in ("added", "reworded", "removed")]
    return ", ".join(f"{number(n)} {kind}" for n, kind in counts if n)


def intro(found: tuple[ChangeView, ...], because: str = "") -> str:
    """“One thing was added and two were reworded, because …. Everything else is the same.”"""
    if not found:
        return "The two versions say the same."
    parts = summed_up(found).split(", ")
    said = listed([_was(part, thing=n == 0) for n, part in enumerate(parts)])
    sentence = f"{upper_first(said)}, because {because}" if because else upper_first(said)
    stop = "" if sentence.endswith((".”", ".")) else "."
    return f"{sentence}{stop} Everything else is the same."


def versions(newest: int, shown: int, written: Iterable[tuple[int, str]]) -> tuple[Choice, ...]:
    """“3 – today, 9:40 (newest)”."""
    return tuple(Choice(str(n), f"{n} – {at}{' (newest)' if n == newest else ''}", n == shown) for n, at in written)


def _items(vision: Vision, name: str, tags: dict[str, str]) -> tuple[Item, ...]:
    if name == "features":
        return tuple(_feature(feature, tags.get(feature.id, "")) for feature in vision.features)
    return tuple(Item(text) for text in _texts(vision, name))


def _feature(feature: Feature, new: str) -> Item:
    title, text = _joined(feature)
    return Item(text, title, tuple(tag for tag in (TAGS[feature.priority], new) if tag))


def _joined(feature: Feature) -> tuple[str, str]:
    """A description that is a sentence of its own follows a full stop; one that goes on with the title does not."""
    title, text = feature.title.strip(), feature.description.strip()
    if not text or text[0] in ",.:;":
        return title, text
    return (f"{bare(title)}." if text[0].isupper() else title), f" {text}"


def _texts(vision: Vision, name: str) -> list[str]:
    if name == "features":
        return [f"{bare(''.join(_joined(feature)))}. {TAGS[feature.priority]}." for feature in vision.features]
    value: str | tuple[str, ...] = getattr(vision, name)
    return [text for text in ((value,) if isinstance(value, str) else value) if text.strip()]


def _changed(where: str, old: list[str], new: list[str]) -> list[ChangeView]:
    """Texts that are alike are one that was reworded; the others were added or removed."""
    gone = [text for text in old if text not in new]
    added, reworded = [], []
    for text in (text for text in new if text not in old):
        if (before := _nearest(text, gone)) is not None:
            gone.remove(before)
            reworded.append(ChangeView(f"Reworded in {where}", _compared(before, text)))
        else:
            added.append(ChangeView(f"Added to {where}", ((Piece.ADDED, text),)))
    return [*added, *reworded, *(ChangeView(f"Removed from {where}", ((Piece.REMOVED, text),)) for text in gone)]


def _nearest(text: str, others: list[str]) -> str | None:
    alike = [(SequenceMatcher(None, other.split(), text.split(), autojunk=False).ratio(), other) for other in others]
    share, other = max(alike, default=(0.0, ""))
    return other if share >= REWORDED else None


def _compared(old: str, new: str) -> tuple[tuple[Piece, str], ...]:
    """Word by word; what was removed stands before what took its place, and a lone word between two changes is part."""
    before, after = old.split(), new.split()
    pieces: list[tuple[Piece, str]] = []
    for same, a, b, c, d in _runs(before, after):
        if same:
            pieces.append((Piece.SAME, " ".join(after[c:d])))
            continue
        pieces += [(Piece.REMOVED, " ".join(before[a:b]))] if a < b else []
        pieces += [(Piece.ADDED, " ".join(after[c:d]))] if c < d else []
    return tuple(pieces)


def _runs(before: list[str], after: list[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    """Stretches that are the same or not, as positions in both; a short island of sameness belongs to the change."""
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    last = len(codes) - 1
    island = [0 < n < last and kind == "equal" and b - a <= ISLAND for n, (kind, a, b, _, _) in enumerate(codes)]
    kept = [(kind == "equal" and not lone, code) for (kind, *code), lone in zip(codes, island, strict=True)]
    for same, group in groupby(kept, key=lambda pair: pair[0]):
        run = [code for _, code in group]
        yield same, run[0][0], run[-1][1], run[0][2], run[-1][3]


def _was(part: str, thing: bool) -> str:
    """“one added” as “one thing was added”."""
    n, kind = part.split(" ")
    things = (" thing" if n == "one" else " things") * thing
    return f"{n}{things} {'was' if n == 'one' else 'were'} {kind}"
