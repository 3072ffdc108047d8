"""One conversation in memory: a person's fixed words, answered by the product's own code and a model."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from orchestrator.conversation import note, talking
from orchestrator.conversation.exchange import Heard
from orchestrator.conversation.look import Look, PhaseSeen, Said
from orchestrator.domain.brief import Brief
from orchestrator.domain.cost import Usage
from orchestrator.domain.project import Step
from orchestrator.models.sentences import AGAIN
from orchestrator.ports import Model

BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NOTHING = Brief()


class Silent(Exception):
    """The model did not answer, so there is nothing to judge; its text is what the person was told."""


@dataclass(frozen=True)
class Words:
    """What the person says, and how long after the reply before."""

    text: str
    after: timedelta = MINUTE


@dataclass(frozen=True)
class Talk:
    """Where things stand, and what the person is going to say."""

    says: tuple[Words, ...]
    brief: Brief = NOTHING
    step: Step = Step.TALKING
    question: str = ""
    phases: tuple[PhaseSeen, ...] = ()
    doing: str = ""

    @property
    def text(self) -> str:
        """All that the person says."""
        return "\n".join(words.text for words in self.says)


@dataclass(frozen=True)
class Told:
    """What was answered, and what is known at the end."""

    heard: tuple[Heard, ...]
    brief: Brief
    usage: Usage = field(default_factory=Usage)

    @property
    def replies(self) -> tuple[str, ...]:
        return tuple(one.reply for one in self.heard)


async def converse(talk: Talk, model: Model) -> Told:
    """Carry the brief, the question and the topic from turn to turn, as the rows of a project do."""
    seen = Look(
        text="", brief=talk.brief, asked=None, step=talk.step, vision=None, said=(), name="A new idea", now=BEGAN,
        question=talk.question, phases=talk.phases, doing=talk.doing,
    )  # fmt: skip
    heard: list[Heard] = []
    for words in talk.says:
        seen = _asked(seen, words)
        heard.append(await talking.heard(seen, model, lambda _: None))
        if heard[-1].quick == (AGAIN,):
            raise Silent(heard[-1].reply)
        seen = _answered(seen, heard[-1])
    return Told(tuple(heard), seen.brief, sum((one.usage for one in heard), Usage()))


def _asked(seen: Look, words: Words) -> Look:
    now, place = seen.now + words.after, len(seen.said) + 1
    return replace(seen, text=words.text, now=now, said=(*seen.said, Said("user", "Nadia", words.text, now, place)))


def _answered(seen: Look, heard: Heard) -> Look:
    place = len(seen.said)
    reply = Said("assistant", "Orchestrator", heard.reply, seen.now, place + 1)
    begins = place if heard.new_topic else max(seen.topic_from, note.topic_begins(seen))
    return replace(seen, brief=heard.brief, asked=heard.asked, said=(*seen.said, reply), topic_from=begins)
