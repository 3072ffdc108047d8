"""Which API is spoken at which address: how a request is read there, and how an answer is sent."""

import json
from collections.abc import Iterator
from typing import Any

from ground import model_anthropic, model_chat, model_responses
from ground.model_values import Answer, Asked, Frame, Malformed, need

PATHS = {"/v1/messages": "anthropic", "/v1/chat/completions": "chat", "/v1/responses": "responses"}
SPOKEN = {"anthropic": model_anthropic, "chat": model_chat, "responses": model_responses}


def key(api: str, headers: dict[str, str]) -> str:
    """With what the caller proves who it is, or nothing."""
    kind, _, bearer = headers.get("authorization", "").partition(" ")
    own = headers.get("x-api-key", "") if api == "anthropic" else ""
    return own or (bearer.strip() if kind == "Bearer" else "")


def read(api: str, headers: dict[str, str], content: bytes) -> Asked:
    """Raises Malformed for all that the API would not take."""
    try:
        body = json.loads(content)
        need(isinstance(body, dict) and isinstance(body.get("model"), str), "model: Field required")
        return SPOKEN[api].read(headers, body)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as wrong:
        raise Malformed(f"The body could not be read: {wrong!r}") from wrong


def whole(api: str, answer: Answer) -> dict[str, Any]:
    return SPOKEN[api].whole(answer)


def frames(asked: Asked, answer: Answer) -> Iterator[Frame]:
    if asked.api == "chat":
        usage = (asked.body.get("stream_options") or {}).get("include_usage", False)
        return model_chat.frames(answer, usage=usage)
    return SPOKEN[asked.api].frames(answer)
