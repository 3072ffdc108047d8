"""What tokens cost, by the list of prices that Pydantic AI brings along, or by what whoever runs this has set."""

from genai_prices import Usage as Tokens
from genai_prices import calc_price
from pydantic_ai.usage import RunUsage

from orchestrator.domain.cost import MICROS, Usage


def usage(model: str, provider: str, used: RunUsage, prices: tuple[float, float] | None) -> Usage:
    """Put tokens and money together. Without any known price the money is nothing, and the usage says so."""
    micros = _set(used, prices) if prices else _listed(model, provider, used)
    return Usage(
        model=model,
        read=used.input_tokens,
        written=used.output_tokens,
        cached=used.cache_read_tokens,
        calls=used.requests,
        micros=micros or 0,
        priced=micros is not None,
    )


def listed(model: str, read: int, written: int, cached: int) -> int | None:
    """What tokens of a model cost, whoever runs it; nothing where its price is not known."""
    return _listed(model, None, RunUsage(input_tokens=read, output_tokens=written, cache_read_tokens=cached))


def _set(used: RunUsage, prices: tuple[float, float]) -> int:
    """Prices are per million tokens, so a token costs that many millionths of a dollar."""
    return round(used.input_tokens * prices[0] + used.output_tokens * prices[1])


def _listed(model: str, provider: str | None, used: RunUsage) -> int | None:
    tokens = Tokens(
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        cache_read_tokens=used.cache_read_tokens,
        cache_write_tokens=used.cache_write_tokens,
    )
    try:
        return round(calc_price(tokens, model_ref=model, provider_id=provider).total_price * MICROS)
    except LookupError:
        return None
