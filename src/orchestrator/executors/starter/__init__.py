"""The built-in builder: a small program of its own that makes clickable prototypes with real tests. It is not an AI."""

import sys
from pathlib import Path

COMMAND: tuple[str, ...] = (sys.executable, "-I", "-S", str(Path(__file__).resolve().parent / "agent.py"))
DESCRIPTION = (
    "The starter makes a clickable prototype of your idea with real tests; it works by fixed rules and is not an AI."
)
