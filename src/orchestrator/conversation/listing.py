"""Takes a list out of running text: wishes with their titles and priorities, and plain items."""

import re

from orchestrator.conversation import people
from orchestrator.domain import plain, verbs
from orchestrator.domain.brief import Priority, Topic
from orchestrator.domain.editing import Act, Edit

_WHO_CAN = (
    r"(?:(?:i|we|you|they|he|she|it|users?|people|everyone|everybody|anyone|members|customers|parents|visitors|the app|"
    r"the site|the website|this app|the tool)\s+"
    r"(?:should also|should|must also|must|also needs?|needs?|can also|can|could also|could|will|would like|would|"
    r"wants?|has|have|shall|may|might|'d like|’d like)(?:\s+be able)?(?:\s+to)?|i'd like(?: it)?(?: to)?"
    r"|i’d like(?: to)?)"
)
_LEADS = re.compile(
    r"^(?:(?:and|also|then|plus|oh|please|maybe|perhaps|first|second|third|finally|of course|well|so|but"
    r"|ideally)\b[,:]?\s+"
    rf"|{_WHO_CAN}\s+"
    r"|be able to\s+|being able to\s+|(?:it\s+)?(?:lets?|allows?|enables?|helps?)\s+(?:me|us|you|people|users"
    r"|them|everyone)"
    r"(?:\s+to)?\s+"
    r"|(?:a|the)\s+(?:way|ability|option|possibility|chance|button|place)\s+(?:for \w+ )?to\s+|to\s+"
    r"|there (?:should|must) be\s+"
    r"|(?:be|is) possible to\s+|there is\s+|have\s+|having\s+|with\s+|an?\s+|the\s+|some\s+|it\s+)",
    re.IGNORECASE,
)
_RANKS = (
    (Priority.LOW, re.compile(
        r"\b(?:it would be|would be|that is|that's|is|are|as)?\s*(?:an?\s+)?(?:nice to have|nice-to-have)s?\b|"
        r"\b(?:would be nice|if possible|optional(?:ly)?|some ?day|later on|not urgent|low priority|less important)\b|"
        r"^(?:maybe|perhaps|later|possibly)\b", re.IGNORECASE)),
    (Priority.HIGH, re.compile(
        r"\b(?:(?:that )?(?:is|are|as)\s+)?(?:an?\s+)?(?:absolute\s+)?must[- ]haves?\b|"
        r"\b(?:(?:that )?(?:is|are)\s+)?(?:very\s+|really\s+|most\s+)?(?:essential|important|crucial|required"
        r"|high priority)\b",
        re.IGNORECASE)),
)  # fmt: skip
_HAS_TO = re.compile(r"\b(?:must|needs? to|has to|have to)\b", re.IGNORECASE)
_MORE = re.compile(
    r"\s+[-–—]+\s+|:\s+|\s*\((?=[^)]{4,}\)?$)|,?\s+(?=so that |because |in order to |so (?:i|we|they"
    r"|you) )",
    re.IGNORECASE,
)
_LETS = re.compile(r"(?:lets?|allows?|enables?|helps?)\s+(?=\w)", re.IGNORECASE)
_NOTHING = plain.phrases(
    """
    and | also | etc | etcetera | on | so on | and so on | to | a | the | it | more | things like that
    """
)
_COMMAS = re.compile(r",\s+(?!so that|because|in order|so (?:i|we|they|you) )(?:and\s+|or\s+)?|\s*;\s*")
_NUMBER = re.compile(r"\s*\(?1[.)]\s")
_INLINE = re.compile(r"\s+(?=\(?\d{1,2}[.)]\s)")
_FOR_NOW = re.compile(r"\s+(?:for now|yet|at first|at the moment|right now)\W*$", re.IGNORECASE)
_HEADING = 3  # words that can be the heading of a list
_AND = re.compile(r"\s+(?:and then|and also|and|&|as well as|plus)\s+")


def lines(text: str) -> list[str]:
    """Lines without bullets, and the sentences of running ones."""
    return [sentence for line in apart(text) for sentence in plain.sentences(unbulleted(line))]


def apart(text: str) -> list[str]:
    """The lines, and the points of a list that was written in one of them: “1. plan 2. print”."""
    return [part for line in text.split("\n") for part in (_INLINE.split(line) if _NUMBER.match(line) else [line])]


def unbulleted(line: str) -> str:
    return re.sub(r"^\s*(?:[-*•–+]|\(?\d{1,2}[.)]|#+)\s+", "", line).strip(" *_\t")


def wishes(text: str, priority: Priority | None = None) -> list[Edit]:
    """Every feature that the text asks for."""
    found: list[Edit] = []
    for sentence in lines(text):
        rank, rest = _ranked(sentence)
        if plain.bare(rest).casefold() not in _NOTHING:
            found += [wish(part, priority or rank) for part in parts(lead_off(rest))]
    return [edit for edit in found if edit.text]


def wish(text: str, priority: Priority | None = None) -> Edit:
    """One feature: a short title, and what else was said about it."""
    title, _, more = _MORE.sub("\n", lead_off(text), count=1).partition("\n")
    title = "" if plain.bare(title).casefold() in _NOTHING else _imperative(plain.bare(title))
    return Edit(Act.TELL, title, Topic.FEATURES, more=plain.capital(more.strip(" ,)")), priority=priority)


def _imperative(title: str) -> str:
    """“plans the week” is “Plan the week”; what is no verb phrase stays as it was said."""
    return plain.capital(verbs.infinitive(title) or title)


def _ranked(sentence: str) -> tuple[Priority | None, str]:
    for priority, words in _RANKS:
        if words.search(sentence):
            return priority, re.sub(r"^\W+|\s+\W*$", "", words.sub("", sentence)).strip(" :,") or sentence
    return (Priority.HIGH if _HAS_TO.search(sentence) else None), sentence


def lead_off(text: str) -> str:
    """Without “it should”, “I want to”, “a” and the like in front."""
    while (found := _LEADS.match(text)) and found.end() < len(text):
        text = text[found.end() :]
    lets = _LETS.match(text)
    pair = people.then_doing(text[lets.end() :]) if lets else None
    return pair[1] if pair else text.strip()


def parts(text: str) -> list[str]:
    """The items of one sentence. “swap a meal and print the list” are two, “meals and dinners” is one."""
    main, apart, more = text.partition(": ")
    if apart and len(_COMMAS.split(more)) > 1 and len(main.split()) <= _HEADING:
        return parts(more)
    pieces = [piece for piece in _COMMAS.split(text) if piece.strip()]
    if len(pieces) == 1:
        return _at_verbs(text)
    if _is_doing(pieces[0]):
        return [part for piece in _joined(pieces) for part in _at_verbs(piece)]
    return [*pieces[:-1], *_last(pieces[-1])]


def _is_doing(piece: str) -> bool:
    return len(piece.split()) > 1 and verbs.starts(lead_off(piece))


def _joined(pieces: list[str]) -> list[str]:
    """“track my walks, swims, see a chart” are two: what has no verb belongs to the one before."""
    joined: list[str] = []
    for piece in pieces:
        if joined and not verbs.starts(lead_off(piece)):
            joined[-1] += ", " + piece
        else:
            joined.append(piece)
    return joined


def _at_verbs(text: str) -> list[str]:
    """Apart at each “and” that something to do follows, unless a single word stands before it (“search and find”)."""
    found: list[str] = []
    for piece in _AND.split(text):
        thing = piece.startswith(("a ", "an ")) and bool(found) and not _is_doing(found[-1])
        if found and not thing and not (_is_doing(piece) and len(found[-1].split()) > 1):
            found[-1] += " and " + piece
        else:
            found.append(piece)
    return found


def _last(piece: str) -> list[str]:
    """The end of a list of things: “recipes and calendar”."""
    return _at_verbs(piece) if _is_doing(piece) else _AND.split(piece)


def items(text: str) -> list[str]:
    """Things in a row: “ads, payments and chat”."""
    found = [_FOR_NOW.sub("", part) for line in lines(text) for part in _things(line)]
    return [plain.capital(item) for item in map(plain.bare, found) if item]


def _things(line: str) -> list[str]:
    pieces = _COMMAS.split(line)
    if len(pieces) > 1:
        return [*pieces[:-1], *_AND.split(pieces[-1])]
    short = all(len(piece.split()) < _HEADING for piece in _AND.split(line))
    return _AND.split(line) if short else pieces


def steps(text: str) -> list[str]:
    """What happens one after the other."""
    found = [
        step for line in lines(text) for step in re.split(r"[,;]?\s+(?:and then|then)\s+|\s*;\s*|\s*(?:→|->)\s*", line)
    ]
    return [plain.ended(plain.capital(step.strip(" ,"))) for step in found if plain.bare(step)]
