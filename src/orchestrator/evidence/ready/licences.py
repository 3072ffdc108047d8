"""Whether others may use it: the licence by its words, because a file of that name may say anything."""

import re

from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven

FILES = ("licen[cs]e*", "copying*", "unlicense*")
# A sentence of each licence that stands in no other one, as its text has it without line breaks.
KNOWN = {
    "MIT": "permission is hereby granted, free of charge, to any person obtaining a copy",
    "Apache-2.0": "terms and conditions for use, reproduction, and distribution",
    "BSD": "redistribution and use in source and binary forms, with or without modification, are permitted",
    "GPL": "gnu general public license",
    "LGPL": "gnu lesser general public license",
    "AGPL": "gnu affero general public license",
    "MPL-2.0": "mozilla public license version 2.0",
    "ISC": "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee",
    "Unlicense": "this is free and unencumbered software released into the public domain",
    "EUPL": "european union public licence",
    "CC0-1.0": "creative commons legal code cc0 1.0 universal",
}
BODY = {"MIT": "without warranty of any kind", "BSD": "this software is provided by", "ISC": "the software is provided"}
OWN = re.compile(r"all rights reserved|proprietary|confidential", re.IGNORECASE)


async def licence(look: Look) -> Found:
    """Prove it by the words of a known licence, to their end."""
    found = look.files(*FILES)
    if not found:
        return failed("There is no licence file, so nobody else may use it.")
    path, text = next(iter(found.items()))
    name = named(text)
    if not name:
        whose = (
            "It says that all rights are reserved."
            if OWN.search(text)
            else "Its words are those of no licence we know."
        )
        return failed(f"{path} does not let others use it. {whose}", look.read([path]))
    return proven(f"{path} is the {name} licence.", look.read([path], text.strip().splitlines()[0][:200]))


def named(text: str) -> str:
    """Which licence a text is; empty where it is none that we know, or only a piece of one."""
    plain = " ".join(re.sub(r"[^a-z0-9.,/\-]+", " ", text.lower()).split())
    for name in sorted(KNOWN, key=len, reverse=True):
        if KNOWN[name] in plain and BODY.get(name, "") in plain:
            return name
    return ""


PROOFS = (Proof("C1", licence, covers=FILES),)
