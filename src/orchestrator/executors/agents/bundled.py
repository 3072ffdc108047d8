"""The program of Claude Code that the Python package claude-agent-sdk brings along, for adapters without their own."""

from importlib.util import find_spec
from pathlib import Path

NAME = "claude_agent_sdk"


def program() -> Path | None:
    """Where it is, if that package is installed: it is looked at, never loaded."""
    spec = find_spec(NAME)
    if spec is None or spec.origin is None:
        return None
    found = Path(spec.origin).parent / "_bundled" / "claude"
    return found if found.exists() else None


def environment(adapter: Path) -> dict[str, str]:
    """What leads an adapter to it; nothing for one that was installed with a program of its own."""
    found = None if whole(adapter) else program()
    return {"CLAUDE_CODE_EXECUTABLE": str(found)} if found else {}


def whole(adapter: Path) -> bool:
    """Whether an adapter has a program of its own: npm leaves it out where it is told to."""
    packages = next((parent for parent in adapter.resolve().parents if parent.name == "node_modules"), None)
    return packages is None or any(packages.glob("@anthropic-ai/claude-agent-sdk-*/claude"))
