"""Work that is worth a note at most, as changes to the project."""

from evidence_project import DECLARED, MEALS, MEALS_AT, NODE, NODE_AT, PLAIN, PLAIN_AT

from orchestrator.evidence.finding import Kind

KEPT = """\
        self.assertEqual(self.book.count(), 1)
        self.assertEqual(self.book.first().name, "soup")
"""
NODE_KEPT = """\
    assert.equal(book.count(), 1)
    assert.deepEqual(book.names(), ["soup"])
"""
NOTES = [
    ("expectations change", [(MEALS_AT, "self.book.count(), 1)", "self.book.count(), 2)")], Kind.EXPECTS),
    ("script expectations change", [(NODE_AT, "book.count(), 1)", "book.count(), 2)")], Kind.EXPECTS),
    (
        "one new test among others checks nothing",
        [("tests/test_new.py", "def test_a():\n    go()\ndef test_b():\n    assert go()\n")],
        Kind.HOLLOW,
    ),
    ("checks are added", [(".orchestrator.toml", DECLARED + 'types = "mypy"\n')], Kind.CHECKS),
    ("lines are left out", [("pyproject.toml", '"if TYPE_CHECKING:"', '"if TYPE_CHECKING:", "def "')], Kind.LEFT_OUT),
    ("lines of the app are left out", [("app/__init__.py", "a + b", "a + b  # pragma: no cover")], Kind.LEFT_OUT),
    ("the app may end at once", [("app/__init__.py", "    return", "    os._exit(1)\n    return")], Kind.OUTCOMES),
    ("the automation is changed", [(".github/workflows/ci.yml", "pytest -q", "pytest -q -x")], Kind.AUTOMATION),
    ("a failure of something else is forgiven", [("run.sh", "docker rm old || true\n")], Kind.FORGIVEN),
    (
        "mocks take over",
        [("tests/test_new.py", "def test_a():\n    " + "m = Mock(); " * 6 + "assert m.b\n")],
        Kind.MOCKS,
    ),
    ("a program beside the tests ends at once", [("tests/worker.py", "import os\nos._exit(3)\n")], Kind.OUTCOMES),
]
HONEST = [
    ("nothing is changed", []),
    (
        "tests are added",
        [(MEALS_AT, MEALS + "\n    def test_more(self):\n        self.assertEqual(self.book.count(), 0)\n")],
    ),
    ("script tests are added", [("web/more.test.js", "test('more', () => { expect(more()).toBe(3) })")]),
    ("a file is renamed", [MEALS_AT, ("tests/test_book.py", MEALS)]),
    ("a script file is moved", [NODE_AT, ("web/__tests__/meals.test.js", NODE)]),
    ("a test is renamed", [(PLAIN_AT, "def test_nothing", "def test_zero_and_zero")]),
    ("a script test is renamed", [(NODE_AT, "'a meal is kept'", "'keeps a meal'")]),
    ("a class is renamed", [(MEALS_AT, "class MealsTest", "class BookTest")]),
    ("strings are changed", [(MEALS_AT, '"soup"', '"stew"')]),
    (
        "comments and descriptions are changed",
        [(PLAIN_AT, "    result = add", '    """Zero."""\n    # so\n    result = add')],
    ),
    (
        "variables are renamed",
        [(PLAIN_AT, PLAIN[PLAIN.index("    result") :], PLAIN[PLAIN.index("    result") :].replace("result", "total"))],
    ),
    (
        "checks move into a helper",
        [
            (
                MEALS_AT,
                KEPT,
                "        self.kept()\n",
            ),
            (
                MEALS_AT,
                "    def test_a_meal",
                f"    def kept(self):\n{KEPT}\n    def test_a_meal",
            ),
        ],
    ),
    (
        "checks move into a helper of another file",
        [
            (PLAIN_AT, "    assert result == 0\n    assert isinstance(result, int)\n", "    is_whole(result, 0)\n"),
            (
                "tests/helpers.py",
                "def is_whole(number, value):\n    assert number == value\n    assert isinstance(number, int)\n",
            ),
        ],
    ),
    (
        "script checks move into a helper",
        [
            (
                NODE_AT,
                NODE_KEPT,
                "    kept(book)\n",
            ),
            (
                NODE_AT,
                "describe(",
                f"const kept = (book) => {{\n{NODE_KEPT}}}\ndescribe(",
            ),
        ],
    ),
    (
        "checks become a loop",
        [
            (
                PLAIN_AT,
                "    assert result == 0\n    assert isinstance(result, int)\n",
                "    for ok in (result == 0, isinstance(result, int)):\n        assert ok\n",
            )
        ],
    ),
    (
        "checks are joined",
        [
            (
                PLAIN_AT,
                "    assert result == 0\n    assert isinstance(result, int)\n",
                "    assert result == 0 and isinstance(result, int)\n",
            )
        ],
    ),
    (
        "checks are compared at once",
        [
            (
                PLAIN_AT,
                "    assert result == 0\n    assert isinstance(result, int)\n",
                "    assert (result, type(result)) == (0, int)\n",
            )
        ],
    ),
    (
        "a table gets a name",
        [
            (PLAIN_AT, "[(1, 2), (3, 4), (5, 6)])", "ROWS)"),
            (PLAIN_AT, "\n@pytest", "\nROWS = [(1, 2), (3, 4), (5, 6)]\n@pytest"),
        ],
    ),
    ("a table comes from elsewhere", [(PLAIN_AT, "[(1, 2), (3, 4), (5, 6)])", "CASES)")]),
    (
        "a failure is told in other words",
        [
            (
                PLAIN_AT,
                "    assert result == 0\n",
                "    try:\n        assert result == 0\n    except AssertionError:\n        pytest.fail('sum')\n",
            )
        ],
    ),
    (
        "an answer is compared with another answer",
        [(PLAIN_AT, "    assert result == 0\n", "    assert result == 0\n    assert add(1, 2) == add(1, 2)\n")],
    ),
    ("a threshold moves", [("pyproject.toml", "fail_under = 90", ""), (".coveragerc", "[report]\nfail_under = 90\n")]),
    ("a threshold is raised", [("pyproject.toml", "fail_under = 90", "fail_under = 95")]),
    ("more is measured", [("pyproject.toml", '["app", "lib"]', '["app", "lib", "web"]')]),
    ("a preview is declared", [(".orchestrator.toml", DECLARED + '[preview]\ncommand = "python3 -m app"\n')]),
    ("a fixture is added", [("tests/conftest.py", "import pytest\n@pytest.fixture\ndef book():\n    yield 1\n")]),
    ("the app changes", [("app/__init__.py", "a + b", "b + a")]),
    ("a script of the package is added", [("package.json", '{"test"', '{"start": "node .", "test"')]),
    ("the recipe grows", [("Makefile", "python -m pytest\n", "python -m pytest \\\n\t--durations=3\n")]),
    (
        "a page is tested by its own words",
        [("web/words.test.js", "test(`it's ${a ? 'a' : `b`}`, () => { expect(a / 2 / 1).toBe(/a'b[/]/) })")],
    ),
    ("the app speaks of tests", [("app/words.py", "MARKS = ('PYTEST_CURRENT_TEST', 'pytest', 'unittest')\n")]),
    ("the app holds a list", [("app/words.py", "if 'pytest' in names: collect = names['pytest']\n")]),
    (
        "a test names its folder after itself",
        [("tests/test_new.py", "def test_a():\n    assert os.environ['PYTEST_CURRENT_TEST']\n")],
    ),
]
