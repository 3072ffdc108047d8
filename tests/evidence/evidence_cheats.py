"""Ways to make tests prove less, each as changes to the project and the alarm that it must raise."""

from evidence_project import MEALS, MEALS_AT, NODE_AT, PLAIN, PLAIN_AT

from orchestrator.evidence.finding import Kind

ALARMS = [
    ("a file of tests is taken away", [MEALS_AT], Kind.FILE_GONE),
    ("a file of scripts is taken away", [NODE_AT], Kind.FILE_GONE),
    ("a test is taken away", [(PLAIN_AT, PLAIN[PLAIN.index("def test_nothing") :], "")], Kind.TESTS_GONE),
    ("a test is renamed so that it is not found", [(PLAIN_AT, "def test_nothing", "def nothing")], Kind.TESTS_GONE),
    ("a class is renamed so that it is not found", [(MEALS_AT, "(unittest.TestCase)", "")], Kind.TESTS_GONE),
    ("a class is hidden", [(MEALS_AT, "    def setUp", "    __test__ = False\n    def setUp")], Kind.TESTS_GONE),
    ("a file is renamed so that it is not found", [MEALS_AT, ("tests/meals.py", MEALS)], Kind.FILE_GONE),
    (
        "a test is put under a condition",
        [(PLAIN_AT, "def test_nothing():", "if False:\n  def test_nothing():")],
        Kind.TESTS_GONE,
    ),
    ("a script test is commented out", [(NODE_AT, "test('a meal", "// test('a meal")], Kind.TESTS_GONE),
    (
        "a test is marked as skipped",
        [(PLAIN_AT, "def test_nothing", "@pytest.mark.skip\ndef test_nothing")],
        Kind.SKIPPED,
    ),
    (
        "a test is skipped on a condition",
        [(MEALS_AT, "    def test_meals", "    @unittest.skipIf(True, '')\n    def test_meals")],
        Kind.SKIPPED,
    ),
    (
        "a test is expected to fail",
        [(PLAIN_AT, "def test_nothing", "@pytest.mark.xfail\ndef test_nothing")],
        Kind.SKIPPED,
    ),
    ("a class is skipped", [(MEALS_AT, "class Meals", "@unittest.skip('later')\nclass Meals")], Kind.SKIPPED),
    (
        "a file is skipped",
        [(PLAIN_AT, "import pytest\n", "import pytest\npytestmark = [pytest.mark.skip]\n")],
        Kind.SKIPPED,
    ),
    (
        "a file skips itself",
        [(PLAIN_AT, "import pytest\n", "import pytest\npytest.skip('', allow_module_level=True)\n")],
        Kind.SKIPPED,
    ),
    ("a test skips itself", [(MEALS_AT, 'self.book.add("soup", 3)', 'self.skipTest("")')], Kind.SKIPPED),
    ("a script test is skipped", [(NODE_AT, "test('a meal", "test.skip('a meal")], Kind.SKIPPED),
    (
        "a script test is to be done",
        [(NODE_AT, "'a meal is kept', (", "'a meal is kept', { todo: true }, (")],
        Kind.SKIPPED,
    ),
    ("a script test is switched off", [(NODE_AT, 'it("refuses', 'xit("refuses')], Kind.SKIPPED),
    ("a group of scripts is skipped", [(NODE_AT, "describe('meals'", "describe.skip('meals'")], Kind.SKIPPED),
    ("only one script test is left", [(NODE_AT, "test('a meal", "test.only('a meal")], Kind.SKIPPED),
    ("an assertion is taken away", [(MEALS_AT, "        self.assertEqual(self.book.count(), 1)\n", "")], Kind.WEAKENED),
    ("a plain assertion is taken away", [(PLAIN_AT, "    assert isinstance(result, int)\n", "")], Kind.WEAKENED),
    ("a script assertion is taken away", [(NODE_AT, "    assert.equal(book.count(), 1)\n", "")], Kind.WEAKENED),
    (
        "a test ends early",
        [(MEALS_AT, 'self.book.add("soup", 3)', 'self.book.add("soup", 3)\n        return')],
        Kind.WEAKENED,
    ),
    ("a row of a table is taken away", [(PLAIN_AT, ", (5, 6)]", "]")], Kind.WEAKENED),
    ("a loop gets shorter", [(MEALS_AT, '("monday", "tuesday")', '("monday",)')], Kind.WEAKENED),
    ("a loop is emptied", [(MEALS_AT, '("monday", "tuesday")', "()")], Kind.WEAKENED),
    (
        "a helper checks less",
        [
            (PLAIN_AT, "    result = add(0, 0)\n", "    result = add(0, 0)\n    check_page(result)\n"),
            ("tests/helpers.py", "    assert page.status == 200\n    assert page.title\n", "    pass\n"),
            (PLAIN_AT, "    assert result == 0\n", ""),
        ],
        Kind.WEAKENED,
    ),
    ("an assertion becomes true", [(PLAIN_AT, "assert result == 0", "assert True")], Kind.HOLLOW),
    ("an assertion gets a way out", [(PLAIN_AT, "assert result == 0", "assert result == 0 or True")], Kind.HOLLOW),
    ("an assertion becomes a pair", [(PLAIN_AT, "assert result == 0", 'assert (result == 0, "sum")')], Kind.HOLLOW),
    ("a thing is compared with itself", [(PLAIN_AT, "assert result == 0", "assert result == result")], Kind.HOLLOW),
    (
        "a thing equals itself",
        [(MEALS_AT, "self.assertEqual(self.book.count(), 1)", "self.assertEqual(self.book, self.book)")],
        Kind.HOLLOW,
    ),
    ("truth is true", [(MEALS_AT, "self.assertTrue(self.book.has(day))", "self.assertTrue(True)")], Kind.HOLLOW),
    ("falsehood is false", [(MEALS_AT, "self.assertTrue(self.book.has(day))", "self.assertFalse(False)")], Kind.HOLLOW),
    ("none is none", [(MEALS_AT, "self.assertTrue(self.book.has(day))", "self.assertIsNone(None)")], Kind.HOLLOW),
    (
        "a script compares a thing with itself",
        [(NODE_AT, "assert.equal(book.count(), 1)", "assert.equal(1, 1)")],
        Kind.HOLLOW,
    ),
    ("a script finds truth true", [(NODE_AT, "assert.equal(book.count(), 1)", "assert.ok(true)")], Kind.HOLLOW),
    (
        "a failure is caught",
        [
            (
                PLAIN_AT,
                "    assert result == 0\n",
                "    try:\n        assert result == 0\n    except AssertionError:\n        pass\n",
            )
        ],
        Kind.SWALLOWED,
    ),
    (
        "a failure is caught bare",
        [
            (
                PLAIN_AT,
                "    assert result == 0\n",
                "    try:\n        assert result == 0\n    except:\n        print()\n",
            )
        ],
        Kind.SWALLOWED,
    ),
    (
        "a failure is suppressed",
        [
            (
                PLAIN_AT,
                "    assert result == 0\n",
                "    with contextlib.suppress(Exception):\n        assert result == 0\n",
            )
        ],
        Kind.SWALLOWED,
    ),
    (
        "a script catches a failure",
        [
            (
                NODE_AT,
                "    assert.equal(book.count(), 1)\n",
                "    try { assert.equal(book.count(), 1) } catch (error) {}\n",
            )
        ],
        Kind.SWALLOWED,
    ),
    ("a file cannot be read any more", [(PLAIN_AT, "def test_nothing():", "def test_nothing(:")], Kind.UNREADABLE),
    (
        "new tests check nothing",
        [("tests/test_new.py", "def test_a():\n    pass\ndef test_b():\n    print(1)\n")],
        Kind.HOLLOW,
    ),
    ("a new test cannot fail", [("tests/test_new.py", "def test_a():\n    assert 1\n")], Kind.HOLLOW),
    ("a threshold is lowered", [("pyproject.toml", "fail_under = 90", "fail_under = 50")], Kind.THRESHOLD),
    (
        "a threshold in options is lowered",
        [
            ("pyproject.toml", "cov-fail-under=90", "cov-fail-under=9"),
            ("pyproject.toml", "fail_under = 90", "fail_under = 9"),
        ],
        Kind.THRESHOLD,
    ),
    (
        "thresholds are taken away",
        [("pyproject.toml", "fail_under = 90", ""), ("pyproject.toml", " --cov-fail-under=90", "")],
        Kind.THRESHOLD,
    ),
    ("a script threshold is lowered", [("package.json", '"lines": 80', '"lines": 8')], Kind.THRESHOLD),
    (
        "files are left out",
        [("pyproject.toml", '"app/generated.py"', '"app/generated.py", "app/meals.py"')],
        Kind.LEFT_OUT,
    ),
    ("files are left out elsewhere", [(".coveragerc", "[run]\nomit =\n    app/*\n")], Kind.LEFT_OUT),
    (
        "scripts are left out",
        [("package.json", '"coverageThreshold"', '"testPathIgnorePatterns": ["web"], "coverageThreshold"')],
        Kind.LEFT_OUT,
    ),
    ("less is measured", [("pyproject.toml", '["app", "lib"]', '["lib"]')], Kind.LEFT_OUT),
    ("tests are looked for in fewer places", [("pyproject.toml", '["tests", "more"]', '["more"]')], Kind.LEFT_OUT),
    ("tests are ignored", [("pyproject.toml", '"-q ', '"-q --ignore=tests/test_meals.py ')], Kind.LEFT_OUT),
    ("tests are deselected", [("pytest.ini", "[pytest]\naddopts = -k easy\n")], Kind.LEFT_OUT),
    ("a check is taken away", [(".orchestrator.toml", 'lint = "ruff check"\n', "")], Kind.CHECKS),
    ("a check is rewritten", [(".orchestrator.toml", "python3 -m unittest discover -s tests -v", "true")], Kind.CHECKS),
    ("the checks are taken away", [".orchestrator.toml"], Kind.CHECKS),
    ("the checks are spoilt", [(".orchestrator.toml", "[checks]", "[checks")], Kind.CHECKS),
    (
        "a check forgives itself",
        [(".orchestrator.toml", '"ruff check"', "'sh -c \"ruff check || true\"'")],
        Kind.FORGIVEN,
    ),
    ("the script command is rewritten", [("package.json", "node --test", "echo fine")], Kind.CHECKS),
    ("the script command is gone", [("package.json", '{"test": "node --test"}', "{}")], Kind.CHECKS),
    ("failures are forgiven", [(".github/workflows/ci.yml", "pytest -q", "pytest -q || true")], Kind.FORGIVEN),
    ("failures are ignored in a recipe", [("Makefile", "\tpython -m", "\t-python -m")], Kind.FORGIVEN),
    (
        "errors are no errors",
        [(".github/workflows/ci.yml", "      - run: npm", "      - continue-on-error: true\n        run: npm")],
        Kind.FORGIVEN,
    ),
    ("a job never runs", [(".github/workflows/ci.yml", "    steps:", "    if: false\n    steps:")], Kind.FORGIVEN),
    ("the automation is gone", [".github/workflows/ci.yml"], Kind.AUTOMATION),
    ("the automation runs less", [(".github/workflows/ci.yml", "      - run: npm test\n", "")], Kind.AUTOMATION),
    (
        "outcomes are rewritten",
        [("tests/conftest.py", "def pytest_runtest_makereport(item, call): ...\n")],
        Kind.OUTCOMES,
    ),
    (
        "tests are sorted out",
        [("conftest.py", "def pytest_collection_modifyitems(items):\n    items.clear()\n")],
        Kind.OUTCOMES,
    ),
    ("files are not collected", [("conftest.py", 'collect_ignore = ["tests"]\n')], Kind.OUTCOMES),
    (
        "a file brings its own list of tests",
        [(PLAIN_AT, "def test_nothing", "def load_tests(*_): ...\ndef test_nothing")],
        Kind.OUTCOMES,
    ),
    (
        "a test ends everything",
        [(PLAIN_AT, "def test_nothing", "import os\ndef end():\n    os._exit(0)\ndef test_nothing")],
        Kind.OUTCOMES,
    ),
    (
        "the test program is patched",
        [("tests/conftest.py", "import unittest\nunittest.TestResult.addFailure = print\n")],
        Kind.OUTCOMES,
    ),
    (
        "the test program is set otherwise",
        [("tests/conftest.py", "import unittest\nsetattr(unittest.TestCase, 'run', print)\n")],
        Kind.OUTCOMES,
    ),
    ("a file is run before everything", [("sitecustomize.py", "print()\n")], Kind.OUTCOMES),
    ("a file is run for this user", [("lib/usercustomize.py", "import os\nos._exit(0)\n")], Kind.OUTCOMES),
    ("an impostor stands for the test program", [("unittest.py", "print('OK')\n")], Kind.OUTCOMES),
    ("an impostor comes as a folder", [("pytest/__main__.py", "print('OK')\n")], Kind.OUTCOMES),
    (
        "the app knows of its tests",
        [("app/__init__.py", "    return", "    if 'PYTEST_CURRENT_TEST' in os.environ: return 3\n    return")],
        Kind.OUTCOMES,
    ),
    (
        "the app knows whether a test program is there",
        [("app/__init__.py", "    return", "    if 'pytest' in sys.modules: return 3\n    return")],
        Kind.OUTCOMES,
    ),
    (
        "the app asks whether it is tested",
        [("app/__init__.py", "    return", "    if os.getenv('PYTEST_CURRENT_TEST'): return 3\n    return")],
        Kind.OUTCOMES,
    ),
    (
        "the list of what is left out grows",
        [("conftest.py", "collect_ignore: list = []\ncollect_ignore += ['tests']\n")],
        Kind.OUTCOMES,
    ),
]
