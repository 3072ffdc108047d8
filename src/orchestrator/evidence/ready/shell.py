"""Which commands of a shell script stop it when they fail, and which may fail unnoticed. Reads, and runs nothing. Pure.

It knows the plain forms. Of what is more than that it says that it could not follow it, which proves nothing.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

CHANGES = {"set", "trap", "alias", "export", "exec", "exit", "eval", "source", ".", "shopt", "hash", "enable", "unset"}
HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1[^\n]*\n.*?^\s*\2\s*$", re.MULTILINE | re.DOTALL)
CONTINUED = re.compile(r"\\\n[ \t]*")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
OPENS, CLOSES = {"if", "for", "while", "until", "case", "{", "(", "select"}, {"fi", "done", "esac", "}", ")"}
WITHIN = {"then", "do", "else", "elif", "in", "function", "[[", "]]"}
ENDS = {"exit", "false", "return"}
LISTS = {";", "&", ";;", "\n"}
REDIRECTS = re.compile(r"\d?(?:>>?|<|>\||&>>?|>&|<&)")
NESTED = "stands within a condition or a loop, so that we cannot tell whether it is run"
LEFT = {
    "or": "is followed by “||”, so that its failing counts as a success",
    "ignored": "is run in a way that ignores its failing",
    "background": "is run in the background, so that its failing is not noticed",
    "pipe": "hands its output on by a pipe, so that its failing is not noticed",
    "not": "is turned around by “!”, so that its failing counts as a success",
    "after": "is followed by other commands that decide instead of it",
    "and": "is followed by “&&” in a way in which its failing does not stop the rest",
    "trap": "is followed by a trap that ends with success whatever happened",
    "unclear": NESTED,
    "renamed": "is something else here, because the script gives its name to something of its own",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A command of a script. `left` says why its failing passes: a key of LEFT, empty where it stops the script."""

    words: tuple[str, ...]
    env: tuple[str, ...] = ()
    folder: str = ""
    left: str = ""

    @property
    def said(self) -> str:
        return " ".join(self.words)


@dataclass(slots=True)
class _Reading:
    stops: bool  # set -e
    pipes: bool  # set -o pipefail
    folder: str = ""
    depth: int = 0
    over: bool = False
    trapped: bool = False
    odd: bool = False  # something changed how commands are understood
    named: set[str] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)


def calls(script: str, *, stops: bool, pipes: bool = False, folder: str = "") -> tuple[Call, ...]:
    """The commands in their order. `stops`: begun with `-e`; `pipes`: with `-o pipefail`."""
    state = _Reading(stops, pipes, folder)
    lists = list(_lists(script))
    for at, (tokens, end) in enumerate(lists):
        if not state.over:
            _list(state, tokens, end, last=at == len(lists) - 1)
    return tuple(_settled(state))


def _settled(state: _Reading) -> Iterator[Call]:
    for call in state.calls:
        name = PurePosixPath(call.words[0]).name
        if state.trapped:
            yield replace(call, left=call.left or "trap")
        elif name in state.named or "PATH" in state.named:
            yield replace(call, left="renamed")
        else:
            yield call


def _lists(script: str) -> Iterator[tuple[list[str], str]]:
    """What stands between `;`, `&` and the ends of lines, each with what ends it."""
    plain = CONTINUED.sub(" ", HEREDOC.sub("\n", script.replace("\r\n", "\n")))
    for line in plain.split("\n"):
        tokens: list[str] = []
        for token in _tokens(line):
            if token in LISTS:
                if tokens:
                    yield tokens, token
                tokens = []
            else:
                tokens.append(token)
        if tokens:
            yield tokens, "\n"


def _tokens(line: str) -> list[str]:
    found = shlex.shlex(line, posix=True, punctuation_chars=True)
    found.whitespace_split = True
    found.commenters = "#"
    try:
        return list(found)
    except ValueError:
        return ["if", line]  # a quotation mark that goes on in the next line: not followed


def _list(state: _Reading, tokens: list[str], end: str, *, last: bool) -> None:
    before = state.depth
    words = _unwrapped(state, tokens)
    if before or state.depth or words is None:
        inner = [token for token in tokens if token not in OPENS | CLOSES | WITHIN]
        found = list(_flat(inner, state.folder))
        state.odd = state.odd or any(call.words[0] in CHANGES for call in found)
        state.calls += found
        return
    parts = _split(words, {"&&", "||"})
    for part, joint in parts:
        _pipeline(state, part, _why(state, parts, joint, end, last=last))


def _unwrapped(state: _Reading, tokens: list[str]) -> list[str] | None:
    """Follow what opens and closes; None where a function is defined."""
    if (len(tokens) > 1 and tokens[1] in {"()", "("}) or tokens[0] == "function":
        state.named.add(tokens[1] if tokens[0] == "function" and len(tokens) > 1 else tokens[0])
        state.depth += tokens.count("{") - tokens.count("}")
        return None
    for at, token in enumerate(tokens):
        first = at == 0 or tokens[at - 1] in WITHIN | {"&&", "||", "|", "!"} | OPENS
        for one in _pieces(token):
            if one in OPENS and (first or one == "("):
                state.depth += 1
            elif one in CLOSES and (first or one == ")"):
                state.depth = max(0, state.depth - 1)
    nested = any(piece in {"(", ")"} for token in tokens for piece in _pieces(token))
    return None if nested else list(tokens)


def _pieces(token: str) -> list[str]:
    return list(token) if token and set(token) <= {"(", ")"} else [token]


def _flat(tokens: Sequence[str], folder: str) -> Iterator[Call]:
    for part, _ in _split(list(tokens), {"&&", "||", "|", "|&", "!", "(", ")", "$"}):
        env, words = _environment(part)
        if words:
            yield Call(tuple(words), tuple(env), folder, "unclear")


def _split(words: list[str], at: set[str]) -> list[tuple[list[str], str]]:
    """The pieces, each with what comes after it."""
    found: list[tuple[list[str], str]] = []
    piece: list[str] = []
    for word in words:
        if word in at:
            found.append((piece, word))
            piece = []
        else:
            piece.append(word)
    return [*found, (piece, "")]


def _why(state: _Reading, parts: list[tuple[list[str], str]], joint: str, end: str, *, last: bool) -> str:
    if end == "&":
        return "background"
    joints = [one for _, one in parts[:-1]]
    if "||" in joints and not _fails(parts[-1][0], joints):
        return "or"
    if joint == "&&" and not last:
        return "and"
    return "" if state.stops or last else "after"


def _fails(words: Sequence[str], joints: Sequence[str]) -> bool:
    """`… || exit 1` is how a script stops where nothing else stops it."""
    if joints != ["||"] or not words or words[0] not in ENDS:
        return False
    return words[0] == "false" or (len(words) > 1 and words[1].isdigit() and int(words[1]) % 256 != 0)


def _pipeline(state: _Reading, tokens: list[str], left: str) -> None:
    pieces = _split(tokens, {"|", "|&"})
    for at, (piece, _) in enumerate(pieces):
        turned = bool(piece) and piece[0] == "!"
        env, words = _environment(piece[turned:])
        why = "not" if turned else left or ("pipe" if at < len(pieces) - 1 and not state.pipes else "")
        if words:
            _simple(state, words, env, why)
        elif env:
            state.named |= {"PATH"} & {one.partition("=")[0] for one in env}


def _environment(tokens: Sequence[str]) -> tuple[list[str], list[str]]:
    env: list[str] = []
    rest = list(_plain(tokens))
    while rest and ASSIGNMENT.fullmatch(rest[0]):
        env.append(rest.pop(0))
    return env, rest


def _plain(tokens: Sequence[str]) -> Iterator[str]:
    """Without where input and output go."""
    skip = False
    for at, token in enumerate(tokens):
        if skip:
            skip = False
        elif REDIRECTS.fullmatch(token):
            skip = True
        elif not (token.isdigit() and at + 1 < len(tokens) and tokens[at + 1][:1] in {">", "<"}):
            yield token


def _simple(state: _Reading, words: list[str], env: list[str], left: str) -> None:
    name, rest = words[0], words[1:]
    if name == "set":
        _options(state, rest)
    elif name == "cd" and rest and not left:
        state.folder = str(PurePosixPath(state.folder) / rest[0]) if not rest[0].startswith("-") else state.folder
    elif name in {"exit", "exec"} and left in {"", "after"}:
        state.over = True
        if name == "exec" and rest:
            state.calls.append(Call(tuple(rest), tuple(env), state.folder))
        elif not state.stops:
            state.calls[:] = [replace(call, left=call.left or "after") for call in state.calls]
    elif name == "trap" and any("exit" in word for word in rest):
        state.trapped = True
    elif name == "alias":
        state.named |= {word.partition("=")[0] for word in rest}
    elif name in {"export", "declare", "readonly"}:
        state.named |= {"PATH"} & {word.partition("=")[0] for word in rest}
    elif name in {"eval", "source", ".", "hash", "enable"}:
        state.odd = state.odd or not (rest and rest[0].endswith("bin/activate"))
    else:
        state.calls.append(Call(tuple(words), tuple(env), state.folder, left or "unclear" * state.odd))


def _options(state: _Reading, words: Sequence[str]) -> None:
    for at, word in enumerate(words):
        on = word.startswith("-")
        if re.fullmatch(r"[-+][a-zA-Z]+", word):
            if "e" in word:
                state.stops = on
            if "o" in word and at + 1 < len(words):
                if words[at + 1] == "pipefail":
                    state.pipes = on
                if words[at + 1] == "errexit":
                    state.stops = on
