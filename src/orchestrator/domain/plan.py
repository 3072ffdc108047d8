"""The shape of a builder's plan: what it must say before anybody is asked about it. Pure."""

import re
from collections.abc import Iterable, Sequence

SECTIONS = {  # what must be there, and the words by which its heading is known
    "who can then do what, and why (User story)": ("user story", "story", "who it is for"),
    "what a person can try when it is done (Outcome)": ("outcome",),
    "the acceptance criteria (Acceptance criteria)": ("acceptance criteria", "criteria"),
    "the tests (Tests)": ("tests", "test"),
    "the files (Files)": ("files", "changes"),
    "the risks (Risks)": ("risks", "risk"),
    "what it does for security, errors and documentation (Readiness)": ("readiness",),
}
TESTS, CRITERIA = "the tests (Tests)", "the acceptance criteria (Acceptance criteria)"
LONGEST = 200_000  # characters of a plan that are looked at
_HEADING = re.compile(r"(?:#{1,6}\s+|\d+[.)]\s+\*\*|\*\*)(?:\d+[.)]?\s*)?(?P<text>[^#*].*?)[*#:\s]*$")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)]|\|)\s*")
_FILE = re.compile(r"[\w./-]*(?:tests?|specs?)[\w./-]*\.\w{1,5}\b|[\w./-]+[._-](?:test|spec)\.\w{1,5}\b", re.IGNORECASE)
_CASE = re.compile(r"\b(?:test|spec|it|should)[\w.:-]*|`[^`]+`|“[^”]+”|\"[^\"]+\"", re.IGNORECASE)


def missing(markdown: str, criteria: Iterable[str]) -> tuple[str, ...]:
    """What the plan leaves open, a sentence each for whoever writes it. Empty where its shape is whole.

    `criteria` are the ids that the phase promises, such as `P2.1`.
    """
    found = sections(markdown[:LONGEST])
    lacking = [f"The plan does not say {what}." for what in SECTIONS if not found.get(what, "").strip()]
    tests = found.get(TESTS, "")
    if tests.strip() and not _FILE.search(tests):
        lacking.append("The plan names no test file.")
    return (*lacking, *(sentence for id in criteria if (sentence := _open(found, id))))


def _open(found: dict[str, str], id: str) -> str:
    """What is not said about one criterion."""
    named = re.compile(rf"(?<![\w.]){re.escape(id)}(?!\.?\d)")
    if not named.search(found.get(CRITERIA, "")):
        return f"The plan does not repeat the acceptance criterion {id}."
    told = [item for part in (TESTS, CRITERIA) for item in items(found.get(part, "")) if named.search(item)]
    if not any(_CASE.search(named.sub("", item)) for item in told):
        return f"The plan names no test for {id}."
    return ""


def sections(markdown: str) -> dict[str, str]:
    """The text below each heading that is known, by what it must say. Headings in code are none."""
    found: dict[str, str] = {}
    at, code = "", False
    for line in markdown.splitlines():
        code ^= bool(_FENCE.match(line))
        heading = None if code else _HEADING.match(line)
        known = _known(heading["text"]) if heading else ""
        if heading and (known or line.startswith(("# ", "## "))):
            at = known
        elif at:
            found[at] = found.get(at, "") + line + "\n"
    return found


def _known(heading: str) -> str:
    text = " ".join(heading.casefold().split())
    for what, names in SECTIONS.items():
        if any(text == name or text.startswith((f"{name} ", f"{name},", f"{name}:", f"{name}.")) for name in names):
            return what
    return ""


def items(text: str) -> Sequence[str]:
    """The items of a list or a table, each with the lines that go on below it."""
    found: list[str] = []
    for line in text.splitlines():
        if found and line.strip() and not _starts(line):
            found[-1] += f"\n{line}"
        elif line.strip():
            found.append(line)
    return found


def _starts(line: str) -> bool:
    return bool(_ITEM.match(line)) and not line.startswith(("  ", "\t"))
