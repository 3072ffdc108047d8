"""Knows the turns of phrase by which a sentence says what it is about."""

import re
from collections.abc import Callable

from orchestrator.conversation import listing, people
from orchestrator.domain import plain
from orchestrator.domain.brief import Brief, Clarity, Priority, Topic, clarity
from orchestrator.domain.editing import Act, Edit, find

Told = list[Edit]
_IGNORE = re.IGNORECASE

NAME = re.compile(
    r"^(?:please |let['’]?s |let us |we |i |you |and )*(?:want to |would like to |will |should |can |could )?"
    r"(?:call|name) (?:it|this|the app|the project|that|the site) (?P<x>.+)$"
    r"|^(?:the|its|it['’]s|my|our)(?: app['’]?s| project['’]?s)? name(?: of (?:it|the app|the project))? (?:is"
    r"|should be|will be) (?P<y>.+)$"
    r"|^(?:it|the app|the project|this)(?: is|['’]s| should be| will be) (?:called|named) (?P<z>.+)$"
    r"|^(?:name|title|project name|app name)\s*:\s*(?P<w>.+)$",
    _IGNORE,
)
RANK = re.compile(
    r"^(?:i think |and |the )*(?:make )?(?P<x>.+?)\s+(?:(?:is|are|should be|would be|as|to)\s+)?(?:a |an |the "
    r"|really |very |only |just )*"
    r"(?P<rank>must[- ]haves?|most important|essential|crucial|high priority|should[- ]haves?|medium priority|"
    r"nice[- ]to[- ]haves?|optional|not (?:so |that )?important|less important|low priority)(?: for (?:me|us))?$",
    _IGNORE,
)
_RANKS = (
    ("must", Priority.HIGH),
    ("should", Priority.MEDIUM),
    ("medium", Priority.MEDIUM),
    ("not", Priority.LOW),
    ("less", Priority.LOW),
    ("low", Priority.LOW),
    ("nice", Priority.LOW),
    ("optional", Priority.LOW),
)
REMOVE = re.compile(
    r"^(?:please |can (?:we|you) |could you |let['’]?s |i want to |we can )?(?:remove|delete|drop|take out"
    r"|get rid of|scrap|"
    r"leave out|forget about|skip)\s+(?P<x>.+?)(?: from (?:the )?(?:features|list|brief|app))?(?: please)?$"
    r"|^(?:we|i) (?:don['’]t|do not|no longer) (?:need|want) (?P<y>.+?)(?: any ?more)?$"
    r"|^no (?:more )?(?P<z>.+?) please$",
    _IGNORE,
)
ADD = re.compile(
    r"^(?:please |also |and |oh |(?:can|could|would) (?:we|you|it) (?:please )?|(?:i|we)(?:['’]d"
    r"| would)? (?:like|want|need) to )*"
    r"(?:also )?add (?P<x>.+?)(?: to (?:the )?(?:features|list|brief|app|vision))?(?: please)?[?]?$"
    r"|^(?:can|could) (?:it|we|i|the app) (?:also |please )*(?P<y>.+?)[?]?$|^(?:and )?also[:,]?\s+(?P<z>.+)$"
    r"|^(?:and|plus) (?P<w>.+?) (?:too|as well|also)$",
    _IGNORE,
)
_FOR = re.compile(
    r"^(?:it|this|the app|that|the site)(?:['’]s| is| should be| would be| will be)(?: mainly| mostly| only"
    r"| really| just|"
    r" also| first)? for (?P<x>.+)$|^(?:mainly |mostly |only )?for (?P<y>.+)$",
    _IGNORE,
)
_PROBLEM = re.compile(
    r"^(?:and |but )?(?:the |our |my )?(?:main |big |biggest |real )*(?:problem|trouble|issue|pain)(?: is| was"
    r"|['’]s)(?: that)?:?\s+(?P<x>.+)$",
    _IGNORE,
)
_SUCCESS = re.compile(
    r"^(?:(?:a )?success|(?:the|our|my) goal|it (?:is a success|works|worked)) (?:is|means|would be|looks like"
    r"|if|when)(?: that)?\s+(?P<x>.+)$"
    r"|^(?P<y>(?:i|we)(?:['’]d| would|['’]ll| will) (?:be happy|know|be glad) (?:if|when|that)\s+.+)$",
    _IGNORE,
)
_OUT = re.compile(
    r"^(?:it |the app |we )(?:should not|shouldn['’]t|must not|mustn['’]t|does not need|doesn['’]t need"
    r"|needn['’]t|need not)(?: to)?(?: have)?\s+(?P<x>.+)$"
    r"|^(?:there is )?no need for (?P<y>.+)$|^(?:leave out|without|not in the first version:?"
    r"|not needed:?)\s+(?P<z>.+)$",
    _IGNORE,
)
_SHOULD = re.compile(
    r"^(?:it|the app|the site|this|they|users?|people|i|we|everyone|customers|parents|members)(?: also)? "
    r"(?:should|must|needs? to|has to|have to|can|could|will|would like to|want to|wants to|['’]d like to)(?: also)?"
    r"(?: be able to)? (?!be |have (?:a )?success|save me)(?P<x>.+)$|^there (?:should|must) be (?P<y>.+)$",
    _IGNORE,
)
_WORRY = re.compile(
    r"\b(?:i|we|they|people|nobody|no one|everyone|everybody|parents)\b(?: \w+)? (?:never|always|keep|keeps"
    r"|can['’]t|cannot|struggles?|forget|forgets|waste|lose|"
    r"loses|miss|hate|throw away|knows? (?:what|where|who|when)|don['’]t (?:know|have))\b|\b(?:it is|it['’]s"
    r"|this is) (?:so |too |very |really )?"
    r"(?:hard|difficult|annoying|tiring|confusing|slow|expensive|boring|stressful|a mess|a pain)\b|\btoo (?:many"
    r"|much|long)\b|"
    r"\b(?:at the moment|right now|today|currently) (?:i|we|they|people|everyone|everything)\b|\btired of\b"
    r"|\bsick of\b|\bnever know\b",
    _IGNORE,
)
_NO = re.compile(r"^no (?P<x>[\w ,]+)$", _IGNORE)
NARRATIVE = frozenset({Topic.PROBLEM, Topic.DAY, Topic.SUCCESS, Topic.OUT})


def _x(found: re.Match[str] | None) -> str:
    return (
        plain.bare(next(filter(None, (found[name] for name in found.re.groupindex if name != "rank")), ""))
        if found
        else ""
    )


def name(sentence: str, _brief: Brief, _asked: Topic | None) -> Told | None:
    return [Edit(Act.NAME, plain.capital(given))] if (given := _x(NAME.match(sentence))) else None


def rank(sentence: str, brief: Brief, _asked: Topic | None) -> Told | None:
    """“X is a must have”; a feature that is not there yet is told by it."""
    if not (found := RANK.match(plain.bare(sentence))):
        return None
    said = found["rank"].casefold()
    priority = next((priority for start, priority in _RANKS if said.startswith(start)), Priority.HIGH)
    if said.startswith("most"):
        priority = Priority.HIGH
    wanted = [feature for part in _AND.split(_x(found)) if (feature := find(brief, part))]
    if wanted:
        return [Edit(Act.RANK, feature.title, priority=priority) for feature in wanted]
    return listing.wishes(_x(found), priority) if len(_x(found).split()) <= 6 else None  # noqa: PLR2004 - longer is prose


_AND = re.compile(r",\s*(?:and\s+)?|\s+and\s+")


def remove(sentence: str, brief: Brief, asked: Topic | None) -> Told | None:
    """Takes features away by name. While a question is open, what is not there is an answer: “remove old entries”."""
    words = plain.bare(sentence)
    if not (named := _x(REMOVE.match(words))):
        return None
    whole = find(brief, named)
    there = [whole] if whole else [feature for part in _AND.split(named) if (feature := find(brief, part))]
    if there:
        return [Edit(Act.REMOVE, feature.title, Topic.FEATURES) for feature in there]
    command = re.match(
        r"(?:please |can |could |let)?.*?\b(?:remove|delete|drop|scrap|take out|get rid)", words, _IGNORE
    )
    if asked and command:
        return None
    return [Edit(Act.REMOVE, named)] if command else _left_out(named, asked)


def _left_out(named: str, asked: Topic | None) -> Told | None:
    if asked in NARRATIVE - {Topic.OUT}:
        return None
    return [Edit(Act.TELL, item, Topic.OUT) for item in listing.items(named)]


def add(sentence: str, brief: Brief, asked: Topic | None) -> Told | None:
    """“Please add X”, “can it also X?”; while the features are asked for, “add a photo” may itself be one."""
    found = ADD.match(sentence)
    if not (wanted := _x(found)) or (_listing(brief, asked) and re.match(r"add\b", sentence, _IGNORE)):
        return None
    if found and found["z"] and asked in NARRATIVE:
        return None
    return listing.wishes(wanted) or None


def _listing(brief: Brief, asked: Topic | None) -> bool:
    return asked is Topic.FEATURES and clarity(brief, Topic.FEATURES) is not Clarity.CLEAR


def for_whom(sentence: str, _brief: Brief, asked: Topic | None) -> Told | None:
    who = re.sub(r",? (?:too|as well|also)$", "", _x(_FOR.match(plain.bare(sentence))))
    if not who or asked is Topic.WHO or not people.is_people(who):
        return None
    return [Edit(Act.TELL, plain.capital(who), Topic.WHO)]


def problem(sentence: str, _brief: Brief, _asked: Topic | None) -> Told | None:
    told = _x(_PROBLEM.match(sentence))
    return [Edit(Act.TELL, plain.capital(told), Topic.PROBLEM)] if told else None


def success(sentence: str, _brief: Brief, _asked: Topic | None) -> Told | None:
    told = _x(_SUCCESS.match(sentence))
    return [Edit(Act.TELL, plain.ended(plain.capital(told)), Topic.SUCCESS)] if told else None


def out(sentence: str, _brief: Brief, asked: Topic | None) -> Told | None:
    told = _x(_OUT.match(plain.bare(sentence)))
    return _left_out(told, asked) if told else None


def should(sentence: str, _brief: Brief, asked: Topic | None) -> Told | None:
    """“It should plan the week” is a feature, unless a story is being told."""
    if asked in NARRATIVE or not _SHOULD.match(sentence):
        return None
    return listing.wishes(sentence) or None


def worry(sentence: str, _brief: Brief, _asked: Topic | None) -> Told | None:
    return [Edit(Act.TELL, plain.capital(sentence), Topic.PROBLEM)] if _WORRY.search(sentence) else None


def no_such(sentence: str, _brief: Brief, asked: Topic | None) -> Told | None:
    told = _x(_NO.match(plain.bare(sentence)))
    return _left_out(told, asked) if told else None


Cue = Callable[[str, Brief, Topic | None], Told | None]
STRONG: tuple[Cue, ...] = (name, rank, remove, add, for_whom, problem, success, out, should)
WEAK: tuple[Cue, ...] = (worry, no_such)
