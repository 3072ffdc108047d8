"""A person's accounts on other services and their manners, from the rows to the settings page."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator.domain.elsewhere import CHANNELS, SERVICES, Manners, News, time_of_day
from orchestrator.runtime import runtime
from orchestrator.store import identities, manners
from orchestrator.store.identities import Identity
from orchestrator.telling import times
from orchestrator.telling.marks import Choice, Field, Mark, State
from orchestrator.web import linking
from orchestrator.web.linking import Code
from orchestrator.web.show.viewer import Viewer
from orchestrator.web.views.elsewhere import Account, CodeView, Elsewhere, Interruptions, Linked, Told

CONNECTED = Mark(State.PROVEN, "proven", "Connected")
NOT_CONNECTED = Mark(State.REST, "unchecked", "Not connected")
ABSENT = Mark(State.REST, "minus", "Not set up here")
FOR = {
    "telegram": "Answer from your phone with one tap. You need the Telegram app and one minute.",
    "github": "Answer where the code is: with a thumbs-up or a comment. What you write there counts as said by you.",
}
NOT_HERE = "Whoever runs this installation can set it up."
TELLS = {
    News.DECISIONS: ("Something needs my answer", "A decision, a limit reached, a wish of the builder."),
    News.STUCK: ("Something is stuck", "Work does not go on without me."),
    News.DONE: ("A project is complete", "With what was built, and where to try it."),
    News.PROGRESS: ("What goes on meanwhile", "One message that changes in place, without a sound."),
}
MOST = (0, 1, 3, 5, 10)
SMALL = (
    "What comes in quiet hours waits until they end; what does not fit into your limit comes together in one message. "
    "Nothing goes ahead because you did not answer."
)


async def look(
    db: AsyncSession,
    viewer: Viewer,
    *,
    code: Code | None = None,
    login: Field | None = None,
    typed: Manners | None = None,
    wrong: str = "",
) -> Elsewhere:
    """Read it. `code` was just made; `login` and `wrong` belong to forms that were not accepted."""
    known = await identities.of(db, viewer.person.user_id)
    accounts = tuple(_account(viewer, channel, known, code, login) for channel in CHANNELS)
    return Elsewhere(accounts, _interruptions(typed or await manners.of(db, viewer.person.user_id), wrong))


def _account(
    viewer: Viewer, channel: str, known: Sequence[Identity], code: Code | None, login: Field | None
) -> Account:
    mine = [one for one in known if one.channel == channel]
    here = linking.here(runtime().settings, channel)
    mark = CONNECTED if mine else NOT_CONNECTED if here else ABSENT
    return Account(
        channel=channel,
        title=SERVICES[channel],
        mark=mark,
        text=FOR[channel] if here else f"{FOR[channel]} {NOT_HERE}",
        linked=tuple(_linked(viewer, one) for one in mine),
        may_link=here,
        login=(login or Field()) if channel == "github" else None,
        code=_code(viewer, code) if code and code.channel == channel else None,
    )


def _linked(viewer: Viewer, one: Identity) -> Linked:
    return Linked(one.outside, one.name, f"Connected {times.day_at(one.linked_at, viewer.now, viewer.zone)}.")


def _code(viewer: Viewer, code: Code) -> CodeView:
    until = f"It works once, until {times.clock(code.until, viewer.zone)}"
    if code.channel == "telegram":
        where = "or send this to our bot on Telegram:" if code.link else "Send this to our bot on Telegram:"
        return CodeView(
            f"/link {code.code}", where, f"{until}. Whoever sends it becomes you: show it to nobody.", code.link
        )
    mention = runtime().settings.github_mention
    return CodeView(
        f"@{mention} /link {code.code}" if mention else f"/link {code.code}",
        "Write this as a comment on GitHub, in any issue of a repository that we look after:",
        f"{until}, and only for the account {code.login}. Others may see it there: for them it does nothing.",
    )


def _interruptions(kept: Manners, wrong: str) -> Interruptions:
    here = [channel for channel in CHANNELS if linking.here(runtime().settings, channel)]
    return Interruptions(
        Field(time_of_day(kept.quiet_from)),
        Field(time_of_day(kept.quiet_until)),
        tuple(Choice(str(n), _times(n), n == kept.most_a_day) for n in sorted({*MOST, kept.most_a_day})),
        tuple(_told(news, kept, here) for news in News) if here else (),
        SMALL,
        wrong,
    )


def _times(n: int) -> str:
    if not n:
        return "No limit"
    return f"{n} interruption{'s' * (n != 1)} a day"


def _told(news: News, kept: Manners, here: Sequence[str]) -> Told:
    choices = tuple(Choice(channel, f"on {SERVICES[channel]}", kept.wants(news, channel)) for channel in here)
    return Told(news, *TELLS[news], choices)
