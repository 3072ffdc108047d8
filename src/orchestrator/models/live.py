"""Asks models through Pydantic AI: one call, structured, its first text passed on while it is written."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import httpx2
import structlog
from pydantic import BaseModel
from pydantic_ai import Agent, AgentRunResultEvent, ToolOutput
from pydantic_ai import exceptions as ai
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    ToolCallPart,
    ToolCallPartDelta,
    UserPromptPart,
)
from pydantic_ai.models import Model, infer_model
from pydantic_ai.providers import Provider, infer_provider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RunUsage

from orchestrator.domain import cost, plain
from orchestrator.domain.cost import Usage
from orchestrator.errors import NoAnswer
from orchestrator.models import faults, prices, providers
from orchestrator.models.sentences import SENTENCES
from orchestrator.models.unfolding import Unfolding
from orchestrator.ports import ANEW, Form, Line, Prompt, Say, Thought
from orchestrator.settings import Settings

log = structlog.get_logger(__name__)
RETRIES = 1  # of an answer that does not have its form: the model is told what was wrong with it
TOOL = "answer"
LOST = (ai.AgentRunError, ai.UserError, TimeoutError, httpx2.HTTPError)


@dataclass(frozen=True, slots=True)
class Bounds:
    """In seconds: for a whole answer, and for silence while we wait for one."""

    whole: float
    silence: float


class Live:
    """The first of the models that answers. Agents are kept per form, since making one takes milliseconds."""

    def __init__(self, models: Sequence[Model], bounds: Bounds, known_prices: tuple[float, float] | None) -> None:
        self.models, self._bounds, self._prices = models, bounds, known_prices
        self._agents: dict[type[BaseModel], Agent[object, Any]] = {}

    async def ask(self, prompt: Prompt, form: type[Form], say: Say | None = None) -> Thought[Form]:
        """Ask one model after the other. Raises NoAnswer of the last, with what all of them cost."""
        spent, lost = Usage(), NoAnswer(SENTENCES["down"], "down")
        for model in self.models:
            telling = _Telling(form, say)
            try:
                thought = await self._once(model, prompt, form, telling)
            except NoAnswer as fault:
                log.warning("model.no_answer", model=model.model_name, reason=fault.reason)
                lost = fault
                spent += cost.lost(fault)
                telling.forget()
            else:
                return Thought(thought.value, spent + thought.usage)
        raise NoAnswer(str(lost), lost.reason, spent)

    async def _once(self, model: Model, prompt: Prompt, form: type[Form], telling: "_Telling") -> Thought[Form]:
        used = RunUsage()
        try:
            async with asyncio.timeout(self._bounds.whole):
                value = await self._run(model, prompt, form, telling, used)
        except LOST as error:
            log.info("model.fault", model=model.model_name, error=repr(error)[:500])
            raise faults.no_answer(error, self._usage(model, used)) from error
        return Thought(value, self._usage(model, used))

    async def _run(self, model: Model, prompt: Prompt, form: type[Form], telling: "_Telling", used: RunUsage) -> Form:
        agent, before = self.agent(form), history(prompt.lines[:-1])
        asked = [part for part in (prompt.card, prompt.lines[-1].text) if part]
        how = self.how(prompt.rules)
        running = agent.run_stream_events(
            asked, model=model, message_history=before, instructions=prompt.rules, usage=used, model_settings=how
        )
        async with running as events:
            async for event in events:
                if isinstance(event, AgentRunResultEvent):
                    return cast("Form", event.result.output)
                telling.hear(event)
        raise AssertionError("a run ends with its result or raises")

    def agent(self, form: type[BaseModel]) -> Agent[object, Any]:
        """Whoever fills in this form."""
        if form not in self._agents:
            output = ToolOutput(form, name=TOOL, description=(form.__doc__ or "").strip())
            self._agents[form] = Agent(output_type=output, retries={"output": RETRIES})
        return self._agents[form]

    def how(self, rules: str) -> ModelSettings:
        """With which settings a model is asked."""
        how = {
            "timeout": self._bounds.silence,
            "max_retries": 1,
            "anthropic_eager_input_streaming": True,  # else the provider holds a text back until it is whole
            "anthropic_cache_instructions": bool(rules),
        }
        return cast("ModelSettings", how)

    def _usage(self, model: Model, used: RunUsage) -> Usage:
        return prices.usage(model.model_name, model.system, used, self._prices)


class _Telling:
    """Passes on the first text of the form as it comes, and takes it back when the answer is begun anew."""

    def __init__(self, form: type[BaseModel], say: Say | None) -> None:
        self._field, self._say = next(iter(form.model_fields)), say
        self._unfolding: Unfolding | None = None
        self._told = False

    def hear(self, event: object) -> None:
        if self._say is None:
            return
        if isinstance(event, PartStartEvent) and isinstance(event.part, ToolCallPart):
            self.forget()
            self._unfolding = Unfolding(self._field)
            self._tell(event.part.args_as_json_str() if event.part.args else "")
        elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, ToolCallPartDelta):
            piece = event.delta.args_delta
            self._tell(piece if isinstance(piece, str) else "")

    def _tell(self, piece: str) -> None:
        if piece and self._unfolding and self._say and (new := plain.sendable(self._unfolding.feed(piece))):
            self._told = True
            self._say(new)

    def forget(self) -> None:
        if self._told and self._say:
            self._say(ANEW)
        self._told = False


def history(lines: Sequence[Line]) -> list[ModelMessage]:
    """What was said, in the shapes of Pydantic AI."""
    return [
        ModelRequest([UserPromptPart(line.text)]) if line.by == "person" else ModelResponse([TextPart(line.text)])
        for line in lines
    ]


def connect(settings: Settings) -> Live:
    """The models that are set. Raises NoAnswer where a provider is not known, or lacks its library or its key."""
    names = [name for name in (settings.model, settings.fallback_model) if name and not providers.lacks(settings, name)]
    bounds = Bounds(settings.model_limit_s, settings.model_silence_s)
    try:
        models = [_model(settings, name) for name in names]
    except (ai.UserError, ImportError, ValueError) as problem:
        log.warning("model.not_set_up", reason=str(problem))
        reason = "library" if isinstance(problem, ImportError) else "setup"
        raise NoAnswer(SENTENCES[reason], reason) from problem
    return Live(models, bounds, settings.prices)


def _model(settings: Settings, name: str) -> Model:
    by, _, which = name.partition(":")
    if by == "openai" and settings.openai_base_url:
        by = "openai-chat"  # what others speak who speak like OpenAI
    return infer_model(f"{by}:{which}", lambda asked: _provider(settings, asked))


def _provider(settings: Settings, by: str) -> Provider[Any]:
    key = providers.key(settings, by)
    if by == "anthropic":
        from pydantic_ai.providers.anthropic import AnthropicProvider  # noqa: PLC0415 - 40 MB

        return AnthropicProvider(api_key=key, base_url=settings.anthropic_base_url or None)
    if by in {"openai", "openai-chat", "openai-responses"}:
        from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415 - 30 MB

        return OpenAIProvider(api_key=key or "none", base_url=settings.openai_base_url or None)
    if by == "ollama":
        from pydantic_ai.providers.ollama import OllamaProvider  # noqa: PLC0415

        return OllamaProvider(base_url=settings.ollama_base_url)
    if by == "google":
        from pydantic_ai.providers.google import GoogleProvider  # noqa: PLC0415 - need not be installed

        return GoogleProvider(api_key=key)
    return infer_provider(by)
