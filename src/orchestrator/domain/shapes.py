"""Tells what is written like code, like a path or like an identifier from what only looks a little like it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.domain.jargon import Kind

URL = re.compile(r"(?<![\w@])(?:https?://|www\.)[^\s<>()\[\]\"“”„«»]*[^\s<>()\[\]\"“”„«».,;:!?'’…*_]", re.IGNORECASE)
_FENCE = re.compile(r"`{3,}|^[ \t]{0,3}~{3,}", re.MULTILINE)
TAG = re.compile(r"</?[A-Za-z][\w:-]{0,40}(?:\s[^<>]{0,400})?/?>|<!--|-->|<![A-Za-z]{1,20}[^<>]{0,100}>")
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u2604\u2607-\u260f\u2613-\u263f\u2641\u2643-\u265f\u2668\u267b-\u26ff\u2705"
    "\u2708-\u270f\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2757\u2763\u2764\u2795-\u2797\u27a1\u2b1b\u2b1c"
    "\u2b50\u2b55\u231a\u231b\u23e9-\u23f3\u23f8-\u23fa\ufe0f\u20e3\U000e0020-\U000e007f]"
    "(?:[\u200d\ufe0f]?[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u20e3])*"
)

_TOKEN = re.compile(r"\S+")
_SUSPECT = re.compile(
    r"[_/\\{]|[^\W\d_]\.[^\W\d_]|[a-z\d][A-Z]|\d[a-f]|[a-f]\d|\w:\d|\(\)|=>|==|&&|!=|^\W{0,3}[PF]\d|^\W{0,3}\.[a-z]"
)
_INLINE = re.compile(r"`[^`\n]{1,400}`")
_JSON = re.compile(r"[{\[]\s{0,20}\{?\s{0,20}[\"'][^\"'\n]{1,80}[\"']\s{0,5}:")
_LINE_OF_CODE = re.compile(
    r"^[ \t]{0,12}(?:\$ [a-z.]|>>> |#!/|def \w{1,60}\(|class [A-Z]\w{0,60}[:(]|import [a-z_.]{1,80}$"
    r"|from [\w.]{1,80} import |(?:const|let|var) \w{1,60} ?=|function \w{0,60}\(|return [\w.]{1,60}[(;]"
    r"|SELECT [^\n]{1,120} FROM "
    r"|INSERT INTO |console\.log|print\(|#include|Traceback \(most|File \"[^\"\n]{1,200}\", line|at [\w.<>$]{1,80} \("
    r"|(?:git|npm|npx|pip|docker|cargo|yarn|pnpm|sudo|uv|curl|chmod|cd|mkdir) [\w./:-]{1,80}(?: [\w./:-]{1,80}){0,9}$)"
    r"|\b(?:npm|npx|pip|yarn|cargo|docker|uv) (?:install|run|add|build|init|start|sync)\b|\bsudo [a-z]",
    re.MULTILINE,
)
_EXTENSIONS = (
    "py|pyi|js|jsx|ts|tsx|mjs|json|yaml|yml|toml|md|css|scss|html?|sql|sh|env|lock|cfg|ini|conf|log|rb|rs|java|kt|cpp|php|"
    "xml|ipynb|sqlite3?|db|vue|svelte|dockerfile|gitignore|swift|diff|patch|tf"
)
_FILE = re.compile(
    rf"(?:[\w-]{{1,80}}\.)+(?:{_EXTENSIONS})(?::\d{{1,6}}){{0,2}}|\.(?:env|git|gitignore|github)\b[\w./-]*"
)
_DOTTED = re.compile(r"[a-z_][a-z0-9_]+(?:\.[a-z_][a-z0-9_]+){2,}")
_HOST_END = re.compile(r"\.(?:[a-z]{2}|com|org|net|edu|gov|app|dev|info|shop|club|blog|online|site)$")
_HOST_PATH = re.compile(
    r"(?:[a-z0-9-]{1,63}\.)+(?:com|org|net|io|dev|app|de|uk|eu|fr|es|it|nl|co|ai|info)(?::\d+)?/\S*", re.IGNORECASE
)
_LOCALHOST = re.compile(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::\d+)?(?:/\S*)?", re.IGNORECASE)
_PATH = re.compile(
    r"(?:\.{1,2}|~)/[\w.-]\S*|/[\w.-]+/[\w./-]*\w/?|[A-Za-z]:[\\/]\w\S*|\\\\\w\S*|[\w.-]+(?:/[\w.-]+)*/[\w-]+\.[a-z]{1,5}|"
    r"(?:src|lib|tests?|node_modules|dist|usr|etc|var|tmp|bin|docs|public|static|templates|components|app)/(?:[\w.-]+/?)*|"
    r"(?:feature|feat|bugfix|hotfix|origin|refs)/[a-z][\w./-]*"
)
_ORDINARY_PATH = re.compile(r"(?:tests?|app|public|docs|static)/[a-z]+|/[a-z]+/[a-z]{0,2}")
_MAIL = re.compile(r"[^@\s]*@\S*")
_CALL = re.compile(r"[A-Za-z_][\w.]*\(\)")
_OPERATOR = re.compile(r"=>|===?|!==?|&&|\|\|")
_BRACES = re.compile(r"\$?\{\{?[\w. ]+\}?\}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{7,64}")
_TURNS = re.compile(r"(?<=\d)[a-f]|(?<=[a-f])\d")  # from figures to letters and back
_SNAKE = re.compile(r"[^\W_]+(?:_[^\W_]+)+")
_CAMEL = re.compile(r"(?!(?:de|di|da|du|la|le|van|von|mac|mc|fitz)[A-Z])[a-z]{2,}[0-9]*(?:[A-Z]+[a-z0-9]+)+(?:[A-Z]*)")
_PASCAL = re.compile(
    r"(?:[A-Z][a-z]+){3,}|[A-Z][a-z]+(?:[A-Z][a-z]+)*(?:Error|Exception|Controller|Handler|Config|Component)"
)
_OUR_ID = re.compile(r"P\d{1,2}\.\d{1,2}|F[1-9]\d?")
_KEY_BEFORE = re.compile(
    r"\b(?:press|key|keys|hit|room|gate|seat|bus|line|row|hall|lane|court|block|class|stand|model|type|car|flight|vitamin)\s+\W?$",
    re.IGNORECASE,
)
_QUOTES = "\"'“”‘’„«»"
_AROUND = "\"'“”‘’„«»()[]<>*,;:!?…–—"


@dataclass(frozen=True, slots=True)
class Fence:
    """From the first mark to behind the last, and what stands between them. An open one ends with the text."""

    start: int
    end: int
    inner: str
    at_line_start: bool
    closed: bool


def fences(text: str) -> Iterator[Fence]:
    """Code between fences; a fence may begin and end anywhere in a line, as models write it."""
    opened: re.Match[str] | None = None
    for mark in _FENCE.finditer(text):
        if opened is None:
            opened = mark
        elif mark[0].strip()[0] == opened[0].strip()[0]:
            yield _fence(text, opened, mark.start(), mark.end(), closed=True)
            opened = None
    if opened:
        yield _fence(text, opened, len(text), len(text), closed=False)


def _fence(text: str, opened: re.Match[str], inner_end: int, end: int, *, closed: bool) -> Fence:
    at_line_start = opened.start() == 0 or text[opened.start() - 1] == "\n"
    return Fence(opened.start(), end, text[opened.end() : inner_end], at_line_start, closed)


def code(text: str) -> Iterator[tuple[int, int]]:
    """Where code stands: fences as a whole, marks, tags, data and lines that only programs read."""
    if "`" in text or "~" in text:
        for fence in fences(text):
            yield fence.start, fence.end if fence.closed or fence.at_line_start else fence.start + len("```")
        yield from (match.span() for match in _INLINE.finditer(text))
    for pattern in (_JSON, _LINE_OF_CODE):
        yield from (match.span() for match in pattern.finditer(text))
    if "<" in text:
        yield from (match.span() for match in TAG.finditer(text) if is_tag(match[0]))


def is_tag(found: str) -> bool:
    """“<b>” and “<a href=x>” are tags; “<y and z>” is not."""
    return "=" in found or not any(char.isspace() for char in found.rstrip("/> \n"))


def written(text: str) -> Iterator[tuple[Kind, int, int]]:
    """Words that are written as only programs write them."""
    for match in _TOKEN.finditer(text):
        if _SUSPECT.search(match[0]):
            word = _bare(match[0])
            start = match.start() + match[0].find(word)
            if kind := _kind(word, text[max(0, start - 16) : start]):
                yield kind, start, start + len(word)


def _bare(token: str) -> str:
    """Without the marks around it, as far as they are not a part of it."""
    if _OPERATOR.fullmatch(token):
        return token
    return token.strip(_QUOTES).rstrip(".,;:!?") if "()" in token else token.strip(_AROUND).rstrip(".").rstrip(_AROUND)


def _kind(word: str, before: str) -> Kind | None:
    if _MAIL.fullmatch(word) or word.startswith("#"):
        return None
    return next((kind for kind, test in _TESTS if test(word, before)), None)


def _is_code(word: str, _: str) -> bool:
    return bool(_CALL.match(word) or _OPERATOR.fullmatch(word) or _BRACES.search(word))


def _is_path(word: str, _: str) -> bool:
    if _DOTTED.fullmatch(word):
        return not _HOST_END.search(word)
    if any(pattern.fullmatch(word) for pattern in (URL, _FILE, _HOST_PATH, _LOCALHOST)):
        return True
    return bool(_PATH.fullmatch(word)) and not _ORDINARY_PATH.fullmatch(word)


def _is_identifier(word: str, before: str) -> bool:
    if _OUR_ID.fullmatch(word):
        return not _KEY_BEFORE.search(before)
    if _HASH.fullmatch(word):
        return len(_TURNS.findall(word)) > 1
    return any(pattern.fullmatch(word) for pattern in (_UUID, _SNAKE, _CAMEL, _PASCAL))


_TESTS = ((Kind.CODE, _is_code), (Kind.PATH, _is_path), (Kind.IDENTIFIER, _is_identifier))


def addresses(text: str) -> frozenset[str]:
    """The web addresses of a text, as they are compared."""
    return frozenset(address(word.strip(_AROUND).rstrip(".")) for word in text.split() if "." in word or "/" in word)


def address(url: str) -> str:
    bare = re.sub(r"^https?://", "", url.casefold())
    return bare.removeprefix("www.").rstrip("/")
