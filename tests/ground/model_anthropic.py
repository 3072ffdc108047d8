"""Anthropic's Messages API as it is on the wire."""

import json
from collections.abc import Iterator
from typing import Any

from ground.model_values import Answer, Asked, Frame, Toolbox, Turn, asked, dumped, need


def read(headers: dict[str, str], body: dict[str, Any]) -> Asked:
    need("anthropic-version" in headers, "anthropic-version: header is required")
    need(isinstance(body.get("max_tokens"), int), "max_tokens: Field required")
    turns = [Turn("system", text) for text in _texts(body.get("system") or [])]
    for message in body["messages"]:
        need(message["role"] in {"user", "assistant", "system"}, f"messages: Unexpected role '{message['role']}'")
        turns += _turns(message["role"], message["content"])
    form = ((body.get("output_config") or {}).get("format") or {}).get("schema", {})
    return asked("anthropic", turns, _tools(body), form, headers, body)


def _texts(content: Any) -> list[str]:
    blocks = [content] if isinstance(content, str) else content
    return [block if isinstance(block, str) else block.get("text", f"[{block['type']}]") for block in blocks]


def _turns(role: str, content: Any) -> Iterator[Turn]:
    need(content, "messages: must have non-empty content")
    for block in [{"type": "text", "text": content}] if isinstance(content, str) else content:
        match block["type"]:
            case "tool_use":
                yield Turn("call", dumped(block["input"]), block["id"])
            case "tool_result":
                yield Turn("result", "\n".join(_texts(block.get("content") or [])), block["tool_use_id"])
            case "text":
                need(block["text"].strip(), "messages: text content blocks must contain non-whitespace text")
                yield Turn(role, block["text"])
            case other:
                yield Turn(role, f"[{other}]")


def _tools(body: dict[str, Any]) -> Toolbox:
    choice = body.get("tool_choice") or {"type": "auto"}
    schemas = {tool["name"]: tool.get("input_schema", {}) for tool in body.get("tools") or []}
    forced = choice["name"] if choice["type"] == "tool" else ""
    return Toolbox(schemas, forced, choice["type"] == "none")


def whole(answer: Answer) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": answer.text}] if answer.text else []
    if answer.tool:
        content.append(_call(answer, _parsed(answer.args)))
    return _message(answer, content, _stop(answer), _usage(answer))


def _parsed(args: str) -> Any:
    try:
        return json.loads(args)
    except ValueError:
        return args


def _call(answer: Answer, given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{answer.number}", "name": answer.tool, "input": given}


def _message(answer: Answer, content: list[Any], stop: str | None, usage: dict[str, int]) -> dict[str, Any]:
    kept = {"id": f"msg_{answer.number}", "type": "message", "role": "assistant", "model": answer.model}
    return kept | {"content": content, "stop_reason": stop, "stop_sequence": None, "usage": usage}


def _stop(answer: Answer) -> str:
    stops = {"length": "max_tokens", "refused": "refusal"}
    return stops.get(answer.stop, "tool_use" if answer.tool else "end_turn")


def _usage(answer: Answer) -> dict[str, int]:
    """What was cached is counted apart from what was read anew."""
    read, written, cached = answer.usage
    counted = {"input_tokens": read - cached, "cache_read_input_tokens": cached, "cache_creation_input_tokens": 0}
    return counted | {"output_tokens": written}


def frames(answer: Answer) -> Iterator[Frame]:
    opening = _message(answer, [], None, _usage(answer) | {"output_tokens": 1})
    yield _event("message_start", message=opening)
    yield _event("ping")
    index = 0
    if answer.text:
        deltas = [{"type": "text_delta", "text": piece} for piece in answer.pieces(answer.text)]
        yield from _block(index, {"type": "text", "text": ""}, deltas)
        index += 1
    if answer.tool:
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in answer.pieces(answer.args)]
        yield from _block(index, _call(answer, {}), deltas)
    yield _event("message_delta", delta={"stop_reason": _stop(answer), "stop_sequence": None}, usage=_usage(answer))
    yield _event("message_stop")


def _block(index: int, opening: dict[str, Any], deltas: list[dict[str, str]]) -> Iterator[Frame]:
    yield _event("content_block_start", index=index, content_block=opening)
    for delta in deltas:
        yield Frame(_event("content_block_delta", index=index, delta=delta).data, piece=True)
    yield _event("content_block_stop", index=index)


def _event(kind: str, **fields: Any) -> Frame:
    return Frame(f"event: {kind}\ndata: {dumped({'type': kind} | fields)}\n\n")
