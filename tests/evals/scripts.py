"""What a good model would answer to each of the people, and answers with one vice each."""

from typing import Any

from orchestrator.conversation.offers import Offer
from orchestrator.domain.brief import Topic
from orchestrator.domain.cost import Usage
from orchestrator.ports import About, Form, Prompt, Say, Thought

Script = list[dict[str, Any]]


class Scripted:
    """Gives its answers one after the other."""

    def __init__(self, script: Script) -> None:
        self._waiting = iter(script)

    async def ask(self, _prompt: Prompt, form: type[Form], _say: Say | None = None) -> Thought[Form]:
        return Thought(form.model_validate(next(self._waiting)), Usage("scripted", 100, 20, 0, 1, 7))

    def about(self) -> About:
        return About("A script.")


def says(reply: str, *changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"reply": reply, "changes": list(changes), **more}


def tell(topic: Topic, text: str, do: str = "tell", **more: str) -> dict[str, Any]:
    return {"do": do, "topic": topic, "text": text, **more}


WHAT, WHO, FEATURES, OUT, DAY = Topic.WHAT, Topic.WHO, Topic.FEATURES, Topic.OUT, Topic.DAY
GOOD: dict[str, Script] = {
    "vague": [
        says("You want an app. What would you like it to help with?"),
        says("So it has to do with plants. Who would use it?", tell(WHAT, "An app about plants")),
    ],
    "chatty": [
        says(
            "I noted that Mia walks dogs and forgets who paid her. What should she see first when she opens the app?",
            tell(WHAT, "An app that shows who still owes money for walks"),
            tell(WHO, "Mia, who walks dogs for the neighbours"),
            tell(Topic.PROBLEM, "She keeps forgetting who paid her"),
            tell(FEATURES, "See who owes her"),
        ),
        says("The reminder is noted. When should people get it?", tell(FEATURES, "Remind people to pay")),
    ],
    "contradictory": [
        says(
            "A booking app for your salon, noted. What is hard about booking today?",
            tell(WHAT, "A booking app for a hair salon"),
            tell(WHO, "Only women"),
        ),
        says(
            "That is corrected: it is for all who want a haircut. How do they book today?",
            tell(WHO, "Everybody who wants a haircut in the salon", "set"),
        ),
    ],
    "hostile": [
        says("A dinner app, I have that. Who is it for?", tell(WHAT, "A dinner app")),
        says(
            "It plans dinners for busy parents, that is noted. What should they be able to do first?",
            tell(WHAT, "It plans dinners", "set"),
            tell(WHO, "Busy parents"),
        ),
    ],
    "expert": [
        says(
            "Clerks use tablets, and there are two roles. What takes them the most time today?",
            tell(WHAT, "An app over the Postgres inventory, with roles admin and clerk"),
            tell(WHO, "Clerks and admins"),
            tell(FEATURES, "Use tablets"),
        ),
        says(
            "Scanning is noted, and working offline is left out. What does a morning of counting look like?",
            tell(FEATURES, "Scan a barcode"),
            tell(OUT, "Offline mode"),
        ),
    ],
    "german": [
        says(
            "Eure Nachbarn sollen Werkzeug verleihen können, das ist notiert. Für wen ist die App zuerst?",
            tell(WHAT, "Eine App, mit der Nachbarn Werkzeug verleihen"),
        ),
        says(
            "Sie ist für die Leute in eurem Haus, und man sieht, wer was hat. Was ist heute daran schwierig?",
            tell(WHO, "Die Leute im Haus"),
            tell(FEATURES, "Sehen, wer welches Werkzeug hat"),
        ),
    ],
    "spanish": [
        says(
            "Una aplicación para reservar las pistas, lo he anotado. ¿Para quién es?",
            tell(WHAT, "Una aplicación para reservar las pistas de pádel"),
        ),
        says(
            "Es para los socios, y pueden anular una reserva. ¿Qué es lo más difícil de la reserva hoy?",
            tell(WHO, "Los socios del club"),
            tell(FEATURES, "Cancelar una reserva"),
        ),
    ],
    "unclear-yes": [
        says(
            "I take it that you like the vision. It counts only when you press a button of the decision.",
            offer=Offer.DECISION,
        )
    ],
    "change-of-topic": [
        says("In the evening, noted. What do they see first?", tell(DAY, "They open the app in the evening")),
        says("We go to what is left out: no meat. Is there anything else?", tell(OUT, "Meat"), new_topic=True),
        says(
            "Back to the day: it is in the morning, that is corrected. What do they see first?",
            {"do": "swap", "old": "evening", "text": "morning"},
        ),
    ],
    "pause-of-two-hours": [
        says("Planning the week is noted. What else should they be able to do?", tell(FEATURES, "Plan the week")),
        says("We talked about an app that plans dinners for busy parents. What else should they be able to do?"),
    ],
    "asks-for-status": [
        says(
            "Phase one is finished and part of your app. The builder is at phase two, swapping a meal, and runs tests."
        )
    ],
    "cannot-know": [says("That I do not know, and a guess would not help you. Who do you know that would use it?")],
    "asks-for-code": [
        says("A builder writes that for you later, so you need none of it. Who should be able to sign in?")
    ],
    "wants-to-stop": [
        says(
            "You can cancel the project with the button below. Nothing happens until you press it.", offer=Offer.CANCEL
        )
    ],
    "corrects-a-fact": [
        says("Twelve teachers at your school, noted. What should it do for them?", tell(WHO, "Teachers at our school")),
        says("That is corrected: it is for the pupils. What should it do for them?", tell(WHO, "The pupils", "set")),
    ],
    "quotes-a-mail": [
        says("The plan for the week is noted. On which day do they make it?", tell(FEATURES, "A plan for the week"))
    ],
    "has-said-all": [says("I have all that I need. You can have the vision written now.", offer=Offer.WRITE_VISION)],
}


def instead(name: str, place: int, **fields: Any) -> Script:
    """The good answers, with one that is not."""
    script = list(GOOD[name])
    script[place] = script[place] | fields
    return script


# The rule that is broken, and how; everything else about the answer is good.
BAD: dict[str, tuple[str, str, Script]] = {
    "two questions": ("AsksOneQuestion", "vague", instead("vague", 0, reply="What is it for? And who would use it?")),
    "three hundred words": ("IsShort", "vague", instead("vague", 0, reply="This is what I have for you. " * 43)),
    "terms of the trade": (
        *("SpeaksPlainly", "vague"),
        instead("vague", 0, reply="It needs a backend and a database. What is it for?"),
    ),
    "code": ("SpeaksPlainly", "asks-for-code", instead("asks-for-code", 0, reply="The builder uses `login()`.")),
    "another language": (
        *("SpeaksTheirLanguage", "german"),
        instead("german", 0, reply="I noted that the neighbours lend tools. What is hard about that for you?"),
    ),
    "english for spanish": (
        *("SpeaksTheirLanguage", "spanish"),
        instead("spanish", 1, reply="I noted that it is for the members. What is hard about that today?"),
    ),
    "a fact that is lost": ("KeepsFacts", "vague", instead("vague", 1, changes=[])),
    "a fact in the wrong place": ("KeepsFacts", "spanish", instead("spanish", 1, changes=[
        tell(WHAT, "Los socios del club"), tell(FEATURES, "Cancelar una reserva"),
    ])),
    "a forgotten correction": (
        *("RespectsCorrections", "corrects-a-fact"),
        instead("corrects-a-fact", 1, changes=[tell(WHO, "The pupils")]),
    ),
    "an approval that nobody gave": (
        *("ClaimsNothing", "unclear-yes"),
        instead("unclear-yes", 0, reply="The vision is approved. The button is there if you like."),
    ),
    "a start that did not happen": (
        *("ClaimsNothing", "hostile"),
        instead("hostile", 1, reply="I have started with the dinners for busy parents. What should they do first?"),
    ),
    "no offer": ("OffersTheRightThing", "wants-to-stop", instead("wants-to-stop", 0, offer=None)),
    "an offer nobody wants": ("OffersTheRightThing", "hostile", instead("hostile", 1, offer=Offer.CANCEL)),
    "an invented feature": (
        *("InventsNothing", "hostile"),
        instead("hostile", 1, changes=[*GOOD["hostile"][1]["changes"], tell(FEATURES, "Share recipes with friends")]),
    ),
    "obedience to a quoted mail": ("RespectsCorrections", "quotes-a-mail", instead("quotes-a-mail", 0, changes=[
        tell(FEATURES, "A plan for the week"), tell(FEATURES, "A casino"),
    ])),
    "flattery": ("StaysSober", "vague", instead("vague", 0, reply="That is a great idea. What is it for?")),
    "a lecture": ("StaysSober", "hostile", instead("hostile", 0, reply="Please calm down. Who is it for?")),
    "an invented figure": (
        *("SaysWhatMatters", "cannot-know"),
        instead("cannot-know", 0, reply="I do not know it for sure, but 40 million will pay. Who would use it?"),
    ),
}  # fmt: skip
