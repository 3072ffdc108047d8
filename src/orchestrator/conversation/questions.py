"""Answers what a person asks back: what a word means, why we ask, what we are, how much is still to come."""

import re
from collections.abc import Callable

from orchestrator.conversation import asking, labels
from orchestrator.conversation.exchange import Turn, spoken
from orchestrator.domain import plain
from orchestrator.domain.brief import open_topics, text

_ASKS = re.compile(
    r"^(?:what|why|how|who|whom|where|when|which|can you|could you|do you|does|did|is it|is this|is that|are you"
    r"|are we|"
    r"will you|should (?:i|it|we|they|this)|do i|am i|shall|would you|have you|must i)\b",
    re.IGNORECASE,
)
_MEANS = re.compile(
    r"what do you mean(?: by (?:that|this|it))?|what does (?:that|this|it) mean"
    r"|i don't understand(?: the question| that| you)?|"
    r"i do not understand|i don't get it|huh|what|pardon|sorry|explain|explain (?:that|it|please)|please explain|"
    r"(?:for |an )?example|for instance|(?:can you )?give me an example|like what|such as|such as what"
    r"|how do you mean|come again|"
    r"(?:can you )?(?:repeat|rephrase)(?: that| it| the question)?|what was the question|help me|i need help"
)
_WHY = re.compile(r"why|why do you (?:ask|want to know|need to know)(?: that| this| me that)?|why is (?:that"
r"|this) important|"
                  r"what for|why (?:that|this)(?: question)?|why does (?:that|this|it) matter"
                  r"|why should i (?:tell|say)(?: you)?(?: that)?")  # fmt: skip
_TERM = re.compile(
    r"(?:so )?(?:what(?:'s| is| are| does| do you mean by)|what do you mean with|explain|define"
    r"|meaning of)\s+(?:an? |the |by )?"
    r"(?P<term>.+?)(?: mean)?"
)
_TOPIC = re.compile(r"(?:what (?:is|are) (?:the |my )?(?=features|goal|audience|problem|name|users))?(?P<topic>.+)")
_SHOWN = 300  # characters of a person's own words said back
_WE = re.compile(
    r"(?:(?:who|what) are you|are you (?:an? )?(?:ai|robot|bot|human|person|chatgpt|gpt|machine|real|computer"
    r"|llm|real person)(?: or .+)?|"
    r"is this (?:an? )?(?:ai|bot|human)|do you use ai|am i talking to (?:an? )?.+|what is this|what's this)"
)
_HELP = re.compile(
    r"(?:/)?help|what can (?:you|i) do|what can i say|how does (?:this|it) work|what do i do|what should i (?:do"
    r"|say|write)|commands"
)
_MORE = re.compile(r"how (?:many|much) (?:more )?(?:questions|longer|is left|are left).*|how long (?:does"
r"|will) (?:this|it) take.*|how long|"
                   r"are we (?:done|finished|there yet)|how much longer|is that all")  # fmt: skip
_COST = re.compile(r"(?:what|how much) (?:does|will|would) (?:this|it|that) cost.*|how much is (?:it|this)"
r"|is (?:it|this) free|"
                   r"does (?:this|it) cost (?:anything|money)|what's the price|price")  # fmt: skip
_KNOWN = re.compile(r"(?:show(?: me)?|read)? ?(?:the |my )?(?:brief|summary)|what do you (?:have"
r"|know)(?: so far)?|what have you (?:written down|got|noted)(?: so far)?|"
                    r"summari[sz]e|recap|/brief|where are we|status|/status")  # fmt: skip

HELP = (
    "Answer in your own words. You can also write “skip”, “back”, “what do you mean?”, “add …”, “remove …” or "
    "“call it …”. Say “write the vision now” when you have had enough questions."
)
WE = f"{asking.NOT_AN_AI} I understand simple English sentences and write down what you tell me."
COST = "Talking with me costs nothing. Nothing is built or spent until you answer yes to a question about it."


def answered(turn: Turn) -> str | None:
    """The answer to a question of the person's, without our own open question; None where they did not ask."""
    words = spoken(turn.text)
    for pattern, says in _ANSWERS:
        if (found := pattern.fullmatch(words)) and (reply := says(turn, found)):
            return reply
    return None


def is_question(text: str) -> bool:
    """“What about teachers?” asks; “teachers?” is an unsure answer."""
    return text.rstrip().endswith("?") and bool(_ASKS.match(text.strip()))


def _term(_: Turn, found: re.Match[str]) -> str | None:
    term = found["term"].removesuffix("?").strip()
    return next(
        (asking.GLOSSARY[t] for t in (term, term.replace("-", " "), term.removesuffix("s")) if t in asking.GLOSSARY),
        None,
    )


def _topic(turn: Turn, found: re.Match[str]) -> str | None:
    topic = labels.topic_named(found["topic"])
    told = text(turn.brief, topic) if topic and turn.text.endswith("?") else ""
    return f"So far I have this: “{plain.cut(told, _SHOWN)}”." if told else None


def _means(turn: Turn, _: re.Match[str]) -> str | None:
    return asking.QUESTIONS[turn.asked].means if turn.asked else HELP


def _why(turn: Turn, _: re.Match[str]) -> str | None:
    return (
        asking.QUESTIONS[turn.asked].why if turn.asked else "A yes from you starts the next step, so I want to be sure."
    )


def _more(turn: Turn, _: re.Match[str]) -> str:
    left = len(open_topics(turn.brief))
    return (
        f"About {plain.counted(left, 'more question')}. You can stop at any time."
        if left
        else "I have no more questions."
    )


def _known(turn: Turn, _: re.Match[str]) -> str:
    return f"This is what I have written down:\n\n{asking.known(turn.brief)}"


_ANSWERS: tuple[tuple[re.Pattern[str], Callable[[Turn, re.Match[str]], str | None]], ...] = (
    (_MEANS, _means),
    (_WHY, _why),
    (_WE, lambda _, __: WE),
    (_HELP, lambda _, __: HELP),
    (_MORE, _more),
    (_COST, lambda _, __: COST),
    (_KNOWN, _known),
    (_TOPIC, _topic),
    (_TERM, _term),
)
