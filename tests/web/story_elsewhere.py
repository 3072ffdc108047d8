"""What stands about other services: accounts, interruptions, and what did not go through."""

from orchestrator.telling.marks import Choice, Field
from orchestrator.web.show import elsewhere as shows
from orchestrator.web.views.elsewhere import (
    Account,
    CodeView,
    Elsewhere,
    Interruptions,
    Linked,
    OperationsPage,
    Told,
    Undone,
)

BOTH = (Choice("telegram", "on Telegram", chosen=True), Choice("github", "on GitHub"))
ELSEWHERE = Elsewhere(
    (
        Account(
            "telegram",
            "Telegram",
            shows.CONNECTED,
            shows.FOR["telegram"],
            (Linked("77", "nadia", "Connected yesterday at 9:40."),),
            may_link=True,
            code=CodeView(
                "/link tG7cQ2l0nX4zr1-0t9Zs3Yb8",
                "or send this to our bot on Telegram:",
                "It works once, until 10:42. Whoever sends it becomes you: show it to nobody.",
                "https://t.me/supper_bot?start=tG7cQ2l0nX4zr1-0t9Zs3Yb8",
            ),
        ),
        Account(
            "github",
            "GitHub",
            shows.NOT_CONNECTED,
            shows.FOR["github"],
            may_link=True,
            login=Field("not a name", "Please write your name on GitHub, as in github.com/your-name."),
        ),
    ),
    Interruptions(
        Field("20:30"),
        Field("07:30"),
        (Choice("0", "No limit"), Choice("3", "3 interruptions a day", chosen=True)),
        tuple(Told(news, *told, BOTH) for news, told in shows.TELLS.items()),
        shows.SMALL,
        "Quiet hours need a beginning and an end.",
    ),
)
STUCK = OperationsPage(
    (
        Undone(
            "A decision",
            "to Nadia Rahman, on Telegram, today at 9:40",
            "Telegram does not let us write there any more: the person has blocked our bot.",
            "/operations/posts/1/again",
        ),
    ),
    (Undone("From GitHub: issue comment", "yesterday at 18:20", "We could not make sense of it.", "/operations/x"),),
    "Two arrivals wait to be taken up.",
    "It is tried again. What does not arrive comes back here.",
)
SMOOTH = OperationsPage((), (), "")
