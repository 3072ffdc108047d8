"""A model that has a coding agent really plan and build: by its own tools, from the prompts of our playbook."""

import asyncio
import re
from dataclasses import replace

from ground.agents import Hand, does
from ground.model_values import Asked, Gives

COMMAND = re.compile(r"^/(prime|plan-feature|execute|repair)(?: (\d+))?$", re.MULTILINE)
PLAN = """python3 - <<'END'
import json, pathlib
phases = json.loads(pathlib.Path(".agents/project.json").read_text())["phases"]
ids = [one["id"] for phase in phases if phase["number"] == {phase} for one in phase["criteria"]]
parts = {{
    "User story": "Somebody sees the app, because they want to.",
    "Outcome": "It can be tried.",
    "Acceptance criteria": "\\n".join(f"- {{id}}: it works" for id in ids),
    "Tests": "- `tests/test_phase_{phase}.py`\\n" + "\\n".join(f"- `test_{{n}}`: {{id}}" for n, id in enumerate(ids)),
    "Files": "- `app.py`",
    "Risks": "None.",
    "Readiness": "The README tells how it is run.",
}}
text = "# Plan\\n\\n" + "".join(f"## {{name}}\\n\\n{{said}}\\n\\n" for name, said in parts.items())
pathlib.Path(".agents/plans").mkdir(parents=True, exist_ok=True)
pathlib.Path(".agents/plans/phase-{phase}.md").write_text(text)
END
git add -A && git commit -qm "plan: phase {phase}"
"""
TESTS = """mkdir -p tests && cat > tests/test_phase_{phase}.py <<'END'
import json
import pathlib
import unittest

import app

PHASES = json.loads(pathlib.Path(".agents/project.json").read_text())["phases"]
IDS = [one["id"] for phase in PHASES if phase["number"] == {phase} for one in phase["criteria"]]


class Promises(unittest.TestCase):
    pass


def promise(id):
    def test(self):
        self.assertEqual(app.answer({phase}), {phase} * 2)

    test.__doc__ = f"{{id}}, tried"
    return test


for number, id in enumerate(IDS):
    setattr(Promises, f"test_{{number}}", promise(id))
END
test -e .orchestrator.toml || cat > .orchestrator.toml <<'END'
[checks]
tests = "python3 -m unittest discover -s tests -v"
END
git add -A && git commit -qm "tests: phase {phase}"
"""
BUILD = """printf 'def answer(number):\\n    return number * 2\\n' > app.py
echo 'Run the tests with python3 -m unittest discover -s tests.' > README.md
python3 -B -m unittest discover -s tests && git add -A && git commit -qm "app: phase {phase}"
"""
DOES = {"prime": ("git ls-files",), "plan-feature": (PLAN,), "execute": (TESTS, BUILD), "repair": (BUILD,)}


class Handy:
    """What the model answers: the next step of what the newest prompt asks for, then that it has finished.

    In the middle of building it says nothing more until `go` is set; `waits` says that it has come so far.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand, self.go, self.waits = hand, asyncio.Event(), False

    def __call__(self, asked: Asked) -> Gives:
        if not asked.tools:
            return Gives(text="A title")
        place, command, phase = _newest(asked)
        steps = DOES[command]
        done = sum(role == "result" for role, _ in asked.said[place:])
        if done >= len(steps):
            return Gives(text="That is done.", usage=(1500, 20, 900))
        step = does(self._hand.run(steps[done].format(phase=phase)), "Now the next step.")
        if steps[done] is not BUILD:
            return step
        self.waits = True
        return replace(step, hold=self.go)


def _newest(asked: Asked) -> tuple[int, str, str]:
    """Where the newest prompt of ours is, and what it asks for."""
    found = [
        (place, *told.groups(""))
        for place, (role, text) in enumerate(asked.said)
        if role == "user" and (told := COMMAND.search(text))
    ]
    assert found, asked.said
    place, command, phase = found[-1]
    return place, command, phase
