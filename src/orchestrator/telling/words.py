"""Numbers and lists as a person would say them."""

from collections.abc import Sequence

from orchestrator.domain.cost import Currency

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(n: int) -> str:
    return NUMBERS[n] if 0 <= n < len(NUMBERS) else str(n)


def count(n: int, one: str, many: str = "") -> str:
    """“one phase”, “five phases”, “30 phases”."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def figure(n: int, one: str, many: str = "") -> str:
    """“1 phase”, “5 phases”: for where figures are compared."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """“a”, “a and b”, “a, b and c”."""
    first, end = items[:-1], "".join(items[-1:])
    return f"{', '.join(first)} {last} {end}" if first else end


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """For a sentence that goes on after a colon. “I …” and words in capitals keep theirs."""
    first = text.split(" ", 1)[0]
    if first.startswith(("I’", "I'")) or (first.isupper() and first != "A"):
        return text
    return text[:1].lower() + text[1:]


def bare(sentence: str) -> str:
    """Without its full stop, to become a part of another sentence."""
    return sentence.strip().removesuffix(".")


def pages(text: str, per_page: int = 400) -> str:
    """“two pages”, by the number of words."""
    return count(max(1, round(len(text.split()) / per_page)), "page")


def initials(name: str) -> str:
    """“NR” for Nadia Rahman."""
    parts = name.split()
    return "".join(part[0].upper() for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts[:1]))


def spent(micros: int, budget: int, money: Currency) -> str:
    """“€2.85 of €10 spent”, without a full stop."""
    of = f" of {money.sum(budget)}" if budget else ""
    return f"{money.words(micros)}{of} spent"
