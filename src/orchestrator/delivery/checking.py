"""The step in which we look for ourselves whether a phase is done. Nothing that a builder says has a part in it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from orchestrator import clock, faults
from orchestrator.delivery import readiness
from orchestrator.delivery.done import Done, failed
from orchestrator.domain.command import ORCHESTRATOR
from orchestrator.domain.project import Project, Signal
from orchestrator.domain.ready.items import BY_ID
from orchestrator.evidence import checks, declared, history, promises, tamper
from orchestrator.evidence.checks import CheckResult
from orchestrator.evidence.finding import Finding, Severity
from orchestrator.runtime import read, runtime
from orchestrator.store import events, phases, projects, runs
from orchestrator.store.tables import CheckRow, PhaseRow, ProjectRow, RunRow

LOG = 5_000_000  # characters of a log that are read
EXCERPT = 4_000
PROVE = "prove "  # so begin the names of checks that ask a question of readiness


@dataclass(frozen=True, slots=True)
class Evidence:
    results: tuple[CheckResult, ...]
    findings: tuple[dict[str, Any], ...]

    @property
    def green(self) -> bool:
        return checks.verdict(self.results).passed

    @property
    def sentence(self) -> str:
        return checks.verdict(self.results).sentence


async def checking(project: Project) -> Done:
    """Run what the project declares on a clean copy of the phase's save point, and compare its tests with before."""
    phase = await read(phases.get, project.id, project.phase)
    source = Path((await read(projects.row, project.id)).repository)
    evidence = await gather(project, source, phase)
    promised = [criterion for one in await read(phases.of, project.id) for criterion in one.criteria]
    faults.point("checked")
    write = _written(project, phase, evidence, promised)
    if evidence.green:
        return Done(Signal.FINISHED, write)
    if project.tries < runtime().settings.repairs:
        return Done(Signal.RED, write)
    stuck = failed(f"Phase {project.phase} does not work yet. {evidence.sentence}")

    async def stop(db: AsyncSession, row: ProjectRow) -> None:
        await write(db, row)
        await stuck.write(db, row)

    return Done(Signal.FAILED, stop)


async def gather(project: Project, source: Path, phase: PhaseRow) -> Evidence:
    """Collect all that our own look at this save point shows."""
    settings = runtime().settings
    said = await declared.read(source, phase.commit, phase.base)
    folder = settings.data_dir.resolve() / "checks" / project.key
    limits = replace(checks.LIMITS, seconds=settings.check_limit_s)
    results = await checks.run(source, phase.commit, folder, said, limits=limits)
    found = await tamper.compare(source, phase.base, phase.commit)
    first = await history.tests_first(source, phase.base, phase.commit)
    strayed = await read(runs.of, project.id, phase.number)
    results += tuple([await _proven(project, source, phase, one) for one in phase.criteria if one.get("item")])
    return Evidence(results, (*_strayed(strayed), *_stored(found), _note("tests-first", first.sentence)))


async def _proven(project: Project, source: Path, phase: PhaseRow, criterion: dict[str, Any]) -> CheckResult:
    """The question that the phase is for, asked of just this save point: it is not done before that is proven."""
    item = criterion["item"]
    answer = await readiness.asked(project.id, source, phase.commit, item, approved=phase.base)
    shown = answer.evidence[0] if answer.evidence else None
    said = f"{BY_ID[item].question} {answer.sentence}"
    return CheckResult(
        f"{PROVE}{item}",
        ("orchestrator", "readiness", "--item", item),
        phase.commit,
        answer.counts,
        said if answer.counts else f"{said} {BY_ID[item].advice}",
        exit_code=0 if answer.counts else 1,
        seconds=sum(one.seconds for one in answer.evidence),
        log_sha256=shown.sha256 if shown else "",
        excerpt="\n\n".join(f"{one.what}\n{one.excerpt}" for one in answer.evidence)[:EXCERPT],
    )


def _strayed(worked: Sequence[RunRow]) -> list[dict[str, Any]]:
    """What builders of this phase changed where they had no business."""
    said = dict.fromkeys(run.details.get("outside", "") for run in worked)
    return [_note("outside", sentence) for sentence in said if sentence]


def _note(kind: str, sentence: str) -> dict[str, Any]:
    return {"sentence": sentence, "severity": Severity.NOTE, "kind": kind}


def _stored(found: Sequence[Finding]) -> list[dict[str, Any]]:
    return [asdict(finding) | {"details": list(finding.details)} for finding in found]


def _written(project: Project, phase: PhaseRow, evidence: Evidence, promised: Sequence[dict[str, Any]]) -> Any:
    async def write(db: AsyncSession, row: ProjectRow) -> None:
        (await phases.get(db, row.id, phase.number)).findings = list(evidence.findings)
        for result in evidence.results:
            db.add(_row(project, phase, result, _tried(promised, result)))
            events.append(
                db,
                row,
                ORCHESTRATOR,
                "check.finished",
                phase=phase.number,
                check=result.name,
                passed=result.passed,
                text=result.sentence,
                commit=result.commit,
            )

    return write


def _tried(promised: Sequence[dict[str, Any]], result: CheckResult) -> dict[str, list[str]]:
    """By promise, of whichever phase, the tests of this run that speak of it."""
    if result.log_path is None:
        return {one["id"]: [result.name] for one in promised if f"{PROVE}{one.get('item')}" == result.name}
    with result.log_path.open(errors="replace") as log:
        return promises.tests(log.read(LOG), [one["id"] for one in promised if not one.get("item")])


def _row(project: Project, phase: PhaseRow, result: CheckResult, tried: dict[str, list[str]]) -> CheckRow:
    counts = result.counts
    return CheckRow(
        id=clock.new_id(),
        project_id=project.id,
        phase=phase.number,
        run_key=project.key,
        name=result.name,
        command=" ".join(result.command),
        commit=result.commit,
        passed=result.passed,
        exit_code=result.exit_code,
        total=counts.total if counts else None,
        failed=counts.failed + counts.errors if counts else None,
        sentence=result.sentence,
        failures=[asdict(failure) for failure in result.failures],
        excerpt=result.excerpt,
        log_path=str(result.log_path or ""),
        log_sha256=result.log_sha256,
        milliseconds=round(result.seconds * 1000),
        details={
            "tried": tried,
            "timed_out": result.timed_out,
            "coverage": asdict(result.coverage) if result.coverage else None,
        },
        at=clock.now(),
    )
