"""The conversation without an AI model: fixed questions, one at a time, that fill the brief."""

import re
from collections.abc import Sequence
from dataclasses import replace

from orchestrator.conversation import asking, hearing, labels, language, questions, said, standing
from orchestrator.conversation.exchange import Heard, Turn, Wants
from orchestrator.conversation.idea import is_wish, name_of
from orchestrator.domain import answer, plain
from orchestrator.domain.brief import TEXTS, Brief, Clarity, Topic, clarity, is_enough, open_topics, summary
from orchestrator.domain.editing import Act, Edit, apply, apply_all
from orchestrator.domain.gate import Decision
from orchestrator.domain.project import Step
from orchestrator.domain.vision import Vision

__all__ = ["Heard", "Wants", "first", "name_of", "reply"]

_INTRO = f"{asking.NOT_AN_AI} I ask one thing at a time and write down what you tell me."
WRITING = "I write the vision now. You decide about it before anything is built."
_NOT_ENGLISH = "I understand only simple English sentences, so I have written down your words as they are."
_NOT_PLACED = (
    "I am not sure where that belongs, so I have changed nothing. "
    "You can write, for example, “add …”, “remove …” or “who it is for: …”."
)
_INSTEAD = "What should it say instead?"
_ADD = "What shall I add? To take something out, write “remove …”."
_SOUNDS_YES = f"That sounds like a yes. To be sure, please press “{asking.WRITE}” or write “yes”."
_CHANGE = re.compile(
    r"(?:let's |let us |i want to |i'd like to |can we |please )*(?:change|edit|correct|go back to|redo"
    r"|fix) (?:the |my )?(?P<topic>.+)"
)


def first(idea: str) -> Heard:
    """The answer to the first message of a project."""
    heard = reply(idea, Brief(), Topic.WHAT, step=Step.TALKING, vision=None)
    if asking.NOT_AN_AI in heard.reply:
        return heard
    return replace(heard, reply=f"{_INTRO}\n\n{heard.reply}")


def reply(
    text: str,
    brief: Brief,
    asked: Topic | None,
    *,
    step: Step,
    vision: Vision | None,
    history: Sequence[str] = (),
    agreed: Brief | None = None,
) -> Heard:
    """The answer to a message. `asked` is the topic of the open question, `history` what the person said before."""
    turn = Turn(plain.clean(text), brief, asked, step, vision, tuple(history), agreed)
    if step is not Step.TALKING:
        return standing.heard(turn)
    return next(heard for listen in _LISTENING if (heard := listen(turn)))


def _asking(turn: Turn, *sentences: str, brief: Brief | None = None, notes: Sequence[str] = ()) -> Heard:
    """Says the sentences and asks what is open: the same question while it is, then the next, then the last one."""
    brief = turn.brief if brief is None else brief
    topic = turn.asked if turn.asked in open_topics(brief) else asking.upcoming(brief)
    question, quick = _offer(brief, turn.vision) if topic is None else _question(topic, brief)
    return Heard("\n\n".join(filter(None, (*sentences, question))), brief, topic, notes=tuple(notes), quick=quick)


def _question(topic: Topic, brief: Brief) -> tuple[str, tuple[str, ...]]:
    return asking.question(topic, brief), asking.QUESTIONS[topic].quick


def _offer(brief: Brief, vision: Vision | None) -> tuple[str, tuple[str, ...]]:
    known = (
        "I know enough now."
        if is_enough(brief)
        else "That is all I wanted to ask. What is open becomes a question in the vision."
    )
    again = "Shall I write the new version of the vision now?" if vision else asking.OFFER
    return f"{known} {again}", (asking.WRITE,)


def _offered(turn: Turn) -> bool:
    return turn.asked is None and asking.upcoming(turn.brief) is None


def _empty(turn: Turn) -> Heard | None:
    return None if turn.text else _asking(turn, "I could not read anything in that message.")


def _wanted(turn: Turn) -> Heard | None:
    wants = said.wanted(turn.text)
    if wants is Wants.WRITE_VISION:
        return _write(turn)
    if wants is Wants.RESET:
        return _asking(replace(turn, asked=None), "We begin again.", brief=Brief())
    if wants in {Wants.PAUSE, Wants.CANCEL, Wants.PRIME, Wants.VALIDATE}:
        return replace(standing.heard(turn), asked=turn.asked)
    if wants is Wants.STATUS:
        return replace(_asking(turn, f"This is what I have written down:\n\n{asking.known(turn.brief)}"), wants=wants)
    return None


def _write(turn: Turn) -> Heard:
    if not turn.brief.what:
        return _asking(replace(turn, asked=Topic.WHAT), "Before I can write anything, I need to know what it is.")
    return Heard(WRITING, turn.brief, None, Wants.WRITE_VISION)


def _assent(turn: Turn) -> Heard | None:
    """An answer to “shall I write the vision now?”. Only an unmistakable yes is one."""
    if not _offered(turn):
        return None
    decision = answer.unmistakable(turn.text)
    if decision is Decision.APPROVE:
        return _write(turn)
    if decision is Decision.REJECT or turn.words in said.SKIP - {"go on", "continue", "next"}:
        return Heard(
            "Good, we wait with it. What would you like to add or change?", turn.brief, None, quick=(asking.WRITE,)
        )
    return None


def _asks_back(turn: Turn) -> Heard | None:
    told = questions.answered(turn)
    return _asking(turn, told) if told else None


def _moves(turn: Turn) -> Heard | None:
    words = turn.words
    if words in said.BACK:
        return _back(turn)
    told = turn.asked is not None and clarity(turn.brief, turn.asked) is not Clarity.OPEN
    if words in said.STOP_ASKING or (words in said.DONE and not told):
        return _stop_asking(turn)
    if turn.asked is Topic.OUT and words.startswith("nothing"):
        return _skip(turn, turn.asked)
    if turn.asked and (words in said.SKIP | said.ENOUGH | said.DONE):
        return _skip(turn, turn.asked)
    if (found := _CHANGE.fullmatch(words)) and (topic := labels.topic_named(found["topic"])):
        return _change(turn, topic)
    return None


def _skip(turn: Turn, topic: Topic) -> Heard:
    brief = apply(turn.brief, Edit(Act.SKIP, topic=topic))
    known = clarity(brief, topic) is not Clarity.OPEN
    return _asking(turn, "Good." if known else "That is fine. It stays open for now.", brief=brief)


def _stop_asking(turn: Turn) -> Heard:
    if not turn.brief.what:
        return _write(turn)
    return _asking(
        turn,
        "Good, no more questions.",
        brief=apply_all(turn.brief, [Edit(Act.SKIP, topic=topic) for topic in open_topics(turn.brief)]),
    )


def _back(turn: Turn) -> Heard:
    order = list(Topic)
    before = order[order.index(turn.asked) - 1] if turn.asked and turn.asked is not Topic.WHAT else Topic.WHAT
    return _change(turn, before if turn.asked else Topic.OUT)


def _change(turn: Turn, topic: Topic) -> Heard:
    brief = turn.brief.model_copy(update={"skipped": tuple(t for t in turn.brief.skipped if t is not topic)})
    if clarity(brief, topic) is Clarity.OPEN:
        question, quick = _question(topic, brief)
        return Heard(f"Good, once more. {question}", brief, topic, quick=quick)
    now = f"So far I have this: “{plain.bare(summary(brief, topic))}”."
    return Heard(f"{now} {_HOW[topic]}", brief, topic, quick=(asking.LEAVE,))


_HOW = {topic: _INSTEAD if topic in TEXTS else _ADD for topic in Topic}


def _small_talk(turn: Turn) -> Heard | None:
    if turn.words in said.GREETING:
        return _asking(turn, f"Hello. {asking.NOT_AN_AI}" if not turn.brief.what else "Hello.")
    if turn.words in said.THANKS:
        return _asking(turn, "You are welcome.")
    if turn.words in said.CANCEL_WHAT:
        return _asking(turn, standing.CANCEL)
    if turn.words == asking.LEAVE.casefold():
        return _asking(replace(turn, asked=None), "Good, it stays.")
    return _lost(turn) if turn.asked and turn.words in said.FILLER else None


def _content(turn: Turn) -> Heard | None:
    """What is told goes into the brief."""
    if questions.is_question(turn.text) and not is_wish(turn.text) and not hearing.is_request(turn.text, turn.brief):
        return _asking(turn, f"I cannot answer that: {asking.NOT_AN_AI}", _help(turn))
    other = language.foreign(turn.text)
    meant = (
        hearing.verbatim(turn.text, turn.asked)
        if other
        else hearing.hear(turn.text, turn.brief, turn.asked, turn.history)
    )
    if not meant.edits:
        return None
    edits = hearing.changed(turn.brief, meant.edits)
    if turn.asked and not edits and turn.text in turn.history:
        return _skip(turn, turn.asked)  # who says the same again has no other answer
    after = _named(_asked_enough(turn, apply_all(turn.brief, edits), meant.edits))
    told, notes = standing.told(turn.brief, after, edits, meant)
    if edits and turn.vision and turn.asked is None:
        return Heard(f"{told} {standing.NEW_VERSION}".strip(), after, None, Wants.WRITE_VISION, notes)
    first_time = other and not any(map(language.foreign, turn.history))
    return _asking(turn, told, _NOT_ENGLISH if first_time else "", brief=after, notes=notes)


def _named(after: Brief) -> Brief:
    """With a name of its own from the first clear idea on."""
    if after.name or clarity(after, Topic.WHAT) is not Clarity.CLEAR:
        return after
    return apply(after, Edit(Act.NAME, name_of(f"{after.what} for {after.who}" if after.who else after.what)))


def _help(turn: Turn) -> str:
    return asking.QUESTIONS[turn.asked].means if turn.asked else questions.HELP


def _asked_enough(turn: Turn, after: Brief, edits: Sequence[Edit]) -> Brief:
    """A topic that was answered twice and is still only half clear is not asked a third time."""
    asked = turn.asked
    if asked is None or not any(edit.act in {Act.TELL, Act.SET} for edit in edits):
        return after
    twice = clarity(turn.brief, asked) is Clarity.HALF and clarity(after, asked) is not Clarity.CLEAR
    return apply(after, Edit(Act.SKIP, topic=asked)) if twice else after


def _nearly(turn: Turn) -> Heard | None:
    if _offered(turn) and said.nearly_yes(turn.text):
        return Heard(_SOUNDS_YES, turn.brief, None, quick=(asking.WRITE,))
    return None


def _lost(turn: Turn) -> Heard:
    if turn.asked:
        return _asking(turn, "I could not take an answer from that.", _help(turn))
    return _asking(turn, _NOT_PLACED)


_LISTENING = (_empty, _wanted, _assent, _asks_back, _moves, _small_talk, _content, _nearly, _lost)
