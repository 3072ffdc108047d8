"""Tells an unmistakable answer at a decision from talk. In doubt it is talk: there is always a button to press."""

import re
import unicodedata
from dataclasses import dataclass

from orchestrator.domain import phrases
from orchestrator.domain.gate import Decision, Way

LONGEST = 200  # characters of a message that can still be a plain answer

_QUOTES = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})
_CLAUSE_END = re.compile(r"[,.!;:\n…–—]+|\s-\s")
_COMMAND = re.compile(r"/(approve|reject|changes)(?:@\w+)?(?:\s+(.*))?", re.DOTALL | re.IGNORECASE)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-z]*[0-9])[0-9a-hjkmnp-tv-z]{16}", re.IGNORECASE)
_WORD_ID = re.compile(r"[\w.:-]{1,64}")


@dataclass(frozen=True, slots=True)
class Command:
    """A decision typed as a command, or sent by a button that carries one. Without an id the open decision is meant."""

    decision: Decision
    gate: str = ""
    note: str = ""
    way: Way | None = None


def command(text: str) -> Command | None:
    """`/approve [id] [way]`, `/reject [id] [note]`, `/changes [id] note`."""
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return None
    decision, rest = Decision(found[1].lower()), (found[2] or "").strip()
    if decision is Decision.APPROVE:
        return _approved(rest)
    first, _, more = rest.partition(" ")
    return Command(decision, first, more.strip()) if _ID.fullmatch(first) else Command(decision, note=rest)


def _approved(rest: str) -> Command | None:
    id, _, way = rest.rpartition(" ") if rest.lower().split(" ")[-1] in set(Way) else (rest, "", "")
    if id and not _WORD_ID.fullmatch(id.strip()):
        return None
    return Command(Decision.APPROVE, id.strip(), way=Way(way.lower()) if way else None)


def leave(text: str) -> Command | None:
    """What a message says to a builder that asks for leave, if it says for how long. Elsewhere these words are talk."""
    words = _plain(text)
    if words in phrases.ALWAYS:
        return Command(Decision.APPROVE, way=Way.ALWAYS)
    return Command(Decision.APPROVE, way=Way.ONCE) if words in phrases.ONCE else None


def unmistakable(text: str) -> Decision | None:
    """What this message decides, if all of it is an answer; None for everything else, as for “ok” and “yes, but”."""
    if said := command(text):
        return said.decision
    words = _plain(text)
    if words in phrases.CHANGES:
        return Decision.CHANGES
    if words in phrases.YES:
        return Decision.APPROVE
    return Decision.REJECT if words in phrases.NO else None


def is_stop(text: str) -> bool:
    """Whether the message asks to stop, first of all. A stop too many costs a word, one too few may cost a night."""
    if re.match(r"\s*/(stop|pause)\b", text, re.IGNORECASE):
        return True
    clauses = [_plain(part) for part in _CLAUSE_END.split(_folded(text[:LONGEST]))]
    said = [clause for clause in clauses if clause and clause not in {"no", "wait", "please", "hey", "oh", "nein"}]
    return bool(said) and (said[0] in phrases.STOP or set(said[0].split()) == {"stop"})


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold()).translate(_QUOTES)


def _plain(text: str) -> str:
    """The words alone, if this is one plain statement: what asks, trails off or is not finished leaves nothing."""
    if len(text) > LONGEST:
        return ""
    folded = " ".join(_folded(text.replace("…", "...")).split()).strip('"')
    if folded.endswith(("..", ",", ";", ":", "-")) or not re.fullmatch(r"[\w' ,;:.!\-]*", folded):
        return ""
    words = " ".join(re.sub(r"[,;:.!]+(?=\s|$)|\s-+\s", " ", folded).strip(" ").split())
    return impolite(words)


def impolite(words: str) -> str:
    """“yes please, thanks” is “yes”; what is nothing but polite stays as it is."""
    for nicety in phrases.POLITE:
        if words.endswith(" " + nicety):
            return impolite(words.removesuffix(" " + nicety))
        if words.startswith(nicety + " "):
            return impolite(words.removeprefix(nicety + " "))
    return words
