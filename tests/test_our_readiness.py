"""We say of ourselves no more than is so: what README and the page about it call proven is asked once more."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from orchestrator.contain.sandbox import Sandbox
from orchestrator.domain.ready.items import BY_ID
from orchestrator.domain.ready.report import State
from orchestrator.evidence.ready import asking

UNMEASURED = True
ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/readiness.md"
# What only reads, and so takes no time.
READ = ("T11", "O5", "O9", "O10", "P3", "P4", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "C1")


def claimed() -> dict[str, str]:
    """The state of each item, as the page says it."""
    rows = re.findall(r"^\| ([A-Z]\d+) \| [^|]+ \| ([a-z ]+) \|", PAGE.read_text(), re.MULTILINE)
    return dict(rows)


def test_the_page_has_every_item_once_and_readme_says_what_it_says():
    states = claimed()
    counted = sum(state in {"proven", "not needed"} for state in states.values())

    assert list(states) == list(BY_ID)
    assert f"**{counted} of {len(BY_ID)}**" in PAGE.read_text()
    assert re.findall(r"\*\*(\d+) of (\d+)\*\*", (ROOT / "README.md").read_text()) == [(str(counted), str(len(BY_ID)))]
    assert "production-ready" not in PAGE.read_text()
    assert "attested" not in states.values()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files as they are now, saved in a repository of their own."""
    folder = tmp_path_factory.mktemp("ours")
    env = {**os.environ, "GIT_DIR": str(folder / ".git"), "GIT_WORK_TREE": str(ROOT)}
    author = ("-c", "user.name=Us", "-c", "user.email=us@example.org")
    for words in (("init", "-q"), ("add", "-A"), (*author, "commit", "-q", "-m", "as it is now")):
        subprocess.run(("git", *words), cwd=ROOT, env=env, check=True, capture_output=True)
    subprocess.run(("git", "config", "--unset", "core.worktree"), cwd=folder, check=False, capture_output=True)
    return folder


async def test_what_is_called_proven_is_so_where_reading_shows_it(here: Path, tmp_path: Path):
    found = await asking.report(here, "HEAD", tmp_path / "place", sandbox=Sandbox(), items=READ)
    fresh = {answer.item.id: answer for answer in found.answers if answer.item.id in READ}

    wrong = {id: fresh[id].sentence for id in READ if claimed()[id] == "proven" and fresh[id].state is not State.PROVEN}
    assert wrong == {}
