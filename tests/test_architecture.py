"""The rules of the house: what the code, the tests and the repository may look like.

Each rule is a row: what it demands, where, how an offence is seen, and a bad sample that proves that it sees one.
"""

import ast
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

UNMEASURED = True
ROOT = Path(__file__).parents[1]
SOURCE = "src/orchestrator/"
MIGRATIONS = f"{SOURCE}store/migrations/versions/"
CLOCKS = ("clock", "runtime", "contain/", "telemetry", "cli")
# The first three read settings; the others start programs, which need a PATH.
ENVIRONMENT = (
    *("settings", "serve", "faults"),
    *("contain/", "executors/starter/", "forge/program", "evidence/repository"),
)
EFFECTS = ("executors/", "forge/", "evidence/")
BELOW_EFFECTS = ("contain", "ports", "domain", "errors", "settings", "clock")
SQL_WORDS = {"select", "text", "insert", "update", "delete"}
MOST_LINES_OF_A_FILE, MOST_LINES_OF_A_FUNCTION = 400, 60
LONG_FILE, LONG_FUNCTION, USUAL_FUNCTION = 250, 25, 8  # at the 90th percentile, and at the median


@dataclass(frozen=True)
class File:
    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def under(self, *parts: str, of: str = SOURCE) -> bool:
        """Whether it is one of these modules, or in one of these packages."""
        return any(self.path.removeprefix(of).startswith(part) for part in parts)


@dataclass(frozen=True)
class Rule:
    demand: str
    where: str  # a pattern of paths
    seen: Callable[[File], Iterator[int | str]]  # lines or names of offences
    bad: str  # a sample that breaks it …
    at: str  # … if it stands here
    good: str = '"""A file of which nothing can be said."""\n'


def walk(file: File, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(file.tree) if isinstance(node, kinds))


def dotted(node: ast.AST) -> str:
    """`datetime.now` for an expression like that, whatever stands before it."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def calls(file: File, *endings: str) -> Iterator[int]:
    for call in walk(file, ast.Call):
        if any(f".{dotted(call.func)}".endswith(f".{ending}") for ending in endings):
            yield call.lineno


def imports(file: File) -> Iterator[tuple[int, str]]:
    """Lines and full names of all that is imported, wherever the import stands."""
    for node in walk(file, ast.Import, ast.ImportFrom):
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name}" for name in names]
        yield from ((node.lineno, name) for name in names)


def no_first_sentence(file: File) -> Iterator[int]:
    if file.text.strip():
        first = (ast.get_docstring(file.tree) or "").split("\n")[0]
        if not re.fullmatch(r"[^a-z\s].{8,}\.", first):
            yield 1


def reads_the_clock(file: File) -> Iterator[int]:
    if not file.under(*CLOCKS):
        yield from calls(file, "datetime.now", "datetime.utcnow", "date.today", "time.time")


def reads_the_environment(file: File) -> Iterator[int]:
    if not file.under(*ENVIRONMENT):
        named = (node for node in walk(file, ast.Attribute) if dotted(node) in {"os.environ", "os.getenv"})
        yield from (node.lineno for node in named)
        yield from (line for line, name in imports(file) if name in {"os.environ", "os.getenv"})


def speaks_sql(file: File) -> Iterator[int]:
    if not file.under("store/", "jobs/"):
        for line, name in imports(file):
            if name.startswith("sqlalchemy") and name.split(".")[-1] in SQL_WORDS:
                yield line
        yield from calls(file, *(f"{module}.{word}" for module in ("sa", "sqlalchemy") for word in SQL_WORDS))


def commits(file: File) -> Iterator[int]:
    yield from (call.lineno for call in walk(file, ast.Call) if getattr(call.func, "attr", "") == "commit")


def prints(file: File) -> Iterator[int]:
    if not file.under("cli"):
        yield from (call.lineno for call in walk(file, ast.Call) if dotted(call.func) == "print")


def looks_sideways(file: File) -> Iterator[int]:
    """What a package for the world outside sees beside itself and what lies below it."""
    own = file.path.removeprefix(SOURCE).split("/")[0]
    for line, name in imports(file):
        parts = f"{name}.".split(".")
        if parts[0] == "orchestrator" and parts[1] not in {own, *BELOW_EFFECTS}:
            yield line


def not_pure(file: File) -> Iterator[int]:
    allowed = {"pydantic", "orchestrator", *sys.stdlib_module_names}
    yield from (line for line, name in imports(file) if name.split(".")[0] not in allowed)


def unfinished(file: File) -> Iterator[int]:
    comments = r"#.*|//.*|/\*.*|<!--.*|\{#.*|^\s*\"\"\".*"
    words = "TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK"
    for number, line in enumerate(file.text.splitlines(), 1):
        said = re.search(comments, line)
        if (said and re.search(rf"\b({words})\b", said[0])) or re.search(r"raise NotImplemented" + "Error", line):
            yield number


def too_long(file: File) -> Iterator[int]:
    lines = file.text.count("\n")
    if lines > MOST_LINES_OF_A_FILE:
        yield lines


def long_functions(file: File) -> Iterator[str]:
    if not file.path.startswith(MIGRATIONS):
        yield from (name for name, size in functions(file) if size > MOST_LINES_OF_A_FUNCTION)


def functions(file: File) -> Iterator[tuple[str, int]]:
    """Names and sizes in lines; what is promised about a function is not part of its size."""
    for node in walk(file, ast.FunctionDef, ast.AsyncFunctionDef):
        first = node.body[0]
        promise = ast.get_docstring(node) and first.end_lineno - first.lineno + 1
        yield node.name, node.end_lineno - node.lineno + 1 - (promise or 0)


def mocks(file: File) -> Iterator[int]:
    yield from (line for line, name in imports(file) if re.search(r"(^|\.)mock(\.|$)|pytest_mock", name))
    yield from calls(file, "monkeypatch.setattr", "patch.object")
    for node in walk(file, ast.arg):
        if node.arg == "mocker":
            yield node.lineno


def skips(file: File) -> Iterator[int]:
    words = {"skip", "skipif", "xfail", "importorskip", "skipIf", "skipUnless", "SkipTest"}
    yield from (node.lineno for node in walk(file, ast.Attribute) if node.attr in words)
    yield from (line for line, name in imports(file) if name.split(".")[-1] in words)


def hopes_to_wait_long_enough(file: File) -> Iterator[int]:
    """A pause inside a loop looks again; one outside guesses. `sleep(0)` lets others go on; stand-ins may be slow."""
    in_loops = {id(node) for loop in walk(file, ast.While, ast.For, ast.AsyncFor) for node in ast.walk(loop)}
    for call in walk(file, ast.Call):
        zero = call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0
        if dotted(call.func).split(".")[-1] == "sleep" and not zero and id(call) not in in_loops:
            yield call.lineno


def asserts_nothing(file: File) -> Iterator[str]:
    checkers = CHECKERS | checking(file)
    for node in walk(file, ast.FunctionDef, ast.AsyncFunctionDef):
        if node.name.startswith("test_") and not checks(node, checkers):
            yield node.name


def checks(function: ast.AST, checkers: set[str]) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant):
            return True
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in checkers:
            return True
    return False


def checking(file: File) -> set[str]:
    """The functions of a file, other than tests, that hold an assertion."""
    found = walk(file, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in found if not node.name.startswith("test_") and checks(node, BUILT_IN)}


def names_this_machine(file: File) -> Iterator[int]:
    private = r"(?<![\w.-])/(work/(main|shared|wt)\b|tmp/brief|root/\.pyenv)"
    lines = enumerate(file.text.splitlines(), 1)
    yield from (number for number, line in lines if re.search(private, line))


BUILT_IN = {"raises", "warns", "expect", "fail"}

RULES = [
    Rule("a module says in its first line what it is for", r"(src|scripts|benchmarks|tests/ground)/.*\.py",
         no_first_sentence, '"""stuff"""\n', "src/orchestrator/web/api.py"),
    Rule("time is passed in", r"src/.*\.py",
         reads_the_clock, "at = datetime.datetime.now(UTC)\n", "src/orchestrator/domain/gate.py"),
    Rule("settings are handed down", r"src/.*\.py",
         reads_the_environment, "import os\nkey = os.environ['KEY']\n", "src/orchestrator/web/api.py"),
    Rule("only store and jobs speak SQL", r"src/.*\.py",
         speaks_sql, "from sqlalchemy import func, select\n", "src/orchestrator/web/api.py"),
    Rule("a function of the store leaves the commit to its caller", r"src/orchestrator/store/.*\.py",
         commits, "async def add(db): await db.commit()\n", "src/orchestrator/store/gates.py"),
    Rule("only the command line prints", r"src/.*\.py",
         prints, "print('hello')\n", "src/orchestrator/web/api.py"),
    Rule("what meets the world outside knows only what lies below it", rf"{SOURCE}({'|'.join(EFFECTS)}).*\.py",
         looks_sideways, "from orchestrator.store import gates\n", "src/orchestrator/forge/git.py"),
    Rule("the domain needs the standard library and pydantic only", rf"{SOURCE}domain/.*\.py",
         not_pure, "import httpx\n", "src/orchestrator/domain/gate.py"),
    Rule("nothing is left for later", r"(src|tests|scripts|benchmarks)/.*\.(py|css|js|html|sh)|Makefile",
         unfinished, "x = 1  # TO" "DO: two\n", "src/orchestrator/web/api.py"),
    Rule("no file has more than 400 lines", r"(src|scripts|benchmarks)/.*\.py",
         too_long, "x = 1\n" * 401, "src/orchestrator/web/api.py"),
    Rule("no function has more than 60 lines", r"src/.*\.py",
         long_functions, "def f():\n" + "    x = 1\n" * 60, "src/orchestrator/web/api.py"),
    Rule("tests drive the real thing", r"tests/.*\.py",
         mocks, "def test(monkeypatch): monkeypatch.setattr(clock, 'now', fake)\n", "tests/test_x.py"),
    Rule("no test is left out, but of programs that cannot be fetched here", r"tests/(?!ground/agents\.py).*\.py",
         skips, "@pytest.mark.xfail\ndef test(): ...\n", "tests/test_x.py"),
    Rule("a test that waits looks, with a deadline", r"tests/.*test_\w+\.py",
         hopes_to_wait_long_enough, "async def test(): await asyncio.sleep(0.1)\n", "tests/test_x.py"),
    Rule("a test can fail", r"tests/.*test_\w+\.py",
         asserts_nothing, "def test_x():\n    assert True\n", "tests/test_x.py",
         good="def ok(x):\n    assert x\ndef test_x():\n    ok(1)\n"),
    Rule("the repository speaks of the product, not of the machine it was made on", r".*",
         names_this_machine, "see /wo" "rk/main/README.md\n", "docs/x.md"),
]  # fmt: skip


def repository() -> list[str]:
    """The paths of all files that are, or would be, in the repository."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    paths = subprocess.check_output(listed, cwd=ROOT, text=True).split("\0")
    return sorted({path for path in paths if path and (ROOT / path).is_file()})


def read(paths: list[str]) -> Iterator[File]:
    for path in paths:
        content = (ROOT / path).read_bytes()
        if b"\0" not in content:
            yield File(path, content.decode())


PATHS = repository()
TEXTS = list(read(PATHS))


def texts(pattern: str) -> Iterator[File]:
    return (file for file in TEXTS if re.fullmatch(pattern, file.path))


CHECKERS = BUILT_IN.union(*(checking(file) for file in texts(r"tests/.*\.py")))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.demand)
def test_the_repository_keeps_the_rule(rule: Rule):
    assert [f"{file.path}: {offence}" for file in texts(rule.where) for offence in rule.seen(file)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.demand)
def test_the_rule_sees_what_breaks_it(rule: Rule):
    assert re.fullmatch(rule.where, rule.at)
    assert list(rule.seen(File(rule.at, rule.bad)))
    assert not list(rule.seen(File(rule.at, rule.good)))


@pytest.mark.parametrize(
    "text",
    [
        "async def test():\n    while not there():\n        await asyncio.sleep(0.01)\n",
        "async def test():\n    await asyncio.sleep(0)\n",
    ],
)
def test_looking_again_is_not_hoping(text: str):
    assert not list(hopes_to_wait_long_enough(File("tests/test_x.py", text)))


def ninetieth(sizes: list[int]) -> float:
    return statistics.quantiles(sizes, n=10, method="inclusive")[-1]


def test_files_are_short():
    assert ninetieth([file.text.count("\n") for file in texts(r"src/.*\.py")]) <= LONG_FILE


def test_functions_are_short():
    sizes = [
        size for file in texts(r"src/.*\.py") if not file.path.startswith(MIGRATIONS) for _, size in functions(file)
    ]
    assert statistics.median(sizes) <= USUAL_FUNCTION
    assert ninetieth(sizes) <= LONG_FUNCTION


def test_the_size_of_a_function_is_its_lines_without_its_promise():
    text = 'def f():\n    """A promise.\n\n    Of three lines.\n    """\n    return 1\n'
    assert list(functions(File("x.py", text))) == [("f", 2)]


EXPECTED_IN_ROOT = {
    ".ci", ".github", ".gitignore", ".dockerignore", ".env.example", ".orchestrator.toml", "AGENTS.md",
    "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "Dockerfile", "LICENSE", "Makefile", "README.md",
    "SECURITY.md", "benchmarks", "compose.yaml", "deploy", "docs", "pyproject.toml", "scripts", "src", "tests",
    "uv.lock",
}  # fmt: skip


def test_everything_in_the_root_is_expected():
    assert {path.split("/")[0] for path in PATHS} - EXPECTED_IN_ROOT == set()


def test_names_of_test_files_are_unique():
    names = [path.split("/")[-1] for path in PATHS if re.fullmatch(r"tests/.*\.py", path) and "/test_" in path]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (
            "domain/up.py",
            "import orchestrator.store\n",
            "domain.up -> orchestrator.store",
        ),
        ("forge/aside.py", "import orchestrator.jobs\n", "forge.aside -> orchestrator.jobs"),
        ("elsewhere.py", "", "orchestrator.elsewhere"),
    ],
)
def test_an_import_that_does_not_go_down_is_seen(tmp_path: Path, path: str, text: str, said: str):
    shutil.copytree(ROOT / SOURCE, tmp_path / "orchestrator", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "orchestrator" / path).write_text(text)

    lint = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    looked = subprocess.run(lint, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert looked.returncode == 1
    assert said in looked.stdout
