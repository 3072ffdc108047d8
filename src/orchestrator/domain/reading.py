"""How hard an English text is to read, and whether a text is English at all. By simple rules of our own."""

import re
from functools import lru_cache

from orchestrator.domain import plain

FEWEST = 3  # sentences of which a grade can be given
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile(r"[aeiouy]+")
_LIST_MARK = re.compile(r"^\s{0,9}(?:[-*+•]|\d{1,3}[.)])\s")
_ENGLISH = plain.words(
    "the and is are you your that this it with for to of we our will what can be from what when they not have on how if"
)
_OTHER = plain.words(
    """
    ich wir und für eine einen einem ein der dem mit ist nicht auf dass sie werden das je nous et pour une un les
    des du qui est pas dans sur avec sont aux ce votre vous yo y para los las el del con por como pero su tu una
    il io gli della di che non sono nel da alla eu não uma um os com são em ao ik wij en voor een het niet op
    te je uw ja dla jest nie się na że z och att det som är på av
    """
)
_BARELY = 0.2  # share of small English words that an English text has at least
_LATIN = "\u024f"
_LONGEST = 40  # letters of a word that are looked at


def english(text: str) -> bool:
    """Whether this is surely English; a few words may be too few to tell."""
    return _english(_words(text))


def _english(words: list[str]) -> bool:
    small = sum(word in _ENGLISH for word in words)
    return bool(words) and small >= _BARELY * len(words) and not _foreign(words)


def foreign(text: str) -> bool:
    """Whether this is clearly another language; a short or a mixed text is taken as English."""
    return _foreign(_words(text))


def _foreign(words: list[str]) -> bool:
    strange = sum(len(word) for word in words if word[0] > _LATIN)
    if strange * 2 > sum(map(len, words)):
        return True
    others = sum(word in _OTHER or not word.isascii() for word in words)
    return others > 1 and others > sum(word in _ENGLISH for word in words)


def grade(text: str) -> float:
    """The Flesch–Kincaid grade; 0.0 where it says nothing: fewer than three sentences, or another language."""
    words, count = _words(text), len(sentences(text))
    if count < FEWEST or not _english(words):
        return 0.0
    return 0.39 * len(words) / count + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def weight(sentence: str) -> int:
    """What a sentence adds to the grade: its length and its long words."""
    words = _words(sentence)
    return len(words) + 10 * sum(max(0, syllables(word) - 2) for word in words)


def sentences(text: str) -> tuple[str, ...]:
    """Those that have words; the items of a list are sentences of their own."""
    lines = (_LIST_MARK.sub("", line) for line in text.split("\n"))
    return tuple(part for line in lines for part in plain.sentences(line) if _WORD.search(part))


def syllables(word: str) -> int:
    """Groups of vowels, without a silent “e” or “ed” at the end."""
    return _syllables(word[:_LONGEST])


@lru_cache(maxsize=5_000)
def _syllables(word: str) -> int:
    word = word.casefold()
    if word.endswith("e") and not word.endswith(("le", "ee")):
        word = word[:-1]
    elif word.endswith("ed") and not word.endswith(("ted", "ded", "eed")):
        word = word[:-2]
    return max(1, len(_VOWELS.findall(word)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
