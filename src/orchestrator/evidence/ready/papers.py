"""Whether it is explained: documents by their content, because a file that merely exists explains nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven
from orchestrator.evidence.words import counted, listed

HEADING = re.compile(r"^(?:#{1,6}\s+(.+?)\s*#*|(.+)\n(?:=+|-{3,})\s*)$", re.MULTILINE)
FENCED = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
DIAGRAM = re.compile(r"```(?:mermaid|plantuml|dot|graphviz)\n(.+?)```", re.DOTALL)
PICTURES = ("docs/**.svg", "docs/**.png", "docs/**.drawio", "docs/**.puml", "docs/**.mmd", "**.puml", "**.mmd")
DATED = re.compile(r"^#{1,3}\s*\[?v?(\d+\.\d+(?:\.\d+)?|unreleased)\]?.*$", re.MULTILINE | re.IGNORECASE)
DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")
FEWEST_WORDS = 60
FILLER = re.compile(r"\b(?:todo|tbd|lorem ipsum|coming soon|fill (?:this )?in|placeholder)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paper:
    """A document, told by its place or title, and what it must speak of: of each line one word at least."""

    called: str
    places: tuple[str, ...]
    titles: re.Pattern[str]
    speaks: tuple[tuple[str, ...], ...]
    words: int = FEWEST_WORDS


def paper(called: str, places: str, titles: str, *speaks: str, words: int = FEWEST_WORDS) -> Paper:
    known = tuple(tuple(line.split("|")) for line in speaks)
    return Paper(called, tuple(places.split()), re.compile(titles, re.IGNORECASE), known, words)


DEPLOYMENT = paper(
    "deployment guide",
    "deploy*.md docs/**deploy*.md docs/**install*.md docs/**operations*.md",
    r"deploy|installation|putting it in place",
    "install|deploy|image|container",
    "environment|setting|variable|config",
    "start|run|restart|systemd|up -d",
    "upgrade|update|version|roll",
)
RUNBOOK = paper(
    "runbook",
    "runbook*.md docs/**runbook*.md docs/**operations*.md",
    r"runbook|when something (?:happens|goes wrong)|incidents?",
    "alert|down|fail|full|slow",
    "check|look|see|log",
    "restart|restore|roll|stop|scale|rotate",
    "backup|restore|copy",
)
TROUBLE = paper(
    "troubleshooting guide",
    "troubleshooting*.md docs/**troubleshoot*.md docs/**faq*.md",
    r"troubleshoot|when it does not work|common (?:problems|errors)|faq",
    "error|fail|does not|cannot|problem|refuse",
    "because|cause|reason|means|happens when",
    "fix|solution|remedy|try|check|set|install|restart|change",
)
GUIDE = paper(
    "user guide",
    "user*guide*.md docs/**user*.md docs/**guide*.md docs/**tutorial*.md docs/**usage*.md",
    r"user guide|how to use|using|getting started|tutorial|usage",
    "you|your",
    "click|open|choose|press|type|write|run|call",
    words=150,
)
CACHING = paper(
    "decision about caching",
    "docs/**cach*.md docs/**adr*.md docs/**decisions/*.md docs/**performance*.md readme* architecture*",
    r"cach",
    "cache|caching|cached",
    "second|minute|hour|day|expire|invalidat|because|not needed|no need|nothing is",
    words=20,
)


def _proof(item: str, wanted: Paper) -> Proof:
    async def prove(look: Look) -> Found:
        return _judged(look, wanted)

    return Proof(item, prove, covers=("*.md", "*.rst", "*.txt"))


def _judged(look: Look, wanted: Paper) -> Found:
    """The best of the candidates decides; where none is whole, what the best one lacks is said."""
    found = _candidates(look, wanted)
    if not found:
        return failed(f"There is no {wanted.called}.")
    lacking = {place: _lacking(text, wanted) for place, text in found.items()}
    best = min(lacking, key=lambda place: len(lacking[place]))
    path = best.partition("#")[0]
    if lacking[best]:
        return failed(f"The {wanted.called} in {path} {lacking[best][0]}.", look.read([path]))
    return proven(f"There is a {wanted.called} in {path}.", look.read([path], _first(found[best])))


def _candidates(look: Look, wanted: Paper) -> dict[str, str]:
    """Whole documents by their place, and parts of others by their heading."""
    found = dict(look.files(*wanted.places))
    for path, text in look.files("*.md", "*.rst").items():
        for title, part in sections(text).items():
            if wanted.titles.search(title):
                found.setdefault(f"{path}#{title}", part)
    return {place: text for place, text in found.items() if "/node_modules/" not in f"/{place}"}


def _lacking(text: str, wanted: Paper) -> list[str]:
    """What is missing from a text, as the ends of sentences."""
    said = FENCED.sub(" ", text).lower()
    found = []
    if FILLER.search(said):
        found.append("is not finished: parts of it are to be filled in")
    if (words := len(re.findall(r"[^\W\d_]{2,}", text))) < wanted.words:
        found.append(f"is too short to explain anything: {counted(words, 'word')}")
    missing = [line[0] for line in wanted.speaks if not any(word in text.lower() for word in line)]
    if missing:
        found.append(f"says nothing about {listed(missing)}")
    return found


def sections(text: str) -> dict[str, str]:
    """Part by part what stands below each heading, its own smaller headings included."""
    plain = FENCED.sub(lambda fence: re.sub(r"[^\n]", "·", fence[0]), text)
    marks = [(found.start(), found.end(), _level(found[0]), found[1] or found[2]) for found in HEADING.finditer(plain)]
    parts = {}
    for at, (_, end, level, title) in enumerate(marks):
        stop = next((start for start, _, other, _ in marks[at + 1 :] if other <= level), len(text))
        parts[title] = text[end:stop]
    return parts


def _level(heading: str) -> int:
    hashes = len(heading) - len(heading.lstrip("#"))
    return hashes or (1 if heading.rstrip().endswith("=") else 2)


def _first(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:200]


async def diagrams(look: Look) -> Found:
    """A picture of how it is built: drawn in a document, or as a file that one shows."""
    for path, text in look.files("*.md").items():
        for drawn in DIAGRAM.findall(text):
            if len(drawn.splitlines()) > 3 and ("-" in drawn or ":" in drawn):  # noqa: PLR2004 - a head and some lines
                return proven(f"{path} draws how it is built.", look.read([path], drawn.strip()[:200]))
    pictures = [path for path in look.tree if any(re.fullmatch(_glob(one), path.lower()) for one in PICTURES)]
    told: Mapping[str, str] = look.files("*architecture*.md", "readme*", "docs/*.md")
    shown = [(doc, one) for one in pictures for doc, text in told.items() if one.rpartition("/")[2] in text]
    shown = [
        (doc, one) for doc, one in shown if re.search(r"architect|design|overview|how it", told[doc], re.IGNORECASE)
    ]
    if shown:
        return proven(f"{shown[0][0]} shows a picture of how it is built.", look.read([*shown[0]]))
    return failed("There is no picture of how it is built.")


def _glob(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")


async def changelog(look: Look) -> Found:
    """Versions with days and changes, and nothing newer that it does not know."""
    found = look.files("changelog*", "changes*", "history*", "docs/changelog*", "news*")
    if not found:
        return failed("There is no changelog.")
    path, text = next(iter(found.items()))
    versions = list(DATED.finditer(text))
    changes = re.findall(r"^\s*[-*]\s+\S.{5,}$", text, re.MULTILINE)
    if not versions or not changes:
        return failed(f"{path} names no version with its changes.", look.read([path]))
    released = [one for one in versions if "unreleased" not in one[0].lower()]
    if released and not any(DAY.search(one[0]) for one in released):
        return failed(f"{path} does not say when its versions came out.", look.read([path]))
    return proven(f"{path} tells of {counted(len(versions), 'version')}.", look.read([path], versions[0][0]))


async def caching(look: Look) -> Found:
    return _judged(look, CACHING)


async def guide(look: Look) -> Found:
    """A library without people in front of it needs none."""
    return _judged(look, GUIDE)


PROOFS = (
    Proof("D3", diagrams, covers=("*.md", *PICTURES)),
    _proof("D4", DEPLOYMENT),
    _proof("D5", RUNBOOK),
    _proof("D6", TROUBLE),
    Proof("D7", guide, covers=("*.md", "*.rst", "*.txt")),
    Proof("D8", changelog, covers=("*.md", "*.rst", "*.txt")),
    Proof("P4", caching, covers=("*.md", "*.rst", "*.txt")),
)
