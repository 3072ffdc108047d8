"""Whether it is explained: documents by their content, because a file that merely exists explains nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from orchestrator.evidence.ready import prose
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven
from orchestrator.evidence.words import counted, listed, short

FEWEST_WORDS = 60
ENTRY = re.compile(
    r"^(?:#{2,6}[ \t]+\S|\s*[-*+][ \t]+\S|\s*\d+[.)][ \t]+\S|\|(?![\s|:-]*\|?\s*$)|\*\*\S)", re.MULTILINE
)
NAMED = re.compile(r"(?:^|[\s`(])(\.?/?(?:[\w.-]+/)*[\w.-]+\.(?:sh|py|js|mjs|yml|yaml|toml|sql|service))(?=$|[\s`,;)])")
OWN = re.compile(r"(?:^|[\s`])((?:\./|scripts/|bin/|deploy/|ops/)[\w./-]*\w)")
ELSEWHERE = ("/", "~", "node_modules/", ".venv/")
WRITTEN = re.compile(r"(?:>|\btee|\bcp \S+|\bmv \S+|-o|touch|nano|vim?|create|write|edit)\s+[`“\"]?$", re.IGNORECASE)
PAPERS = ("*.md", "*.rst", "*.txt", "*.adoc")


@dataclass(frozen=True, slots=True)
class Paper:
    """A document, told by its place or title, and what it must speak of: of each line one word at least."""

    called: str
    places: tuple[str, ...]
    titles: re.Pattern[str]
    speaks: tuple[tuple[str, ...], ...]
    words: int = FEWEST_WORDS
    entries: int = 0  # how many different things it has to tell of


def paper(called: str, places: str, titles: str, *speaks: str, words: int = FEWEST_WORDS, entries: int = 0) -> Paper:
    known = tuple(tuple(line.split("|")) for line in speaks)
    return Paper(called, tuple(places.split()), re.compile(titles, re.IGNORECASE), known, words, entries)


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
    "backup|restore|copy|copies",
    entries=3,
)
TROUBLE = paper(
    "troubleshooting guide",
    "troubleshooting*.md docs/**troubleshoot*.md docs/**faq*.md",
    r"troubleshoot|when it does not work|common (?:problems|errors)|faq",
    "error|fail|does not|cannot|problem|refuse",
    "because|cause|reason|means|happens when",
    "fix|solution|remedy|try|check|set|install|restart|change",
    entries=3,
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
    "docs/**cach*.md docs/**cach*.rst caching*.md",
    r"cach",
    "cache|caching|cached",
    "second|minute|hour|day|expire|invalidat|because|not needed|no need|nothing is",
    words=25,
)
STUFFED = 0.2  # of all words: more of them than in any text that was written to be read


def _proof(item: str, wanted: Paper) -> Proof:
    async def prove(look: Look) -> Found:
        return judged(look, wanted)

    return Proof(item, prove)


def judged(look: Look, wanted: Paper) -> Found:
    """The best of the candidates decides; where none is whole, what the best one lacks is said."""
    found = _candidates(look, wanted)
    if not found:
        return failed(f"There is no {wanted.called}.")
    missing = {place: list(_lacking(look, text, wanted)) for place, text in found.items()}
    best = min(missing, key=lambda place: len(missing[place]))
    path = best.partition("#")[0]
    if missing[best]:
        return failed(f"The {wanted.called} in {path} {missing[best][0]}.", look.read([path]))
    return proven(f"There is a {wanted.called} in {path}.", look.read([path], _first(found[best])))


def _candidates(look: Look, wanted: Paper) -> dict[str, str]:
    """Whole documents by their place, and parts of others by their heading."""
    found = dict(look.files(*wanted.places))
    for path, text in look.files("*.md", "*.rst").items():
        for title, part in prose.sections(text).items():
            if wanted.titles.search(title):
                found.setdefault(f"{path}#{title}", part)
    return {place: text for place, text in found.items() if not _foreign(place)}


def _foreign(place: str) -> bool:
    parts = set(PurePosixPath(place.partition("#")[0]).parts)
    return bool(parts & {"node_modules", "vendor", "site-packages", "tests", "test", "fixtures", "changelog.md"})


def _lacking(look: Look, text: str, wanted: Paper) -> Iterator[str]:
    """What is missing from a text, as the ends of sentences."""
    yield from prose.lacking(text, wanted.words)
    if missing := [line[0] for line in wanted.speaks if not prose.speaks(text, line)]:
        yield f"says nothing about {listed(missing)}"
    if _crammed(text, wanted):
        yield "is a list of words, not an explanation"
    if (entries := len(ENTRY.findall(prose.COMMENT.sub("", text)))) < wanted.entries:
        yield f"tells of too little: {counted(entries, 'thing')} that can happen"
    if gone := next(_not_there(look, text), ""):
        yield f"names “{short(gone, 60)}”, which is not there"


def _crammed(text: str, wanted: Paper) -> bool:
    """Far more of the words that we look for than anybody would write."""
    words = [word.lower() for word in prose.WORD.findall(prose.plain(text))]
    begins = tuple(word for line in wanted.speaks for word in line if len(word) > 3 and " " not in word)  # noqa: PLR2004
    if wanted.called == "user guide" or not words:
        return False
    longest = max((run for run in _runs(words, begins)), default=0)
    return longest > 4 or sum(word.startswith(begins) for word in words) > STUFFED * 2 * len(words)  # noqa: PLR2004


def _runs(words: list[str], begins: tuple[str, ...]) -> Iterator[int]:
    """How many of these words stand one after the other."""
    run = 0
    for word in words:
        run = run + 1 if word.startswith(begins) else 0
        yield run


def _not_there(look: Look, text: str) -> Iterator[str]:
    """Files of the project that its commands need, and that it does not have."""
    names = {PurePosixPath(path).name for path in look.tree}
    for fence in prose.FENCED.finditer(text):
        for line in fence[3].splitlines():
            for found in (*NAMED.finditer(line), *OWN.finditer(line)):
                name = found[1].removeprefix("./")
                made = WRITTEN.search(line[: found.start(1)]) or name.startswith(ELSEWHERE) or found[1].startswith("/")
                known = PurePosixPath(name).name in names or any(one.startswith(f"{name}/") for one in look.tree)
                if not made and not known and _needed(line):
                    yield found[1]


def _needed(line: str) -> bool:
    """A command of which we know that it needs the file."""
    said = line.strip().removeprefix("$").strip()
    return bool(
        re.match(r"(?:\./|scripts/|bin/|(?:ba|z)?sh |python3? |node |source |\. |kubectl |docker compose -f )", said)
    )


def _first(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:200]


async def guide(look: Look) -> Found:
    """For the people who use it."""
    return judged(look, GUIDE)


PROOFS = (
    _proof("D4", DEPLOYMENT),
    _proof("D5", RUNBOOK),
    _proof("D6", TROUBLE),
    _proof("D7", GUIDE),
    _proof("P4", CACHING),
)
