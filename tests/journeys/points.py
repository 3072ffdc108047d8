"""All points of the code at which the process can be made to die, read from the code, so that none is forgotten."""

import ast
import re
from pathlib import Path

from orchestrator.conversation.command import VERBS
from orchestrator.domain.project import WORKING, Step

SOURCE = Path(__file__).parents[2] / "src" / "orchestrator"
BUILDERS = {Step.PRIMING, Step.PLANNING, Step.BUILDING, Step.REPAIRING}
OF_A_RUN = ("begun", "ran", "told")  # these lie where a builder works, the others at every step
COMMANDS = sorted(verb.__name__.lower() for verb in VERBS)
STEPS = sorted(WORKING)
# After these the rows have moved on: the same step does not pass them again, only the next one of its kind does.
BEHIND = ("moved:", "turn:stored", "look:stored")
ELSEWHERE = "channels"  # the folder of what only those come by who speak with other services
ON_GITHUB = "hub"  # so begin the names of the modules that see to repositories there
BY_MODEL = {"summed", "retold"}  # nobody comes by here without a model


def everywhere() -> set[str]:
    """The names of all points, with what the code fills in."""
    others = (path for path in SOURCE.rglob("*.py") if not path.name.startswith(ON_GITHUB))
    others = (path for path in others if ELSEWHERE not in path.parts)
    return {name for path in others for call in _calls(path) for name in _names(call, path)}


def on_github() -> set[str]:
    """The names of those that only a project on GitHub comes by."""
    ours = SOURCE.rglob(f"{ON_GITHUB}*.py")
    return {name for path in ours for call in _calls(path) for name in _names(call, path)}


def elsewhere(channel: str) -> set[str]:
    """The names of those that only come by who speak with this service."""
    calls = [call for path in (SOURCE / ELSEWHERE).rglob("*.py") for call in _calls(path)]
    return {str(call.args[0].value) if isinstance(call.args[0], ast.Constant) else _of(call, channel) for call in calls}


def _of(call: ast.Call, channel: str) -> str:
    return ast.unparse(call.args[0])[2:-1].replace("{channel.name}", channel)


def _calls(path: Path) -> list[ast.Call]:
    tree = ast.parse(path.read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in calls if ast.unparse(call.func) == "faults.point"]


def _names(call: ast.Call, path: Path) -> list[str]:
    """`f"work:{project.step}"` stands for a point at every step."""
    written = call.args[0]
    if isinstance(written, ast.Constant):
        return [str(written.value)]
    found = re.fullmatch(r"f'(\w+):\{([^{}]+)\}'", ast.unparse(written))
    assert found, f"{path}: nobody knows which points {ast.unparse(written)} stands for"
    return [f"{found[1]}:{value}" for value in _values(found[1], found[2])]


def _values(name: str, filled: str) -> list[str]:
    if filled.endswith(".step"):
        return [step for step in STEPS if name not in OF_A_RUN or step in BUILDERS]
    assert filled in {"verb", "type(command).__name__.lower()"}, f"nobody knows what {filled} can be"
    return COMMANDS
