"""Knows the turns of phrase by which a sentence says what it is about."""

import re
from collections.abc import Callable

from orchestrator.conversation import idea, listing, people
from orchestrator.domain import plain
from orchestrator.domain.brief import Brief, Clarity, Priority, Topic, clarity
from orchestrator.domain.editing import Act, Edit, find

Told = list[Edit]


def _turns(*forms: str) -> re.Pattern[str]:
    """Several turns of phrase in one pattern; capitals make no difference."""
    return re.compile("|".join(forms), re.IGNORECASE)


_IT = r"(?:it|this|that|the app|the site|the project)"
_KINDLY = r"(?:please |let['’]?s |let us |i want to |i['’]d like to |we can |(?:can|could) (?:we|you) )*"
_NAME = _turns(
    rf"^{_KINDLY}(?:and |we |i |you )*(?:will |should |can |could )?(?:call|name) {_IT} (?P<x>.+)$",
    r"^(?:the|its|it['’]s|my|our)(?: (?:app|project)['’]?s)? name(?: of \w+(?: \w+)?)? (?:is|should be|will be) "
    r"(?P<y>.+)$",
    rf"^{_IT}(?: is|['’]s| should be| will be) (?:called|named) (?P<z>.+)$",
    r"^(?:name|title|project name|app name)\s*:\s*(?P<w>.+)$",
    rf"^{_KINDLY}(?:change|set|rename) (?:(?:the |its )?name|{_IT}) to (?P<v>.+)$",
)
_RANK = _turns(
    r"^(?:i think |and |the )*(?:make )?(?P<x>.+?)\s+(?:(?:is|are|should be|would be|as|to)\s+)?"
    r"(?:a |an |the |really |very |only |just )*"
    r"(?P<rank>must[- ]haves?|most important|essential|crucial|high priority"
    r"|should[- ]haves?|medium priority"
    r"|nice[- ]to[- ]haves?|optional|(?:is)?n[o'’]t (?:so |that |very )?important|less important|low priority)"
    r"(?: for (?:me|us))?$"
)
_RANKS = {
    Priority.MEDIUM: ("should", "medium"),
    Priority.LOW: ("not", "isn", "less", "low", "nice", "optional"),
}
_MOST = _turns(r"^(?:the )?most important(?: thing| feature| one)? is (?P<x>.+)$", r"^put (?P<y>.+) first$")
_REMOVE = _turns(
    rf"^{_KINDLY}(?:remove|delete|drop|take out|get rid of|scrap|leave out|forget about|skip)\s+(?P<x>.+?)"
    r"(?: from (?:the )?(?:features|list|brief|app))?(?: please)?$",
    r"^(?:we|i) (?:don['’]t|do not|no longer) (?:need|want) (?P<y>.+?)(?: any ?more)?$",
    r"^no (?:more )?(?P<z>.+?) please$",
)
_ADD = _turns(
    r"^(?:please |also |and |oh |(?:can|could|would) (?:we|you|it) |(?:i|we)(?:['’]d| would)? (?:like|want|need) to )*"
    r"add (?P<x>.+?)(?: to (?:the )?(?:features|list|brief|app|vision))?(?: please)?\??$",
    r"^(?:(?:can|could) (?:it|we|i|the app)|is there a way to|what about|how about) (?:also |please )*(?P<y>.+?)\??$",
    r"^(?:and )?also[:,]?\s+(?P<z>.+)$",
    r"^(?:and|plus) (?P<w>.+?) (?:too|as well|also)$",
)
_FOR = _turns(
    rf"^{_IT}(?:['’]s| is| should be| would be| will be)(?: mainly| mostly| only| really| just| also| first)? "
    r"for (?P<x>.+)$",
    r"^(?:mainly |mostly |only )?for (?P<y>.+)$",
)
_PROBLEM = _turns(
    r"^(?:and |but )?(?:the |our |my )?(?:main |big |biggest |real )*(?:problem|trouble|issue|pain)"
    r"(?: is| was|['’]s)(?: that)?:?\s+(?P<x>.+)$"
)
_SUCCESS = _turns(
    r"^(?:(?:a )?success|(?:the|our|my) goal|it (?:is a success|works|worked)) (?:is|means|would be|looks like|if|when)"
    r"(?: that)?\s+(?P<x>.+)$",
    r"^(?P<y>(?:i|we)(?:['’]d| would|['’]ll| will) (?:be happy|know|be glad) (?:if|when|that)\s+.+)$",
)
_OUT = _turns(
    r"^(?:it |the app |we )"
    r"(?:should not|shouldn['’]t|must not|mustn['’]t|does not need|doesn['’]t need|needn['’]t|need not)"
    r"(?: to)?(?: have)?\s+(?!(?:to )?be\b)(?P<x>.+)$",
    r"^(?:there is )?no need for (?P<y>.+)$",
    r"^(?:leave out|without|not in the first version:?|not needed:?)\s+(?P<z>.+)$",
)
_SHOULD = _turns(
    rf"^(?:{_IT}|they|users?|people|i|we|everyone|customers|parents|members)(?: also)? "
    r"(?:should|must|needs? to|has to|have to|can|could|will|would like to|want to|wants to|['’]d like to)"
    r"(?: also)?(?: be able to)? (?!be |have (?:a )?success|save me)(?P<x>.+)$",
    r"^there (?:should|must) be (?P<y>.+)$",
)
_WORRY = _turns(
    r"\b(?:i|we|they|people|nobody|no one|everyone|everybody|parents)\b(?: \w+)? "
    r"(?:never|always|keeps?|can['’]t|cannot|struggles?|waste|loses?|miss|hate|throw away"
    r"|knows? (?:what|where|who|when)|don['’]t (?:know|have))\b",
    r"\b(?:it is|it['’]s|this is) (?:so |too |very |really )?"
    r"(?:hard|difficult|annoying|tiring|confusing|slow|expensive|boring|stressful|a mess|a pain)\b",
    r"\b(?:at the moment|right now|today|currently) (?:i|we|they|people|every\w+|no ?body)\b",
    r"\btoo (?:many|much|long)\b|\bforgets?\b|\btired of\b|\bsick of\b|\bnever know\b",
)
_I_AM = _turns(r"^(?:i am|i['’]m|we are|we['’]re) (?:an? |the )?(?P<x>.+)$")
_NO = _turns(r"^no (?!idea\b|clue\b)(?P<x>[\w ,]+)$")
_TAKE_OUT = _turns(r"\b(?:remove|delete|drop|scrap|take out|get rid)\b")
_AND = _turns(r",\s*(?:and\s+)?|\s+and\s+")
_LONG = 6  # words beyond which “X is essential” is prose, not the name of a feature
NARRATIVE = frozenset({Topic.PROBLEM, Topic.DAY, Topic.SUCCESS, Topic.OUT})


def _x(found: re.Match[str] | None) -> str:
    """What a turn of phrase is about."""
    named = {name: text for name, text in found.groupdict().items() if text and name != "rank"} if found else {}
    return plain.bare(next(iter(named.values()), ""))


def name(sentence: str, _brief: Brief, _asked: Topic | None) -> Told | None:
    return [Edit(Act.NAME, plain.capital(given))] if (given := _x(_NAME.match(sentence))) else None


def rank(sentence: str, brief: Brief, _asked: Topic | None) -> Told | None:
    """“X is a must have”; a feature that is not there yet is told by it."""
    if feature := find(brief, _x(_MOST.match(plain.bare(sentence))) or "-"):
        return [Edit(Act.RANK, feature.title, priority=Priority.HIGH)]
    if not (found := _RANK.match(plain.bare(sentence))):
        return None
    said = found["rank"].casefold()
    priority = next((priority for priority, starts in _RANKS.items() if said.startswith(starts)), Priority.HIGH)
    wanted = [feature for part in _AND.split(_x(found)) if (feature := find(brief, part))]
    if wanted:
        return [Edit(Act.RANK, feature.title, priority=priority) for feature in wanted]
    return listing.wishes(_x(found), priority) if len(_x(found).split()) <= _LONG else None


def remove(sentence: str, brief: Brief, asked: Topic | None) -> Told | None:
    """Takes features away by name. While a question is open, what is not there is an answer: “remove old entries”."""
    words = plain.bare(sentence)
    if not (named := _x(_REMOVE.match(words))):
        return None
    whole = find(brief, named)
    there = [whole] if whole else [feature for part in _AND.split(named) if (feature := find(brief, part))]
    if there:
        return [Edit(Act.REMOVE, feature.title, Topic.FEATURES) for feature in there]
    command = _TAKE_OUT.search(words)
    if asked and command:
        return None
    return [Edit(Act.REMOVE, named)] if command else _left_out(named, asked)


def _left_out(named: str, asked: Topic | None) -> Told | None:
    if asked in NARRATIVE - {Topic.OUT}:
        return None
    return [Edit(Act.TELL, item, Topic.OUT) for item in listing.items(named)]


def add(sentence: str, brief: Brief, asked: Topic | None) -> Told | None:
    """“Please add X”, “can it also X?”; while the features are asked for, “add a photo” may itself be one."""
    found = _ADD.match(sentence)
    if not (wanted := _x(found)) or (_listing(brief, asked) and re.match(r"add\b", sentence, re.IGNORECASE)):
        return None
    if found and (found["z"] or found["w"]) and asked in NARRATIVE | {Topic.WHO}:
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


def should(sentence: str, brief: Brief, asked: Topic | None) -> Told | None:
    """“It should plan the week” is a feature, unless a story is being told."""
    says_what = asked is Topic.WHAT and not brief.what and idea.is_wish(sentence)
    if asked in NARRATIVE or says_what or not _SHOULD.match(sentence):
        return None
    return listing.wishes(sentence) or None


def worry(sentence: str, _brief: Brief, _asked: Topic | None) -> Told | None:
    return [Edit(Act.TELL, plain.capital(sentence), Topic.PROBLEM)] if _WORRY.search(sentence) else None


def i_am(sentence: str, _brief: Brief, _asked: Topic | None) -> Told | None:
    """“We are a small club”: those for whom it is."""
    who = _x(_I_AM.match(plain.bare(sentence)))
    return [Edit(Act.TELL, plain.capital(who), Topic.WHO)] if people.is_people(who) else None


def no_such(sentence: str, _brief: Brief, asked: Topic | None) -> Told | None:
    told = _x(_NO.match(plain.bare(sentence)))
    return _left_out(told, asked) if told else None


Cue = Callable[[str, Brief, Topic | None], Told | None]
STRONG: tuple[Cue, ...] = (name, rank, remove, add, for_whom, problem, success, out, should)
WEAK: tuple[Cue, ...] = (worry, no_such, i_am)
