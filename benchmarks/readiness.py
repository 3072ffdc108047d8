"""How long all 54 questions about a small Python repository take: the first time, again, and after one change."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _measure import Figure, publish

from evidence.ready import people_seeds, reaching, seeds, seeds_of_tests
from orchestrator.domain.ready.report import Report
from orchestrator.evidence.ready import asking

APP = seeds_of_tests.HONEST | {
    "main.py": people_seeds.APP,
    ".orchestrator.toml": f"{people_seeds.START}\n[load]\nexpected = 5\n",
    "README.md": "# Shop\n\nAdds up what things cost.\n\n```sh\npython3 -m shop 2 3 bill\n```\n",
    "LICENSE": "MIT License\n",
}
LONGEST = "180 s"


async def asked(source: Path, folder: Path, memory: Path) -> tuple[float, Report]:
    began = time.monotonic()
    report = await asking.report(source, "HEAD", folder, sandbox=reaching.sandbox(), memory=memory)
    return time.monotonic() - began, report


def bare(source: Path) -> float:
    """How long the tests of that repository alone take, with nothing of ours."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    subprocess.run(command, cwd=source, env=os.environ | {"PYTHONPATH": "."}, check=True, capture_output=True)
    return time.monotonic() - began


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = seeds.repo(folder / "app", APP)
        first, report = await asked(source, folder / "first", folder / "memory")
        again, _ = await asked(source, folder / "again", folder / "memory")
        (source / "README.md").write_text(f"{APP['README.md']}\nMore to come.\n")
        subprocess.run(["git", "-C", source, "commit", "-qam", "docs: more"], check=True)
        changed, _ = await asked(source, folder / "changed", folder / "memory")
        tests = await asyncio.to_thread(bare, source)
    found = sum(answer.counts for answer in report.answers)
    beside = f"{first / tests:.0f} × its own tests, run once; {found} of 54 proven or not needed"
    publish(
        "readiness",
        [
            Figure(
                "all 54 questions about a small Python repository that serves, for the first time",
                LONGEST,
                f"{first:.0f} s",
                "",
                beside,
            ),
            Figure("the same again: nothing has changed", "", f"{again:.0f} s"),
            Figure("the same after a change of the README", "", f"{changed:.0f} s"),
        ],
    )


if __name__ == "__main__":
    asyncio.run(main())
