"""Which programs a command line would run, also those within others: `sudo`, `bash -c`, `xargs` and their like. Pure.

What nobody can know before it runs (`$name`, a text that another program hands to a shell) is not guessed: then all
words that stand there are looked at, whatever they may be.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.executors import shell
from orchestrator.executors.shell import Program, Statement, Word

DEEPEST = 12  # command lines within command lines
SHELLS = frozenset({"sh", "bash", "rbash", "zsh", "dash", "ksh", "mksh", "ash", "fish", "csh", "tcsh"})
FEEDERS = frozenset({"xargs", "find", "fd", "fdfind", "parallel", "entr"})  # they add words of their own
_RUN = """
sudo doas env nohup nice ionice chrt timeout gtimeout stdbuf setsid exec command builtin time watch busybox toybox
strace ltrace script unbuffer flock chroot unshare nsenter firejail bwrap setpriv runuser su caffeinate eval trap
dbus-run-session xvfb-run taskset prlimit systemd-run direnv dotenv corepack cross-env npx pnpx bunx uvx if then else
elif do while until ! { } coproc function in pipenv poetry uv pdm hatch rye mise asdf nvm volta
"""
RUNNERS = FEEDERS | set(_RUN.split())  # and the words of a shell after which a program comes
INTERPRETERS = re.compile(
    r"(?:python|pypy|perl|ruby|node|nodejs|php|lua|deno|bun|osascript|pwsh|powershell|g?awk)[\d.]*"
)
_INLINE = re.compile(r"-[A-Za-z]*[ceErp]|--eval|--print|-[Cc]ommand|-[Ee]ncoded[Cc]ommand|eval")
_MODULE = re.compile(r"-[A-Za-z]*m")
_ASSIGNS = re.compile(r"[A-Za-z_]\w*\+?=")
_WORD = re.compile(r"[\w.+/:@~-]+")


@dataclass(frozen=True, slots=True)
class Run:
    """A program with its words, as it gets them. `line` is the statement that it stands in, as it stands.

    `fed` says that further words come to it from elsewhere; `loose`, that these are only words that were found.
    """

    words: tuple[str, ...]
    line: str
    fed: bool = False
    loose: bool = False


def name(word: str) -> str:
    """Of a program, wherever it lies."""
    return re.sub(r"\.(?:exe|cmd|bat)$", "", word.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].lower())


def runs(line: str) -> list[Run]:
    """All that this command line would run, as far as it can be known; each once."""
    return list(dict.fromkeys(_line(line, "", Effort())))


@dataclass(slots=True)
class Effort:
    """How much may still be read: a builder could write lines that would keep us busy for hours."""

    characters: int = 60_000
    depth: int = 0

    def spend(self, text: str) -> bool:
        self.characters -= len(text) + 1
        return self.characters >= 0 and self.depth <= DEEPEST


def _line(text: str, within: str, effort: Effort) -> Iterator[Run]:
    if not effort.spend(text):
        yield loose(text, within or text)
        return
    effort.depth += 1
    for statement in shell.statements(text):
        alone = "" if within else _alone(statement)
        if alone:
            yield from _line(alone, "", effort)  # `bash -c "…"` and nothing else is what stands in it
        else:
            yield from _Look(text, within or statement.text, within or text, effort).statement(statement)
    effort.depth -= 1


def loose(text: str, line: str) -> Run:
    return Run(tuple(_WORD.findall(re.sub(r"[\\'\"]", "", text))), line, loose=True)


def _alone(statement: Statement) -> str:
    programs = [program for program in statement.programs if program.words]
    if len(programs) != 1 or statement.inner or statement.broken or statement.given or "(" in statement.text[:1]:
        return ""
    first, *rest = programs[0].words
    if name(first.text) not in SHELLS or len(rest) != 2 or rest[1].unsure:  # noqa: PLR2004 - the option, the text
        return ""
    return rest[1].text if re.fullmatch(r"-[a-z]*c", rest[0].text) else ""


@dataclass(frozen=True, slots=True)
class _Look:
    """At one statement of a line."""

    text: str  # the whole line: what a name stands for was said somewhere in it
    line: str
    whole: str
    effort: Effort

    def statement(self, statement: Statement) -> Iterator[Run]:
        if statement.broken:
            yield loose(statement.text, self.line)
        for program in statement.programs:
            yield from self._program(program, statement)
        for inner in statement.inner:
            yield from _line(inner, self.line, self.effort)

    def _program(self, program: Program, statement: Statement) -> Iterator[Run]:
        words = program.words
        while words and _ASSIGNS.match(words[0].text):
            words = words[1:]
        if not words:
            return
        yield from self._from(words, program, statement, fed=False)
        if name(words[0].text) in RUNNERS:
            yield from self._within(words, program, statement)

    def _within(self, words: Sequence[Word], program: Program, statement: Statement) -> Iterator[Run]:
        """What may be a program in what another one runs: each word, with those after it, and all as a line."""
        fed = False
        for place in range(1, len(words)):
            if not self.effort.spend(" ".join(word.text for word in words[place:])):
                yield loose(statement.text, self.line)
                return
            fed = fed or name(words[place - 1].text) in FEEDERS
            yield from self._from(words[place:], program, statement, fed=fed)
            if re.search(r"\s", words[place].text):
                yield from _line(words[place].text, self.line, self.effort)
        yield from _line(" ".join(word.text for word in words[1:]), self.line, self.effort)

    def _from(self, words: Sequence[Word], program: Program, statement: Statement, *, fed: bool) -> Iterator[Run]:
        """These words as a program of its own, and what it is given to run."""
        called, after = name(words[0].text), [word.text for word in words[1:]]
        if words[0].unsure:
            yield loose(self.text, self.whole)
        yield Run(tuple(word.text for word in words), self.line, fed=fed)
        if called in SHELLS:
            yield from self._shell(words[1:], program, statement)
        elif INTERPRETERS.fullmatch(called):
            yield from self._interpreter(after, program, statement)
        elif called == "alias":
            yield loose(" ".join(after), self.line)

    def _shell(self, words: Sequence[Word], program: Program, statement: Statement) -> Iterator[Run]:
        texts = [word for word in words if not word.text.startswith(("-", "+"))]
        for word in texts:
            yield from _line(word.text, self.line, self.effort)
            if word.unsure:
                yield loose(self.text, self.whole)
        if program.fed and statement.given:
            yield from _line(statement.given, self.line, self.effort)
        if program.fed and not texts:
            yield loose(statement.text, self.line)

    def _interpreter(self, words: Sequence[str], program: Program, statement: Statement) -> Iterator[Run]:
        for place, word in enumerate(words):
            if _MODULE.fullmatch(word) or word.endswith((".py", ".js")):
                yield Run(tuple(words[place + (word[:1] == "-") :]), self.line)
        yield from (
            Run(tuple(words[place:]), self.line) for place in range(len(words)) if words[place].endswith((".py", ".js"))
        )
        if any(map(_INLINE.fullmatch, words)):
            yield loose(" ".join(words), self.line)
        if program.fed:
            yield loose(statement.text, self.line)
