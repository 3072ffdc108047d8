"""What people see of a reply while a model writes it."""

from datetime import UTC, datetime

from orchestrator.conversation import talking
from orchestrator.conversation.look import Look, Said
from orchestrator.conversation.talking import LONGEST, Reply
from orchestrator.domain.brief import Brief
from orchestrator.domain.cost import Usage
from orchestrator.domain.project import Step
from orchestrator.ports import ANEW, About, Thought

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Talkative:
    """A model that says these pieces."""

    def __init__(self, *pieces: str) -> None:
        self.pieces = pieces

    async def ask(self, prompt, form, say):
        assert prompt.lines
        for piece in self.pieces:
            say(piece)
        return Thought(form.model_validate({"reply": self.pieces[-1]}), Usage())

    def about(self) -> About:
        return About("A model that talks.")


async def told(*pieces: str) -> str:
    seen: list[str] = []
    said = (Said("user", "Ada", "Hello", NOON, 1),)
    look = Look("Hello", Brief(), None, Step.TALKING, None, said, "Shop", NOON)
    await talking.heard(look, Talkative(*pieces), seen.append)
    return "".join(seen)


async def test_a_reply_without_an_end_is_shown_up_to_where_it_is_kept():
    assert await told(*["word " * 100] * 200) == ("word " * 100 * 200)[:LONGEST]
    assert await told("x" * 1_000_000) == "x" * LONGEST


async def test_one_that_is_begun_anew_has_all_the_room_again():
    assert await told("x" * 5_000, ANEW, "y" * 5_000) == "x" * LONGEST + ANEW + "y" * LONGEST


def test_what_is_kept_is_no_longer_than_that():
    assert len(talking.meant(_look(), Reply(reply="word " * 5_000)).reply) <= LONGEST


def _look() -> Look:
    said = (Said("user", "Ada", "Hello", NOON, 1),)
    return Look("Hello", Brief(), None, Step.TALKING, None, said, "Shop", NOON)
