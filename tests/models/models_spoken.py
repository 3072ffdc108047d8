"""Agents that speak to a stand-in through the real libraries, one for each API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent, ToolOutput
from pydantic_ai.messages import (
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
)
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from ground.model_api import ModelApi

APIS = ("anthropic", "chat", "responses")


class Reply(BaseModel):
    reply: str
    ready: bool = False


@asynccontextmanager
async def agent(
    kind: str, api: ModelApi, *, timeout: float = 20, key: str = "a key", **how: Any
) -> AsyncIterator[Agent]:
    """Nothing is tried twice; its connections are closed at the end."""
    made: dict[str, Any] = {"api_key": key, "max_retries": 0, "timeout": timeout}
    if kind == "anthropic":
        client: Any = AsyncAnthropic(base_url=api.anthropic, **made)
        model: Model = AnthropicModel("claude-sonnet-5", provider=AnthropicProvider(anthropic_client=client))
    else:
        client = AsyncOpenAI(base_url=api.openai, **made)
        speaks = OpenAIChatModel if kind == "chat" else OpenAIResponsesModel
        model = speaks("gpt-5", provider=OpenAIProvider(openai_client=client))
    async with client:
        yield Agent(
            model, **{"output_type": ToolOutput(Reply, name="answer"), "retries": 0, "instructions": "Be brief.", **how}
        )


async def streamed(asks: Agent, said: str = "A shop for tea, please", into: list[Any] | None = None) -> list[Any]:
    """All events; what came before an error is in `into` nevertheless."""
    seen = [] if into is None else into
    async with asks.run_stream_events(said) as events:
        async for event in events:
            seen.append(event)
    return seen


def piece(event: Any) -> str:
    """What an event of a stream adds to the answer's arguments or text."""
    match event:
        case PartStartEvent(part=ToolCallPart(args=str(new))) | PartStartEvent(part=TextPart(content=new)):
            return new
        case PartDeltaEvent(delta=ToolCallPartDelta(args_delta=str(new))):
            return new
        case PartDeltaEvent(delta=TextPartDelta(content_delta=new)):
            return new
    return ""
