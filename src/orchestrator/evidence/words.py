"""Numbers, lists and names as a person would say them."""

from collections.abc import Sequence

MOST = 3  # names in one sentence
TWO_MINUTES = 120


def counted(number: int, thing: str) -> str:
    """`1 test`, `2 tests`, `2 addresses`."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}{'es' if thing.endswith('ss') else 's'}"


def listed(names: Sequence[str]) -> str:
    """`“a”, “b” and 3 more`."""
    shown = [f"“{short(name, 80)}”" for name in names[:MOST]]
    if len(names) > MOST:
        return f"{', '.join(shown)} and {len(names) - MOST:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def short(text: str, most: int) -> str:
    """One line, cut where it is too long, without characters that a page cannot show."""
    line = "".join(char if char.isprintable() else " " for char in " ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def span(seconds: float) -> str:
    """A time limit in words."""
    if seconds < TWO_MINUTES:
        return counted(max(1, round(seconds)), "second")
    return counted(round(seconds / 60), "minute")
