"""OpenAI's Responses API as it is on the wire."""

from collections.abc import Iterator
from typing import Any

from ground.model_chat import CREATED, texts
from ground.model_values import Answer, Asked, Frame, Toolbox, Turn, asked, dumped, need


def read(headers: dict[str, str], body: dict[str, Any]) -> Asked:
    given = body["input"]
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    turns = [Turn("system", body["instructions"])] if body.get("instructions") else []
    turns += [_turn(item) for item in items]
    form = ((body.get("text") or {}).get("format") or {}).get("schema", {})
    return asked("responses", turns, _tools(body), form, headers, body)


def _turn(item: dict[str, Any]) -> Turn:
    match item.get("type", "message"):
        case "message":
            role = item["role"]
            need(role in {"system", "developer", "user", "assistant"}, f"Invalid value: '{role}' for the role")
            return Turn("system" if role == "developer" else role, texts(item["content"]))
        case "function_call":
            return Turn("call", item["arguments"], item["call_id"])
        case "function_call_output":
            return Turn("result", texts(item["output"]), item["call_id"])
        case other:
            return Turn("assistant", f"[{other}]")


def _tools(body: dict[str, Any]) -> Toolbox:
    choice = body.get("tool_choice") or "auto"
    schemas = {tool["name"]: tool.get("parameters", {}) for tool in body.get("tools") or [] if "name" in tool}
    return Toolbox(schemas, _forced(choice), choice == "none")


def _forced(choice: Any) -> str:
    """The function that must be called; of several that are allowed, the first."""
    if isinstance(choice, str):
        return ""
    return (choice["tools"][0] if choice["type"] == "allowed_tools" else choice)["name"]


def whole(answer: Answer) -> dict[str, Any]:
    return _response(answer, _status(answer), [item for _, item in _items(answer)])


def _response(answer: Answer, status: str, output: list[dict[str, Any]]) -> dict[str, Any]:
    kept = {"id": f"resp_{answer.number}", "object": "response", "created_at": CREATED, "model": answer.model}
    reasons = {"length": "max_output_tokens", "refused": "content_filter"}
    ended = status != "in_progress"
    cut = {"reason": reasons[answer.stop]} if status == "incomplete" else None
    said = {"status": status, "error": None, "incomplete_details": cut, "output": output}
    return kept | said | {"usage": _usage(answer) if ended else None, "tools": [], **_COMMON}


_COMMON = {
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "instructions": None,
    "metadata": {},
    "background": False,
}


def _status(answer: Answer) -> str:
    return "incomplete" if answer.stop else "completed"


def _usage(answer: Answer) -> dict[str, Any]:
    read, written, cached = answer.usage
    counted: dict[str, Any] = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
    details = {"cached_tokens": cached, "cache_write_tokens": 0}
    return counted | {"input_tokens_details": details, "output_tokens_details": {"reasoning_tokens": 0}}


def _items(answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the answer consists of: each item as it begins to be streamed, or rather its text, and as it ends."""
    if answer.text:
        yield answer.text, _message(answer, "completed", [_part(answer.text)])
    if answer.tool:
        yield answer.args, _call(answer, "completed", answer.args)


def _message(answer: Answer, status: str, content: list[Any]) -> dict[str, Any]:
    kept = {"id": f"msg_{answer.number}", "type": "message", "role": "assistant"}
    return kept | {"status": status, "content": content}


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _call(answer: Answer, status: str, args: str) -> dict[str, Any]:
    kept = {"id": f"fc_{answer.number}", "type": "function_call", "call_id": f"call_{answer.number}"}
    return kept | {"name": answer.tool, "status": status, "arguments": args}


def frames(answer: Answer) -> Iterator[Frame]:
    for number, (kind, fields) in enumerate(_events(answer)):
        told = {"type": f"response.{kind}", "sequence_number": number} | fields
        yield Frame(f"event: response.{kind}\ndata: {dumped(told)}\n\n", piece=kind.endswith(".delta"))


def _events(answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
    begun = {"response": _response(answer, "in_progress", [])}
    yield "created", begun
    yield "in_progress", begun
    for index, (text, item) in enumerate(_items(answer)):
        place = {"output_index": index, "item_id": item["id"]}
        if item["type"] == "message":
            yield "output_item.added", {"output_index": index, "item": _message(answer, "in_progress", [])}
            yield from _text(answer, place | {"content_index": 0}, text)
        else:
            yield "output_item.added", {"output_index": index, "item": _call(answer, "in_progress", "")}
            for piece in answer.pieces(text):
                yield "function_call_arguments.delta", place | {"delta": piece}
            yield "function_call_arguments.done", place | {"name": answer.tool, "arguments": text}
        yield "output_item.done", {"output_index": index, "item": item}
    yield _status(answer), {"response": whole(answer)}


def _text(answer: Answer, place: dict[str, Any], text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "content_part.added", place | {"part": _part("")}
    for piece in answer.pieces(text):
        yield "output_text.delta", place | {"delta": piece, "logprobs": []}
    yield "output_text.done", place | {"text": text, "logprobs": []}
    yield "content_part.done", place | {"part": _part(text)}
