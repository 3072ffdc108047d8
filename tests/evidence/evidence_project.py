"""A project with tests of three kinds and all that watches over them, and how to change it."""

MEALS = """
import unittest
from app import meals

class MealsTest(unittest.TestCase):
    def setUp(self):
        self.book = meals.Book()

    def test_a_meal_is_kept(self):
        self.book.add("soup", 3)
        self.assertEqual(self.book.count(), 1)
        self.assertEqual(self.book.first().name, "soup")
        self.assertIn("soup", self.book.names())

    def test_an_empty_name_is_refused(self):
        with self.assertRaises(ValueError):
            self.book.add("", 1)

    def test_meals_can_be_swapped(self):
        for day in ("monday", "tuesday"):
            self.book.swap(day)
            self.assertTrue(self.book.has(day))
"""
PLAIN = """
import pytest
from app import add, CASES

@pytest.mark.parametrize(("a", "b"), [(1, 2), (3, 4), (5, 6)])
def test_sums(a, b):
    assert add(a, b) == a + b

def test_nothing():
    result = add(0, 0)
    assert result == 0
    assert isinstance(result, int)
"""
NODE = """
import test, { describe } from 'node:test'
import assert from 'node:assert'
describe('meals', () => {
  test('a meal is kept', () => {
    const book = new Book()  // it's new
    book.add("soup")
    assert.equal(book.count(), 1)
    assert.deepEqual(book.names(), ["soup"])
  })
  it("refuses nothing", async () => {
    await assert.rejects(() => book.add(""), /empty/)
  })
})
"""
MEALS_AT, PLAIN_AT, NODE_AT = "tests/test_meals.py", "tests/test_plain.py", "web/meals.test.js"
PYPROJECT = """
[tool.pytest.ini_options]
addopts = "-q --cov-fail-under=90"
testpaths = ["tests", "more"]
filterwarnings = ["error"]
[tool.coverage.run]
branch = true
source = ["app", "lib"]
omit = ["app/generated.py"]
[tool.coverage.report]
fail_under = 90
exclude_also = ["if TYPE_CHECKING:"]
"""
PACKAGE = (
    '{"scripts": {"test": "node --test"}, "jest": {"coverageThreshold": {"global": {"lines": 80, "branches": 70}}}}'
)
WORKFLOW = """
on: [pull_request]
jobs:
  test:
    steps:
      - run: python -m pytest -q
      - run: npm test
"""
DECLARED = '[checks]\ntests = "python3 -m unittest discover -s tests -v"\nlint = "ruff check"\n'
BEFORE = {
    MEALS_AT: MEALS,
    PLAIN_AT: PLAIN,
    NODE_AT: NODE,
    "tests/helpers.py": "def check_page(page):\n    assert page.status == 200\n    assert page.title\n",
    "pyproject.toml": PYPROJECT,
    "package.json": PACKAGE,
    ".github/workflows/ci.yml": WORKFLOW,
    ".orchestrator.toml": DECLARED,
    "Makefile": "test:\n\tpython -m pytest\n",
    "app/__init__.py": "def add(a, b):\n    return a + b\n",
}


def after(*changes):
    """BEFORE with (path, old, new) replaced; a path alone is taken away; (path, text) is added or rewritten."""
    files = dict(BEFORE)
    for change in changes:
        if isinstance(change, str):
            del files[change]
        elif len(change) == 2:
            files[change[0]] = change[1]
        else:
            path, old, new = change
            assert old in files[path], old
            files[path] = files[path].replace(old, new, 1)
    return files
