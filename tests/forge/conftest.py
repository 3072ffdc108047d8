import pytest
from person import makes

from orchestrator.forge.git import Git


@pytest.fixture
def home(tmp_path):
    return tmp_path / "data" / "work"


@pytest.fixture
def git(home):
    return Git(home)


@pytest.fixture
async def app(git):
    """A repository of ours."""
    return await git.create("shop", {"README.md": "# Shop\n", "app.txt": "one\ntwo\nthree\n"})


@pytest.fixture
def mine(tmp_path):
    """A repository of the person's own."""
    return makes(tmp_path / "mine", branch="trunk")
