"""Only an unmistakable answer decides anything."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain import answer, phrases
from orchestrator.domain.gate import Decision, Way

YES = """
yes | Yes | YES | yes. | Yes! | yes!!! | “yes” | "Yes." | yes please | yes, please | Yes please, thanks | ｙｅｓ | yep
| yeah | approve | Approve. | approved | I approve | I approve this. | please approve | Approved, thank you. | it's
approved | It’s approved | go ahead | Go ahead! | please go ahead | looks good, go ahead | Looks good. Go ahead. |
This looks good; go ahead | yes, go ahead | yes - go ahead | yes, do it | do it | yes, build it | let's go | Let’s
go! | yes, I agree | yes, that's right | ja | Ja! | ja, bitte | ja danke | jawohl | genehmigt | ich stimme zu | ja,
mach das | einverstanden | Ja, los geht’s! | oui | Oui. | oui, vas-y | oui , vas-y ! | oui, s'il vous plaît |
j'approuve | J’approuve | approuvé | oui merci | allez-y | sí | Sí, adelante. | si | sí, por favor | apruebo |
aprobado | estoy de acuerdo | adelante | sì | sì, procedi | approvo | approvato | sì grazie | sim | sim, pode
avançar | aprovado | aprovo | sim, por favor | ja hoor | ja, graag | akkoord | goedgekeurd | ja, ga je gang | ik ga
akkoord | tak | Tak, proszę. | zatwierdzam | zgadzam się | /approve | /Approve | /approve@OurBot | /approve 0190f3c2
| /approve 7b1d3e52-8f4a-4c39-9d52-1f0a6c1f2b3c
"""
NO = """
no | No. | NO! | nope | no thanks | No, thank you. | reject | Reject. | rejected | I reject this | please reject |
no, don't do it | don't | I don't approve | no, I don't want this | nein | Nein danke | ablehnen | abgelehnt | das
will ich nicht | non | non merci | je refuse | rechazo | no, rechazo | rechazado | rifiuto | non approvo | não |
não, obrigado | rejeito | nee | nee, bedankt | afwijzen | niet akkoord | nie | nie, dziękuję | odrzucam | /reject |
/reject 0190f3c2aabbccdd | /reject@OurBot too expensive
"""
TALK = """
yes? | yes?! | yes... | yes… | yes.. | yes, | yes - | yes; | yes: | yes but | yes, but not now | yes and no | yes
and add reminders | yes, and? | yes if it is free | yes, when it is cheaper | yes, unless it costs more | yes I read
it | yes, I have seen it | yes, later | yes maybe | yes 👍 | 👍 | ✅ | 👌 | 💯 | ok | OK | okay | Ok. | okay then | k |
fine | sure | sure why not? | Sure, why not | why not | why not? | alright | right | correct | exactly | agreed, but
| good | great | perfect | nice | cool | love it | looks good | looks good? | looks great | looks good to me | LGTM
| sounds good | sounds great | I like it | I love it | not bad | no problem | no problem! | no worries | no idea |
no comment | no, yes | yes, no | yes. no. | not yes | not approved | not yet approved | don't approve yet? | do not
approve unless | I cannot approve | I would approve | I might approve | should I approve? | approve? | approved? |
who approved this? | has Tom approved? | to approve | approval | approve it tomorrow | go ahead? | go ahead and
explain | go ahead with phase 3 only | don't go ahead | please don't go ahead | can we go ahead? | go | go on |
continue | proceed? | next | done | finish | do it later | do it again | do it differently | build it cheaper |
let's go home | let's go, but slowly | stop | Stop! | no, stop, why is it editing the schema? | wait | wait, yes |
hold on | pause | cancel | undo | later | not now | maybe | perhaps | probably | definitely | absolutely | of course
| certainly | I think so | I guess so | I suppose | if you say so | whatever | you decide | up to you | hm | hmm |
hello | thanks | thank you | please | help | what? | why? | what happens if I say yes? | say yes | “yes” is what Tom
said | Tom says yes | tell Nadia yes | yes Tom | yes sir | yesterday | yesss | yes yes | y | Y | n | 1 | true | ja?
| ja aber | ja, aber | ja nein | jain | na ja | ja und? | ja wenn | ja, morgen | nicht genehmigt | noch nicht |
passt | passt schon | klar | oui mais | oui ? | oui ou non | pas encore | d'accord | pas d'accord | je ne sais pas |
peut-être | oui, plus tard | sí pero | ¿sí? | sí, mañana | no sé | claro | vale | tal vez | sì ma | forse | va bene
| certo | sì? | sim mas | talvez | sim? | ja maar | misschien | ja? | prima | goed | tak ale | może | tak? | dobrze
| nie wiem | da | hai | evet | да | はい | 是 | نعم | /approve yes do it | /approved | approve/ | / approve | /yes |
yes /approve | I typed /approve | <b>yes</b> | yes<script> | *yes* | `yes` | yes@example.org | yes=1 | ye s | y.e.s
| sey | request a change | change it | changes? | I have changes | ask for changes? | ask for changes please, namely
| not reject | don't reject it
"""


def table(text: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in text.replace("\n", " ").split(" | ")]


@pytest.mark.parametrize("text", table(YES))
def test_an_unmistakable_yes_approves(text):
    assert answer.unmistakable(text) is Decision.APPROVE


@pytest.mark.parametrize("text", table(NO))
def test_an_unmistakable_no_rejects(text):
    assert answer.unmistakable(text) is Decision.REJECT


def test_the_table_of_talk_is_long_enough_to_mean_something():
    assert len(table(TALK)) >= 200
    assert len(table(YES)) >= 70


@pytest.mark.parametrize("text", table(TALK))
def test_everything_else_is_talk(text):
    assert answer.unmistakable(text) is None


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "\x00", "yes\x00", "yes\nno", "yes\n> quoted", "\u202eyes", "yes" * 100, "y" * 1_000_000]
)
def test_what_is_no_message_is_no_answer(text):
    assert answer.unmistakable(text) is None


@pytest.mark.parametrize("text", ["yes, always", "Always.", "yes always, thanks", "always allow it", "ja, immer"])
def test_for_how_long_something_is_allowed_is_said_in_few_words(text):
    assert answer.leave(text) == answer.Command(Decision.APPROVE, way=Way.ALWAYS)
    assert answer.unmistakable(text) is None  # at any other decision it is talk


@pytest.mark.parametrize("text", ["yes, once", "only this once", "just this once, please", "ja, nur dieses mal"])
def test_or_that_it_is_for_this_time(text):
    assert answer.leave(text) == answer.Command(Decision.APPROVE, way=Way.ONCE)
    assert answer.unmistakable(text) is None


@pytest.mark.parametrize("text", ["always?", "not always", "yes, always ask me", "once more", "yes", "no", "never"])
def test_what_does_not_say_for_how_long_says_nothing_of_it(text):
    assert answer.leave(text) is None


@pytest.mark.parametrize(
    "text", ["ask for changes", "Ask for changes.", "/changes", "/changes less red", "/changes@OurBot more"]
)
def test_changes_are_asked_for_by_command_or_by_name(text):
    assert answer.unmistakable(text) is Decision.CHANGES


def test_a_command_carries_the_decision_the_id_and_the_note():
    id = "7b1d3e52-8f4a-4c39-9d52-1f0a6c1f2b3c"
    assert answer.command(f"/approve {id}") == answer.Command(Decision.APPROVE, id)
    assert answer.command(f"/changes {id} less\nred ") == answer.Command(Decision.CHANGES, id, "less\nred")
    assert answer.command(f"/changes {id}") == answer.Command(Decision.CHANGES, id)
    assert answer.command("/changes 2024-2025 calendar") == answer.Command(Decision.CHANGES, "", "2024-2025 calendar")
    assert answer.command("/reject too expensive") == answer.Command(Decision.REJECT, "", "too expensive")
    assert answer.command("/approve this and that") is None
    assert answer.command("/approve ALWAYS") == answer.Command(Decision.APPROVE, way=Way.ALWAYS)
    assert answer.command(f"/approve {id} once") == answer.Command(Decision.APPROVE, id, way=Way.ONCE)
    assert answer.command("/approve this and always") is None
    assert answer.command("please /approve") is None


@pytest.mark.parametrize(
    "text",
    [
        "stop",
        "Stop!",
        "STOP STOP STOP",
        "stop, please",
        "please stop",
        "no, stop",
        "No. Stop.",
        "wait, stop",
        "/stop",
        "/pause now",
        "no, stop, why is it editing the schema?",
        "stop it now? no: stop it",
        "halt",
        "pause",
        "pause the project",
        "anhalten",
        "arrêtez",
        "fermati",
        "zatrzymaj",
        "stop — that is wrong",
    ],
)
def test_stop_is_heard_even_in_front_of_a_question(text):
    assert answer.is_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "don't stop",
        "stop asking me this",
        "do not pause",
        "non-stop",
        "when does it stop?",
        "a bus stop map",
        "stopping",
        "para",
        "yes",
        "no",
        "it should stop at ten",
    ],
)
def test_talk_about_stopping_does_not_stop(text):
    assert not answer.is_stop(text)


def test_stop_is_neither_a_yes_nor_a_no():
    assert all(answer.unmistakable(phrase) is None for phrase in phrases.STOP)


def test_no_phrase_means_two_things():
    assert not phrases.YES & phrases.NO
    assert not (phrases.YES | phrases.NO) & (phrases.STOP | phrases.CHANGES)
    assert all(
        "no" not in phrase.split() and "not" not in phrase.split() and "don't" not in phrase for phrase in phrases.YES
    )


WORDS = st.text(string.ascii_lowercase, min_size=2, max_size=12).filter(
    lambda word: (
        not any(word in phrase.split() for phrase in [*phrases.YES, *phrases.NO, *phrases.POLITE, *phrases.CHANGES])
    )
)


@given(st.sampled_from(sorted(phrases.YES)), WORDS, st.booleans())
def test_any_word_more_makes_a_yes_talk(phrase, word, before):
    assert answer.unmistakable(f"{word} {phrase}" if before else f"{phrase} {word}") is None


@given(
    st.sampled_from(sorted(phrases.YES)),
    st.sampled_from(["not", "no", "don't", "nicht", "pas", "nie", "never", "but", "if"]),
    st.integers(0, 5),
)
def test_a_negation_or_condition_anywhere_is_never_an_approval(phrase, word, place):
    words = phrase.split()
    text = " ".join([*words[:place], word, *words[place:]])
    assert answer.unmistakable(text) is not Decision.APPROVE


@given(
    st.sampled_from(sorted(phrases.YES | phrases.NO)),
    st.sampled_from(["?", " ?", "?!", "!?", "...", "…", "？", ",", ":"]),
)
def test_a_question_or_an_unfinished_answer_is_talk(phrase, mark):
    assert answer.unmistakable(phrase + mark) is None


@given(
    st.sampled_from(sorted(phrases.YES)),
    st.sampled_from(["", ".", "!", "!!"]),
    st.sampled_from(["", " please", ", thanks", " danke"]),
)
def test_capitals_marks_and_niceties_do_not_change_an_answer(phrase, mark, nicety):
    assert answer.unmistakable(f"  {phrase.upper()}{nicety}{mark} ") is Decision.APPROVE


@given(st.text(max_size=300))
def test_nothing_raises_and_words_nobody_listed_decide_nothing(text):
    listed = {"".join(filter(str.isalpha, phrase)) for phrase in phrases.YES}
    decided = answer.unmistakable(text) is Decision.APPROVE
    assert not decided or "".join(filter(str.isalpha, text.casefold())) in listed
    assert answer.is_stop(text) in {True, False}
