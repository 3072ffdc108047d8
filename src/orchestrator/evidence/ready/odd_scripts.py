"""Finds the ways into a program of JavaScript, and which odd things its tests hand to them. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.evidence import script_tests, tamper
from orchestrator.evidence.places import is_script_test
from orchestrator.evidence.ready import scripts_read
from orchestrator.evidence.ready.suite import Outcome, Run
from orchestrator.evidence.script_tests import Script

Texts = Mapping[str, str]
MUCH = 10_000
ROUTE = re.compile(
    r"(?<![\w$])(?P<on>\w*(?:app|router|server|fastify|api|routes?))\s*\.\s*(?P<verb>get|post|put|patch|delete|all)\s*"
    r"(?:<[^<>()]*>)?(?P<open>\()\s*['\"`](?P<address>/[^'\"`]*)['\"`]",
    re.IGNORECASE,
)
PIECE = re.compile(r":\w+\??|\{[^}]*\}|\*")
READS = re.compile(
    r"\b(?:req|request|ctx|c)\.(?:query|body|params|req|request|json|url|formData|headers)\b|searchParams"
)
COMMAND = re.compile(r"(?<![\w$])process\s*\.\s*argv\b|\bparseArgs\s*\(")
EXPORTED = re.compile(r"\bexport\s+(?:default\s+)?(?:async\s+)?function\s+(main|cli|run)\b|\bexports\.(main|cli|run)\b")
# What a result is compared with is handed to nobody.
EXPECTED = re.compile(
    r"\.\s*to\w+\s*\([^()]*\)|(?<=,)\s*(?:\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`|\[\s*\]|\{\s*\}|null|undefined|-?[\d.]+)\s*\)\s*;"
)
EMPTY = re.compile(r"[(,:\[]\s*(?:\"\s*\"|'\s*'|`\s*`|\{\s*\}|\[\s*\]|null|undefined)\s*(?=[,)\]}])")
TEXT = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`")
NONSENSE = re.compile(r"[^\x00-\x7f]|\\0|\\u0000|[<>;]|--|\.\./|\bnot\b|\bnan\b|abc|wrong|x{3}", re.IGNORECASE)
NEGATIVE = re.compile(r"[(,:\[]\s*(?:-\s*[\d.]+|NaN|-?Infinity)")
REFUSES = re.compile(r"\btoThrow\w*|\brejects\b|\bthrows\b|\b(?:400|404|409|413|415|422)\b|\bexitCode\b")
HUGE = re.compile(
    r"\.repeat\s*\(\s*(?P<a>[\d_.e]+)|\b(?:Array|alloc|allocUnsafe|randomBytes)\s*\(\s*(?P<b>[\d_.e]+)\s*[,)]"
    r"|\blength\s*:\s*(?P<c>[\d_.e]+)"
)
TOGETHER = re.compile(r"\bPromise\s*\.\s*(?:all|allSettled)\s*\(|\bnew\s+Worker\s*\(")


@dataclass(frozen=True, slots=True)
class Way:
    """`named` matches how a test calls it; `called` is how people do."""

    called: str
    path: str
    named: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Tried:
    """A test with what stands in it, and which sorts of odd things it hands on."""

    text: str
    sorts: frozenset[str]


def ways_in(texts: Texts) -> tuple[Way, ...]:
    """Those into which something can be put."""
    found = [way for path in scripts_read.files(texts) for way in _ways(path, script_tests.script(texts[path]))]
    return tuple({(way.called, way.path): way for way in found}.values())


def _ways(path: str, one: Script) -> Iterator[Way]:
    for match in ROUTE.finditer(one.plain):
        address, verb = match["address"], match["verb"].lower()
        handler = one.plain[match.end() : one.end(match.start("open"))]
        if PIECE.search(address) or verb in {"post", "put", "patch"} or READS.search(handler):
            yield Way(f"{'' if verb == 'all' else verb.upper()} {address}".strip(), path, _address(address))
    if COMMAND.search(one.plain):
        names = [word for pair in EXPORTED.findall(one.plain) for word in pair if word]
        called = [rf"(?<![\w.$]){re.escape(name)}\s*\(" for name in names]
        yield Way(
            f"the command in {path}",
            path,
            re.compile("|".join([rf"['\"`/]{re.escape(path.rpartition('/')[2])}\b", *called])),
        )


def _address(said: str) -> re.Pattern[str]:
    """How a test writes it: with values, or with something put in, in the place of each name."""
    pieces = r"(?:\$\{[^}]*\}|[^/\s?'\"`]*)".join(re.escape(piece) for piece in PIECE.split(said))
    return re.compile(rf"['\"`](?:https?://[^/'\"`]*|\$\{{[^}}]*\}})?{pieces}/?(?:\?[^'\"`]*)?['\"`]")


def all_tried(texts: Texts, run: Run | None) -> list[Tried]:
    """What each test tries that checks something and, where there is a run, passes there."""
    return list(_all_tried(texts, run))


def _all_tried(texts: Texts, run: Run | None) -> Iterator[Tried]:
    suites = tamper.suites(texts)
    for path in filter(is_script_test, texts):
        one = script_tests.script(texts[path])
        spans = dict(script_tests.named(one))
        bodies = script_tests.helpers([one]).bodies
        for name, case in suites[path].cases.items():
            if case.sites and not case.skipped and name in spans and (run is None or _passed(run, path, name)):
                yield _tried(one.plain[slice(*spans[name])], one, bodies)


def _passed(run: Run, path: str, name: str) -> bool:
    """By its own name; one that is run with several values has others, so that all in its file must pass then."""
    mine = [one for one in run.results if one.file == path]
    last = name.rpartition(" › ")[2]
    known = [one for one in mine if one.case in {name, last}] or mine
    return bool(known) and all(one.outcome is Outcome.PASSED for one in known)


def _tried(text: str, one: Script, bodies: Mapping[str, str]) -> Tried:
    """With what it calls beside it in its file."""
    for name in set(script_tests.CALLED.findall(text)) & bodies.keys():
        at = one.bare.find(bodies[name])
        text += one.plain[at : at + len(bodies[name])]
    return Tried(text, frozenset(_sorts(text)))


def _sorts(text: str) -> Iterator[str]:
    handed = EXPECTED.sub(" ", text.partition(",")[2])  # behind the name of the test
    if EMPTY.search(handed):
        yield "empty"
    odd = any(NONSENSE.search(found[1:-1]) for found in TEXT.findall(handed)) or NEGATIVE.search(handed)
    if odd and REFUSES.search(text):
        yield "invalid"
    if any(_number(found["a"] or found["b"] or found["c"]) >= MUCH for found in HUGE.finditer(text)):
        yield "huge"
    if TOGETHER.search(text):
        yield "concurrent"


def _number(said: str) -> float:
    try:
        return float(said.replace("_", ""))
    except ValueError:
        return 0
