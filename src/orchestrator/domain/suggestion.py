"""What somebody suggested who may not command a project, as the quotation of whoever takes it up. Pure."""

from orchestrator.domain import plain

LONGEST_NAME = 60


def quoted(author: str, service: str, words: str) -> str:
    """The message of whoever takes it up: who wrote it, and each of their lines marked as theirs.

    Marked so, none of it is an answer to a decision, a command, or a word to a builder.
    """
    lines = "\n".join(f"> {line}".rstrip() for line in words.strip().splitlines())
    return f"{who(author)} suggested on {service}:\n\n{lines}"


def who(author: str) -> str:
    """A name that others chose for themselves, as one line of no great length."""
    return plain.cut(plain.one_line(author), LONGEST_NAME) or "Somebody"
