"""Simple rules on words: addresses, form fields, and which test comes nearest to a criterion."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import TypeVar

UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")  # control characters and halves of characters

TELLING = 4  # letters; shorter words stand in every sentence

Shown = TypeVar("Shown")
Fields = list[dict[str, object]]


def _lookup(known: Iterable[tuple[str, Shown]]) -> dict[str, Shown]:
    """Each word in the forms in which it is written."""
    return {form: shown for words, shown in known for word in words.split() for form in _forms(word)}


def _forms(word: str) -> tuple[str, ...]:
    root, last = word.removesuffix("e"), word[-1]
    ends = ("", "s", "es", "d", "ed", "ing", f"{last}ing", f"{last}ed")
    return (*(word + end for end in ends), f"{root}ing", f"{root}ed", f"{word[:-1]}ies")


def _field(name: str, label: str, kind: str, hint: str = "", *, required: bool = True) -> dict[str, object]:
    return {"name": name, "label": label, "kind": kind, "required": required, "hint": hint}


DEFAULT: Fields = [
    _field("title", "Title", "line", "A few words that tell it from the others."),
    _field("note", "Note", "text", required=False),
]
DATED: Fields = [_field("title", "What", "line"), _field("day", "Day", "date")]
WEEKLY: Fields = [_field("title", "What", "line"), _field("day", "Day", "weekday")]

FORMS = _lookup(
    (
        (
            "list shopping shop buy stock inventory grocery groceries ingredient basket cart order item pantry",
            [_field("item", "Item", "line"), _field("amount", "Amount", "amount", "Like 2 kg, or 6.", required=False)],
        ),
        ("plan schedule week calendar day date appointment book booking remind reminder event agenda meeting", DATED),
        (
            "recipe note write journal diary story article post message letter",
            [_field("title", "Title", "line"), _field("text", "Text", "text")],
        ),
        (
            "people person member sign signup join contact customer guest friend volunteer invite register attendee",
            [
                _field("name", "Name", "line"),
                _field("contact", "Email or telephone", "contact", "Made-up ones are fine here."),
            ],
        ),
        (
            "price cost pay payment budget expense money invoice spend bill",
            [_field("name", "Name", "line"), _field("price", "Price", "price", "A number, like 4.50.")],
        ),
        (
            "rating rate review star score vote opinion",
            [_field("title", "What is it about", "line"), _field("stars", "Stars", "stars")],
        ),
    )
)
WEEK = frozenset({"week", "weeks", "weekly", "weekday", "weekdays"})

# What a criterion is about, by the first word that tells: see `checks.py` for the test that each becomes.
SHOWS = _lookup(
    (
        ("remove delete discard clear drop", "remove"),
        ("done finish tick mark complete check cross", "done"),
        ("wrong missing empty error invalid required refuse mistake without", "refuse"),
        ("keep kept save store remember restart still again tomorrow stay", "keep"),
        ("tour explain guide understand journey", "tour"),
        ("safe secure script escape", "safe"),
    )
)


def plain(value: object, most: int = 160) -> str:
    """One line that can be shown, whatever was in it."""
    clean = " ".join(UNSHOWN.sub(" ", str(value or "")).split())
    return clean if len(clean) <= most else clean[: most - 1].rstrip() + "…"


def prose(value: object, most: int = 4000) -> str:
    """The same, keeping its lines."""
    lines = (" ".join(UNSHOWN.sub(" ", line).split()) for line in str(value or "")[:most].splitlines())
    return "\n".join(lines).strip()


def slug(id: str, title: str) -> str:
    """A file name and address: ASCII, begins with a letter, and two ids never share one."""
    own = id.lower() if re.fullmatch(r"[A-Z][A-Z0-9]{0,15}", id) else f"{_ascii(id, 12) or 'f'}_{_digest(id)}"
    named = "_".join(filter(None, (own, _ascii(title, 40))))
    return named if named[0].isalpha() else f"f{named}"


def fields(title: str, description: str) -> Fields:
    """The form of a feature: the first telling word of its title decides, then of its description."""
    spoken = [*_words(title), *_words(description)]
    form = next((FORMS[word] for word in spoken if word in FORMS), DEFAULT)
    return WEEKLY if form is DATED and WEEK.intersection(spoken) else form


def shows(criterion: str) -> str:
    """Which of the tests comes nearest to it."""
    return next((SHOWS[word] for word in _words(criterion) if word in SHOWS), "add")


def why(title: str, journey: Iterable[str], problem: str, summary: str) -> str:
    """A line of the vision that says what a feature is for."""
    ours = {word for word in _words(title) if len(word) >= TELLING}
    shared = [(len(ours.intersection(_words(step))), step) for step in journey]
    best = max(shared, key=lambda pair: pair[0], default=(0, ""))
    if best[0]:
        return prose(best[1], 1000)
    return prose(problem, 1000) or prose(summary, 1000) or "It is part of the vision."


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def _ascii(text: str, most: int) -> str:
    known = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", known)[:most].strip("_")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
