"""Reads a sum of money that a person writes: “15”, “€15”, “up to 12.50 euros”. Nothing is guessed. Pure."""

import re

from orchestrator.domain import plain
from orchestrator.domain.cost import Currency

NAMES = {
    "USD": "$ us$ dollar dollars",
    "EUR": "€ euro euros",
    "GBP": "£ pound pounds",
    "JPY": "¥ yen",
    "INR": "₹ rupee rupees",
    "KRW": "₩ won",
    "CHF": "franc francs sfr fr",
}
# What may stand around the sum without changing what it says.
AROUND = plain.words(
    """
    a at be go good in is it let let's limit make max maximum most new now of ok okay on only please raise set should
    sum thanks than that that's the then to total up use yes you your
    """
)
_SUM = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?\$?|[^\s\w.,:;!]")
_ONE = re.compile(rf"(?P<before>[^\d]*?)(?<![\d.,+−-])(?P<sum>{_SUM})(?P<after>[^\d]*)")
LONGEST = 100


def amount(text: str, currency: Currency) -> float | None:
    """The one sum that is all these words say, in this currency; None for everything else, as for “$5 a week”."""
    found = _ONE.fullmatch(text.strip().casefold().replace("’", "'")) if len(text) <= LONGEST else None
    if found is None:
        return None
    known = AROUND | {currency.code.casefold()} | set(NAMES.get(currency.code, "").split())
    if not set(_WORDS.findall(f"{found['before']} {found['after']}")) <= known:
        return None
    return _number(found["sum"])


def _number(written: str) -> float:
    """“1,500” is a thousand and a half, “12,50” is twelve and a half."""
    if re.search(r",\d{1,2}$", written):
        return float(written.replace(",", "."))
    return float(written.replace(",", ""))
