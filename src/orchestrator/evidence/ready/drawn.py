"""Whether there is a picture of how it is built: drawn in a document or as a file, with parts that it really has."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from orchestrator.evidence.ready import prose
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, proven

LANGUAGES = {"mermaid", "plantuml", "puml", "dot", "graphviz", "d2"}
EDGE = re.compile(r"-{1,3}[->.)xo]*>|->>|--[>-]|==+>|\.\.+>|<--?|--\||\bRel\w*\(|--\s")
NODE = re.compile(r"[A-Za-z][A-Za-z0-9_ ]{2,}")
PICTURES = re.compile(r".*\.(?:svg|png|jpe?g|webp|puml|mmd|d2|dot)", re.IGNORECASE)
SHOWN = re.compile(r"!\[[^\]]*\]\(\s*<?([^)\s>]+)|<img\b[^>]*\bsrc=[\"']([^\"']+)")
ABOUT = re.compile(r"architect|how it is built|how it works|overview|design|components?|structure", re.IGNORECASE)
USUAL = {
    *("browser", "user", "users", "client", "server", "database", "api", "web", "worker", "queue", "cache", "frontend"),
    *("backend", "postgres", "postgresql", "sqlite", "redis", "proxy", "nginx", "scheduler", "store", "storage"),
}
WORDS_OF_DIAGRAMS = {
    "flowchart",
    "graph",
    "subgraph",
    "sequencediagram",
    "participant",
    "startuml",
    "enduml",
    "digraph",
}
FEWEST_EDGES, FEWEST_KNOWN, SMALLEST, NARROWEST = 2, 2, 1_000, 200


async def diagrams(look: Look) -> Found:
    """Prove it by a drawing whose parts are those of the project."""
    strange = ""
    for path, text in _drawings(look):
        if len(EDGE.findall(text)) < FEWEST_EDGES:
            strange = strange or f"What {path} draws shows no parts that belong together."
        elif len(known(look, text)) < FEWEST_KNOWN:
            strange = strange or f"What {path} draws has nothing to do with the code."
        else:
            return proven(f"{path} draws how it is built.", look.read([path], text.strip()[:200]))
    for doc, picture in _shown(look):
        if why := _no_picture(look, picture):
            strange = strange or why
        else:
            return proven(f"{doc} shows a picture of how it is built.", look.read([doc, picture]))
    return failed(strange or "There is no picture of how it is built.")


def _drawings(look: Look) -> Iterator[tuple[str, str]]:
    for path, text in look.files("*.md", "*.rst").items():
        for fence in prose.FENCED.finditer(prose.COMMENT.sub("", text)):
            if fence[2].strip().strip("{}.").split(" ")[0].lower() in LANGUAGES:
                yield path, fence[3]
    yield from look.files("*.puml", "*.mmd", "*.d2").items()


def known(look: Look, text: str) -> set[str]:
    """The words of a drawing that are names of parts of the project, or of what such things usually have."""
    parts = {re.sub(r"\W+", "", word.lower()) for path in look.tree for word in re.split(r"[/._-]", path)}
    words = {word.lower() for found in NODE.findall(text) for word in found.split()} - WORDS_OF_DIAGRAMS
    return {word for word in words if word in parts and len(word) > 2} | (words & USUAL)  # noqa: PLR2004


def _shown(look: Look) -> Iterator[tuple[str, str]]:
    """Pictures that a document shows where it speaks of how it is built."""
    for doc, whole in look.files("*.md").items():
        text = whole
        if not ABOUT.search(PurePosixPath(doc).name):
            text = "\n".join(part for title, part in prose.sections(text).items() if ABOUT.search(title))
        for found in SHOWN.finditer(prose.COMMENT.sub("", prose.FENCED.sub("", text))):
            path = _resolved(doc, found[1] or found[2])
            if path in look.tree and PICTURES.fullmatch(path):
                yield doc, path


def _resolved(doc: str, link: str) -> str:
    parts = [] if link.startswith("/") else list(PurePosixPath(doc).parent.parts)
    for part in PurePosixPath(link.partition("#")[0].lstrip("/")).parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _no_picture(look: Look, path: str) -> str:
    if path.endswith(".svg"):
        shapes = len(
            re.findall(r"<(?:rect|path|circle|ellipse|polygon|line|polyline|text|image)\b", look.texts.get(path, ""))
        )
        return "" if shapes > FEWEST_EDGES * 2 else f"{path} is an empty picture."
    if look.tree[path].size < SMALLEST:
        return f"{path} is an empty picture."
    if path.lower().endswith(".png"):
        width, height = _size(look.place.checkout / path)
        return (
            "" if min(width, height) >= NARROWEST // 2 and max(width, height) >= NARROWEST else f"{path} is too small."
        )
    return ""


def _size(path: Path) -> tuple[int, int]:
    with path.open("rb") as file:
        head = file.read(24)
    if not head.startswith(b"\x89PNG\r\n\x1a\n"):
        return 0, 0
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


PROOFS = (Proof("D3", diagrams),)
