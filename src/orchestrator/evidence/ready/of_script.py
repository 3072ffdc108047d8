"""How tests that are written in JavaScript are judged, and how a fault is put into such code."""

import random
import re
from collections.abc import Iterator

from orchestrator.evidence import script_tests
from orchestrator.evidence.ready import nodetests, script_suites, scripts_read
from orchestrator.evidence.ready.mutation import Fault
from orchestrator.evidence.ready.suite import Run
from orchestrator.evidence.ready.tester import Tester, Texts

RETURN = re.compile(r"^(?P<before>\s*return\s+)(?P<value>[^;\n]+?)(?P<after>;?\s*)$")
EQUAL = re.compile(r"===|!==")
FLIPPED = {"===": "!==", "!==": "==="}
OPENED, CLOSED = "([{", ")]}"
OTHER = """
function other_(v) {
  if (typeof v === "boolean") return !v;
  if (typeof v === "number" || typeof v === "bigint") return v + (typeof v === "bigint" ? 1n : 1);
  if (typeof v === "string") return v + "~";
  if (Array.isArray(v)) return v.length ? v.slice(0, -1) : [0];
  if (v && Object.getPrototypeOf(v) === Object.prototype) {
    const keys = Object.keys(v);
    return keys.length ? { ...v, [keys[0]]: other_(v[keys[0]]) } : { other: 0 };
  }
  return v == null ? "other" : null;
}
"""


def faults(texts: Texts, run: Run, most: int, chance: random.Random) -> list[Fault]:
    """Up to so many faults in lines that ran: another value returned, or a comparison turned round."""
    found: list[Fault] = []
    for path in scripts_read.files(texts):
        if path in run.lines and path not in scripts_read.early(run.hooks):
            found += _in(path, texts[path], run.lines[path].ran)
    chance.shuffle(found)
    return sorted(found, key=lambda one: one.what != VALUE)[:most]


VALUE, TURNED = "another value is returned", "a comparison is turned round"


def _in(path: str, text: str, ran: frozenset[int]) -> Iterator[Fault]:
    lines, bare = text.split("\n"), script_tests.script(text).bare.split("\n")
    for number in sorted(ran):
        line = lines[number - 1]
        if (found := RETURN.match(line)) and _whole(bare[number - 1]):
            new, what = f"{found['before']}other_({found['value']}){found['after']}", VALUE
        elif turned := EQUAL.search(bare[number - 1]):
            new, what = f"{line[: turned.start()]}{FLIPPED[turned[0]]}{line[turned.end() :]}", TURNED
        else:
            continue
        whole = "\n".join([*lines[: number - 1], new, *lines[number:]])
        yield Fault(path, number, path, what, f"{_free(path)}{whole}\n{OTHER}")


def _free(path: str) -> str:
    """A fault must be noticed by the tests, not by a program that looks at types before they run."""
    return "// @ts-nocheck\n" if path.endswith((".ts", ".tsx", ".mts", ".cts")) else ""


def _whole(bare: str) -> bool:
    """Whether what is returned ends on its line."""
    return all(bare.count(one) == bare.count(other) for one, other in zip(OPENED, CLOSED, strict=True))


TESTER = Tester(
    tests=nodetests.tests,
    decided=scripts_read.decided,
    little=scripts_read.little,
    missing=scripts_read.missing,
    excused=scripts_read.excused,
    told=scripts_read.told,
    unmeasured=scripts_read.hidden,
    measured=scripts_read.measured,
    faults=faults,
    first=script_suites.first,
    again=script_suites.again,
    strict=script_suites.strict,
    run=script_suites.run,
)
