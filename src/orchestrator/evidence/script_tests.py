"""Reads tests that are written in JavaScript or TypeScript: what each checks, and whether it can fail."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from orchestrator.evidence.cases import Case, Suite

# Comments, texts and regular expressions; each part ends with the file if nothing else ends it, so that no text is
# gone through twice.
TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)
    |(?P<text>'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?|`(?:\\.|[^`\\])*`?)
    |(?<=[(,=:!&|?{};])\s{0,9}(?P<regex>/(?![*/])(?:\\.|\[[^\]\n]{0,60}+\]|[^/\\\n\[]){1,500}+/\w*)""",
    re.VERBOSE | re.DOTALL,
)
CALL = re.compile(
    r"(?<![\w.$])(?P<off>x|f)?(?P<word>it|test|describe|suite|context)(?P<marks>(?:\.\w+)*)\s*(?P<open>\()"
)
HELPER = re.compile(
    r"function\s{0,9}\*?\s{0,9}(?P<name>\w+)\s*\(|"
    r"(?:const|let|var)\s+(?P<arrow>\w+)\s*=\s*(?:async\s*)?(?:function\b|\([^()]{0,200}\)\s*=>|\w+\s*=>)"
)
CHECK = re.compile(
    r"(?<![\w$])(?:(?:\w+\.)?assert(?:\.\w+)*|expect(?:\.\w+)*|(?:\w+\.)?should(?:\.\w+)+"
    r"|t\.(?:is|deepEqual|true|false|throws))\s*\("
)
HOLLOW = re.compile(
    r"expect\(\s*(?P<a>[\w.]+)\s*\)\s*\.\s*(?:toBe|toEqual|toStrictEqual)\(\s*(?P=a)\s*\)"
    r"|expect\(\s*(?:true|1)\s*\)\s*\.\s*toBeTruthy\(\s*\)"
    r"|assert(?:\.ok)?\(\s*(?:true|1)\s*[,)]"
    r"|assert\.\w*[eE]qual\(\s*(?P<b>[\w.]+)\s*,\s*(?P=b)\s*[,)]"
)
SWALLOWED = re.compile(
    r"catch\s{0,9}(?:\([^()]{0,80}\))?\s{0,9}\{\s*\}"
    r"|\.catch\(\s{0,9}(?:\([^()]{0,80}\)|\w{1,80})\s{0,9}=>\s{0,9}(?:\{\s*\}|null|undefined)"
)
SKIPS = re.compile(r"\b(?:t|this|ctx|test|it)\.(?:skip|todo|fixme)\s*\(")
OPTION = re.compile(r"[{,]\s*(?P<name>skip|todo|only)\s*:\s*(?!false\b)")
LOOP = re.compile(r"\bfor\s*(?:await\s*)?\(|\.forEach\s*\(|\bwhile\s*\(|\.each\b")
MOCK = re.compile(r"\b(?:jest|vi)\.(?:mock|fn|spyOn|doMock)\s*\(|\bsinon\.\w+\s*\(|\bmock\.(?:method|fn|module)\s*\(")
LITERAL = re.compile(r"""'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\b\d[\d._]*\b""")
SKIPPING = {"skip", "todo", "failing", "fails", "fixme", "skipIf", "runIf"}
UNSEEN = 10  # how often a loop counts whose length cannot be seen
MOST = 1_000  # tests in a file, and functions beside them
LONGEST = 20_000  # characters of one of them that are looked at
DEEPEST = 10  # groups in groups
NEAR = 300  # characters
GROUPS = {"describe", "suite", "context"}
OFF = {"x": {"skip"}, "f": {"only"}}
BRACKET = re.compile(r"[()\[\]{}]")
CALLED = re.compile(r"(?<!function )(?<![\w$])(\w+)\s*\(")


@dataclass(frozen=True, slots=True)
class Script:
    """A file as it is (without comments) and with its texts blanked as well; both as long as the original."""

    plain: str
    bare: str
    closing: Mapping[int, int]  # where each bracket that is opened is closed: the place after it

    def end(self, start: int) -> int:
        return self.closing.get(start, len(self.bare))


@dataclass(frozen=True, slots=True)
class Helpers:
    """What the tests may call, by name, and how much each was found to check."""

    bodies: Mapping[str, str] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """A call of `test`, `it` or `describe`, from its name to the bracket that closes it."""

    start: int
    open: int
    end: int
    word: str
    marks: frozenset[str]
    name: str


def script(text: str) -> Script:
    bare = TOKEN.sub(_blank, text)
    return Script(TOKEN.sub(_without_comment, text), bare, dict(_brackets(bare)))


def helpers(scripts: Iterable[Script]) -> Helpers:
    found = {}
    for one in scripts:
        for match in islice(HELPER.finditer(one.bare), MOST):
            start = one.bare.find("{", match.end(), match.end() + NEAR)
            if start >= 0:
                found[match["name"] or match["arrow"]] = one.bare[start : min(one.end(start), start + LONGEST)]
    return Helpers(found)


def suite(one: Script, beside: Helpers) -> Suite:
    spans = list(_outermost(islice(_spans(one), MOST)))
    try:
        cases = {name: _case(one, span, name, around, beside) for name, span, around in _named(spans)}
    except RecursionError:
        return Suite({}, readable=False)
    return Suite(cases, mocks=len(MOCK.findall(one.bare)), only=sum("only" in span.marks for span in spans))


def named(one: Script) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where each test of a file stands, under the name by which its suite has it."""
    spans = list(_outermost(islice(_spans(one), MOST)))
    return ((name, (span.start, span.end)) for name, span, _ in _named(spans))


def _named(spans: list[Span]) -> Iterator[tuple[str, Span, list[Span]]]:
    """The tests, with the groups around each."""
    groups = [span for span in spans if span.word in GROUPS]
    taken: dict[str, Span] = {}
    for span in spans:
        if span.word not in GROUPS:
            around = [group for group in groups if group.start < span.start < group.end][-DEEPEST:]
            name = _free(" › ".join(part.name for part in (*around, span)), taken)
            taken[name] = span
            yield name, span, around


def _outermost(spans: Iterable[Span]) -> Iterator[Span]:
    """Without what stands within a test: a call there is no test of its own."""
    through = 0
    for span in spans:
        if span.start >= through:
            yield span
            through = through if span.word in GROUPS else span.end


def _without_comment(match: re.Match[str]) -> str:
    return _blank(match) if match["comment"] else match[0]


def _blank(match: re.Match[str]) -> str:
    """As long as before, with its line ends; a text keeps the marks around it."""
    emptied = "".join(char if char == "\n" else " " for char in match[0])
    return f"{match[0][0]}{emptied[1:-1]}{match[0][-1]}" if match["text"] and len(match[0]) > 1 else emptied


def _spans(one: Script) -> Iterator[Span]:
    for match in CALL.finditer(one.bare):
        start = match.start("open")
        marks = set(filter(None, match["marks"].split(".")))
        if "each" in marks:  # test.each(rows)(name, body)
            start = one.bare.find("(", one.end(start), one.end(start) + 5)
        if start >= 0:
            end = one.end(start)
            marks |= _options(one.bare[start : start + NEAR]) | OFF.get(match["off"], set())
            yield Span(match.start(), start, end, match["word"], frozenset(marks), _name(one, start, end))


def _options(inner: str) -> set[str]:
    """`{ skip: true }` between the name of a test and its body."""
    before = inner.partition("=>")[0].partition("function")[0]
    return {found["name"] for found in OPTION.finditer(before)}


def _name(one: Script, start: int, end: int) -> str:
    """The first thing in the brackets, as it is written."""
    comma = one.bare.find(",", start, end)
    return " ".join(one.plain[start + 1 : comma if comma > 0 else end].split()).strip("'\"`)")[:200]


def _case(one: Script, span: Span, name: str, groups: list[Span], beside: Helpers) -> Case:
    end = min(span.end, span.open + LONGEST)
    bare, plain = one.bare[span.open : end], one.plain[span.open : end]
    hollow = len(HOLLOW.findall(plain))
    sites = max(0, _sites(bare, beside) - hollow)
    unbounded = bool(LOOP.search(bare)) or "each" in span.marks
    marks = span.marks.union(*(group.marks for group in groups))
    return Case(
        name,
        " ".join(bare.split()),
        sites=sites,
        weight=sites * (UNSEEN if unbounded else 1),
        unbounded=unbounded,
        hollow=hollow,
        swallowed=len(SWALLOWED.findall(bare)),
        skipped=bool(marks & SKIPPING) or bool(SKIPS.search(bare)),
        expects=tuple(_expects(plain)),
    )


def _sites(bare: str, beside: Helpers) -> int:
    """How many checks there are, also those of the functions that are called."""
    called = (name for name in CALLED.findall(bare) if name in beside.bodies)
    return len(CHECK.findall(bare)) + sum(_helper(name, beside) for name in called)


def _helper(name: str, beside: Helpers) -> int:
    """One that calls itself is counted once."""
    if name not in beside.known:
        beside.known[name] = 0
        beside.known[name] = _sites(beside.bodies[name], beside)
    return beside.known[name]


def _expects(plain: str) -> Iterator[str]:
    """The literal values with which something is compared."""
    for line in plain.splitlines():
        if CHECK.search(line):
            yield " ".join(LITERAL.findall(line))


def _brackets(bare: str) -> Iterator[tuple[int, int]]:
    opened: list[int] = []
    for match in BRACKET.finditer(bare):
        if match[0] in "([{":
            opened.append(match.start())
        elif opened:
            yield opened.pop(), match.end()


def _free(name: str, taken: Mapping[str, object]) -> str:
    number = 1
    while (free := name if number == 1 else f"{name} #{number}") in taken:
        number += 1
    return free
