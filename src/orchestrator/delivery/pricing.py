"""What a builder's work cost in money, where it tells only tokens; and that it told nothing, where it does not."""

import asyncio
from dataclasses import replace
from typing import Any

from orchestrator.domain.cost import MICROS, counted
from orchestrator.domain.run import Report
from orchestrator.executors.agents import STARTER


async def priced(builder: str, report: Report) -> Report:
    """The report with what is known of its cost. The starter costs nothing, and says so nowhere."""
    told: dict[str, Any] = report.details.get("cost") or {}
    if told.get("amount") or builder == STARTER:
        return report
    micros = await asyncio.to_thread(_micros, told) if told.get("model") and counted(told, "read") else None
    money = {"amount": micros / MICROS, "currency": "USD"} if micros is not None else {"told": False}
    return replace(report, details=report.details | {"cost": told | money})


def _micros(told: dict[str, Any]) -> int | None:
    """By the list of prices; nothing where the model is not on it."""
    from orchestrator.models import prices  # noqa: PLC0415 - a second, for who needs it only

    read, cached = counted(told, "read"), counted(told, "cached")
    return prices.listed(str(told["model"]), read, counted(told, "written"), cached)
