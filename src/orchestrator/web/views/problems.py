"""Pages for what went wrong, always in this order: what happened, whether the work is safe, what to do now."""

from dataclasses import dataclass, replace
from http import HTTPStatus

from orchestrator.telling.marks import STUCK, Link, Note
from orchestrator.telling.words import figure

HOME = Link("Your projects", "/")
SAFE = "Your work is safe, and nothing was spent."


@dataclass(frozen=True, slots=True)
class ProblemPage:
    title: str
    happened: str
    safe: str = SAFE
    now: str = ""
    links: tuple[Link, ...] = (HOME,)
    reference: str = ""  # for whoever helps, folded


TITLES = {
    403: "This is not for you to decide",
    404: "We cannot find that page",
    409: "Something was faster",
    413: "That is too much for one message",
    422: "We could not read that",
    429: "That was a lot at once",
    503: "Not possible at the moment",
}
HAPPENED = {
    403: "Somebody else of this project may do that, you may not.",
    404: "It may have moved, or the link may be for someone else’s project.",
    409: "The project has moved on since you opened this page.",
    413: "What you sent is larger than we can take in at once, so we did not read it.",
    422: "Something that we need is missing or not in a form we know.",
    429: "We have what you sent before this.",
    503: "Something outside that we need does not answer.",
}
SAFETY = {404: "Your own projects are all there."}
NOW = {
    403: "Ask the owner of the project to do it, or to let you.",
    409: "Go back, look at how it is now, and decide again.",
    413: "Go back, and send it in smaller parts.",
    422: "Go back: what you wrote is still there. Then change it and send it again.",
    503: "We keep trying. You need not do anything.",
}
OURS = ProblemPage(
    "Something went wrong on our side",
    "We could not do what you asked. It is our fault, not yours, and it has been written down.",
    now="Go back and do it once more. If it happens again, tell whoever runs this, with the reference below.",
)


def problem(
    status: int, title: str = "", sentence: str = "", wait: int = 0, reference: str = "", back: Link | None = None
) -> ProblemPage:
    """The page for an HTTP status. `title` and `sentence` say better than we could in general what happened."""
    links = (HOME,) if back is None else (back, HOME)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and status not in TITLES:
        return replace(OURS, links=links, reference=reference)
    return ProblemPage(
        TITLES.get(status, title or TITLES[422]),
        sentence or HAPPENED.get(status, HAPPENED[422]),
        SAFETY.get(status, SAFE),
        f"Please wait {figure(wait, 'second')} before the next." if wait else NOW.get(status, ""),
        links,
        reference,
    )


def note(page: ProblemPage) -> Note:
    """The same in a few words, for the place where it happened."""
    said = (page.happened, page.safe, page.now)
    return Note(f"{page.title}.", " ".join(part for part in said if part), STUCK)
