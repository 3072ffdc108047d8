"""Understands a message as far as fixed patterns go: which parts of it tell what about which topic."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from orchestrator.conversation import correcting, cues, idea, labels, listing, people, said
from orchestrator.conversation.exchange import spoken
from orchestrator.domain import plain
from orchestrator.domain.brief import TEXTS, Brief, Clarity, Priority, Topic, clarity
from orchestrator.domain.editing import Act, Edit, apply, apply_all

_BULLET = re.compile(r"^\s*(?:[-*•–+]|\(?\d{1,2}[.)])\s+\S")
_HEDGE = re.compile(
    r"^(?:(?:i think|i guess|i suppose|i would say|i['’]d say|maybe|perhaps|probably|well|hmm+|so|oh|and"
    r"|that would be|i (?:don['’]t|do not) know(?: yet)?|(?:i['’]m )?not sure(?: yet)?|no idea|but|sure)\b[,:.]*\s+)+",
    re.IGNORECASE,
)
_ANSWER_LEADS = {
    Topic.WHO: re.compile(
        r"^(?:(?:it|this|that)(?:['’]s| is| would be| will be)\s+)?"
        r"(?:(?:mainly|mostly|only|just|probably|especially) )?for\s+"
        r"|^(?:it['’]s|it is|they are|mainly|mostly|especially) ",
        re.IGNORECASE,
    ),
    Topic.PROBLEM: re.compile(r"^(?:because|the problem is(?: that)?|it is that|that)\s+", re.IGNORECASE),
    Topic.SUCCESS: re.compile(r"^(?:success (?:is|means|would be)|if|when|that)\s+", re.IGNORECASE),
}  # fmt: skip
_OUT_LEAD = re.compile(
    r"^(?:no|not|without|(?:we|i|it) (?:don['’]t|doesn['’]t|do not|does not) need|leave out|nothing with|skip)\s+",
    re.IGNORECASE,
)
_WHY = re.compile(r"^(?P<main>.{3,}?),?\s+because\s+(?P<why>.+)$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Meant:
    """`loose` is what found no place; `corrected` are those of the edits that put right what was known."""

    edits: tuple[Edit, ...] = ()
    loose: tuple[str, ...] = ()
    corrected: tuple[Edit, ...] = ()


@dataclass(slots=True)
class _Hearing:
    """What was understood up to here. `under` is the heading that the lines stand under."""

    brief: Brief
    asked: Topic | None
    history: Sequence[str]
    edits: list[Edit] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    corrected: list[Edit] = field(default_factory=list)
    under: labels.Label | None = None

    @property
    def now(self) -> Brief:
        return apply_all(self.brief, self.edits)


def hear(text: str, brief: Brief, asked: Topic | None, history: Sequence[str] = (), *, talking: bool = True) -> Meant:
    """What the message tells. Nothing is guessed: what is not understood comes back as loose.

    When the talk about the idea is over, only what names its topic counts.
    """
    if not re.search(r"\w", text):
        return Meant()
    so_far = _Hearing(brief, asked, history)
    for line in listing.apart(text):
        _line(so_far, line)
    _place(so_far, cues.WEAK if talking else ())
    return Meant(tuple(so_far.edits), tuple(so_far.loose), tuple(so_far.corrected))


def _line(so_far: _Hearing, line: str) -> None:
    if not line.strip():
        so_far.under = so_far.under if so_far.under and not so_far.under.rest and not so_far.edits else None
    elif _BULLET.match(line) and not labels.label(line):
        so_far.edits += _bullet(so_far, listing.unbulleted(line))
    else:
        for sentence in _sentences(line):
            _sentence(so_far, sentence)
        so_far.under = so_far.under if so_far.under and not so_far.under.rest else None


def _sentences(line: str) -> list[str]:
    """The sentences of a line; a heading may also follow a semicolon: “a planner; must have: a calendar”."""
    found: list[str] = []
    for sentence in plain.sentences(line):
        parts = re.split(r";\s+", sentence)
        found += parts if any(labels.label(part) for part in parts[1:]) else [sentence]
    return found


def _bullet(so_far: _Hearing, item: str) -> list[Edit]:
    if so_far.under:
        return tell(so_far.under.topic, item, so_far.under.priority)
    return tell(Topic.FEATURES if so_far.asked in {None, Topic.WHAT} else so_far.asked or Topic.FEATURES, item)


def _sentence(so_far: _Hearing, sentence: str) -> None:
    if spoken(sentence) in said.GREETING | said.THANKS:
        return
    if found := labels.label(sentence):
        so_far.under = found
        so_far.edits += _labelled(found, found.rest, so_far.brief) if found.rest else []
    elif so_far.under:
        so_far.edits += tell(so_far.under.topic, sentence, so_far.under.priority)
    elif put_right := _correction(sentence, so_far.now, so_far.asked, so_far.history):
        so_far.edits += put_right
        so_far.corrected += put_right
    elif (told := _cued(sentence, so_far.now, so_far.asked, cues.STRONG)) is not None:
        so_far.edits += told
    elif so_far.asked is Topic.FEATURES and not _only_who(sentence, so_far.brief, so_far.asked):
        so_far.edits += _one_of(sentence, so_far.brief, so_far.asked, later=True)
    else:
        so_far.loose.append(sentence)


def _labelled(label: labels.Label, rest: str, brief: Brief) -> list[Edit]:
    """“Who is it for: teachers” says it anew; a list is only added to."""
    told = tell(label.topic, listing.unbulleted(rest), label.priority)
    if label.topic not in TEXTS or clarity(brief, label.topic) is Clarity.OPEN:
        return told
    return [Edit(Act.SET, edit.text, edit.topic) if edit.topic is label.topic else edit for edit in told]


def _correction(sentence: str, brief: Brief, asked: Topic | None, history: Sequence[str]) -> list[Edit]:
    if edits := correcting.pair(sentence, brief):
        return edits
    if (found := correcting.meant(sentence, brief, asked, history)) is None:
        return []
    topic, new = found
    return correcting.replacing(topic, _led(topic, new), brief)


def _cued(sentence: str, brief: Brief, asked: Topic | None, known: Sequence[cues.Cue]) -> list[Edit] | None:
    words = re.sub(
        r"^(?:(?:oh|and|but|so|well|also|yes|ok|okay|sure|good|great|no)\b[,.]?\s+)+(?=(?:it|this|the|we|i"
        r"|please|can|could|call|add|remove|also|and|plus)\b)",
        "",
        sentence,
        flags=re.IGNORECASE,
    )
    return next((told for cue in known if (told := cue(words, brief, asked)) is not None), None)


def _place(so_far: _Hearing, weak: Sequence[cues.Cue]) -> None:
    """Finds a place for the sentences that name no topic: the open question, a turn of phrase, the last feature."""
    if so_far.asked:
        so_far.edits = [*_answered(so_far.loose, so_far.brief, so_far.asked), *so_far.edits]
        so_far.loose = []
        return
    left: list[str] = []
    for sentence in so_far.loose:
        if (told := _cued(sentence, so_far.brief, None, weak)) is not None:
            so_far.edits += told
        elif so_far.edits and (last := so_far.edits[-1]).topic is Topic.FEATURES and last.act is Act.TELL:
            so_far.edits[-1] = replace(last, more=f"{last.more} {sentence}".strip())
        else:
            left.append(sentence)
    so_far.loose = left


def _answered(loose: list[str], brief: Brief, asked: Topic) -> list[Edit]:
    """The first sentence answers the question, unless another says what is wanted; a later one may change the topic."""
    if len(loose) == 1 and (who := _only_who(loose[0], brief, asked)):
        return [Edit(Act.TELL, plain.capital(who), Topic.WHO)]
    first = next(filter(idea.is_wish, loose), *loose[:1]) if asked is Topic.WHAT and loose else (*loose, "")[0]
    edits: list[Edit] = []
    for sentence in sorted(loose, key=lambda sentence: sentence is not first):
        edits += _one_of(sentence, brief, asked, later=sentence is not first)
    return _anew(edits, brief, asked)


def _one_of(sentence: str, brief: Brief, asked: Topic, *, later: bool) -> list[Edit]:
    if later and asked not in cues.NARRATIVE and (other := _cued(sentence, brief, asked, cues.WEAK)) is not None:
        return other
    if later and asked is Topic.WHAT and idea.is_wish(sentence):
        return listing.wishes(idea.wanted(sentence))
    hedge = _HEDGE.match(sentence)
    doubt = Priority.LOW if hedge and re.search(r"maybe|perhaps", hedge[0], re.IGNORECASE) else None
    return tell(asked, sentence[hedge.end() :] if hedge else sentence, doubt)


def _only_who(sentence: str, brief: Brief, asked: Topic) -> str:
    """The people in an answer that names nobody else: “busy parents”, said a question too early or too late."""
    fits = clarity(brief, Topic.WHO) is not Clarity.CLEAR and (asked is not Topic.WHAT or brief.what)
    who = plain.bare(_led(Topic.WHO, _HEDGE.sub("", sentence)))
    return who if fits and people.is_people(who) else ""


def _anew(edits: list[Edit], brief: Brief, asked: Topic) -> list[Edit]:
    """Asked again about a text, a person says it anew."""
    told = clarity(brief, asked)
    if asked not in TEXTS or told is Clarity.OPEN or (told is Clarity.HALF and asked is not Topic.WHAT):
        return edits
    first = next((edit for edit in edits if edit.topic is asked), None)
    return [replace(edit, act=Act.SET) if edit is first else edit for edit in edits]


def tell(topic: Topic, text: str, priority: Priority | None = None) -> list[Edit]:
    """The edits that write these words down under this topic."""
    if topic is Topic.WHAT:
        return idea.read(text)
    if topic is Topic.FEATURES:
        return listing.wishes(text, priority)
    if topic is Topic.OUT:
        left_out = [_OUT_LEAD.sub("", item) for item in listing.items(_OUT_LEAD.sub("", text))]
        return [Edit(Act.TELL, plain.capital(item), topic) for item in left_out]
    if topic is Topic.DAY:
        return [Edit(Act.TELL, step, topic) for step in listing.steps(text)]
    words, why = _because(topic, text)
    told = plain.capital(_led(topic, words))
    told = re.sub(r",? (?:too|as well)$", "", told) if topic is Topic.WHO else told
    told = plain.ended(told) if topic is Topic.SUCCESS else plain.bare(told) if topic is Topic.WHO else told.strip()
    edits = [Edit(Act.TELL, told, topic)] if told else []
    return [*edits, Edit(Act.TELL, plain.capital(why), Topic.PROBLEM)] if why else edits


def _because(topic: Topic, text: str) -> tuple[str, str]:
    found = _WHY.match(text) if topic is Topic.WHO else None
    return (found["main"], found["why"]) if found else (text, "")


def _led(topic: Topic, text: str) -> str:
    lead = _ANSWER_LEADS.get(topic)
    return (lead.sub("", text) if lead else text) or text


def verbatim(text: str, asked: Topic | None) -> Meant:
    """Every word as it is, under the open question: for languages that the patterns do not know."""
    if asked is None or not re.search(r"\w", text):
        return Meant()
    if asked in TEXTS:
        return Meant((Edit(Act.TELL, plain.one_line(text), asked),))
    apart = (
        [piece for line in listing.lines(text) for piece in re.split(r"[,;、，]\s*", line)]
        if asked in _LISTED
        else listing.lines(text)
    )
    return Meant(tuple(Edit(Act.TELL, plain.capital(plain.bare(piece)), asked) for piece in apart if plain.bare(piece)))


_LISTED = frozenset({Topic.FEATURES, Topic.OUT})


def is_request(text: str, brief: Brief) -> bool:
    """“Can you add reminders?” asks, but it is no question."""
    return _cued(text, brief, None, (cues.remove, cues.add)) is not None


def changed(brief: Brief, edits: Sequence[Edit]) -> list[Edit]:
    """Those of the edits that change something."""
    kept = []
    for edit in edits:
        after = apply(brief, edit)
        if after != brief:
            kept.append(edit)
        brief = after
    return kept
