"""What asking a model costs, and what a project may cost. Pure.

Money is counted in millionths of a US dollar, in which providers name their prices; a person's currency is for showing.
"""

from dataclasses import dataclass

MICROS = 1_000_000


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


@dataclass(frozen=True, slots=True)
class Currency:
    """How a person sees money: the code of the currency, and what one US dollar is in it."""

    code: str = "USD"
    dollar: float = 1.0

    def of(self, micros: int) -> float:
        return micros * self.dollar / MICROS

    def micros(self, amount: float) -> int:
        return round(amount * MICROS / self.dollar)
