"""What a stand-in of a model's API is asked and what it gives, whichever API is spoken."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


class Malformed(Exception):
    """What no such API would take; its text is the message that comes with the 400."""


@dataclass(frozen=True, slots=True)
class Turn:
    """`role` is system, user, assistant, call (of a tool, by the model) or result (of that call)."""

    role: str
    text: str
    call: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `output` is the tool that is demanded, or else the first one; `schema` is what it takes."""

    api: str  # anthropic, chat or responses
    model: str
    system: str
    said: tuple[tuple[str, str], ...]
    tools: tuple[str, ...]
    output: str
    schema: dict[str, Any]
    stream: bool
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def last(self) -> str:
        """The last words of the person."""
        return next((text for role, text in reversed(self.said) if role == "user"), "")


@dataclass(frozen=True, slots=True)
class Gives:
    """What comes back. Numbers of pieces count text and arguments together; times are seconds.

    An `error` is one of the kinds in `model_errors`; with `cut_after` a stream tells it after so many pieces.
    Arguments for which there is no tool are given as text, as an API does that was asked for JSON.
    """

    args: dict[str, Any] | str | None = None  # a string is sent as it is, broken or not
    text: str = ""
    tool: str = ""
    piece: int = 12
    first: float = 0
    pause: float = 0
    hold: asyncio.Event | None = None  # nothing follows the first piece until it is set
    cut_after: int | None = None
    hang: bool = False
    status: int = 0
    error: str = ""
    retry_after: float | None = None
    stop: str = ""  # length, refused, or what follows from the answer
    usage: tuple[int, int, int] = (
        100,
        20,
        0,
    )  # all that was read, all that was written, how much of the first was cached


@dataclass(frozen=True, slots=True)
class Answer:
    """What `Gives` means to this request."""

    number: int
    model: str
    text: str
    tool: str
    args: str
    stop: str
    piece: int
    usage: tuple[int, int, int]

    def pieces(self, text: str) -> Iterator[str]:
        return (text[start : start + self.piece] for start in range(0, len(text), self.piece))


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of a stream; a `piece` is one for which the answer's times, gate and end count."""

    data: str
    piece: bool = False


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools of a request, by name, with what they take, and the one that must be called."""

    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)
    forced: str = ""
    forbidden: bool = False

    @property
    def output(self) -> str:
        return "" if self.forbidden else self.forced or next(iter(self.schemas), "")


def need(holds: object, otherwise: str) -> None:
    if not holds:
        raise Malformed(otherwise)


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def asked(
    api: str, turns: list[Turn], tools: Toolbox, form: dict[str, Any], headers: dict[str, str], body: dict[str, Any]
) -> Asked:
    """The request, if the order of its turns is one that the APIs take. `form` is for a text that must be JSON."""
    need(not tools.forced or tools.forced in tools.schemas, f"tool_choice: there is no tool '{tools.forced}'")
    answered(turns)
    return Asked(
        api,
        body["model"],
        "\n\n".join(turn.text for turn in turns if turn.role == "system"),
        tuple((turn.role, turn.text) for turn in turns if turn.role != "system"),
        tuple(tools.schemas),
        tools.output,
        tools.schemas.get(tools.output, form),
        bool(body.get("stream", False)),
        headers,
        body,
    )


def answered(turns: list[Turn]) -> None:
    """Every call has its result before anything else is said, and no result is without its call."""
    need([turn for turn in turns if turn.role != "system"], "messages: at least one message is required")
    calls: set[str] = set()
    for turn in turns:
        if turn.role == "call":
            calls.add(turn.call)
        elif turn.role == "result":
            need(turn.call in calls, f"messages: no tool call with the id '{turn.call}' stands before its result")
            calls.remove(turn.call)
        elif turn.role == "user":
            need(not calls, f"messages: these tool calls have no result: {sorted(calls)}")
    need(not calls, f"messages: these tool calls have no result: {sorted(calls)}")


def answer(number: int, asked: Asked, gives: Gives) -> Answer:
    tool = gives.tool or asked.output
    args = gives.args if isinstance(gives.args, str) or gives.args is None else dumped(gives.args)
    if args is None or not tool:
        tool, args, text = "", "", gives.text + (args or "")
    else:
        text = gives.text
    return Answer(number, asked.model, text, tool, args, gives.stop, gives.piece, gives.usage)
