"""What a file of a project is for, told by its path: a test, what tests stand on, or the product itself."""

from pathlib import PurePosixPath

TEST_FOLDERS = {"tests", "test", "__tests__", "spec", "specs", "e2e"}
SCRIPTS = {".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"}
WORDS = {".md", ".rst", ".txt", ".adoc"}
SET_UP = {".toml", ".cfg", ".ini", ".lock", ".yml", ".yaml"}
SET_UP_NAMES = {"package.json", "package-lock.json", "tsconfig.json", "Makefile", "LICENSE"}
TAKEN_IN = {"sitecustomize.py", "usercustomize.py"}  # Python runs these by itself, before any test
NOT_OURS = {"node_modules", ".venv", "venv", "site-packages"}


def is_test(path: str) -> bool:
    """A file in which the usual programs look for tests."""
    return is_python_test(path) or is_script_test(path)


def is_python_test(path: str) -> bool:
    at = PurePosixPath(path)
    return at.suffix == ".py" and not _foreign(at) and (at.name.startswith("test") or at.name.endswith("_test.py"))


def is_script_test(path: str) -> bool:
    at = PurePosixPath(path)
    if at.suffix not in SCRIPTS or _foreign(at):
        return False
    named = at.stem.endswith((".test", ".spec", "-test", "_test")) or at.stem.startswith("test-") or at.stem == "test"
    return named or bool({"__tests__", "test"} & set(at.parts[:-1]))


def beside_tests(path: str) -> bool:
    """A test, or something that tests stand on: a fixture, a helper, a file of data."""
    at = PurePosixPath(path)
    return is_test(path) or at.name == "conftest.py" or (bool(TEST_FOLDERS & set(at.parts[:-1])) and not _foreign(at))


def is_product(path: str) -> bool:
    """What the app is made of: everything but tests, what they stand on, plans, descriptions and set-up."""
    at = PurePosixPath(path)
    if beside_tests(path) or at.parts[0].startswith(".") or at.parts[0] == "docs":
        return False
    return at.suffix not in WORDS | SET_UP and at.name not in SET_UP_NAMES


def is_automation(path: str) -> bool:
    """What runs the checks by itself when something is handed in."""
    at = PurePosixPath(path)
    return path.startswith((".github/workflows/", ".circleci/", ".ci/")) or at.name in {
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "Jenkinsfile",
    }


def _foreign(at: PurePosixPath) -> bool:
    return bool(NOT_OURS & set(at.parts))
