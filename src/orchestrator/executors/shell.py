"""Reads a command line as a shell would, up to the words of its programs. Nothing is run or guessed. Pure."""

import re
import sys
from dataclasses import dataclass, field

ENDS = (";;&", ";;", ";&", "&&", "||", "|&", ";", "&", "|", "\n", "(", ")")
REDIRECTS = ("&>>", "<<<", "<<-", "&>", ">>", "<<", "<>", ">|", ">&", "<&", ">", "<")
BLANK = " \t\r"
GOES_ON = "\\\n"  # the line does, on the next one
ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|.)", re.DOTALL)
NAMED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"} | {
    sign: sign for sign in "\\'\"?"
}
UNSURE = re.compile(r"[*?\[]|\{[^\s}]*,[^\s}]*\}")  # outside of quotes a shell makes something else of these


@dataclass(slots=True)
class Word:
    """`unsure` says that a shell would make something else of it than what is written."""

    text: str = ""
    unsure: bool = False


@dataclass(slots=True)
class Program:
    """`fed` says that something comes to it through a pipe or from a file, or that it is given a text."""

    words: list[Word] = field(default_factory=list)
    fed: bool = False


@dataclass(slots=True)
class Statement:
    """What stands between two ends of statements. `inner` are command lines whose output it uses, `given` are texts.

    `broken` says that a quote or a bracket in it is never closed.
    """

    text: str = ""
    programs: list[Program] = field(default_factory=lambda: [Program()])
    inner: list[str] = field(default_factory=list)
    given: str = ""
    broken: bool = False


def statements(line: str) -> list[Statement]:
    """What the line would do, one after the other or at once."""
    return _Reader(line).read()


class _Reader:
    """Goes through one line from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.begun, self.depth = text, 0, 0, 0
        self.now = Statement()
        self.found: list[Statement] = []
        self.waiting: list[tuple[Statement, str, bool, bool]] = []  # for a text that begins on the next line

    def read(self) -> list[Statement]:
        while self.at < len(self.text):
            if self.text[self.at] in BLANK:
                self.at += 1
            elif self.text.startswith(GOES_ON, self.at):
                self.at += len(GOES_ON)
            elif self.text[self.at] == "#":
                self.at = self._find("\n", self.at)
            elif sign := self._sign(REDIRECTS):
                self._redirect(sign)
            elif sign := self._sign(ENDS):
                self._end(sign)
            else:
                self._word()
        self._close()
        return self.found

    def _sign(self, signs: tuple[str, ...]) -> str:
        return next((sign for sign in signs if self.text.startswith(sign, self.at)), "")

    def _find(self, what: str, start: int) -> int:
        found = self.text.find(what, start)
        return len(self.text) if found < 0 else found

    def _close(self) -> None:
        self.now.text = self.text[self.begun : self.at].strip(f"{BLANK}\n")
        if any(program.words for program in self.now.programs) or self.now.inner:
            self.found.append(self.now)
        self.now, self.depth = Statement(), 0

    def _end(self, sign: str) -> None:
        grouping = sign in {"(", ")"}
        if not grouping and sign not in {"|", "|&"} and self.depth == 0:
            self._close()
            self.begun = self.at + len(sign)
        else:
            self.depth = max(0, self.depth + {"(": 1, ")": -1}.get(sign, 0))
            self.now.programs.append(Program(fed=sign in {"|", "|&"}))
        self.at += len(sign)
        if sign == "\n":
            self._texts()

    def _redirect(self, sign: str) -> None:
        program = self.now.programs[-1]
        if program.words and program.words[-1].text.isdigit() and self.text[self.at - 1].isdigit():
            program.words.pop()  # the number of what is led elsewhere
        self.at += len(sign)
        while self.at < len(self.text) and self.text[self.at] in BLANK:
            self.at += 1
        if self.at >= len(self.text) or self._sign(ENDS):
            return
        start = self.at
        target = self._take()
        if sign == "<<<":
            self.now.given += f"{target.text}\n"
        elif sign in {"<<", "<<-"}:
            quoted = any(mark in self.text[start : self.at] for mark in "'\"\\")
            self.waiting.append((self.now, target.text, sign == "<<-", quoted))
        program.fed |= sign.startswith("<")

    def _texts(self) -> None:
        """The texts that were announced on the line before, each up to the line that was said to end it."""
        for statement, mark, tabs, quoted in self.waiting:
            lines: list[str] = []
            while self.at < len(self.text):
                end = self._find("\n", self.at)
                line, self.at = self.text[self.at : end], end + 1
                if (line.lstrip("\t") if tabs else line) == mark:
                    break
                lines.append(line)
            given = "\n".join(lines)
            statement.given += f"{given}\n"
            statement.text += f"\n{given}"
            statement.inner += [] if quoted else _substituted(given)
        self.waiting.clear()
        self.at = min(self.at, len(self.text))
        self.begun = self.begun if self.depth else self.at

    def _word(self) -> None:
        self.now.programs[-1].words.append(self._take())

    def _take(self) -> Word:
        """The word that begins here, as its program gets it."""
        word = Word()
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in BLANK or (self._sign(ENDS) or self._sign(REDIRECTS)):
                break
            self._piece(word, char)
        return word

    def _piece(self, word: Word, char: str) -> None:
        if char == "\\":
            word.text += self.text[self.at + 1 : self.at + 2].rstrip("\n")
            self.at += 2
        elif char == "'":
            word.text += self._quoted(self.at + 1)
        elif self.text.startswith("$'", self.at):
            word.text += _decoded(self._c_quoted(self.at + 2))
        elif char == '"' or self.text.startswith('$"', self.at):
            self._double(word, self.at + len(char) + (char == "$"))
        elif char in "$`":
            self._expansion(word)
        else:
            word.unsure |= bool(UNSURE.match(self.text, self.at))
            word.text += char
            self.at += 1

    def _quoted(self, start: int) -> str:
        end = self._find("'", start)
        self.now.broken |= end == len(self.text)
        self.at = end + 1
        return self.text[start:end]

    def _c_quoted(self, start: int) -> str:
        end = start
        while end < len(self.text) and self.text[end] != "'":
            end += 2 if self.text[end] == "\\" else 1
        self.now.broken |= end >= len(self.text)
        self.at = end + 1
        return self.text[start:end]

    def _double(self, word: Word, start: int) -> None:
        self.at = start
        while self.at < len(self.text) and self.text[self.at] != '"':
            char = self.text[self.at]
            if char == "\\":
                after = self.text[self.at + 1 : self.at + 2]
                word.text += after.rstrip("\n") if after in '$`"\\\n' else char + after
                self.at += 2
            elif char in "$`":
                self._expansion(word)
            else:
                word.text += char
                self.at += 1
        self.now.broken |= self.at >= len(self.text)
        self.at += 1

    def _expansion(self, word: Word) -> None:
        """What is put in the place of `$name`, `${…}`, `$(…)` and of what stands between backticks."""
        word.unsure = True
        start = self.at
        if self.text[start] == "`":
            self.at = end_of_backticks(self.text, start + 1)
            self.now.inner.append(re.sub(r"\\([`$\\])", r"\1", self.text[start + 1 : self.at]))
            self.at += 1
        elif self.text.startswith(("$(", "${"), start):
            self.at = closing(self.text, start + 2, self.text[start + 1])
            self.now.inner += [self.text[start + 2 : self.at]] if self.text[start + 1] == "(" else []
            self.now.inner += _substituted(self.text[start + 2 : self.at]) if self.text[start + 1] == "{" else []
            self.at += 1
        else:
            self.at += 1
        self.now.broken |= self.at > len(self.text)
        word.text += self.text[start : self.at]


def end_of_backticks(text: str, at: int) -> int:
    while at < len(text) and text[at] != "`":
        at += 2 if text[at] == "\\" else 1
    return min(at, len(text))


def closing(text: str, at: int, opened: str) -> int:
    """Where the bracket is closed behind which we are, quotes left out."""
    shut, depth = {"(": ")", "{": "}"}[opened], 1
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "'":
            at = _after(text, "'", at + 1)
        elif char == '"':
            at = _past(text, at + 1)
        elif char == "`":
            at = end_of_backticks(text, at + 1)
        elif char in {opened, shut}:
            depth += 1 if char == opened else -1
            if depth == 0:
                return at
        at += 1
    return len(text)


def _after(text: str, what: str, at: int) -> int:
    found = text.find(what, at)
    return len(text) if found < 0 else found


def _past(text: str, at: int) -> int:
    """Where the double quote is closed behind which we are."""
    while at < len(text) and text[at] != '"':
        if text.startswith("$(", at):
            at = closing(text, at + 2, "(")
        elif text[at] in "\\`":
            at = end_of_backticks(text, at + 1) if text[at] == "`" else at + 1
        at += 1
    return at


def _substituted(text: str) -> list[str]:
    """The command lines whose output is put into a text."""
    found, at = list[str](), 0
    while at < len(text):
        if text[at] == "\\":
            at += 1
        elif text.startswith("$(", at):
            end = closing(text, at + 2, "(")
            found.append(text[at + 2 : end])
            at = end
        elif text[at] == "`":
            end = end_of_backticks(text, at + 1)
            found.append(text[at + 1 : end])
            at = end
        at += 1
    return found


def _decoded(text: str) -> str:
    """What stands between $' and ': an escape that means nothing stays as it is."""
    return ESCAPE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    said = found[1]
    if said[0] in "xuU" and len(said) > 1:
        return chr(min(int(said[1:], 16), sys.maxunicode))
    if said[0] in "01234567":
        return chr(int(said, 8) & 0xFF)
    return NAMED.get(said, found[0])
