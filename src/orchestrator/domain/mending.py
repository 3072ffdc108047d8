"""Mends what can be mended in a text for people without changing what it says: marks, links, and words of the trade."""

import re
from functools import partial

from orchestrator.domain import plain, reading, shapes, terms, wording

_PASSES = 8  # more are needed only by texts that were made to need them
_KEPT_FENCES = plain.words("markdown md text txt plain")
_HIDDEN = (
    "think",
    "thinking",
    "reasoning",
    "scratchpad",
    "tool_call",
    "tool_result",
    "function_calls",
    "function_call",
)
_LINK = re.compile(
    r"(!?)\[([^\[\]]{0,400})\]\(([^()\s]{0,600}(?:\([^()\s]{0,200}\)[^()\s]{0,600})?)(?:\s{1,5}[\"'][^\"'\n]{0,200}[\"'])?\)"
)
_REFERENCE = re.compile(r"!\[[^\[\]]{0,400}\](?!\()")
_ROLE = re.compile(
    r"\s*(?:[*_]{0,2}(?:ai assistant|ai model|assistant|chatbot|bot|ai|system|response)[*_]{0,2}\s?:[*_]{0,2}\s*)+",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"(?<!\w)\(\s?\)|<\s?>")
_ENDS = re.compile(r"[!?！？]+")
_OPENING = re.compile(r"¡+")
_SPACES = re.compile(r"(?<=\S)[ \t]{2,}")
_BEFORE_STOP = re.compile(r"(?<=\w)[ \t]([.,])(?=\s|$)")
_BLANK_LINES = re.compile(r"\n{3,}")
_MARKUP = re.compile(r"[\[\](){}<>`~|]")


def mended(text: str, *, said_by_person: str = "") -> str:
    """The text with everything repaired that has only one repair. Mending twice is mending once; it never raises."""
    once = partial(
        _pass, said=terms.stems(said_by_person), links=shapes.addresses(said_by_person), spoken=said_by_person
    )
    for _ in range(_PASSES):
        before, text = text, once(text)
        if text == before:
            return text
    return _settled(_MARKUP.sub("", text), once)


def _settled(text: str, once: "partial[str]") -> str:
    """Without marks there is nothing left that could be unwrapped layer by layer."""
    for _ in range(_PASSES):
        before, text = text, once(text)
        if text == before:
            break
    return text


def _pass(text: str, said: frozenset[str], links: frozenset[str], spoken: str) -> str:
    text = _without_fences(_without_hidden(text.replace("\r\n", "\n").replace("\r", "\n"))).replace("`", "")
    text = _LINK.sub(partial(_link, links=links), text)
    text = shapes.URL.sub(lambda url: url[0] if shapes.address(url[0]) in links else "", _REFERENCE.sub("", text))
    text = shapes.TAG.sub(lambda tag: "" if shapes.is_tag(tag[0]) else tag[0], text)
    text = _tidy(_calm(_EMPTY.sub("", text), spoken))
    if role := _ROLE.match(text):
        text = plain.capital(text[role.end() :])
    return text if reading.foreign(text) else _tidy(wording.plain_words(text, said))


def _without_hidden(text: str) -> str:
    """Without what a model only says to itself, or to its tools."""
    for name in _HIDDEN:
        head, *rest = text.split(f"<{name}>")
        text = head + "".join(tail if end else part for part in rest for _, end, tail in [part.partition(f"</{name}>")])
    return text


def _without_fences(text: str) -> str:
    """Code in fences is dropped, to the end of the text if it is not closed; a text that was fenced as text is kept."""
    if "```" not in text and "~~~" not in text:
        return text
    parts, last = [], 0
    for fence in shapes.fences(text):
        parts += [text[last : fence.start], _kept(fence)]
        last = fence.end
    return "".join([*parts, text[last:]])


def _kept(fence: shapes.Fence) -> str:
    first, line_end, rest = fence.inner.partition("\n")
    if not line_end or not (fence.closed or fence.at_line_start):
        return fence.inner if fence.closed or not fence.at_line_start else ""
    return rest if first.strip().casefold() in _KEPT_FENCES else ""


def _link(link: re.Match[str], links: frozenset[str]) -> str:
    image, shown, url = link.groups()
    if image:
        return ""
    return link[0] if shapes.address(url) in links else shown


def _calm(text: str, spoken: str) -> str:
    def end(marks: re.Match[str]) -> str:
        if not {"!", "！"} & set(marks[0]) or not _closes(text, marks.end()) or is_name(text, marks, spoken):
            return marks[0]
        wide = "！" in marks[0] or "？" in marks[0]
        return ("？" if wide else "?") if {"?", "？"} & set(marks[0]) else ("。" if wide else ".")

    return _without_emoji(_OPENING.sub("", _ENDS.sub(end, text)))


def _closes(text: str, at: int) -> bool:
    """Whether a mark before this place ends a sentence, rather than being part of something."""
    return at >= len(text) or text[at].isspace() or text[at] in "\"'”’“»)*_…" or text[at - 1] == "！"


def is_name(text: str, marks: re.Match[str], spoken: str) -> bool:
    """“Yahoo!”, if the person writes it so."""
    before = text[max(0, marks.start() - 40) : marks.start()].split()
    return bool(before) and len(marks[0]) == 1 and f"{before[-1]}{marks[0]}" in spoken


def _without_emoji(text: str) -> str:
    return shapes.EMOJI.sub(lambda found: "" if text[found.end() : found.end() + 1] in ".,;:!?)" else " ", text)


def _tidy(text: str) -> str:
    lines = (line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", _BEFORE_STOP.sub(r"\1", _SPACES.sub(" ", "\n".join(lines)))).strip()
