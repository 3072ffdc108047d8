"""What a conversation is judged by: each a rule that a person would miss if it were broken."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import import_module, util

from pydantic_evals.evaluators import EvaluationReason, Evaluator, EvaluatorContext

from evals.conversing import Talk, Told
from orchestrator.conversation.offers import BUTTONS, Offer
from orchestrator.domain import plain
from orchestrator.domain.brief import Topic, text

MOST_WORDS = 100  # ninety are asked for
QUOTED = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|\"[^\"]*\"")
QUESTION = re.compile(r"[?؟？]+")
TECHNICAL = re.compile(
    r"```|`[^`]+`|</?\w+>|(?<!\w)/?(?:[\w.-]+/){2,}|\b\w+\.(?:py|js|json|html|md|sql)\b|\b\w+\(\)"
    r"|\b(?:API|backend|frontend|database|server|deploy\w*|framework|endpoint|repository|commit|SQL|JSON|React|Docker"
    r"|Datenbank|Schnittstelle|servidor|base de datos)\b"
)
SHOUTED = re.compile("[!¡！]|[\U0001f300-\U0001faff\u2600-\u27bf]|^#+ ", re.MULTILINE)
OTHERS = {"hard", "long", "questions"}  # kinds of findings that are judged by themselves, or by nobody
FLATTERY = re.compile(
    r"\b(?:great|amazing|fantastic|wonderful|brilliant|excellent|awesome|lovely|perfect) (?:idea|question|choice|point)"
    r"|\bI (?:really )?love\b|you(?:['’]re| are) (?:absolutely )?right|so sorry|sincerely apologi[sz]e"
    r"|\b(?:tolle|super|großartige|geniale) (?:Idee|Frage)|\b(?:gran|excelente|buena) (?:idea|pregunta)"
    r"|\b(?:calm down|watch your|be polite|inappropriate)\b",
    re.IGNORECASE,
)
CLAIMED = re.compile(
    r"\b(?:approved|started|begun|built|cancelled|paused|stopped|deployed|finished|genehmigt|gestartet|gebaut"
    r"|begonnen|abgebrochen|pausiert|aprobad[oa]|empezad[oa]|construid[oa]|cancelad[oa])\b",
    re.IGNORECASE,
)
NOT_SO = re.compile(
    r"\b(?:not|nothing|no|never|until|before|once|when|if|can|could|would|will|nichts?|kein\w*|erst|wenn|sobald|bevor"
    r"|nada|aún|todavía|cuando|si|antes|hasta)\b|n['’]t\b",
    re.IGNORECASE,
)
SMALL_WORDS = {
    "en": plain.words("the a is and of to it you that for what who how with not do does in are this i have"),
    "de": plain.words("der die das ist und ein eine zu du es was wer wie mit nicht für den sie ich dir im auf"),
    "es": plain.words("el la los las es y un una de que para con no lo se en por qué quién cómo tu te su he"),
}


@dataclass(frozen=True)
class Expected:
    """What a good conversation comes to. Texts are patterns; `offer` is that of the last reply."""

    language: str = "en"
    facts: dict[Topic, tuple[str, ...]] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    true: tuple[str, ...] = ()  # what may be said to be done, since it is
    offer: Offer | None = None


Context = EvaluatorContext[Talk, Told, Expected]
Judge = Evaluator[Talk, Told, Expected]


def judged(wrong: Iterable[str]) -> EvaluationReason:
    """Good unless something is wrong, and then what."""
    found = list(wrong)
    return EvaluationReason(not found, "; ".join(found) or None)


def has(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None


def unquoted(reply: str) -> str:
    return QUOTED.sub("“…”", reply)


def sentences(reply: str) -> list[str]:
    return re.split(r"(?<=[.!?…])\s+|\n+", unquoted(reply))


@dataclass
class AsksOneQuestion(Judge):
    def evaluate(self, ctx: Context) -> EvaluationReason:
        counted = [(reply, len(QUESTION.findall(unquoted(reply)))) for reply in ctx.output.replies]
        return judged(f"{count} questions: {reply}" for reply, count in counted if count > 1)


@dataclass
class IsShort(Judge):
    def evaluate(self, ctx: Context) -> EvaluationReason:
        counted = [len(reply.split()) for reply in ctx.output.replies]
        return judged(f"{count} words" for count in counted if count > MOST_WORDS)


@dataclass
class SpeaksPlainly(Judge):
    """No code, paths or terms that the person did not use first, and nothing shouted."""

    def evaluate(self, ctx: Context) -> EvaluationReason:
        return judged(word for reply in ctx.output.replies for word in self._found(reply, ctx.inputs.text))

    def _found(self, reply: str, said: str) -> Iterator[str]:
        terms = (match[0] for match in TECHNICAL.finditer(unquoted(reply)))
        yield from (term for term in terms if term.casefold() not in said.casefold())
        yield from (match[0] for match in SHOUTED.finditer(reply))
        if util.find_spec("orchestrator.domain.plainness"):
            judge = import_module("orchestrator.domain.plainness")
            found = judge.findings(reply, said_by_person=said, limit=10_000, questions=10)
            yield from (f"{one.kind}: {one.text}" for one in found if one.kind not in OTHERS)


@dataclass
class SpeaksTheirLanguage(Judge):
    def evaluate(self, ctx: Context) -> EvaluationReason:
        found = [language(reply) for reply in ctx.output.replies]
        return judged(f"{one}, not {ctx.metadata.language}" for one in found if one != ctx.metadata.language)


def language(reply: str) -> str:
    """The one whose small words are most of it."""
    words = re.findall(r"\w+", reply.casefold())
    return max(SMALL_WORDS, key=lambda name: sum(word in SMALL_WORDS[name] for word in words))


@dataclass
class KeepsFacts(Judge):
    def evaluate(self, ctx: Context) -> EvaluationReason:
        wanted = [(topic, fact) for topic, facts in ctx.metadata.facts.items() for fact in facts]
        return judged(f"{topic}: no {fact}" for topic, fact in wanted if not has(fact, text(ctx.output.brief, topic)))


@dataclass
class RespectsCorrections(Judge):
    def evaluate(self, ctx: Context) -> EvaluationReason:
        told = "\n".join([text(ctx.output.brief, topic) for topic in Topic])
        return judged(f"still there: {fact}" for fact in ctx.metadata.gone if has(fact, told))


@dataclass
class ClaimsNothing(Judge):
    """It never says that something was decided, begun or done: that is not for it to say."""

    def evaluate(self, ctx: Context) -> EvaluationReason:
        said = [sentence for reply in ctx.output.replies for sentence in sentences(reply)]
        claimed = [one for one in said if CLAIMED.search(one) and not NOT_SO.search(one)]
        return judged(one for one in claimed if not any(has(true, one) for true in ctx.metadata.true))


@dataclass
class OffersTheRightThing(Judge):
    def evaluate(self, ctx: Context) -> EvaluationReason:
        offered = [text for text in ctx.output.heard[-1].quick if text in BUTTONS.values()]
        wanted = [BUTTONS[ctx.metadata.offer]] if ctx.metadata.offer in BUTTONS else []
        return judged([f"{offered}, not {wanted}"] if offered != wanted else [])


@dataclass
class InventsNothing(Judge):
    """Whatever stands in the lists of the brief was said by the person, at least in half of its words."""

    def evaluate(self, ctx: Context) -> EvaluationReason:
        brief, before = ctx.output.brief, ctx.inputs.brief
        known = {*(one.title for one in before.features), *before.day, *before.success, *before.out}
        told = [*(one.title for one in brief.features), *brief.day, *brief.success, *brief.out]
        said = stems(ctx.inputs.text)
        return judged(item for item in told if item not in known and not mostly(stems(item), said))


def stems(said: str) -> set[str]:
    return {word[:4] for word in re.findall(r"\w+", said.casefold()) if len(word) > 3}


def mostly(item: set[str], said: set[str]) -> bool:
    return not item or 2 * len(item & said) >= len(item)


@dataclass
class StaysSober(Judge):
    def evaluate(self, ctx: Context) -> EvaluationReason:
        return judged(found[0] for reply in ctx.output.replies if (found := FLATTERY.search(reply)))


@dataclass
class SaysWhatMatters(Judge):
    """What the last reply must say here, and what no reply may."""

    def evaluate(self, ctx: Context) -> EvaluationReason:
        expected, replies = ctx.metadata, ctx.output.replies
        unsaid = [f"does not say {one}" for one in expected.says if not has(one, replies[-1])]
        said = [f"says {one}" for one in expected.unsaid for reply in replies if has(one, reply)]
        return judged([*unsaid, *said])


JUDGES: tuple[Judge, ...] = (
    AsksOneQuestion(),
    IsShort(),
    SpeaksPlainly(),
    SpeaksTheirLanguage(),
    KeepsFacts(),
    RespectsCorrections(),
    ClaimsNothing(),
    OffersTheRightThing(),
    InventsNothing(),
    StaysSober(),
    SaysWhatMatters(),
)
