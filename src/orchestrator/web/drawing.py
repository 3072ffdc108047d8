"""Turns view models into HTML: the pages, and the parts of them that are swapped while a page is open."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestrator.telling.words import lower_first
from orchestrator.web.views import settings
from orchestrator.web.views.shell import Shell

TEMPLATES = Path(__file__).parent / "templates"
SYMBOL = re.compile(r'<symbol id="([a-z]+)" viewBox="0 0 20 20">(.*)</symbol>')


def environment(asset: Callable[[str], str], new_key: Callable[[], str]) -> Environment:
    """`asset` gives the address of a static file; `new_key` a name for what a form is about to ask, once per form."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(asset=asset, new_key=new_key, shapes=shapes(), roles=settings.roles)
    made.filters["lower_first"] = lower_first
    return made


@dataclass(frozen=True, slots=True)
class Shape:
    """An icon out of our own file, which pages show as it stands there."""

    lines: str

    def __html__(self) -> str:
        return self.lines


def shapes() -> dict[str, Shape]:
    """The icons by name, to be put inline: some of them take two colours from the page."""
    symbols = (TEMPLATES / "icons.svg").read_text(encoding="utf-8")
    return {name: Shape(lines) for name, lines in SYMBOL.findall(symbols)}


def page(templates: Environment, template: str, shell: Shell, view: object) -> str:
    """A whole page: `page(templates, "talk.html", shell, TalkPage(...))`."""
    return templates.get_template(template).render({"shell": shell, "page": view})


def part(templates: Environment, name: str, *views: object) -> str:
    """What replaces one region of an open page, by its macro in `swaps/all.html`: `part(templates, "status", line)`."""
    macro: Callable[..., str] = getattr(templates.get_template("swaps/all.html").module, name)
    return str(macro(*views)).strip()
