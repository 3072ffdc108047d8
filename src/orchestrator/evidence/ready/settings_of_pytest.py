"""What of a project's settings for pytest is taken over: nothing that could hide a test. Pure."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from orchestrator.evidence import guards

PLACES = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")  # the first one counts, as in pytest
TAKEN = {
    *("asyncio_mode", "asyncio_default_fixture_loop_scope", "asyncio_default_test_loop_scope", "anyio_mode"),
    *("pythonpath", "markers", "env", "env_files", "usefixtures", "doctest_optionflags", "django_find_project"),
    *("DJANGO_SETTINGS_MODULE", "FAIL_INVALID_TEMPLATE_VARS", "base_url", "junit_family", "tmp_path_retention_policy"),
}
OPTIONS = re.compile(r"--(?:import-mode|asyncio-mode|ds|dc|base-url|anyio-mode)(?:=.*)?|--doctest-modules")
NAMES = {"python_files": ("test*.py", "*_test.py"), "python_classes": ("Test",), "python_functions": ("test",)}
# Of others that find or order or repeat tests, ours is the only order, and ours the only count.
WITHOUT = ("randomly", "random_order", "xdist", "cov", "pytest_cov", "rerunfailures", "flaky", "sugar", "cacheprovider")


def read(texts: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The file that counts and what it says."""
    for path in PLACES:
        name = "pytest.ini" if path == ".pytest.ini" else path
        if path in texts and (said := guards.pytest_options(name, texts[path])):
            return path, said
    return "", {}


def ini(texts: Mapping[str, str]) -> str:
    """A file of ours in the place of the project's."""
    _, said = read(texts)
    lines = ["[pytest]", *(f"{name} = {' '.join((*least, *_names(said.get(name))))}" for name, least in NAMES.items())]
    for name, value in said.items():
        if name in TAKEN:
            each = [str(one) for one in value] if isinstance(value, list) else str(value).splitlines()
            lines.append(f"{name} =" + "".join(f"\n    {one.strip()}" for one in each if one.strip()))
    return "\n".join(lines) + "\n"


def options(texts: Mapping[str, str]) -> list[str]:
    """Of what it adds to each call, that without which tests could not be loaded."""
    kept = [word for word in added(texts) if OPTIONS.fullmatch(word)]
    return [*kept, *(part for name in WITHOUT for part in ("-p", f"no:{name}"))]


def added(texts: Mapping[str, str]) -> list[str]:
    """All words that the project adds to each call."""
    said = read(texts)[1].get("addopts", "")
    try:
        return [str(one) for one in said] if isinstance(said, list) else shlex.split(str(said))
    except ValueError:
        return str(said).split()


def words(value: object) -> list[str]:
    """A list, or the words of a text that stands for one."""
    return [str(one) for one in value] if isinstance(value, list) else str(value or "").split()


def _names(value: object) -> Iterator[str]:
    yield from (one for one in words(value) if one and PurePosixPath(one).name == one)
