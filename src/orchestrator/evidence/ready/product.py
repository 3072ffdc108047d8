"""Which files of Python a project is made of. What its own code uses is part of it, wherever that lies. Pure."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from orchestrator.evidence.places import NOT_OURS, beside_tests, is_product
from orchestrator.evidence.python_tests import module

Texts = Mapping[str, str]
NOT_RUN = {"setup.py", "noxfile.py", "conf.py", "fabfile.py", "tasks.py"}  # programs for those who work on it
MIGRATIONS = {"migrations", "versions", "alembic"}


def files(texts: Texts) -> tuple[str, ...]:
    """All files of the product, with those among tests and documents that it takes in."""
    python = {path: text for path, text in texts.items() if path.endswith(".py") and not _foreign(path)}
    found = {path for path in python if is_product(path) and not _set_up(path)}
    waiting = list(found)
    while waiting:
        for other in _taken_in(waiting.pop(), python):
            if other not in found and not PurePosixPath(other).name.startswith("test"):
                found.add(other)
                waiting.append(other)
    return tuple(sorted(found))


def hidden(texts: Texts) -> tuple[str, ...]:
    """Those that lie where tests do, so that nobody would take them for the product."""
    return tuple(path for path in files(texts) if beside_tests(path))


def statements(text: str) -> frozenset[int]:
    """The lines of a file on which something is done."""
    tree = module(text)
    lines = (node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)) if tree else ()
    return frozenset(lines) - empty(text)


def empty(text: str) -> frozenset[int]:
    """Lines that nobody can run: imports that only types need, bodies of three dots, descriptions."""
    tree = module(text)
    found: set[int] = set()
    own = (
        {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        if tree
        else set()
    )
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.If) and _for_types(node) and "TYPE_CHECKING" not in own:
            found |= {line.lineno for line in node.body}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found |= {node.lineno} if node.value.value is Ellipsis or isinstance(node.value.value, str) else set()
    return frozenset(found)


def in_text(texts: Texts) -> tuple[str, ...]:
    """Files of the product that keep code in texts, where it is not seen whether it is reached."""
    return tuple(
        path for path in files(texts) if (tree := module(texts[path])) and any(map(_runs_text, ast.walk(tree)))
    )


def _runs_text(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="exec" | "eval"), args=[ast.Constant(value=str(text)), *_]):
            return "\n" in text or ";" in text
        case ast.Call(func=ast.Name(id="exec")):
            return True
    return False


def _for_types(node: ast.If) -> bool:
    only = all(isinstance(line, ast.Import | ast.ImportFrom) for line in node.body)
    return only and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"}


def _taken_in(path: str, python: Texts) -> Iterator[str]:
    at = PurePosixPath(path)
    for dotted in _imports(python[path], at.parent.parts):
        for ending in (".py", "/__init__.py"):
            place = f"{dotted.replace('.', '/')}{ending}"
            yield from (one for one in (place, f"src/{place}") if one in python)


def _imports(text: str, parts: tuple[str, ...]) -> Iterator[str]:
    tree = module(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = parts[: len(parts) - node.level + 1] if node.level else ()
            base = ".".join((*above, *filter(None, [node.module])))
            yield base
            yield from (f"{base}.{one.name}" if base else one.name for one in node.names)


def _set_up(path: str) -> bool:
    at = PurePosixPath(path)
    return len(at.parts) == 1 and at.name in NOT_RUN


def _foreign(path: str) -> bool:
    return bool(NOT_OURS & set(PurePosixPath(path).parts))
