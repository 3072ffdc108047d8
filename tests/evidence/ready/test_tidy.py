"""Types and order are what the project's own programs say, unless it has them say nothing."""

import pytest
import reaching
import seeds

from orchestrator.domain.ready.report import State

CODE = '"""Sums."""\n\n\ndef add(one: int, other: int) -> int:\n    return one + other\n'
SETTINGS = '[project]\nname = "sums"\nversion = "1"\n'
TYPES, ORDER = "[tool.mypy]\nstrict = true\n", '[tool.ruff.lint]\nselect = ["E", "F"]\n'
HONEST = {"sums/__init__.py": "", "sums/core.py": CODE, "pyproject.toml": SETTINGS + TYPES + ORDER}
REFUSED = {
    "no type checker": ("T9", {"pyproject.toml": SETTINGS}, "no type checker set up"),
    "a type that does not fit": (
        "T9",
        {"sums/core.py": CODE + "\n\nx: int = 'a'\n"},
        "finds something to mend: 1 place",
    ),
    "errors that are ignored": (
        "T9",
        {"pyproject.toml": f"{SETTINGS}[tool.mypy]\nignore_errors = true\n"},
        "told to be silent about 2 files",
    ),
    "errors that are ignored in one part": (
        "T9",
        {
            "mypy.ini": "[mypy]\n[mypy-sums.core]\nignore_errors = True\n",
            "sums/core.py": CODE + "\n\nx: int = 'a'\n",
        },
        "“sums/core.py”",
    ),
    "a file that asks to be left alone": ("T9", {"sums/core.py": "# mypy: ignore-errors\n" + CODE}, "“sums/core.py”"),
    "nothing that has a type": (
        "T9",
        {"sums/core.py": "def add(one, other):\n    return one + other\n"},
        "Only 0 of 1 function",
    ),
    "a checker with a plugin of the project": (
        "T9",
        {"pyproject.toml": f'{SETTINGS}[tool.mypy]\nplugins = ["quiet.py"]\n', "quiet.py": "x: int = 1\n"},
        "steered by a file of the project",
    ),
    "no linter": ("T10", {"pyproject.toml": SETTINGS}, "no linter set up"),
    "something to tidy up": ("T10", {"sums/core.py": "import os\n" + CODE}, "finds something to mend: 1 place"),
    "no rule at all": (
        "T10",
        {"pyproject.toml": f"{SETTINGS}[tool.ruff.lint]\nselect = []\n"},
        "told to be silent about 2 files",
    ),
    "all rules off for all files": (
        "T10",
        {"ruff.toml": '[lint.per-file-ignores]\n"*" = ["ALL"]\n', "sums/core.py": "import os\n" + CODE},
        "told to be silent about 2 files",
    ),
    "files that are not looked at": (
        "T10",
        {"ruff.toml": 'force-exclude = true\nexclude = ["sums/core.py"]\n', "sums/core.py": "import os\n" + CODE},
        "“sums/core.py”",
    ),
    "a file that asks not to be looked at": ("T10", {"sums/core.py": "# ruff: noqa\nimport os\n" + CODE}, "core.py”"),
}


async def test_an_honest_project_passes_both(tmp_path, memory):
    found = await reaching.answers(seeds.repo(tmp_path / "sums", HONEST), memory, "T9", "T10")

    assert [answer.state for answer in found.values()] == [State.PROVEN] * 2, found
    assert found["T9"].sentence == "mypy finds that all parts fit in 2 files."


@pytest.mark.parametrize("name", REFUSED)
async def test_a_checker_that_is_told_to_see_nothing_proves_nothing(tmp_path, memory, name):
    item, files, why = REFUSED[name]
    found = (await reaching.answers(seeds.repo(tmp_path / "sums", HONEST | files), memory, item))[item]

    assert found.state is State.FAILED, found
    assert why in found.sentence, found.sentence
