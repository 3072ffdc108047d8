"""What the orchestrator left in a history when it took a phase into the app: the last state that a person approved."""

from pathlib import Path

from orchestrator.evidence import repository

TAKEN, UNDONE = "Project-Phase", "Project-Undo"


async def approved(source: Path, commit: str) -> str:
    """The newest save point at which we took a phase in or out; nothing where we never did.

    Only the app's own line counts: what a builder writes into its messages is on another.
    """
    shown = "--format=%H%x00%(trailers:key=Project-Phase,valueonly)%(trailers:key=Project-Undo,valueonly)%x00"
    asked = ("log", "--first-parent", f"--grep=^{TAKEN}: ", f"--grep=^{UNDONE}: ", shown)
    whole = await repository.resolve(source, commit)
    said = (await repository.git(source, *asked, whole, "--")).decode(errors="replace").split("\0")
    found = zip(said[::2], said[1::2], strict=False)
    return next((id.strip() for id, trailers in found if trailers.strip()), "")
