"""What a piece of Python checks, statement by statement."""

import pytest

from orchestrator.evidence import python_tests, script_tests

HELPERS = """
def same(a, b):
    assert a == b
def both(a):
    same(a, 1)
    same(a, 2)
def again(a):
    assert a
    again(a)
class Base:
    pass
"""


def read(text):
    tree = python_tests.module(text)
    return python_tests.suite(tree, python_tests.support([tree, python_tests.module(HELPERS)]))


def case(body, before=""):
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    (only,) = read(f"{before}def test_it(x):\n{lines}").cases.values()
    return only


@pytest.mark.parametrize(
    ("body", "sites", "weight"),
    [
        ("pass", 0, 0),
        ("assert x", 1, 1),
        ("assert x and x.a", 2, 2),
        ("assert x == 1 == x.b", 2, 2),
        ("assert (x, x.a) == (1, 2)", 2, 2),
        ("x.assert_called_once()", 1, 1),
        ("expect(x).to_have_text(1)", 1, 1),
        ("with pytest.raises(ValueError):\n  go()", 1, 1),
        ("async with x:\n  assert x", 1, 1),
        ("for a in (1, 2, 3):\n  assert x", 1, 3),
        ("for a in {1: 2, 3: 4}.items():\n  assert x", 1, 2),
        ("for a in range(4):\n  assert x", 1, 4),
        ("for a in range(2, 8, 3):\n  assert x", 1, 2),
        ("for a in range(0):\n  assert x", 1, 0),
        ("for a in range(1, 2, 0):\n  assert x", 1, 10),
        ("for a in range(x):\n  assert x", 1, 10),
        ("for a in [*x]:\n  assert x", 1, 10),
        ("for a in x:\n  assert x\nelse:\n  assert x", 2, 11),
        ("while x:\n  assert x", 1, 10),
        ("while False:\n  assert x", 1, 0),
        ("match x:\n  case 1:\n    assert x\n  case _:\n    self.fail()", 2, 2),
        ("if x:\n  assert x\nelse:\n  assert x", 2, 2),
        ("if True:\n  assert x\nelse:\n  assert x", 1, 1),
        ("if not []:\n  assert x", 1, 1),
        ("if not x:\n  assert x", 1, 1),
        ("return\nassert x", 0, 0),
        ("raise x\nassert x", 0, 0),
        ("try:\n  assert x\nexcept ValueError:\n  assert x\nelse:\n  assert x\nfinally:\n  assert x", 4, 4),
        ("try:\n  assert x\nexcept (OSError, AssertionError):\n  raise", 1, 1),
        ("def inner():\n  assert x\ninner()", 2, 2),
        ("same(x, 1)", 1, 1),
        ("both(x)", 2, 2),
        ("again(x)", 1, 1),
        ("for a in (1, 2):\n  both(x)", 2, 4),
        ("for a in ROWS:\n  assert x", 1, 3),
    ],
)
def test_checks_are_counted_as_often_as_they_run(body, sites, weight):
    found = case(body, "ROWS = [1, 2, 3]\n")

    assert (found.sites, found.weight, found.hollow, found.swallowed) == (sites, weight, 0, 0)


@pytest.mark.parametrize(
    "body",
    [
        "assert 1",
        "assert 'text'",
        "assert [1]",
        "assert not 0",
        "assert x or True",
        "assert x is x",
        "assert x.a >= x.a",
        "self.assertTrue(1)",
        "self.assertFalse('')",
        "self.assertIsNotNone(3)",
        "self.assertEqual(1, 1)",
        "self.assertEqual(x.a, x.a, 'why')",
    ],
)
def test_a_check_that_cannot_fail_is_hollow(body):
    found = case(body)

    assert (found.weight, found.hollow) == (0, 1)


@pytest.mark.parametrize(
    "body",
    [
        "try:\n  assert x\nexcept:\n  pass",
        "try:\n  same(x, 1)\nexcept Exception as e:\n  print(e)",
        "try:\n  assert x\nexcept (OSError, AssertionError):\n  return",
        "with contextlib.suppress(AssertionError):\n  assert x",
    ],
)
def test_a_failure_that_nobody_hears_of_is_swallowed(body):
    found = case(body)

    assert (found.weight, found.swallowed) == (0, 1)


def test_tests_are_found_where_the_usual_programs_find_them():
    found = read("""
class TestA:
    def test_a(self): ...
    class TestInner:
        def test_b(self): ...
class Meals(Base):
    async def test_c(self): ...
class Mixin:
    def test_d(self): ...
class Child(Mixin): ...
class Alone(object):
    def test_e(self): ...
try:
    def test_f(): ...
except ImportError: ...
if 0:
    def test_g(): ...
else:
    def test_h(): ...
def helper():
    def test_i(): ...
""")

    assert [*found.cases] == [
        "TestA.test_a",
        "TestA.TestInner.test_b",
        "Meals.test_c",
        "Mixin.test_d",
        "test_f",
        "test_h",
    ]


@pytest.mark.parametrize(
    ("marks", "weight"),
    [
        ("@pytest.mark.parametrize('x', [1, 2])\n", 2),
        ("@pytest.mark.parametrize('x', [1, 2])\n@pytest.mark.parametrize('y', (1, 2, 3))\n", 6),
        ("@pytest.mark.parametrize(argnames='x', argvalues=[1, 2])\n", 2),
        ("@pytest.mark.parametrize\n", 1),
        ("@pytest.mark.parametrize('x', elsewhere())\n", 1),
    ],
)
def test_the_rows_of_a_table_count(marks, weight):
    assert case("assert x", marks).weight == weight


def test_helpers_that_call_one_another_for_ever_are_no_harm():
    long = "\n".join(f"def h{n}():\n    h{n + 1}()" for n in range(3_000))

    assert not read(f"{long}\ndef test_a():\n    h0()\n").readable


def scripts(text):
    one = script_tests.script(text)
    return script_tests.suite(one, script_tests.helpers([one]))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("it('a', () => {}); test(\"b\", function () {})", ["a", "b"]),
        ("describe('g', () => { describe('h', () => { it('a', f) }) })", ["g › h › a"]),
        ("test.each([1, 2])('a %s', (x) => {})", ["a %s"]),
        ("test('a', f)\ntest('a', f)", ["a", "a #2"]),
        ("test(name, f)", ["name"]),
        ("// test('a', f)\n/* test('b', f) */", []),
        ("const s = \"test('a', f)\"; const r = /test('b')/; other.test('c')", []),
        ("test('it\\'s', f)", ["it\\'s"]),
        ("test('a', (t) => { test('within', f) })", ["a"]),
        ("test.each", []),
    ],
)
def test_the_tests_of_a_script_are_found(text, names):
    assert [*scripts(text).cases] == names


def test_checks_of_a_script_count_with_those_of_its_helpers():
    found = scripts("""
function same(a) { expect(a).toBe(1); assert.ok(a) }
const twice = async (a) => { same(a); same(a) }
test('a', () => { twice(1) })
test('b', () => { for (const x of y) { expect(x).toBe(2) } })
test.each([1])('c', (x) => { expect(x).toBe(x) })
""").cases

    assert [(one.sites, one.weight, one.hollow) for one in found.values()] == [(4, 4, 0), (1, 10, 0), (0, 0, 1)]
