"""No sequence of save points leaves a green tick over content that nobody looked at."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st
from reaching import sandbox

from evidence.evidence_repo import git, save
from orchestrator.domain.ready.report import Answer, State
from orchestrator.evidence.ready import asking

MIT = (Path(__file__).parents[3] / "LICENSE").read_text()
CHANGES = "# Changelog\n\n## [1.1.0] - 2026-02-01\n\n### Added\n\n- A list.\n\n"
CHANGES += "## [1.0.0] - 2026-01-01\n\n### Added\n\n- All.\n"
KEY = f"KEY = '{'AKIA'}QYLPMN5HNM4OKXQZ'\n"
TEXTS = {
    "LICENSE": (MIT, "All rights reserved.\n", MIT.replace("free of charge", "for a fee")),
    "COPYING": (MIT, "Ask me.\n"),
    "CHANGELOG.md": (CHANGES, "# Changelog\n", ""),
    "README.md": ("# Shop\n\nIt sells.\n", "# Shop\n"),
    "app.py": ("print(1)\n", KEY, "print(2)\n"),
}
ITEMS = ("C1", "D8", "S8", "D6")  # a licence, a changelog, secrets in all of the history, a paper
PATHS = st.sampled_from(sorted(TEXTS))
STEPS = st.one_of(
    *[st.tuples(st.just("write"), PATHS, st.integers(0, 2))] * 4,
    st.tuples(st.just("rename"), PATHS, PATHS),
    st.tuples(st.just("remove"), PATHS, st.none()),
    st.tuples(st.just("mode"), PATHS, st.none()),
    st.tuples(st.just("link"), PATHS, PATHS),
    st.tuples(st.just("back"), st.none(), st.integers(1, 3)),
    st.tuples(st.just("reset"), st.none(), st.integers(1, 2)),
)
FEW = max(3, settings().max_examples // 5)


def do(source: Path, what: str, path: str | None, more: str | int | None) -> None:
    """One change, saved."""
    at = source / path if path else source
    here = path and (at.exists() or at.is_symlink())
    if what == "write" and path:
        at.unlink(missing_ok=True)
        at.write_text(TEXTS[path][int(more or 0) % len(TEXTS[path])])
    elif what == "rename" and here:
        at.rename(source / str(more))
    elif what == "remove" and here:
        at.unlink()
    elif what == "mode" and here and not at.is_symlink():
        at.chmod(at.stat().st_mode ^ 0o111)
    elif what == "link" and path != more:
        at.unlink(missing_ok=True)
        at.symlink_to(str(more))
    elif what in {"back", "reset"}:
        older = git(source, "rev-list", "--first-parent", "HEAD").split()
        target = older[min(int(more or 0), len(older) - 1)]
        git(source, *(("reset", "-q", "--hard", target) if what == "reset" else ("read-tree", "-um", "HEAD", target)))
    save(source, {}, what)


async def asked(source: Path, items: tuple[str, ...]) -> dict[str, Answer]:
    with tempfile.TemporaryDirectory(prefix="stale-") as folder:
        found = await asking.report(source, "HEAD", Path(folder), sandbox=sandbox(), items=items, fresh=True)
    return {one.item.id: one for one in found.answers if one.item.id in items}


@example([("write", "LICENSE", 1), ("back", None, 1), ("write", "app.py", 1), ("remove", "app.py", None)])
@example([("mode", "LICENSE", None), ("link", "LICENSE", "README.md")])
@settings(max_examples=FEW)
@given(st.lists(STEPS, min_size=2, max_size=4))
def test_what_still_counts_as_proven_is_what_asking_afresh_says(steps):
    asyncio.run(walked(steps))


async def walked(steps) -> None:
    with tempfile.TemporaryDirectory(prefix="walked-") as folder:
        source = Path(folder) / "app"
        save(source, {path: texts[0] for path, texts in TEXTS.items() if path != "COPYING"})
        known = await asked(source, ITEMS)
        assert (known["C1"].state, known["S8"].state) == (State.PROVEN, State.PROVEN)
        for what, path, more in steps:
            await asyncio.to_thread(do, source, what, path, more)
            now = await asking.current(source, "HEAD")
            ticked = tuple(id for id in ITEMS if known[id].counts and known[id].details["covers"] == now[id])
            fresh = await asked(source, ticked) if ticked else {}
            for id in ticked:
                assert fresh[id].state is known[id].state, (id, steps, fresh[id].sentence)
            stale = tuple(id for id in ITEMS if known[id].details["covers"] != now[id])
            known |= await asked(source, stale[:1]) if stale else {}  # the others stay as old as they are
