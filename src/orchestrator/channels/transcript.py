"""What a conversation looks like in a terminal: each reply once, whether its words came one by one or at once."""

from typing import Any, TextIO


class Transcript:
    """`seen` is the number of the last event that was heard; `unanswered` says that a message waits for a reply."""

    def __init__(self, out: TextIO) -> None:
        self.seen = 0
        self.unanswered = False
        self._out = out
        self._written = ""  # of a reply whose words are coming
        self._late = ""  # words of a reply that was printed whole before they came
        self._own: list[tuple[str, bool]] = []

    def own(self, text: str, *, shown: bool) -> None:
        """Note what we are about to send; `shown` if it is on the screen already."""
        self._own.append((text, shown))

    def words(self, text: str, *, anew: bool = False) -> None:
        """Print some words of a reply that is being written; `anew` if those before do not count any more."""
        if anew and self._written:
            self._write("\n\n")
            self._written = ""
        if self._late:
            known = min(len(self._late), len(text))
            late, self._late = self._late, self._late[known:]
            text = text[known:] if late[:known] == text[:known] else text
        self._written += text
        self._write(text)

    def message(self, said: dict[str, Any]) -> None:
        """Print what was said, as far as it was not printed word by word."""
        text = said["text"]
        if said["role"] == "user":
            self.unanswered, self._late = True, ""
            self._person(text)
            return
        self.unanswered = self.unanswered and said["role"] == "system"
        rest = text.strip()
        if rest.startswith(self._written.strip()):
            rest = rest[len(self._written.strip()) :]
            self._late = rest if said["role"] == "assistant" else ""
        else:  # it was thought over meanwhile
            self._write("\n\n")
        self._written = ""
        self._write(f"{rest}\n\n")

    def remark(self, text: str) -> None:
        """Print something that nobody said."""
        self._write(f"{text}\n\n")

    def _person(self, text: str) -> None:
        shown = next((own for own in self._own if own[0] == text), (text, False))
        if shown in self._own:
            self._own.remove(shown)
        if not shown[1]:
            self._write(f"> {text}\n\n")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
