"""What language models are told: the texts are files beside this one, with places to be filled in."""

from functools import cache
from importlib import resources
from string import Template


@cache
def _file(name: str) -> str:
    return (resources.files(__name__) / f"{name}.md").read_text("utf-8").strip()


def text(name: str) -> str:
    """A prompt without places to fill in."""
    return _file(name)


def filled(name: str, /, **places: str) -> str:
    """A prompt with every place filled in. Raises KeyError where one is missing: none goes out half empty."""
    return Template(_file(name)).substitute(places)
