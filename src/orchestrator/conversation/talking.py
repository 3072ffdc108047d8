"""The conversation with a language model: what it answers becomes words, changes to the brief, and at most an offer."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.conversation import asking, hearing, meanwhile, note, offers, said, standing
from orchestrator.conversation.exchange import Heard, Wants
from orchestrator.conversation.look import Look
from orchestrator.conversation.offers import BUTTONS, Offer
from orchestrator.domain import answer, cost, plain, plainness, policy
from orchestrator.domain.brief import Brief, Priority, Topic
from orchestrator.domain.command import Rename
from orchestrator.domain.command import Say as SayCommand
from orchestrator.domain.editing import Act, Edit, apply_all
from orchestrator.domain.policy import Role
from orchestrator.domain.project import GATES, Step
from orchestrator.errors import NoAnswer
from orchestrator.models.sentences import AGAIN
from orchestrator.ports import ANEW, Model, Say, Words

LONGEST = 4_000  # characters of a reply
QUICK, QUICK_LONGEST = 3, 40
CHANGES = 60  # in one turn
_TOLD = 2_000  # characters of a change that are looked at; the brief keeps less
_PRESS = "Nothing is decided yet: it counts when you press a button of the decision, or write “yes” or “no”."


class Change(BaseModel):
    """One change to the brief."""

    model_config = ConfigDict(extra="ignore")
    do: Act
    topic: Topic | None = None
    text: Words = ""
    more: Words = Field("", description="What there is to say about a feature beside its title.")
    old: Words = Field("", description="Only for swap: the words that are replaced.")
    priority: Priority | None = None


class Reply(BaseModel):
    """Your whole answer: what the person reads, what changes in the brief, and at most one offer."""

    model_config = ConfigDict(extra="ignore")
    reply: Words = Field(min_length=1, description="What the person reads. At most 90 words, one question at the end.")
    changes: list[Change] = Field(default=[], description="What this message changes in the brief; often nothing.")
    asks_about: Topic | None = Field(None, description="The topic of the brief that your question is about.")
    offer: Offer | None = None
    quick: list[Words] = Field(default=[], description="Up to three short answers to your question.")
    new_topic: bool = False
    for_builder: Words = Field(
        "",
        description="Only while a builder works: what of this message is meant for it, word for word; often nothing.",
    )


async def heard(look: Look, model: Model, say: Say) -> Heard:
    """Have the model answer. A model that cannot is told of in a sentence, and the brief stays as it is."""
    try:
        thought = await model.ask(note.prompt(look), Reply, _bounded(say))
    except NoAnswer as fault:
        return Heard(str(fault), look.brief, look.asked, quick=(AGAIN,), usage=cost.lost(fault))
    return replace(meant(look, thought.value), usage=thought.usage)


def _bounded(say: Say) -> Say:
    """What is shown while it is written ends where what is kept will end."""
    told = 0

    def bounded(piece: str) -> None:
        nonlocal told
        told = 0 if piece == ANEW else told
        if kept := piece[: LONGEST - told]:
            told += len(kept) if piece != ANEW else 0
            say(kept)

    return bounded


def meant(look: Look, given: Reply) -> Heard:
    """What an answer of a model comes to: it decides nothing, and what it offers is for a person to press. Pure."""
    edits = hearing.changed(look.brief, _edits(look.role, given.changes))
    after = apply_all(look.brief, edits)
    rewrites = look.step is Step.VISION and after != look.brief
    return Heard(
        reply=_reply(look, given, rewrites=rewrites),
        brief=after,
        asked=given.asks_about if look.step is Step.TALKING else None,
        wants=Wants.WRITE_VISION if rewrites else None,
        quick=_quick(look, given, after),
        new_topic=given.new_topic,
        for_builder=_for_builder(look, given),
    )


def _for_builder(look: Look, given: Reply) -> str:
    """What a builder at work is told: this person's own words, and only where they may speak."""
    may = look.step in meanwhile.LISTENS and policy.allows(look.role, SayCommand)
    return meanwhile.own(look.text, plain.clean(given.for_builder)) if may else ""


def _edits(role: Role, changes: Sequence[Change]) -> list[Edit]:
    """What this person may change by what they say: no more than they could by the commands for it."""
    found = changes[:CHANGES] if policy.allows(role, SayCommand) else []
    return [_edit(one) for one in found if one.do is not Act.NAME or policy.allows(role, Rename)]


def _edit(one: Change) -> Edit:
    text, more, old = (plain.clean(words, _TOLD) for words in (one.text, one.more, one.old))
    return Edit(one.do, text, one.topic, old, more, one.priority)


def _reply(look: Look, given: Reply, *, rewrites: bool) -> str:
    words = " ".join((*look.history, look.text))
    text = plainness.mended(plain.cut(plain.clean(given.reply), LONGEST), said_by_person=words)
    told = [text or "I have noted that."]
    if given.offer is Offer.DECISION and look.step in GATES and "Approve" not in text:
        told.append(_PRESS)
    if rewrites:
        told.append(standing.NEW_VERSION)
    return "\n\n".join(told)


def _quick(look: Look, given: Reply, after: Brief) -> tuple[str, ...]:
    """The offer's button first, then answers to choose from: none of these may decide or start anything."""
    possible = offers.possible(look.step, look.role, after, look.agreed, built=look.built)
    button = [BUTTONS[given.offer]] if given.offer in possible and given.offer in BUTTONS else []
    chips = [text for one in given.quick if (text := plain.one_line(plain.clean(one))) and _harmless(text)]
    return (*button, *dict.fromkeys(chips[:QUICK]))


def _harmless(text: str) -> bool:
    answers = answer.unmistakable(text) or answer.leave(text) or answer.command(text)
    acts = said.wanted(text) or answers or text.startswith("/")
    return len(text) <= QUICK_LONGEST and not acts and text != asking.WRITE
