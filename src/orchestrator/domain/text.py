"""What people type, made safe to keep: bounded, without characters that databases or pages cannot carry. Pure."""

import re
import unicodedata

from orchestrator.errors import NotUnderstood

LONGEST_MESSAGE = 20_000
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\ud800-\udfff]")
DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")  # marks that could turn the text around them, too


def message(said: str) -> str:
    """Clean one message. Raises NotUnderstood when it is empty or too long: it is never cut in silence."""
    words = clean(said)
    if not words:
        raise NotUnderstood("The message was empty. Write a few words and send it again.", field="text")
    if len(words) > LONGEST_MESSAGE:
        raise NotUnderstood(
            f"That message has {len(words):,} characters; we can read {LONGEST_MESSAGE:,} at once. "
            "Nothing was stored. Please send it in parts.",
            field="text",
        )
    return words


def paragraph(said: str, longest: int) -> str:
    """Clean a note; empty is fine."""
    words = clean(said)
    if len(words) > longest:
        raise NotUnderstood(
            f"That note is too long: {longest:,} characters at the most. Nothing was stored.", field="note"
        )
    return words


def line(said: str, longest: int) -> str:
    """Clean a single line, a name for example."""
    words = " ".join(clean(said).split())
    if len(words) > longest:
        raise NotUnderstood(f"That name is too long: {longest} characters at the most.", field="name")
    return words


def clean(said: str) -> str:
    words = unicodedata.normalize("NFC", said.replace("\r\n", "\n").replace("\r", "\n"))
    return DIRECTION.sub("", CONTROL.sub("", words)).strip()
