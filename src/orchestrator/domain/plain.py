"""Small things that texts for people need: cleaning, cutting, counting in words, and keeping a person's words data."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import takewhile

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_UNSEEN = re.compile("[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")  # or turns a line
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?<!e\.g\.)(?<!i\.e\.)(?<!Mr\.)(?<!Dr\.)(?<!Mrs\.)\s+|(?<=[。！？])")
_MARKS = re.compile(r"[\\`*_\[\]<>#|~&$]")
_LINE_START = re.compile(r"^(\d*)([-+=.)])")


def clean(text: str, limit: int = 20_000) -> str:
    """The text without what cannot be stored or seen, at most `limit` characters long."""
    return sendable(unicodedata.normalize("NFC", text[:limit])).strip()


def sendable(text: str) -> str:
    """A text or a piece of one, without what can neither be stored nor sent nor seen."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(char if char == "\n" else " " if char.isspace() else char for char in lines)
    return "".join(char for char in visible(shown) if char == "\n" or _storable(char))


def _storable(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cs"}


def visible(text: str) -> str:
    """Without characters that only a machine would see, or that turn a line around."""
    return _UNSEEN.sub("", text)


def one_line(text: str) -> str:
    return " ".join(text.split())


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, ended between words where it can be, and seen to be cut."""
    if len(text) <= limit:
        return text
    room = text[: limit - 1]
    at_word = room.rsplit(" ", 1)[0] if text[limit - 1] != " " else room
    kept = at_word if len(at_word) > limit // 2 else room
    return kept.rstrip(" ,;:.") + "…"


def key(text: str) -> str:
    """What is compared when two titles are said to be the same."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = re.findall(r"\w+", folded)
    articles = len(list(takewhile(lambda word: word in {"a", "an", "the"}, words)))
    return " ".join(words[articles:] or words) or folded.strip()


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """Ready for the middle of a sentence; names in capitals and the word “I” stay as they are."""
    first = text.split(" ", 1)[0]
    if first in {"I", "I'm", "I’m"} or first[1:] != first[1:].lower():
        return text
    return text[:1].lower() + text[1:]


def ended(text: str) -> str:
    """With a full stop, unless it ends in one or in its like."""
    return text if not text or text[-1] in ".!?…。" else text + "."


def bare(text: str) -> str:
    """Without the marks around it."""
    return text.strip(" \n.,;:!?…-–—\"'“”„«»")


def listed(items: Sequence[str]) -> str:
    """“a, b and c”."""
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def counted(count: int, noun: str, plural: str = "") -> str:
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of one line."""
    return tuple(part.strip() for part in _SENTENCE_END.split(text) if part.strip())


def escaped(text: str) -> str:
    """For one line of Markdown: whatever is in the text, a reader of the document sees just this text."""
    return _LINE_START.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", one_line(text))) if text else ""


def words(text: str) -> frozenset[str]:
    """A list of words that is written like a text."""
    return frozenset(text.casefold().split())


def phrases(text: str) -> frozenset[str]:
    """A list of phrases that is written like a text, with “|” between them."""
    return frozenset(" ".join(phrase.split()) for phrase in text.casefold().split("|") if phrase.strip())
