"""Reads the sentence in which a person says what they want: what it is, for whom, why, and what it should do."""

import re

from orchestrator.conversation import listing, people
from orchestrator.domain import plain, verbs
from orchestrator.domain.brief import Topic, says_little
from orchestrator.domain.editing import Act, Edit

_WANT = re.compile(
    r"^(?:(?:hi|hello|hey|hey there|hi there|good (?:morning|evening|afternoon))\b[,.!]*\s+)?(?:so|well|ok|okay"
    r"|please)?[, ]*"
    r"(?:(?:i|we)(?:['’]d| would|['’]m| am|['’]re| are|['’]ve| have)?\s+(?:really |just |always )?"
    r"(?:want|wanted|need|like|love|thinking of|thinking about|looking for|dreaming of|an idea for"
    r"|had an idea for|got an idea for)"
    r"(?:\s+to\s+(?:build|make|create|have|develop|start|design|launch|get))?(?:\s+(?:me|us|you to (?:build|make"
    r"|create)))?"
    r"|(?:can|could|would|will) you (?:please )?(?:build|make|create|develop|design)(?: (?:me|us))?"
    r"|(?:build|make|create|develop|design|give)(?: (?:me|us))?"
    r"|(?:my|our|the) (?:project )?idea(?: is|:)?(?: for| to (?:build|make|create|have))?"
    r"|(?:it|this)(?:['’]s| is| would be| will be| should be)(?: basically| simply| just)?|how about|what about"
    r"|think of)"
    r"\s+(?=\S)",
    re.IGNORECASE,
)
_WHY = re.compile(
    r",?\s+(?:because|since)\s+(?P<why>.+)$|,?\s+(?P<aim>so that\s+.+|so (?=i |we |they |people |nobody |no one ).+)$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r",|\s+(?:(?:that|which|where|to|so)\s|with (?:an?\s|the\s)?(?:\w+,|list|shop|calendar|chat|search|login|map"
    r"|blog))|:\s|\s[-–—]\s",
    re.IGNORECASE,
)
_DOES = re.compile(
    r"\s+(?:(?:that|which|where|with which|to)\s+)(?P<does>.+)$|\s+(?P<ing>(?:connecting|helping|showing"
    r"|tracking|matching)\s.+)$",
    re.IGNORECASE,
)
_HELPS = re.compile(r"^(?:helps?|lets?|allows?|enables?|connects?)\s+", re.IGNORECASE)
_PARTS = re.compile(r"(?::\s+|\s[-–—]\s+|\s+with\s+)(?P<parts>.+)$", re.IGNORECASE)
_WORDS = 4  # of a name
_DROPPED = plain.words(
    """
    a an the some my our your their for of to and or which that in on with but when if
    """
)


def read(sentence: str) -> list[Edit]:
    """What one sentence about the idea tells."""
    wish, why = _split_why(wanted(sentence))
    what, who = _split_who(wish)
    what, does, doers = _split_does(f"Something {what}" if what.casefold().startswith("to ") else what)
    told = [Edit(Act.TELL, plain.capital(text), topic) for topic, text in (
        (Topic.WHAT, plain.bare(what)), (Topic.WHO, who or doers), (Topic.PROBLEM, plain.bare(why))
    ) if text]  # fmt: skip
    return [*told, *does]


def is_wish(sentence: str) -> bool:
    return bool(_WANT.match(sentence))


def wanted(sentence: str) -> str:
    """The sentence without “I want” and the like."""
    return sentence[found.end() :] if (found := _WANT.match(sentence)) else sentence


def _split_why(text: str) -> tuple[str, str]:
    if (found := _WHY.search(text)) and found.start():
        return text[: found.start()], found["why"] or found["aim"]
    return text, ""


def _split_who(text: str) -> tuple[str, str]:
    """“X for busy parents that does Y” without the people, and the people."""
    for found in re.finditer(r"\s+for\s+", text):
        rest = text[found.end() :]
        end = clause.start() if (clause := _CLAUSE.search(rest)) else len(rest)
        who = plain.bare(rest[:end])
        if people.is_people(who):
            return text[: found.start()] + rest[end:], who
    return text, ""


def _split_does(what: str) -> tuple[str, list[Edit], str]:
    """What it is, the features named in the same breath, and those who use them."""
    if found := _DOES.search(what):
        return _doing(what, found)
    if (found := _PARTS.search(what)) and (found[0].startswith(":") or len(listing.parts(found["parts"])) > 1):
        alone = len(_significant(what[: found.start()])) == 1  # “a site” alone says little
        return what if alone else what[: found.start()], listing.wishes(found["parts"]), ""
    return what, [], ""


def _doing(what: str, found: re.Match[str]) -> tuple[str, list[Edit], str]:
    does, doers = plain.bare(found["does"] or found["ing"]), ""
    if ((helped := _HELPS.match(does)) and (pair := people.then_doing(does[helped.end() :]))) or (
        pair := people.then_doing(re.sub(r"\s(?:can|could|may)\s", " ", does, count=1))
    ):
        doers, does = pair
    doers = "" if doers.casefold() in {"i", "me", "we", "us", "you", "people", "users", "everyone", "them"} else doers
    to_do = found[0].strip().startswith("to ") or verbs.starts(listing.lead_off(does)) or len(listing.parts(does)) > 1
    wishes = listing.wishes(does) if to_do else []
    return what, wishes, doers


def name_of(idea: str) -> str:
    """Two to four words that a project can go by until somebody names it."""
    sentences = listing.lines(plain.clean(idea, 2_000))
    first = next((sentence for sentence in sentences if is_wish(sentence)), *sentences[:1]) if sentences else ""
    what, who = _split_who(_split_why(wanted(first))[0])
    head = re.split(r"[,;:(]|\s[-–—]\s", what.strip(), maxsplit=1)[0]
    found = _DOES.search(head)
    words = _significant(head[: found.start()] if found else head)
    if len(words) == 1 or says_little(" ".join(words)):  # “app” alone names nothing
        named = f"{words[0]} for {plain.uncapital(who)}" if words and who else ""
        words = _significant(_deed(head, found)) or _significant(named) or words
    return plain.capital(plain.cut(" ".join(words), 60)) or "New idea"


def _deed(head: str, found: re.Match[str] | None) -> str:
    wishes = _doing(head, found)[1] if found else []
    return wishes[0].text if wishes else ""


def _significant(text: str) -> list[str]:
    """Four words at most, without small words at the ends, and without articles in between."""
    words = [word for word in map(plain.bare, text.split()) if re.search(r"\w", word)]
    while words and words[0].casefold() in _DROPPED:
        words.pop(0)
    words = [word for word in words if word.casefold() not in {"my", "our", "the", "a", "an"}]
    if len(words) > _WORDS:
        words = words[: next((place for place in (2, 3) if words[place].casefold() in _DROPPED), _WORDS)]
    while words and words[-1].casefold() in _DROPPED:
        words.pop()
    return words
