"""Whether what it is made of may be in it: the licence of each building block, and no known weak spots."""

import re
from collections.abc import Sequence

from orchestrator.evidence.ready import blocks, licences, needs, weaknesses
from orchestrator.evidence.ready.blocks import Part
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, not_needed, proven, unchecked
from orchestrator.evidence.ready.stack import Language
from orchestrator.evidence.words import counted, listed

FREE = re.compile(
    r"\b(?:mit|mit-0|bsd|0bsd|[23]-clause|apache|isc|psf|python software foundation|unlicense|public domain|zlib|cc0"
    r"|hpnd|wtfpl|bsl-1\.0|boost|blueoak|afl|zpl|zope|cnri|pil|artistic|ofl|python-2\.0|unicode|cc-by-[34]\.0|expat)\b",
    re.IGNORECASE,
)
WEAKLY = re.compile(r"\b(?:lgpl|lesser general public|mpl|mozilla public|epl|eclipse|cddl|eupl)", re.IGNORECASE)
STRONGLY = re.compile(r"\b(?:a?gpl|(?:affero )?general public licen[cs]e|sspl|osl|cc-by-sa)", re.IGNORECASE)
NOT_FREE = re.compile(r"proprietary|commercial|busl|business source|elastic|see license|unlicensed", re.IGNORECASE)
SAYS = re.compile(
    r"(?:.*/)?(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|[\w-]+\.lock"
    r"|package(?:-lock)?\.json)"
)
FILES = ("licen[cs]e*", "copying*")


async def vetted(look: Look) -> Found:
    """Prove it by the licence of each, and by the database of weak spots."""
    parts = await present(look)
    if isinstance(parts, Found):
        return parts
    if odd := allowed(parts, _own(look)):
        return odd
    if weak := await weaknesses.weak([part.block for part in parts]):
        return failed(told(weak), look.read(_files(look)))
    if look.stack.language is not Language.PYTHON:
        return unchecked("What its licences are is known only from its own lock file, which is not enough.")
    said = "\n".join(f"{part.block.name} {part.block.version}: {part.licence}" for part in parts)
    number = counted(len(parts), "building block")
    sentence = f"The licences of all {number} fit, and none has a known weak spot."
    return proven(sentence, look.read(_files(look), said[:4_000]))


async def present(look: Look) -> list[Part] | Found:
    """All building blocks, or why there is nothing to say about them."""
    if look.stack.language is Language.JAVASCRIPT:
        parts = blocks.of_javascript(look.texts)
        if parts is None and blocks.needed(look.texts):
            return unchecked("There is no package-lock.json, so it is not known what it is made of.")
        if left := sorted(blocks.needed(look.texts) - {part.block.name for part in parts or ()}):
            return failed(f"It asks for {listed(left)}, which its lock file does not know.")
        return parts or not_needed("It is made of nothing but its own code.", look.read(["package.json"]))
    if look.stack.language is not Language.PYTHON:
        return unchecked(look.stack.unknown)
    return await _of_python(look)


async def _of_python(look: Look) -> list[Part] | Found:
    parts = await blocks.of_python(look)
    if left := blocks.undeclared(look.texts, parts):
        return failed(f"Its code uses {listed(left)}, which none of its files asks for.")
    used = blocks.taken_in(look.texts)
    asked = needs.needs(look.texts).names
    own = [part for part in parts if part.block.name not in blocks.OURS - asked or part.modules & used]
    if own:
        return own
    if blocks.by_name(look.texts):
        return unchecked("Its code takes things in by names that only show while it runs, so they are not known.")
    return not_needed("It is made of nothing but its own code and what comes with Python.", look.read(_files(look)))


def allowed(parts: Sequence[Part], own: str) -> Found | None:
    """What stands against a licence; `own` is that of the project."""
    strict = [part for part in parts if STRONGLY.search(part.licence) and not _gentle(part.licence)]
    if strict and "GPL" not in own:
        names = listed([part.block.name for part in strict])
        whose = f"the project is under {own}" if own else "the project has no such licence"
        return failed(f"{names} asks that all is given on under its own licence ({strict[0].licence}), but {whose}.")
    if closed := [part.block.name for part in parts if NOT_FREE.search(part.licence)]:
        return failed(f"{listed(closed)} may not be used freely.")
    known = (FREE, WEAKLY, STRONGLY)
    unknown = [part.block.name for part in parts if not any(one.search(part.licence) for one in known)]
    if unknown:
        return unchecked(f"It is not known under which licence {listed(unknown)} may be used.")
    return None


def _gentle(licence: str) -> bool:
    """It binds only itself, or one may choose another one."""
    choices = re.split(r"\bOR\b|/", licence)
    return bool(WEAKLY.search(licence)) or (len(choices) > 1 and any(FREE.search(part) for part in choices))


def told(weak: Sequence[weaknesses.Weak]) -> str:
    first = weak[0]
    more = f", and {counted(len(weak) - 1, 'other')}" if len(weak) > 1 else ""
    return f"{first.block.name} {first.block.version} has a known weak spot ({first.known[0]}){more}."


def _own(look: Look) -> str:
    found = look.files(*FILES)
    return licences.named(next(iter(found.values()))) if found else ""


def _files(look: Look) -> list[str]:
    return [path for path in look.tree if SAYS.fullmatch(path)] or sorted(look.tree)[:20]


PROOFS = (Proof("C2", vetted, network=True),)
