"""Whether a text explains something: sentences about different things, no lists of words, no empty parts. Pure."""

import re
from collections import Counter
from collections.abc import Iterator

from orchestrator.evidence.words import counted, listed, short

HEADING = re.compile(r"^(?:#{1,6}[ \t]+(\S.*?)[ \t]*#*|(\S.*)\n(?:=+|-{3,})[ \t]*)$", re.MULTILINE)
FENCED = re.compile(r"^ {0,3}(```+|~~~+)(.*?)\n(.*?)(?:^ {0,3}\1[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
HIDDEN = re.compile(
    r"<(?:div|span|p|details)\b[^>]*(?:display:\s*none|\bhidden\b)[^>]*>.*?(?:</|\Z)", re.DOTALL | re.IGNORECASE
)
LINK = re.compile(r"(!?)\[([^\]]*)\]\([^)]*\)")
FILLER = re.compile(
    r"\bTODO\b|\btodo:|\bTBD\b|\bTBA\b|\bFIXME\b|\bWIP\b|(?i:lorem ipsum|coming soon|fill (?:this |me )?in\b"
    r"|\[placeholder\]|placeholder (?:text|page|content)|work in progress|under construction|not written yet"
    r"|to be (?:written|done|defined|added|completed)|insert .{1,30} here)"
)
WORD = re.compile(r"[^\W\d_]{2,}")
SMALL = frozenset(
    [
        "the",
        "a",
        "an",
        "to",
        "is",
        "are",
        "and",
        "or",
        "of",
        "in",
        "it",
        "you",
        "your",
        "with",
        "for",
        "when",
        "if",
        "that",
        "this",
        "on",
        "by",
        "be",
        "as",
        "from",
        "at",
        "not",
        "can",
        "has",
        "have",
        "was",
        "will",
        "its",
        "which",
        "then",
        "than",
        "no",
        "all",
        "one",
        "each",
    ]
)
SENTENCE = re.compile(r"[^.!?:\n|]+")
LEAST_SMALL, LEAST_NEW, MOST_SAME, FEWEST_SENTENCES, SENTENCE_WORDS = 0.12, 0.25, 0.4, 4, 4
MANY = 150  # words, from which on a person's vocabulary can be judged


def plain(text: str) -> str:
    """What a reader sees of a text as prose: without code, comments and addresses."""
    seen = HIDDEN.sub(" ", COMMENT.sub(" ", FENCED.sub("\n", text)))
    return LINK.sub(lambda found: "" if found[1] else found[2], seen)


def lacking(text: str, words: int) -> Iterator[str]:
    """What is the matter with it, as the ends of sentences."""
    seen = plain(text)
    body = HEADING.sub("\n", seen)
    if FILLER.search(seen):
        yield "is not finished: parts of it are to be filled in"
    if empty := hollow(text):
        yield f"has parts with nothing in them: {listed(empty)}"
    found = [word.lower() for word in WORD.findall(body)]
    if len(found) < words:
        yield f"is too short to explain anything: {counted(len(found), 'word')}"
        return
    yield from _stuffed(body, found)


def _stuffed(body: str, found: list[str]) -> Iterator[str]:
    """Words that are there to be counted, not to be read."""
    sentences = list(said(body))
    fewest = FEWEST_SENTENCES if len(found) > MANY // 2 else FEWEST_SENTENCES // 2
    if len(sentences) < fewest or sum(word in SMALL for word in found) / len(found) < LEAST_SMALL:
        yield "is a list of words, not an explanation"
        return
    again = Counter(" ".join(WORD.findall(one.lower())) for one in sentences)
    if sum(count - 1 for count in again.values()) / len(sentences) > MOST_SAME or len(set(found)) < LEAST_NEW * min(
        len(found), 2 * MANY
    ):
        yield "says the same again and again"


def said(body: str) -> Iterator[str]:
    """Its sentences, those of lists and tables as well."""
    for one in SENTENCE.findall(body):
        if len(WORD.findall(one)) >= SENTENCE_WORDS:
            yield one.strip()


def speaks(text: str, of: tuple[str, ...]) -> bool:
    """Whether a sentence, or a command that is shown, speaks of one of these, each the beginning of a word."""
    begins = re.compile("|".join(rf"(?<![\w-]){re.escape(word)}" for word in of), re.IGNORECASE)
    shown = [found[3] for found in FENCED.finditer(text)]
    return any(begins.search(one) for one in (*said(plain(text)), *shown))


def sections(text: str) -> dict[str, str]:
    """Part by part what stands below each heading, its own smaller headings included."""
    parts: dict[str, str] = {}
    for title, _, inner in _parts(text):
        parts.setdefault(title, inner)
    return parts


def hollow(text: str) -> list[str]:
    """The titles of parts in which nothing stands."""
    return [
        short(title, 60)
        for title, _, inner in _parts(text)
        if not re.sub(r"[\s\-_*=|:#>]+", "", COMMENT.sub("", inner))
    ]


def _parts(text: str) -> Iterator[tuple[str, int, str]]:
    covered = FENCED.sub(lambda fence: re.sub(r"[^\n]", "·", fence[0]), text)
    covered = COMMENT.sub(lambda one: re.sub(r"[^\n]", " ", one[0]), covered)
    marks = [(found.start(), found.end(), level(found[0]), found[1] or found[2]) for found in HEADING.finditer(covered)]
    for at, (_, end, depth, title) in enumerate(marks):
        stop = next((start for start, _, other, _ in marks[at + 1 :] if other <= depth), len(text))
        yield title, depth, text[end:stop]


def level(heading: str) -> int:
    hashes = len(heading) - len(heading.lstrip("#"))
    return hashes or (1 if heading.rstrip().endswith("=") else 2)
