"""What a builder's work cost, put together from what it tells in different places. Pure."""

from collections.abc import Mapping
from typing import Any


def bill(told: Mapping[str, Any], usage: Mapping[str, Any], model: str) -> dict[str, Any]:
    """`told` came while it worked, `usage` at its end. What was read includes what the provider knew already."""
    whole = dict(told)
    cached = _count(usage, "cached_read_tokens")
    read = _count(usage, "input_tokens") + cached + _count(usage, "cached_write_tokens")
    if read or _count(usage, "output_tokens"):
        whole |= {"read": read, "written": _count(usage, "output_tokens"), "cached": cached}
    return whole | ({"model": model} if model and whole else {})


def model_of(opened: Any) -> str:
    """The model that a builder names when a conversation is opened, where it does."""
    for option in getattr(opened, "config_options", None) or ():
        if getattr(option, "category", None) == "model" and isinstance(value := option.current_value, str):
            return value
    return ""


def _count(usage: Mapping[str, Any], name: str) -> int:
    return int(usage.get(name) or 0)
