"""Says what something usually takes and costs, from what it took and cost before. Nothing is guessed. Pure."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.domain.cost import Currency

FEWEST = 2  # that something was so once does not make it usual
MINUTE, HOUR = 60, 3600
A_WHILE = 90 * MINUTE  # from here on hours are said
NEAR = 1.25  # quartiles this close are one figure


@dataclass(frozen=True, slots=True)
class Sample:
    """A piece of work that is over. `micros` is 0 where nobody told a price."""

    seconds: float
    micros: int = 0


def usually(samples: Sequence[Sample], currency: Currency, *, free: bool = False, what: str = "") -> str:
    """“Usually 2 to 4 minutes and about €0.40 for each phase”; nothing where too little is known.

    `free` says that the work costs nothing at all, which no price told does not. `what` is “for each phase”.
    """
    if len(samples) < FEWEST:
        return ""
    per = f" {what}" if what else ""
    time = _time(*_middle([sample.seconds for sample in samples]))
    if free:
        return f"Usually {time}{per}, and it costs nothing"
    paid = [float(sample.micros) for sample in samples if sample.micros]
    money = _money(*_middle(paid), currency) if len(paid) >= FEWEST else ""
    return f"Usually {time} and {money}{per}" if money else f"Usually {time}{per}"


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """Between which two the middle half lies, so that one odd try does not count."""
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return first, third


def _time(low: float, high: float) -> str:
    if high < MINUTE:
        return "under a minute"
    unit, name = (HOUR, "hour") if high > A_WHILE else (MINUTE, "minute")
    least, most = (max(1, round(seconds / unit)) for seconds in (low, high))
    if least == most:
        return f"about {most} {name}{'s' * (most > 1)}"
    return f"{least} to {most} {name}s"


def _money(low: float, high: float, currency: Currency) -> str:
    if high <= low * NEAR:
        low = high = (low + high) / 2
    least, most = (currency.sum(_rounded(micros, currency)) for micros in (low, high))
    if least != most:
        return f"{least} to {most}"
    return most if most.startswith("less") else f"about {most}"


def _rounded(micros: float, currency: Currency) -> int:
    """To two figures: nobody guesses $0.4137."""
    amount = currency.of(round(micros))
    digits = 1 - math.floor(math.log10(amount)) if amount > 0 else 0
    return currency.micros(round(amount, digits))
