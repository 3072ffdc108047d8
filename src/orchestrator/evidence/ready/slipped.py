"""Whether foreign code can be slipped into its pages: we write some, and look how a browser would take it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote

import httpx

from orchestrator.domain.ready.report import Evidence
from orchestrator.errors import NotPossible
from orchestrator.evidence.places import NOT_OURS, beside_tests
from orchestrator.evidence.ready import made_up, people, routes, things
from orchestrator.evidence.ready.asks import Asked
from orchestrator.evidence.ready.people import Person
from orchestrator.evidence.ready.proof import Found, failed, not_needed, proven, unchecked
from orchestrator.evidence.words import counted, listed

USUAL = ("q", "search", "query", "name", "message", "error", "next")
OWN_PAGES = re.compile(r"^/(?:docs|redoc|static|assets|openapi)")
IN_BROWSER = re.compile(r"innerHTML\s*\+?=|insertAdjacentHTML|dangerouslySetInnerHTML|v-html|document\.write\(|\{@html")
SPEAKS = re.compile(
    r"text/html|HTMLResponse|render_template|TemplateResponse|<!doctype html|res\.render\(", re.IGNORECASE
)
LINKS = {"href", "src", "action", "formaction", "xlink:href"}
FOR_BROWSERS = (".js", ".ts", ".jsx", ".tsx", ".html", ".vue", ".svelte", ".mjs")
KEPT, ASKED = "k", "a"  # what was handed in and kept, and what stood in the address
MOST_PAGES = 60


def slip(word: str) -> str:
    """What would run in a browser wherever it stands: between tags, in an attribute, in a script."""
    return f"{word}'\"></script><{word}><img src=x onerror={word}>"


class Page(HTMLParser):
    """A page as a browser reads it, and in which ways the word of ours became more than a word there."""

    def __init__(self, text: str, word: str) -> None:
        super().__init__(convert_charrefs=True)
        self.word, self.broken, self.shown = word, "", set[str]()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag.startswith(self.word):
            self.broken = "as a tag"
        for name, value in attrs:
            said = value or ""
            if self.word in name or (name.startswith("on") and self.word in said):
                self.broken = f"as {name} of {tag}"
            elif name in LINKS and re.match(rf"\s*javascript:.*{self.word}", said, re.IGNORECASE):
                self.broken = f"as a link that runs, in {name} of {tag}"
            self._look(said)

    def handle_data(self, data: str) -> None:
        self._look(data)

    def _look(self, said: str) -> None:
        self.shown |= {kind for kind in (KEPT, ASKED) if f"{self.word}{kind}" in said}


class Visit:
    """The pages that were seen, what showed our words, and where they broke out."""

    def __init__(self) -> None:
        self.pages: list[str] = []
        self.shown: list[str] = []
        self.broken: list[str] = []
        self.kinds: set[str] = set()

    def take(self, what: str, answer: httpx.Response, word: str) -> None:
        kind = answer.headers.get("content-type", "text/html")
        if "html" not in kind and "svg" not in kind:
            return
        page = Page(answer.text[: 1 << 20], word)
        if answer.is_success and not OWN_PAGES.match(what):
            self.pages.append(what)
        if page.broken:
            self.broken.append(f"{what}, {page.broken}")
        elif page.shown:
            self.shown.append(what)
            self.kinds |= page.shown


async def escaped(asked: Asked) -> Found:
    word = made_up.mark()
    person = await _somebody(asked)
    made = (
        await things.all_made(person, asked, word=slip(word + KEPT), link=f"javascript:{word}{KEPT}") if person else []
    )
    visit = Visit()
    client = person.client if person else asked.client
    for path in _ways(asked, made, word):
        visit.take(path.partition("?")[0], await people.patient(client, "GET", path), word)
    return _judged(asked, visit)


def _judged(asked: Asked, visit: Visit) -> Found:
    evidence = asked.seen("its pages, with code of ours handed in", said=_said(visit))
    if visit.broken:
        return failed(f"Code that somebody writes becomes part of a page: {visit.broken[0]}.", evidence)
    if by_hand := _in_browser(asked):
        return unchecked(f"{by_hand} puts texts into pages within the browser, where we could not look.", evidence)
    if not visit.pages:
        return _pageless(asked, evidence)
    if not asked.document:
        return unchecked("It does not say which addresses it has (OpenAPI), so not all could be handed in.", evidence)
    if KEPT not in visit.kinds and (things.makers(asked) or not visit.shown):
        return unchecked("None of the pages that we came to shows what people write.", evidence)
    said = f"{counted(len(set(visit.shown)), 'page')} of {len(set(visit.pages))}"
    return proven(f"What people write stays text: {said} showed code of ours, and none took it as such.", evidence)


def _pageless(asked: Asked, evidence: Evidence) -> Found:
    if speaking := _speaking(asked):
        return unchecked(f"Pages are spoken of in {listed(speaking)}, but we came to none.", evidence)
    return not_needed("It has no pages: what it answers is never read as HTML.", evidence)


async def _somebody(asked: Asked) -> Person | None:
    try:
        return (await people.two(asked))[0]
    except NotPossible:
        return None


def _ways(asked: Asked, made: list[things.Thing], word: str) -> Iterator[str]:
    """Every page, each thing, an address that is not there, and all of them with questions that have code in them."""
    plain = ["/", *things.readable(asked)]
    own = [path for thing in made for route, path in things.about(asked, thing) if route.method == "GET"]
    yield from plain
    yield from own
    yield f"/{quote(slip(word + ASKED), safe='')}"
    asking = {one.path: one.query for one in routes.read(asked.document) if one.method == "GET"}
    for path in [*plain, *own][:MOST_PAGES]:
        for name in dict.fromkeys([*asking.get(path, ()), *USUAL]):
            yield f"{path}?{name}={quote(slip(word + ASKED))}"
    for path in (one.path for one in routes.read(asked.document) if one.method == "GET" and "{" in one.path):
        yield things.PARAMETER.sub(quote(slip(word + ASKED), safe=""), path)


def _in_browser(asked: Asked) -> str:
    for path, text in asked.look.texts.items():
        ours = path.endswith(FOR_BROWSERS) and not beside_tests(path) and not NOT_OURS & set(path.split("/"))
        if ours and IN_BROWSER.search(text):
            return path
    return ""


def _speaking(asked: Asked) -> list[str]:
    texts = asked.look.files("*.py", "*.js", "*.ts", "*.mjs", "*.html")
    return [path for path, text in texts.items() if not beside_tests(path) and SPEAKS.search(text)]


def _said(visit: Visit) -> str:
    parts = {"broke out": visit.broken, "stayed text": visit.shown, "pages": visit.pages}
    return "\n".join(f"{name}: {', '.join(dict.fromkeys(found)) or 'none'}"[:300] for name, found in parts.items())
