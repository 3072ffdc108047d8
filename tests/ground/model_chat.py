"""OpenAI's Chat Completions API as it is on the wire."""

from collections.abc import Iterator
from typing import Any

from ground.model_values import Answer, Asked, Frame, Toolbox, Turn, asked, dumped, need

CREATED = 1_700_000_000


def read(headers: dict[str, str], body: dict[str, Any]) -> Asked:
    turns = [turn for message in body["messages"] for turn in _turns(message)]
    form = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema", {})
    return asked("chat", turns, _tools(body), form, headers, body)


def _turns(message: dict[str, Any]) -> Iterator[Turn]:
    role, text = message["role"], texts(message.get("content"))
    need(role in {"system", "developer", "user", "assistant", "tool"}, f"Invalid value: '{role}' for the role")
    if role == "tool":
        yield Turn("result", text, message["tool_call_id"])
        return
    if text or role != "assistant":
        yield Turn("system" if role == "developer" else role, text)
    for call in message.get("tool_calls") or []:
        yield Turn("call", call["function"]["arguments"], call["id"])


def texts(content: Any) -> str:
    """The words of a message whose content is a string, or parts of several kinds."""
    if isinstance(content, str) or content is None:
        return content or ""
    return "\n".join(part.get("text", f"[{part['type']}]") for part in content)


def _tools(body: dict[str, Any]) -> Toolbox:
    choice = body.get("tool_choice") or "auto"
    tools = [tool["function"] for tool in body.get("tools") or []]
    need(tools or "tool_choice" not in body, "'tool_choice' is only allowed when 'tools' are specified.")
    schemas = {tool["name"]: tool.get("parameters", {}) for tool in tools}
    return Toolbox(schemas, _forced(choice), choice == "none")


def _forced(choice: Any) -> str:
    """The function that must be called; of several that are allowed, the first."""
    if isinstance(choice, str):
        return ""
    if choice["type"] == "allowed_tools":
        return choice["allowed_tools"]["tools"][0]["function"]["name"]
    return choice["function"]["name"]


def whole(answer: Answer) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer.text or None, "refusal": None}
    if answer.tool:
        message["tool_calls"] = [_call(answer, answer.args)]
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _stop(answer)}
    return _object(answer, "chat.completion") | {"choices": [choice], "usage": _usage(answer)}


def _call(answer: Answer, args: str) -> dict[str, Any]:
    called = {"name": answer.tool, "arguments": args}
    return {"id": f"call_{answer.number}", "type": "function", "function": called}


def _object(answer: Answer, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{answer.number}", "object": kind, "created": CREATED, "model": answer.model}


def _stop(answer: Answer) -> str:
    stops = {"length": "length", "refused": "content_filter"}
    return stops.get(answer.stop, "tool_calls" if answer.tool else "stop")


def _usage(answer: Answer) -> dict[str, Any]:
    read, written, cached = answer.usage
    counted: dict[str, Any] = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    return counted | {"prompt_tokens_details": {"cached_tokens": cached}}


def frames(answer: Answer, *, usage: bool) -> Iterator[Frame]:
    yield _chunk(answer, {"role": "assistant", "content": "", "refusal": None})
    for piece in answer.pieces(answer.text):
        yield Frame(_chunk(answer, {"content": piece}).data, piece=True)
    if answer.tool:
        yield _chunk(answer, {"tool_calls": [{"index": 0} | _call(answer, "")]})
    for piece in answer.pieces(answer.args):
        delta = {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
        yield Frame(_chunk(answer, delta).data, piece=True)
    yield _chunk(answer, {}, _stop(answer))
    if usage:
        yield _data(_object(answer, "chat.completion.chunk") | {"choices": [], "usage": _usage(answer)})
    yield Frame("data: [DONE]\n\n")


def _chunk(answer: Answer, delta: dict[str, Any], stop: str | None = None) -> Frame:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": stop}
    return _data(_object(answer, "chat.completion.chunk") | {"choices": [choice]})


def _data(chunk: dict[str, Any]) -> Frame:
    return Frame(f"data: {dumped(chunk)}\n\n")
