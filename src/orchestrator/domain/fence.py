"""Puts what others wrote between marks, so that a model cannot take it for ours. Pure."""

from orchestrator.domain import plain


def fenced(source: str, text: str) -> str:
    """Text of others as material: it cannot end the fence that it is in."""
    return f'<data source="{source}">\n{harmless(text)}\n</data>'


def harmless(text: str) -> str:
    """Without marks, and without what a person would not see."""
    return plain.visible(text).replace("<", "‹").replace(">", "›")
