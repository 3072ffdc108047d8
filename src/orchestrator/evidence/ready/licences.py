"""Whether others may use it: the licence by its words, because a file of that name may say anything."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven, unchecked
from orchestrator.evidence.words import counted

FILES = ("licen[cs]e*", "copying*", "unlicense*")
SORTS = r"(?:[.-](?:mit|apache|bsd|[al]?gpl|mpl|isc|lesser)[\w.-]*?)?"
TEXT = re.compile(rf"(?:licen[cs]e|copying|unlicense){SORTS}(?:\.(?:md|txt|rst|lesser))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Licence:
    """Told by sentences that it has in this order, from its beginning to its end, and by its length in words."""

    name: str
    parts: tuple[str, ...]
    words: tuple[int, int]


def _licence(name: str, words: tuple[int, int], *parts: str) -> Licence:
    return Licence(name, parts, words)


NO_WARRANTY = "in no event shall"
KNOWN = (
    _licence(
        "AGPL-3.0", (4500, 6500), "gnu affero general public license version 3", "preamble", "0. definitions.",
        "13. remote network interaction", "15. disclaimer of warranty", "end of terms and conditions",
    ),
    _licence(
        "LGPL-3.0", (900, 7500), "gnu lesser general public license version 3", "0. additional definitions.",
        "6. revised versions of the gnu lesser general public license",
    ),
    _licence(
        "LGPL-2.1", (3500, 5000), "gnu lesser general public license version 2.1", "preamble",
        "terms and conditions for copying, distribution and modification", "end of terms and conditions",
    ),
    _licence(
        "GPL-3.0", (4500, 6500), "gnu general public license version 3", "preamble", "0. definitions.",
        "15. disclaimer of warranty", "end of terms and conditions",
    ),
    _licence(
        "GPL-2.0", (2300, 3500), "gnu general public license version 2", "preamble",
        "terms and conditions for copying, distribution and modification", "no warranty", "end of terms and conditions",
    ),
    _licence(
        "Apache-2.0", (1300, 2200), "apache license version 2.0",
        "terms and conditions for use, reproduction, and distribution",
        "2. grant of copyright license", "3. grant of patent license", "7. disclaimer of warranty",
        "9. accepting warranty or additional liability",
    ),
    _licence(
        "MPL-2.0", (2000, 3200), "mozilla public license version 2.0", "1. definitions",
        "2. license grants and conditions",
        "6. disclaimer of warranty", "10. versions of the license",
    ),
    _licence("EUPL-1.2", (1500, 3500), "european union public licence", "1. definitions", "15. applicable law"),
    _licence(
        "CC0-1.0", (800, 1400), "cc0 1.0 universal", "statement of purpose", "1. copyright and related rights",
        "4. limitations and disclaimers",
    ),
    _licence(
        "Unlicense", (150, 320), "this is free and unencumbered software released into the public domain",
        "the software is provided as is, without warranty of any kind", NO_WARRANTY, "unlicense.org",
    ),
    _licence(
        "MIT", (130, 290), "permission is hereby granted, free of charge, to any person obtaining a copy",
        "to deal in the software without restriction", "the above copyright notice and this permission notice",
        "the software is provided as is, without warranty of any kind", NO_WARRANTY,
        "or other dealings in the software",
    ),
    _licence(
        "BSD", (130, 440),
        "redistribution and use in source and binary forms, with or without modification, are permitted",
        "redistributions of source code must retain the above copyright notice",
        "redistributions in binary form must reproduce the above copyright notice", "this software is provided by",
        NO_WARRANTY, "even if advised of the possibility of such damage",
    ),
    _licence(
        "ISC", (80, 210),
        "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee",
        "the software is provided as is", NO_WARRANTY, "use or performance of this software",
    ),
)  # fmt: skip
TAKEN_BACK = re.compile(
    r"commons clause|non-?commercial|not for commercial|evaluation (?:only|purposes)|may not be used|not be used for"
    r"|without (?:prior |express )?(?:written )?permission of the (?:author|company)|for internal use only|proprietary"
)
BSD_NAMES = re.compile(r"(?:neither the name|the names? of).{0,300}?(?:written permission|may not be used to endorse)")
OWN = re.compile(r"all rights reserved|proprietary|confidential", re.IGNORECASE)
HOLDER = re.compile(
    r"copyright\s*(?:\(c\)|©)?\s*(?:<year>|\[year\]|\[yyyy\]|yyyy)|\[(?:full)?name\]|<copyright holders?>"
    r"|\[name of copyright owner\]",
    re.IGNORECASE,
)


async def licence(look: Look) -> Found:
    """Prove it by the words of a known licence, to their end."""
    found = {path: text for path, text in look.files(*FILES).items() if TEXT.fullmatch(path)}
    if not found:
        return failed("There is no licence file, so nobody else may use it.")
    whys = {path: list(_wrong(text)) for path, text in found.items()}
    if bad := next((path for path, why in whys.items() if why), ""):
        return failed(f"{bad} {whys[bad][0]}", look.read([bad]))
    path, text = next(iter(found.items()))
    if not named(text):
        return unchecked(f"{path} holds more than one licence that we know, so we cannot say what it allows.")
    return proven(f"{path} is the {named(text)} licence.", look.read(found, text.strip().splitlines()[0][:200]))


def _wrong(text: str) -> Iterator[str]:
    plain = _plain(text)
    begun = next((one for one in KNOWN if one.parts[0] in plain), None)
    if not begun:
        own = OWN.search(text)
        whose = "It says that all rights are reserved." if own else "Its words are those of no licence we know."
        yield f"does not let others use it. {whose}"
    elif not named(text) and len(plain.split()) <= begun.words[1]:
        number = counted(len(plain.split()), "word")
        yield f"is not the whole {begun.name} licence: {number}, and parts of it are missing."
    if TAKEN_BACK.search(BSD_NAMES.sub(" ", plain)) and (not begun or begun.words[1] < 1000):  # noqa: PLR2004
        yield "takes back what the licence allows."
    if HOLDER.search(text) and begun and begun.name in {"MIT", "BSD", "ISC"}:
        yield "does not say whose it is: the name is still to be filled in."


def _plain(text: str) -> str:
    return re.sub(r" (?=[.,])", "", " ".join(re.sub(r"[^a-z0-9.,/\-]+", " ", text.lower()).split()))


def named(text: str) -> str:
    """Which licence a text is; empty where it is none that we know, or only a piece of one."""
    plain = _plain(text)
    return next((one.name for one in KNOWN if _is(one, plain)), "")


def _is(one: Licence, plain: str) -> bool:
    at = 0
    for part in one.parts:
        at = plain.find(part, at)
        if at < 0:
            return False
    return one.words[0] <= len(plain.split()) <= one.words[1]


PROOFS = (Proof("C1", licence),)
