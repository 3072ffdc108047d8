"""What asking a model costs, and what a project may cost. Pure.

Money is counted in millionths of a US dollar, in which providers name their prices; a person's currency is for showing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from orchestrator.errors import NoAnswer

MICROS = 1_000_000
MOST = 1_000_000 * MICROS  # the highest limit that can be set
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "CHF": "CHF "}
MOST_TOKENS = 10**12  # of one piece of work: more is a slip
WHOLE = frozenset({"JPY", "KRW"})  # currencies without cents
WARNED_AT = Fraction(8, 10)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money of some calls. `cached` of the tokens read were known to the provider already."""

    model: str = ""
    read: int = 0
    written: int = 0
    cached: int = 0
    calls: int = 0
    micros: int = 0
    priced: bool = True  # False where nobody knows the price: then `micros` says too little

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            other.model or self.model,
            self.read + other.read,
            self.written + other.written,
            self.cached + other.cached,
            self.calls + other.calls,
            self.micros + other.micros,
            self.priced and other.priced,
        )


def lost(fault: NoAnswer) -> Usage:
    """What an answer cost that did not come."""
    return fault.usage if isinstance(fault.usage, Usage) else Usage()


@dataclass(frozen=True, slots=True)
class Currency:
    """How a person sees money: the code of the currency, and what one US dollar is in it."""

    code: str = "USD"
    dollar: float = 1.0

    def of(self, micros: int) -> float:
        return micros * self.dollar / MICROS

    def micros(self, amount: float) -> int:
        return round(amount * MICROS / self.dollar)

    @property
    def symbol(self) -> str:
        """What stands right before a number: “€”, or “CHF ” with its space."""
        return SYMBOLS.get(self.code, f"{self.code} ")

    @property
    def places(self) -> int:
        return 0 if self.code in WHOLE else 2

    def words(self, micros: int) -> str:
        """“€2.85”, and “less than €0.01” for what would look like nothing."""
        least = 10.0**-self.places
        if 0 < self.of(micros) < least / 2:
            return f"less than {self.symbol}{least:.{self.places}f}"
        return f"{self.symbol}{self.of(micros):,.{self.places}f}"

    def sum(self, micros: int) -> str:
        """A limit: “€10” where it is round, “€12.50” where it is not."""
        return self.words(micros).removesuffix(".00")

    def rounded(self, micros: int) -> float:
        """As a person would write it."""
        return round(self.of(micros), self.places)


def told(details: Mapping[str, Any], currency: Currency, model: str) -> Usage:
    """What a builder says that its work cost, in dollars or in people’s currency; nothing where it says nothing.

    With `told` false in its details it is known that it will not say: that is a piece of work without a price.
    """
    amount, code = details.get("amount"), details.get("currency")
    tokens = {name: counted(details, name) for name in ("read", "written", "cached")}
    if not isinstance(amount, int | float) or not math.isfinite(amount) or amount <= 0:
        return Usage(model, **tokens, calls=1, priced=False) if details.get("told") is False else Usage()
    rates = {currency.code: currency.dollar, "USD": 1.0}
    micros = Currency("", rates[code]).micros(min(amount, MOST)) if code in rates else 0
    return Usage(model, **tokens, calls=1, micros=min(micros, MOST), priced=code in rates)


def counted(details: Mapping[str, Any], name: str) -> int:
    """A number of tokens, as far as it can be one."""
    found = details.get(name)
    return min(found, MOST_TOKENS) if isinstance(found, int) and found > 0 else 0


def reached(spent: int, budget: int) -> bool:
    """Whether nothing more may be begun that costs money. A limit of 0 is none."""
    return 0 < budget <= spent


def mostly_used(spent: int, budget: int) -> bool:
    """Whether it is time to say that the limit comes near."""
    return budget > 0 and spent >= budget * WARNED_AT


def next_limit(spent: int, budget: int, currency: Currency) -> int:
    """What to propose when a limit is reached: about 1.4 times as much, round, and enough to go on for a while."""
    wanted = Fraction(max(budget * 14, spent * 10 + budget * 2), 10) * Fraction(currency.dollar) / MICROS
    proposed = currency.micros(float(_round_up(wanted, currency.places)))
    if proposed > spent:
        return proposed
    # A hair above a round sum counts as that sum, and may be all that it is above what is spent.
    return currency.micros(float(_round_up(wanted * Fraction(11, 10), currency.places)))


def _round_up(amount: Fraction, places: int) -> Fraction:
    """To the next sum that people like: 14, 20, 28, 40, 60, 85."""
    size = Fraction(10) ** (math.floor(math.log10(amount)) if amount > 0 else 0)
    lead = amount / size
    step = size / 10 if lead < 2 else size / 5 if lead < 5 else size / 2  # noqa: PLR2004 - the steps are the rule
    step = max(step, Fraction(1, 10**places))
    return math.ceil(round(amount / step, 6)) * step
