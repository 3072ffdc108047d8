"""Whether programs can use it: each address that the code has is described, in an OpenAPI document or on a page."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.evidence.places import beside_tests
from orchestrator.evidence.ready import addresses, blocks, prose
from orchestrator.evidence.ready.addresses import METHODS, PARAMETER, Address
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, not_needed, proven, unchecked
from orchestrator.evidence.ready.stack import Language
from orchestrator.evidence.ready.yamls import mapping
from orchestrator.evidence.words import counted, short

OF_ITSELF = {
    "/health",
    "/healthz",
    "/livez",
    "/readyz",
    "/ready",
    "/metrics",
    "/openapi.json",
    "/docs",
    "/favicon.ico",
    "/static/{}",
}
NAMED = re.compile(r"(?<![\w.])(/[\w{}<>:./-]*)")
FEWEST = 3  # words that say what an address does
AROUND = 6  # lines after its name


async def described(look: Look) -> Found:
    """Prove it by what is said of each address."""
    found = addresses.of(look.texts)
    if not found:
        return _without(look)
    wanted = [one for one in found if one.plain not in OF_ITSELF and not one.hidden]
    if not wanted:
        return failed("All of its addresses are hidden from those who would use them.")
    best: tuple[int, str, str] | None = None
    for path, told in _papers(look, wanted):
        left = [one for one in wanted if not told.get((one.method, one.plain))]
        if not left:
            number = counted(len(wanted), "address")
            return proven(f"{path} describes {number}.", look.read([path]))
        if best is None or len(left) < best[0]:
            best = (len(left), path, f"{left[0].method} {left[0].path}")
    if best is None or best[0] == len(wanted):
        first = wanted[0]
        return failed(
            f"None of its {len(wanted)} addresses is described, such as {first.method} {short(first.path, 60)}."
        )
    return failed(
        f"{best[1]} does not describe {best[0]} of {len(wanted)}: {short(best[2], 60)}.", look.read([best[1]])
    )


def _without(look: Look) -> Found:
    if look.stack.language is Language.OTHER:
        return unchecked(look.stack.unknown)
    used = blocks.taken_in(look.texts) | blocks.needed(look.texts)
    if servers := sorted(used & addresses.SERVERS):
        return unchecked(f"It uses “{servers[0]}”, but which addresses it has could not be found.")
    if blocks.by_name(look.texts) or (look.stack.language is Language.JAVASCRIPT and _listens(look)):
        return unchecked("Whether it answers calls over a network could not be found.")
    code = [path for path in look.tree if path.endswith((".py", ".js", ".ts", ".mjs"))]
    return not_needed("Nothing in it answers calls over a network.", look.read(code[:50] or look.tree))


def _listens(look: Look) -> bool:
    return any(
        ".listen(" in text or "createServer" in text
        for path, text in look.texts.items()
        if path.endswith((".js", ".ts", ".mjs"))
    )


Told = Mapping[tuple[str, str], str]


def _papers(look: Look, wanted: list[Address]) -> Iterator[tuple[str, Told]]:
    for path, text in look.files("*.json", "*.yaml", "*.yml").items():
        if (
            not beside_tests(path)
            and re.search(r"\b(?:openapi|swagger)\b", text[:2_000])
            and (known := _document(text))
        ):
            yield path, _operations(known)
    if own := _own(look, wanted):
        yield own
    pages = {path: text for path, text in look.files("*.md", "*.rst").items() if "changelog" not in path.lower()}
    for path, text in pages.items():
        if told := _page(text, wanted):
            yield path, told


def _document(text: str) -> dict[Any, Any] | None:
    try:
        known = json.loads(text)
    except (ValueError, RecursionError):
        known = mapping(text)
    return (
        known
        if isinstance(known, dict) and isinstance(known.get("paths"), dict) and isinstance(known.get("info"), dict)
        else None
    )


def _operations(known: Mapping[Any, Any]) -> Told:
    """What it says of each operation, where it says what comes back as well."""
    found = {}
    base = str(known.get("basePath", "")).rstrip("/")
    for path, item in known["paths"].items():
        for method in METHODS & set(item) if isinstance(item, dict) else ():
            one = item[method]
            if isinstance(one, dict) and isinstance(one.get("responses"), dict) and one["responses"]:
                said = str(one.get("description") or one.get("summary") or "")
                plain = PARAMETER.sub("{}", f"{base}{path}").rstrip("/") or "/"
                found[(method.upper(), plain)] = said if _says(said) else ""
    return found


def _says(text: str) -> bool:
    return len(prose.WORD.findall(text)) >= FEWEST and not prose.FILLER.search(text)


def _own(look: Look, wanted: list[Address]) -> tuple[str, Told] | None:
    """FastAPI describes at /docs what stands in the code, where nobody has switched that off."""
    made = [
        path
        for path, text in look.texts.items()
        if path.endswith(".py") and re.search(r"\bFastAPI\(", text) and not beside_tests(path)
    ]
    if not made or any(re.search(r"openapi_url\s*=\s*(?:None|[\"']{2})", look.texts[path]) for path in made):
        return None
    return made[0], {(one.method, one.plain): one.told for one in wanted if _says(one.told)}


def _page(text: str, wanted: list[Address]) -> Told:
    """What stands near the name of each address. A list of names says nothing."""
    lines = prose.COMMENT.sub("", text).splitlines()
    where: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        for found in NAMED.findall(line):
            where.setdefault(PARAMETER.sub("{}", found).rstrip("/.,") or "/", []).append(at)
    found_all = {}
    names = {at for places in where.values() for at in places}
    for one in wanted:
        for at in where.get(one.plain, []):
            end = next((other for other in range(at + 1, at + AROUND) if other in names), at + AROUND)
            said = " ".join(lines[at:end])
            rest = NAMED.sub(" ", re.sub(r"`[^`]*`", " ", said))
            if re.search(rf"\b{one.method}\b", said, re.IGNORECASE) and _says(re.sub(rf"\b{one.method}\b", "", rest)):
                found_all[(one.method, one.plain)] = said
    return found_all


PROOFS = (Proof("D2", described),)
