"""Reads what became of the tests of a JavaScript project from what our programs have written down."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from orchestrator.evidence import reports
from orchestrator.evidence.ready import mapped, v8
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.place import Ran
from orchestrator.evidence.ready.pytests import MEDDLED, REWRITTEN
from orchestrator.evidence.ready.suite import Lines, Outcome, Result, Run
from orchestrator.evidence.results import NO_REPORT
from orchestrator.evidence.words import listed, short

CHECKED = re.compile(r"(What checks was replaced: [\w., ]+)")
OTHERWISE = "The program that runs the tests ended otherwise than it says itself."
AGAIN = "It passes only when it is tried again."
STATES = {"pass": Outcome.PASSED, "fail": Outcome.FAILED, "todo": Outcome.EXPECTED}
PLAIN = {".js", ".mjs", ".cjs"}
Rows = Sequence[Mapping[str, Any]]


def read(look: Look, ran: Ran, result: Path, expected: Mapping[str, str], *, measure: bool) -> Run:
    """`expected` are the files that nobody may change while the tests run."""
    evidence, code, seconds = look.ran(ran), ran.ended.code, ran.ended.seconds
    if ran.ended.why:
        return Run((), evidence, code, seconds, broken=f"The tests did not come to their end. {ran.ended.why}")
    if not (said := mapping(result)):
        return Run((), evidence, code, seconds, broken=NO_REPORT)
    folder = result.parent
    noted = [one for path in sorted((folder / "measured").glob("*.json")) if (one := mapping(path))]
    warned = tuple(dict.fromkeys(str(one) for row in noted for one in row.get("warned", ())))
    lines = _lines(look.texts, noted, folder) if measure else {}
    rows = [*said["rows"], *({"file": "", "name": "", "state": "fail", "why": one} for one in said["errors"])]
    results = tuple(outcomes(rows, f"{folder}/checkout/"))
    broken = _broken(results, expected, f"{folder}/")
    if not broken and said["code"] != code:
        broken = OTHERWISE
    return Run(results, evidence, code, seconds, lines, warned, broken)


def _broken(results: Iterable[Result], expected: Mapping[str, str], start: str) -> str:
    if faults := [f"{one.file}: {found[1]}" for one in results if (found := CHECKED.search(one.why))]:
        return MEDDLED.format(listed(list(dict.fromkeys(faults))))
    folder = Path(start)
    changed = (
        []
        if (folder / "checkout/node_modules").resolve() == (folder / "node_modules").resolve()
        else [f"{start}node_modules"]
    )
    changed += [path for path, text in expected.items() if reports.content(Path(path)) != text.removeprefix("\ufeff")]
    return REWRITTEN.format(listed([path.removeprefix(start) for path in changed])) if changed else ""


def _lines(texts: Mapping[str, str], noted: Rows, folder: Path) -> dict[str, Lines]:
    """What ran in the tests themselves, and in programs that they started."""
    found = mapped.lines(texts, noted)
    plain = {path: text for path, text in texts.items() if PurePosixPath(path).suffix in PLAIN}
    started = [read for at in sorted((folder / "started").glob("*.json")) if (read := mapping(at))]
    for path, one in v8.lines(plain, started, f"{folder}/checkout").items():
        found[path] = v8.both(found[path], one) if path in found else one
    return found


def outcomes(rows: Iterable[Mapping[str, Any]], start: str) -> Iterable[Result]:
    """A file that fails as a whole is a failing test."""
    taken: dict[str, int] = {}
    for row in rows:
        file = str(row["file"]).removeprefix(start)
        name = " › ".join((*row.get("groups", ()), row["name"])) if row["name"] else file
        id = f"{file} › {name}" if row["name"] else file
        taken[id] = taken.get(id, 0) + 1
        whole = id if taken[id] == 1 else f"{id} #{taken[id]}"
        why = AGAIN if row.get("again") else str(row["why"]).replace(start, "")
        yield Result(whole, file, name, outcome(row), short(why, 200))


def outcome(row: Mapping[str, Any]) -> Outcome:
    """What passes only because it may fail, or at another try, is no pass."""
    if row.get("fails"):
        return Outcome.EXPECTED if row["state"] == "pass" else Outcome.UNEXPECTED
    return Outcome.FAILED if row.get("again") else STATES.get(str(row["state"]), Outcome.SKIPPED)


def mapping(path: Path) -> dict[str, Any] | None:
    """What our programs wrote there."""
    return reports.mapping(reports.content(path) or "")
