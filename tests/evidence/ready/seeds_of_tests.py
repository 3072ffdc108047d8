"""Projects whose tests seem to pass: for each the question that must be answered with no, and why."""

CORE = """
def price(amount, each):
    if amount < 0:
        raise ValueError("less than nothing")
    if amount > 10:
        return amount * each - each
    return amount * each


def label(name):
    return name.strip().title()
"""
TESTS = """
import pytest

from shop.core import label, price


def test_a_few_cost_what_each_costs():
    assert price(2, 3) == 6


def test_many_cost_less():
    assert price(20, 3) == 57


def test_less_than_nothing_is_refused():
    with pytest.raises(ValueError, match="less"):
        price(-1, 3)


def test_labels_are_tidy():
    assert label(" red shoe ") == "Red Shoe"
"""
MAIN = """
import json
import sys
from pathlib import Path

from shop.core import price


def main(words):
    total = price(int(words[0]), int(words[1]))
    Path(words[2]).write_text(json.dumps({"total": total}))
    print(total)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""
TOGETHER = """
import json

from shop.__main__ import main


def test_what_it_costs_is_kept_in_a_file(tmp_path):
    assert main(["2", "3", str(tmp_path / "bill")]) == 0
    assert json.loads((tmp_path / "bill").read_text()) == {"total": 6}
"""
WHOLE = """
import subprocess
import sys


def test_the_command_says_what_it_costs(tmp_path):
    words = [sys.executable, "-m", "shop", "2", "3", str(tmp_path / "bill")]
    ran = subprocess.run(words, capture_output=True, text=True)
    assert ran.stdout == "6\\n"
"""
SETTINGS = '[project]\nname = "shop"\nversion = "1"\ndependencies = []\n'
HONEST = {
    "pyproject.toml": SETTINGS,
    "shop/__init__.py": "",
    "shop/core.py": CORE,
    "shop/__main__.py": MAIN,
    "tests/unit/test_core.py": TESTS,
    "tests/integration/test_bill.py": TOGETHER,
    "tests/e2e/test_command.py": WHOLE,
}
PYTEST = "[tool.pytest.ini_options]\n"
BROKEN = "\n\ndef test_it_is_not_right_yet():\n    assert price(1, 1) == 2\n"


def without(*paths):
    return {path: text for path, text in HONEST.items() if path not in paths}


def with_settings(text):
    return HONEST | {"pyproject.toml": f"{SETTINGS}{PYTEST}{text}\n"}


# What is found by reading: nothing of it is run.
READ = {
    "no tests at all": ("T2", {"pyproject.toml": SETTINGS, "shop/core.py": CORE}, "There are no tests."),
    "tests that only pass": (
        "T2",
        HONEST | {"tests/unit/test_core.py": "from shop.core import price\ndef test_a():\n    assert True\n"},
        "cannot fail",
    ),
    "tests that catch their own failures": (
        "T2",
        HONEST
        | {
            "tests/unit/test_more.py": "from shop.core import price\ndef test_a():\n    try:\n"
            "        assert price(1, 1) == 5\n    except Exception:\n        pass\n"
        },
        "cannot fail",
    ),
    "tests that check nothing": (
        "T2",
        HONEST | {"tests/unit/test_more.py": "".join(f"def test_{n}():\n    print({n})\n" for n in range(3))},
        "3 of 9 tests check nothing",
    ),
    "a place where tests are not looked for": ("T2", with_settings('testpaths = ["tests/unit"]'), "leaves out 2 files"),
    "a folder that is not entered": ("T2", with_settings('norecursedirs = ["e2e"]'), "“norecursedirs”"),
    "other names of files": ("T2", with_settings('python_files = ["test_core.py"]'), "“python_files”"),
    "other names of tests": ("T2", with_settings('python_functions = ["test_a_*"]'), "leave out tests"),
    "a word that selects": ("T2", with_settings('addopts = "-k costs"'), "“-k”"),
    "a mark that selects": ("T2", with_settings('addopts = ["-m", "not slow"]'), "“-m”"),
    "files that are ignored": ("T2", with_settings('addopts = "--ignore=tests/e2e"'), "“--ignore”"),
    "tests that are deselected": (
        "T2",
        with_settings('addopts = "--deselect tests/unit/test_core.py::test_many_cost_less"'),
        "“--deselect”",
    ),
    "the same in setup.cfg": ("T2", HONEST | {"setup.cfg": "[tool:pytest]\naddopts = --co\n"}, "“--co”"),
    "files that conftest.py leaves out": (
        "T2",
        HONEST | {"tests/conftest.py": 'collect_ignore = ["e2e"]\n'},
        "collect_ignore",
    ),
    "a file with a name that is not looked at": (
        "T2",
        HONEST | {"tests/unit/core_checks.py": TESTS + BROKEN},
        "never run, because of its name",
    ),
    "a test with a name that is not looked at": (
        "T2",
        HONEST | {"tests/unit/test_core.py": TESTS + BROKEN.replace("def test", "def _test")},
        "switched off by its name",
    ),
    "two tests of the same name": (
        "T2",
        HONEST | {"tests/unit/test_core.py": TESTS.replace("def test_many_cost_less", "def test_labels_are_tidy")},
        "two tests of the name",
    ),
    "a test that is taken away": (
        "T2",
        HONEST | {"tests/unit/test_core.py": TESTS + BROKEN + "\n\ndel test_it_is_not_right_yet\n"},
        "takes tests away",
    ),
    "tests under a condition that is never true": (
        "T2",
        HONEST | {"tests/unit/test_more.py": "if False:\n    def test_a():\n        assert 1 + 1 == 3\n"},
        "never reached",
    ),
    "tests that cannot be read": ("T2", HONEST | {"tests/unit/test_more.py": "def test_a(:\n"}, "cannot be read"),
    "a hook that says that all is well": (
        "T2",
        HONEST
        | {
            "conftest.py": "import pytest\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item):\n"
            "    out = yield\n    out.get_result().outcome = 'passed'\n"
        },
        "conftest.py decides by itself",
    ),
    "a hook that runs no test": (
        "T4",
        HONEST | {"tests/conftest.py": "def pytest_pyfunc_call(pyfuncitem):\n    return True\n"},
        "pytest_pyfunc_call",
    ),
    "a hook that changes the exit code": (
        "T1",
        HONEST | {"conftest.py": "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n"},
        "pytest_sessionfinish",
    ),
    "a file that Python runs by itself": ("T2", HONEST | {"sitecustomize.py": "import os\n"}, "runs by itself"),
    "a plugin within the product": (
        "T2",
        HONEST
        | {
            "conftest.py": 'pytest_plugins = ["shop.helping"]\n',
            "shop/helping.py": "def pytest_runtest_call(item):\n    pass\n",
        },
        "shop/helping.py decides",
    ),
    "a program of the same name as the one that runs tests": (
        "T2",
        HONEST | {"pytest.py": "x = 1\n"},
        "takes the place",
    ),
    "an app that knows that it is tested": (
        "T2",
        HONEST | {"shop/core.py": f"import sys\nTESTED = 'pytest' in sys.modules\n{CORE}"},
        "whether it is being tested",
    ),
    "a test that measures itself": (
        "T1",
        HONEST | {"tests/conftest.py": "import coverage\nc = coverage.Coverage.current()\n"},
        "meddles with how it is measured",
    ),
    "code under another name": (
        "T1",
        HONEST
        | {
            "tests/unit/test_more.py": "import shop.core\ndef test_a():\n"
            "    exec(compile('\\n' * 3 + 'x = 1', shop.core.__file__, 'exec'))\n    assert shop.core\n"
        },
        "under the name of another file",
    ),
}

# What is found only by running it.
RUN = {
    "a test that fails": ("T2", HONEST | {"tests/unit/test_core.py": TESTS + BROKEN}, "1 of 7 tests fails"),
    "a test that is skipped": (
        "T2",
        HONEST | {"tests/unit/test_core.py": TESTS + BROKEN.replace("def", '@pytest.mark.skip("later")\ndef')},
        "1 of 7 tests is skipped without a reason that still holds",
    ),
    "a test that may fail": (
        "T2",
        HONEST | {"tests/unit/test_core.py": TESTS + BROKEN.replace("def", "@pytest.mark.xfail\ndef")},
        "skipped without a reason",
    ),
    "a test that may fail and passes": (
        "T2",
        HONEST | {"tests/unit/test_core.py": TESTS.replace("def test_many", "@pytest.mark.xfail\ndef test_many")},
        "marked as failing, and pass",
    ),
    "an end before the end": (
        "T2",
        HONEST
        | {
            "tests/unit/test_zz.py": "import shop.core as core, ctypes\ndef test_a():\n"
            "    ctypes.CDLL(None)._exit(0)\n    assert core\n"
        },
        "ended before they could report",
    ),
    "a test that returns before it checks": (
        "T2",
        HONEST
        | {
            "tests/unit/test_more.py": "import os\nfrom shop.core import price\ndef test_a():\n"
            "    if 'HOME' in os.environ:\n        return\n    assert price(1, 1) == 7\n"
        },
        "passed without reaching",
    ),
    "a test class that runs nothing": (
        "T2",
        HONEST
        | {
            "tests/unit/test_more.py": "import unittest\nfrom shop.core import price\n"
            "class TestA(unittest.TestCase):\n    def run(self, result=None):\n        result.startTest(self)\n"
            "        result.addSuccess(self)\n        result.stopTest(self)\n"
            "    def test_a(self):\n        self.assertEqual(price(1, 1), 7)\n"
        },
        "",
    ),
    "a test that needs another one first": (
        "T2",
        HONEST
        | {
            "tests/unit/test_more.py": "from shop.core import price\nSEEN = []\n"
            + "".join(
                f"def test_{n}():\n    SEEN.append({n})\n    assert SEEN == list(range({n + 1}))\n" for n in range(6)
            )
        },
        "depends on their order or on luck",
    ),
    "a test that rewrites the app": (
        "T1",
        HONEST
        | {
            "tests/unit/test_zz.py": "import shop.core\nfrom pathlib import Path\ndef test_a():\n"
            "    assert Path(shop.core.__file__).write_text('x = 1\\n') == 6\n"
        },
        "rewrites files",
    ),
    "tests that see nothing of the app": (
        "T2",
        without("tests/integration/test_bill.py", "tests/e2e/test_command.py")
        | {
            "tests/unit/test_core.py": "from shop.core import label, price\n"
            "def test_a():\n    found = price(2, 3)\n    assert isinstance(found, int)\n"
            "def test_b():\n    assert price(20, 3) is not None\n"
            "def test_c():\n    assert isinstance(label('a'), str)\n"
        },
        "do not notice when the app is broken",
    ),
    "lines that are left out when it is measured": (
        "T1",
        HONEST
        | {
            "shop/more.py": "def more(a):  # pragma: no cover\n" + "    a += 1  # pragma: no cover\n" * 20,
            "pyproject.toml": f"{SETTINGS}[tool.coverage.run]\nomit = ['shop/more.py']\n",
        },
        "of the lines",
    ),
    "a file that no test loads": (
        "T1",
        HONEST | {"jobs/nightly.py": "import sys\n" + "".join(f"x{n} = {n}\n" for n in range(30))},
        "“jobs/nightly.py”",
    ),
    "product that lies among the tests": (
        "T1",
        HONEST
        | {
            "shop/core.py": "from tests.engine import more\n" + CORE,
            "tests/__init__.py": "",
            "tests/engine.py": "def more(a):\n" + "    a += 1\n" * 20,
        },
        "“tests/engine.py”",
    ),
    "code kept as text": (
        "T1",
        HONEST | {"shop/more.py": 'exec("def more(a):\\n    return a\\n")\n'},
        "kept as text",
    ),
    "a parameter without values": (
        "T2",
        HONEST
        | {
            "tests/unit/test_more.py": "import pytest\nfrom shop.core import price\n"
            "@pytest.mark.parametrize('n', [])\ndef test_a(n):\n    assert price(n, 1) == 7\n"
        },
        "skipped without a reason",
    ),
    "only unit tests": (
        "T3",
        without("tests/integration/test_bill.py", "tests/e2e/test_command.py"),
        "no integration test",
    ),
    "an end-to-end test that starts nothing": (
        "T5",
        HONEST | {"tests/e2e/test_command.py": TESTS.replace("test_", "test_whole_")},
        "what is called one is none",
    ),
    "an integration test that is skipped": (
        "T4",
        HONEST
        | {
            "tests/integration/test_more.py": "import pytest\nfrom shop.core import price\n"
            "def test_a():\n    pytest.skip('no database')\n    assert price(1, 1) == 1\n"
        },
        "1 of 2 tests is skipped",
    ),
    "an end-to-end test that fails": (
        "T6",
        HONEST | {"tests/e2e/test_more.py": WHOLE.replace('"6', '"7').replace("test_the", "test_that_the")},
        "1 of 2 tests fails",
    ),
    "something that will stop working": (
        "T8",
        with_settings('filterwarnings = ["ignore"]')
        | {
            "shop/core.py": "import warnings\n"
            + CORE.replace(
                "    return name", '    warnings.warn("old", DeprecationWarning, stacklevel=1)\n    return name'
            )
        },
        "will soon stop working",
    ),
    "a hook that nobody sees": (
        "T2",
        HONEST
        | {
            "tests/conftest.py": "globals()['pytest_' + 'pyfunc_call'] = lambda pyfuncitem: True\n",
        },
        "decides by itself",
    ),
    "a test program that is replaced": (
        "T2",
        HONEST
        | {
            "tests/unit/helper.py": "import importlib\nrun = importlib.import_module('_py' + 'test.run' + 'ner')\n"
            "vars(run)['call_and_report'] = lambda item, when, log=True, **more: None\n",
            "tests/unit/test_aa.py": "import sys\nsys.path.insert(0, __file__.rpartition('/')[0])\nimport helper\n"
            "def test_a():\n    assert helper\n",
        },
        "",
    ),
}
