"""Write docs/readiness.md, what our own report says of us, and its figure in README: `make readiness`.

With a file of the report as JSON (`orchestrator readiness . --json`), nothing is asked anew.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HEAD = """# How ready is it?

<!-- Made by `make readiness`; changes by hand are lost. -->

The same 54 questions that are asked of every app, asked of this repository by itself. What is not proven stands here as
well, with what it lacks. “Not checked” means that nobody can say: it counts as little as “failed”. ★ marks
what has to be proven whatever the sum is.

"""
CHANGING = re.compile(r"\d[\d,.]*(?: ms| s)?")  # figures that are others each time


def main() -> int:
    """Ask, unless the answers are given, and write."""
    report = json.loads(Path(sys.argv[1]).read_text("utf-8") if len(sys.argv) > 1 else asked())
    (ROOT / "docs/readiness.md").write_text(page(report), "utf-8")
    readme = ROOT / "README.md"
    score = f"**{report['score']} of {report['total']}**"
    readme.write_text(re.sub(r"\*\*\d+ of \d+\*\*", score, readme.read_text("utf-8")), "utf-8")
    print(f"{report['score']} of {report['total']}: docs/readiness.md")
    return 0


def asked() -> str:
    """The report on what is saved here; it says by its exit code that something is left, which is no fault."""
    command = [str(ROOT / ".venv/bin/orchestrator"), "readiness", ".", "--json"]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout


def page(report: dict[str, Any]) -> str:
    """Without what is another each time: the commit, the day, how long it took."""
    verdict = f"{report['verdict']} **{report['score']} of {report['total']}** are proven.\n"
    rows = "".join(row(one) for one in report["items"])
    return f"{HEAD}{verdict}\n| | question | state | what is missing |\n|---|---|---|---|\n{rows}"


def row(item: dict[str, Any]) -> str:
    """One line of the table."""
    state = item["state"].replace("_", " ")
    lacking = "" if state in {"proven", "not needed"} else CHANGING.sub("…", item["sentence"]).replace("|", "\\|")
    star = " ★" if item["star"] else ""
    return f"| {item['id']} | {item['question']}{star} | {state} | {lacking} |\n"


if __name__ == "__main__":
    sys.exit(main())
