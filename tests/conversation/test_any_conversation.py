"""What holds in every conversation, whatever is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.conversation import interview
from orchestrator.conversation.interview import Wants
from orchestrator.domain import vision
from orchestrator.domain.brief import Brief, Clarity, Feature, Topic, clarity, open_topics, text
from orchestrator.domain.project import Step

ANSWERS = st.sampled_from(
    [
        "Busy parents",
        "teachers",
        "My swim club",
        "everyone",
        "people",
        "Myself",
        "An app",
        "something",
        "A recipe collection",
        "Plan the week",
        "plan the week, swap a meal, print it",
        "Shopping list, reminders and a calendar",
        "- one\n- two\n- three",
        "I never know what to cook",
        "It takes too long and nobody helps",
        "Half past five on the bus",
        "In the morning I open it",
        "One shop a week",
        "Fewer leftovers. More time.",
        "Ads, payments and chat",
        "no ads",
        "I don't know yet",
        "skip",
        "That’s all",
        "Nothing comes to mind",
        "maybe later",
        "the usual",
        "x",
        "Ich weiss es nicht so genau, aber für die Kinder",
        "忙碌的父母",
        "yes",
        "teachers?",
        "We waste food because nobody plans",
        "not sure",
        "🍝🍝",
        "a b c",
        "lots",
        "42",
        "home",
        "swim",
        "Our neighbours and friends",
    ]
)
IDEAS = st.sampled_from(
    [
        "I want a meal planning app for busy parents",
        "an app",
        "hi",
        "something for my mum",
        "a homework tracker",
        "x",
        "...",
        "",
        "I never know what to cook. I want an app that plans dinners",
        "Build a shop for bakers: cakes, orders, and a map",
    ]
)


# Each topic may be asked about twice, and then there is the vision to agree to.
ENOUGH = 2 * len(Topic) + 1


@given(IDEAS.filter(lambda idea: interview.first(idea).brief.what), st.lists(ANSWERS, min_size=ENOUGH, max_size=ENOUGH))
def test_every_conversation_of_answers_ends_in_a_vision(idea, answers):
    heard, history = interview.first(idea), [idea]
    for answer in answers:
        message = "yes" if heard.asked is None else answer.replace("yes", "skip").replace("🍝🍝", "skip")
        heard = interview.reply(
            message, heard.brief, heard.asked, step=Step.TALKING, vision=None, history=list(history)
        )
        history.append(message)
        if heard.wants:
            break
    assert heard.wants is Wants.WRITE_VISION
    assert not open_topics(heard.brief)


@given(IDEAS, st.lists(ANSWERS, max_size=14))
def test_it_never_asks_about_what_is_clear_and_never_loses_what_was_told(idea, answers):
    heard = interview.first(idea)
    history = [idea]
    for message in answers:
        before = heard
        heard = interview.reply(message, before.brief, before.asked, step=Step.TALKING, vision=None, history=history)
        history.append(message)
        assert heard.asked is None or clarity(heard.brief, heard.asked) is not Clarity.CLEAR
        kept = set(Topic) - ({Topic.WHAT} if clarity(before.brief, Topic.WHAT) is Clarity.HALF else set())
        assert all(text(before.brief, topic) in text(heard.brief, topic) for topic in kept)
        assert heard.wants is None or (before.asked is None and message == "yes")


def test_who_says_the_same_again_is_not_asked_the_same_again():
    idea = "a recipe app for busy parents"
    heard = interview.first(idea)
    for said in ("For busy parents", "For busy parents"):
        asked = heard.asked
        heard = interview.reply(
            said, heard.brief, heard.asked, step=Step.TALKING, vision=None, history=[idea, "For busy parents"]
        )
        assert heard.asked is not asked
        assert "It stays open for now." in heard.reply


FULL = Brief(
    name="N",
    what="A planner",
    who="Parents with one child",
    problem="x",
    features=(Feature(id="F1", title="Print"),),
    day=("Print it.",),
    success=("x",),
    out=("Ads",),
    numbered=1,
)
CUES = [
    "no, I meant ",
    "not ",
    " but ",
    "add ",
    "remove ",
    "call it ",
    "swap ",
    " for ",
    " instead of ",
    "one",
    "two children",
    "who: ",
    "must have: ",
    "\n- ",
    " is a must have",
    "it should ",
    "because ",
    "actually for ",
    "parents",
    "print",
    ", ",
    ". ",
    "?",
    "I am a ",
    "change ",
    " to ",
    "the problem is ",
    "1. ",
    " and ",
    "a planner",
    "x",
    "so that ",
    "leave out ",
    "success means ",
    "what is ",
    ":",
]


@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(st.sampled_from(CUES), max_size=9).map("".join),
        st.text("\x00\u202e\ud800👍\n\t-*1. :?,not but add remove", max_size=120),
    ),
    st.one_of(st.none(), st.sampled_from(list(Topic))),
    st.sampled_from(list(Step)),
    st.booleans(),
)
def test_nothing_that_is_typed_raises_and_the_brief_can_always_be_stored(message, asked, step, seen):
    brief = FULL if seen else Brief()
    written = vision.draft(brief) if seen else None
    heard = interview.reply(message, brief, asked, step=step, vision=written, history=[message] if seen else ())
    assert heard.reply or heard.notes
    assert Brief.model_validate_json(heard.brief.model_dump_json()) == heard.brief
    heard.reply.encode()


@pytest.mark.parametrize(
    "huge", ["x" * 1_000_000, "a, " * 300_000, "add " * 250_000, "it is two, not one " * 50_000, "\n" * 1_000_000]
)
def test_a_megabyte_is_cut_and_answered_at_once(huge):
    heard = interview.first(huge)
    assert len(heard.brief.model_dump_json()) < 60_000
    assert len(heard.reply) < 4_000


@given(st.text(max_size=300))
def test_every_name_is_short_and_one_line(idea):
    name = interview.name_of(idea)
    assert 0 < len(name) <= 60
    assert "\n" not in name
