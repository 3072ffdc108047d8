"""The question whether a builder may do what it may not do by itself, in words for people who cannot code. Pure."""

from dataclasses import dataclass

from orchestrator.domain.gate import Kind, Way
from orchestrator.domain.question import Question, WayOut
from orchestrator.domain.run import Ask, Wish

EXACTLY = "What exactly"  # the label of what only those understand who can code


@dataclass(frozen=True, slots=True)
class _Wanted:
    wants: str
    why: str
    on_yes: str
    risks: tuple[str, ...]


_WANTED = {
    Wish.INSTALL: _Wanted(
        "fetch building blocks from the internet",
        "Building blocks are finished parts that other people have made. Most apps use some, and they become part of "
        "your app.",
        "The builder fetches them and goes on.",
        ("We look at what the builder makes of them, but nobody of us has read what others wrote in them.",),
    ),
    Wish.OUTSIDE: _Wanted(
        "reach something outside of its own folder",
        "The builder works in a folder of its own, so that it can break nothing else. This lies outside of it.",
        "The builder may read and change it, and goes on.",
        (
            "What it changes there is not on the trial copy, so we can neither check it nor take it back.",
            "Say no if you do not know what this is: the builder then looks for another way.",
        ),
    ),
    Wish.PUSH: _Wanted(
        "send something out",
        "Your project stays on this machine until somebody says otherwise. With this, something of it would leave.",
        "The builder sends it, and goes on.",
        (
            "What is sent cannot be fetched back, and others may see it.",
            "A phase can be built and tried without that. Say no if you do not know why it should be needed.",
        ),
    ),
    Wish.DELETE: _Wanted(
        "remove many files at once",
        "Sometimes that is right, for example when a part is made anew. It may also be a mistake.",
        "The builder removes them from the trial copy, and goes on.",
        ("Every save point before stays, so what you have approved is not lost.",),
    ),
}


def wants(wish: Wish) -> str:
    """What a builder wants, after “to”."""
    return _WANTED[wish].wants


def question(ask: Ask, phase: int) -> Question:
    """Ask whether the builder may do what it may not do by itself."""
    about = _WANTED[ask.wish]
    return Question(
        kind=Kind.PERMISSION,
        question=f"The builder wants to {about.wants}. May it?",
        why=f"{about.why} So we ask you. Work on phase {phase} waits for your answer, and nothing is being spent.",
        on_yes=about.on_yes,
        on_no="The builder goes on without that, and does not ask for it again in this phase. You can write what it "
        "should do instead.",
        considerations=about.risks,
        facts=((EXACTLY, ask.subject),),
        ways=(
            WayOut(Way.ONCE, "Yes, only this once", "In this phase, and exactly this. For anything else we ask again."),
            WayOut(
                Way.ALWAYS,
                "Yes, always in this project",
                "Whenever the builder wants such a thing. The owner can take that back in the settings.",
            ),
        ),
    )
