"""The 54 questions, each with what to do about it. Pure."""

from typing import Final

from orchestrator.domain.ready import built, running
from orchestrator.domain.ready.item import CATEGORIES, Category, Item, Priority

__all__ = ["BY_ID", "CATEGORIES", "ITEMS", "TOTAL", "Category", "Item", "Priority"]

ITEMS: Final[tuple[Item, ...]] = (*built.ITEMS, *running.ITEMS)
BY_ID: Final = {item.id: item for item in ITEMS}
TOTAL: Final = len(ITEMS)
