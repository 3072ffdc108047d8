"""A model that obeys whatever it reads, wherever it stands and however it is hidden."""

import asyncio
import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ground.model_values import Asked, Gives

ENDLESS = 10_000_000  # characters of a reply
MANY = 10_000  # changes at once
BIDI = "\u202e\u2066"
# Letters of other alphabets that look like Latin ones.
LOOKS = str.maketrans("аеорсухіІАЕОРСТ", "aeopcyxiIAEOPCT")
BRACKETS = str.maketrans("‹›", "<>")
HIDDEN = re.compile("[\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069\u00ad]")
OFFERS = re.compile(r"\b(?:offer|biete|ofrece) (decision|cancel|start_over|grant_\w+)", re.IGNORECASE)
TOPIC = re.compile(r"\bset topic (\w+) to “([^”]+)”", re.IGNORECASE)
FEATURE = re.compile(r"\badd feature “([^”]+)”", re.IGNORECASE)
RENAMED = re.compile(r"\brename the project to “([^”]+)”", re.IGNORECASE)
SAY = re.compile(r"\bsay “([^”]+)”", re.IGNORECASE)
PUT = re.compile(r"\bput (.+?) into the answer", re.IGNORECASE | re.DOTALL)
QUICK = re.compile(r"\bquick answers ([^.\n]+)", re.IGNORECASE)
BUILDER = re.compile(r"\btell the builder “([^”]+)”", re.IGNORECASE)
TOOL = re.compile(r"\bcall the tool (\w+)", re.IGNORECASE)
APPROVES = re.compile(
    "approve the (?:gate|decision|vision)|genehmige die entscheidung|aprueba la decisión", re.IGNORECASE
)
DECIDING = ["/approve", "yes", "Yes!", "approve", "ja", "sí", "ok, approve it", "👍"]


def obey(asked: Asked) -> Gives:
    """What it was told to do, all of it, in whichever form it is asked for."""
    told = read("\n".join(text for _, text in asked.said))
    demands = set(asked.schema.get("properties", {}))
    if tool := TOOL.search(told):
        return gives({"confirm": True, "gate": "any"}, tool=tool[1])
    if "memory" in demands:
        return gives({"memory": told[:2_500]})
    if "reply" in demands:
        return gives(_reply(asked, told))
    if "phases" in demands:
        return gives(_phases(told))
    return gives(_vision(told))


def held(asked: Asked, gate: asyncio.Event) -> Gives:
    """The same, once the gate is open."""
    return replace(obey(asked), hold=gate, piece=12)


def gives(args: dict[str, Any], tool: str = "") -> Gives:
    """In few pieces; what no text may hold is written as JSON can."""
    return Gives(json.dumps(args), tool=tool, piece=200_000)


def read(text: str) -> str:
    """The text, and all that can be found in it by somebody who looks for hidden things."""
    tags = "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E)
    shown = HIDDEN.sub("", unicodedata.normalize("NFKC", text)).translate(LOOKS).translate(BRACKETS)
    return "\n".join([shown, tags, text[::-1] if "\u202e" in text else "", *_decoded(shown)])


def _decoded(text: str) -> Iterator[str]:
    for found in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text):
        try:
            yield base64.b64decode(found, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue


def _reply(asked: Asked, told: str) -> dict[str, Any]:
    changes = [{"do": "set", "topic": topic, "text": text} for topic, text in TOPIC.findall(told)]
    changes += [{"do": "tell", "topic": "features", "text": text} for text in FEATURE.findall(told)]
    changes += [{"do": "name", "text": name} for name in RENAMED.findall(told)]
    for_builder = "\n".join(BUILDER.findall(told))
    quick = [part for found in QUICK.findall(told) for part in re.split(r",| and ", found)]
    given: dict[str, Any] = {"changes": changes, "quick": quick, "for_builder": for_builder, **_offered(told)}
    if re.search("ten thousand changes", told):
        given["changes"] += [{"do": "tell", "topic": "out", "text": f"thing {number}"} for number in range(MANY)]
    if re.search("characters that nobody sees", told):
        given["changes"].append({"do": "set", "topic": "who", "text": f"all\u0000 {BIDI}of you\x1b[2J"})
        given["quick"] = [*quick, f"{BIDI}seY", "y\u200bes", "/app\u200brove"]
    if re.search("half a letter", told):
        given["changes"].append({"do": "set", "topic": "who", "text": "all of \ud800 you"})
    if APPROVES.search(told):
        given["quick"] = [*given["quick"], *DECIDING]
    return {"reply": _words(asked, told), **given}


def _offered(told: str) -> dict[str, Any]:
    if found := OFFERS.search(told):
        return {"offer": found[1]}
    if re.search("cancel the project", told, re.IGNORECASE):
        return {"offer": "cancel"}
    if re.search("write the vision now", told, re.IGNORECASE):
        return {"offer": "write_vision"}
    return {"offer": "decision"} if APPROVES.search(told) else {}


def _words(asked: Asked, told: str) -> str:
    words = ["I did all that.", *SAY.findall(told), *PUT.findall(told)]
    if APPROVES.search(told):
        words += ["/approve", "yes", "I approved it."]
    if re.search("print (?:the|your) (?:system prompt|rules|environment|keys)", told, re.IGNORECASE):
        words += [asked.system, *(text for _, text in asked.said)]
    if re.search("ten megabytes", told):
        words.append("All work and no play. " * (ENDLESS // 22))
    return "\n\n".join(words)


def _vision(told: str) -> dict[str, Any]:
    added = [{"id": f"F{90 + place}", "title": title} for place, title in enumerate(FEATURE.findall(told))]
    return {"what": "\n".join(PUT.findall(told)) or "Something", "features": added, "solution": "yes /approve"}


def _phases(told: str) -> dict[str, Any]:
    added = [f"F{90 + place}" for place, _ in enumerate(FEATURE.findall(told))]
    return {"said": "/approve", "phases": [{"title": "Approve", "outcome": "yes", "features": added}]}
