"""The files that we ourselves put into a repository. Pure."""

import json
from collections.abc import Sequence
from typing import Any

from orchestrator.domain.roadmap import PlannedPhase

FILE = ".orchestrator.toml"
PREVIEW = """\
[preview]
command = "python3 app.py --port {port} --data {data}"
"""
OURS = (".agents/", FILE)  # where plans and papers are; all else is the app
CHECKS = f"""\
# What is run on a clean copy before a phase counts as done. A builder may not change this file.
[checks]
tests = "python3 -m unittest discover -s tests -v"

{PREVIEW}"""
IGNORED = """\
__pycache__/
*.pyc
data/
"""


def initial(name: str, vision: str, *, prototype: bool) -> dict[str, str]:
    """What a new repository begins with. How a prototype is checked is known; other builders choose their tools."""
    return {
        ".agents/vision.md": vision,
        ".gitignore": IGNORED,
        **({FILE: CHECKS} if prototype else {}),
        "NOTICE.md": f"# {_line(name)}\n\nMade with Project Orchestrator. The vision: `.agents/vision.md`.\n",
    }


def papers(vision: dict[str, Any], markdown: str, planned: Sequence[PlannedPhase]) -> dict[str, str]:
    """What a builder reads on a trial copy: the vision for people, and the same with all phases for programs."""
    keys = ("name", "who", "problem", "solution", "journey", "success", "out")
    project = {
        "schema": 1,
        **{key: vision[key] for key in keys},
        "summary": vision["what"],
        "features": vision["features"],
        "phases": [phase.model_dump(mode="json") for phase in planned],
    }
    text = json.dumps(project, indent=2, ensure_ascii=False) + "\n"
    return {".agents/vision.md": markdown, ".agents/project.json": text}


def _line(text: str) -> str:
    return " ".join(text.split())
