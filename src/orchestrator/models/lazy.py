"""A model whose libraries are loaded when it is first needed, beside everything else that goes on."""

import asyncio
import gc
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator import clock
from orchestrator.errors import NoAnswer
from orchestrator.models import providers
from orchestrator.ports import About, Form, Prompt, Say, Thought
from orchestrator.settings import Settings

if TYPE_CHECKING:
    from orchestrator.models.live import Live


ITS_OWN = frozenset({"refused", "long"})  # it answered, and would answer somebody else


class Lazy:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last = About(providers.says(settings))
        self._loading: asyncio.Task[Live] | None = None

    async def ask(self, prompt: Prompt, form: type[Form], say: Say | None = None) -> Thought[Form]:
        begun = time.monotonic()
        try:
            live = await self.loaded()
            thought = await live.ask(prompt, form, say)
        except NoAnswer as fault:
            self._remember(begun, "" if fault.reason in ITS_OWN else str(fault))
            raise
        self._remember(begun)
        return thought

    def _remember(self, begun: float, fault: str = "") -> None:
        self._last = replace(self._last, at=clock.now(), seconds=time.monotonic() - begun, fault=fault)

    def about(self) -> About:
        return self._last

    async def loaded(self) -> "Live":
        """The model itself; who asks while it is being loaded waits for the same."""
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(self._load))
        return await asyncio.shield(self._loading)

    def _load(self) -> "Live":
        """Load them. None of it ever becomes garbage, so looking for that meanwhile, or later, is time lost."""
        gc.disable()
        try:
            from orchestrator.models import live  # noqa: PLC0415 - a second and 70 MB, for who has a model only

            found = live.connect(self._settings)
            gc.freeze()
        finally:
            gc.enable()
        return found
