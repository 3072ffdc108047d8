"""Turns the title of a feature into what a person can do with it: “Plans my week” becomes “plan your week”."""

import re

from orchestrator.domain import plain

_PLAIN = """
add adjust answer approve archive arrange ask assign attend back block book borrow browse build buy calculate
call cancel change chat check choose collect combine comment compare complete confirm connect contact control
convert cook copy count create customise customize cut decide define delete describe design discover display
divide do donate download drag draw earn edit email enter estimate exchange explain explore export filter find
fill follow gather generate get give grade group guide help hide highlight hire import inform insert invite join
keep label learn leave lend like list listen locate lock log look lose make manage map mark match measure meet
mix monitor move note notify offer open order organise organize pause pay personalise personalize photograph
pick pin plan play post practice practise prepare preview print protect publish put quiz rank rate read receive
recognise recognize recommend record redeem redo reduce register reject remember remind remove rename rent
reorder repeat reply report request reschedule reserve respect restore return reuse review reward rsvp save scan
schedule search see select sell send set share show sign solve sort split spot start stay stop store submit
subscribe suggest swap switch synchronise take tag talk teach tell test tick track trade train translate try
turn type undo unsubscribe update upload use view visit vote warn watch write zoom
"""
VERBS = frozenset(_PLAIN.split())

# What the app does by itself: “You can remind me” would be wrong.
BY_ITSELF = plain.words(
    """
    calculate convert explain generate guide help inform notify offer protect recognise recognize recommend reduce
    remember remind respect reward show suggest synchronise teach tell translate warn
    """
)

# These are as often the name of a thing: “Order history” is not something to do.
_ALSO_THINGS = plain.words(
    """
    book build call chat comment contact control copy design email export filter group guide help import label list
    log look map mark match order plan post print quiz report request review reward schedule search share sign start
    store tag test track trade train update vote watch
    """
)
_THINGS = plain.words(
    """
    account area bar board book box builder button calendar chart code export feature feed field form function
    gallery history import line log login map mode module notifications option overview page panel planner profile
    program reminders results room screen section settings sheet system tool tracker view wall widget
    """
)
_MIRROR = {
    "me": "you", "my": "your", "mine": "yours", "myself": "yourself", "i": "you", "i'm": "you’re", "i’m": "you’re",
    "us": "you", "our": "your", "ours": "yours", "ourselves": "yourselves", "we": "you", "am": "are",
}  # fmt: skip
_SHORT = 3  # words of a title that may be a name rather than a deed
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SIMPLE = re.compile(r"[A-Za-z]+(?:[- ][A-Za-z]+){0,4}")


def base(word: str) -> str | None:
    """“plans” and “planning” are “plan”; None for what is no verb that we know."""
    word = word.casefold()
    return next((form for form in _forms(word) if form in VERBS), None)


def _forms(word: str) -> tuple[str, ...]:
    if word.endswith("ing"):
        stem = word[:-3]
        return (word, stem, stem + "e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem)
    if word.endswith("ies"):
        return (word, word[:-3] + "y")
    return (word, word[:-1], word[:-2]) if word.endswith("s") else (word,)


def starts(text: str) -> bool:
    """Whether the text begins with something to do."""
    return _split(text) is not None


def _split(text: str) -> tuple[str, str, str] | None:
    """Adverb, verb and the rest."""
    words = text.split()
    adverb = words.pop(0) + " " if len(words) > 1 and _is_adverb(words[0]) else ""
    if not words or (verb := base(plain.bare(words[0]))) is None or _is_thing(words):
        return None
    verb = words[0] if words[0].isupper() and len(words[0]) > 1 else verb  # RSVP
    return plain.uncapital(adverb), verb, " ".join(words[1:])


def _is_adverb(word: str) -> bool:
    return word.casefold().endswith("ly") and word.casefold() not in VERBS


def _is_thing(words: list[str]) -> bool:
    first, last = words[0].casefold(), plain.bare(words[-1]).casefold()
    if len(words) == 1:
        return first in _ALSO_THINGS or first.endswith(("ing", "s"))
    doubtful = first.endswith("ing") or base(first) in _ALSO_THINGS
    return doubtful and len(words) <= _SHORT and (last in _THINGS or words[1].casefold() in {"of", "and"})


def mirrored(text: str) -> str:
    """What a person says of themselves, said to them: “my week” is “your week”."""
    return _WORD.sub(lambda found: _MIRROR.get(found[0].casefold(), found[0]), text)


def infinitive(title: str) -> str | None:
    """“Plans the week” is “plan the week”; None where the title is no verb phrase."""
    parts = _split(plain.bare(title))
    return f"{parts[0]}{parts[1]} {parts[2]}".strip() if parts else None


def can(title: str) -> str:
    """What follows “You can”, whatever the title is."""
    title = plain.bare(plain.one_line(title))
    if (parts := _split(title)) is None:
        return _use(title)
    adverb, verb, rest = parts
    doing = f"{adverb}{verb} {mirrored(rest)}".strip()
    return f"let it {doing}" if verb in BY_ITSELF else doing


def _use(thing: str) -> str:
    if not _SIMPLE.fullmatch(thing):
        return f"use “{thing}”" if thing else "use it"
    own = thing.split(maxsplit=1)[0].casefold() in {"my", "our"}
    return f"use {plain.uncapital(mirrored(thing))}" if own else f"use the {plain.uncapital(thing)}"
