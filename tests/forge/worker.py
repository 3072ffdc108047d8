"""Another process that does what the tests say: `worker.py many HOME`, or stories for `worker.py serve`."""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from person import saves, types

from orchestrator.forge import address
from orchestrator.forge.git import Git


async def many(home: Path) -> dict:
    git = Git(home)
    projects = await asyncio.gather(*(git.create(f"p{n}", {"a.txt": str(n)}) for n in range(10)))
    copies = await asyncio.gather(*(git.trial("p0", n, 1, f"Phase {n}") for n in range(1, 21)))
    saved = await asyncio.gather(*(git.write(copy, {"b.txt": copy.name}, "Plan") for copy in copies))
    return {
        "projects": [str(project.path) for project in projects],
        "copies": [str(copy) for copy in copies],
        "saved": saved,
    }


async def story(home: Path, project: str) -> dict:
    """From nothing to a phase that was taken in, another one too, and the first one taken out again."""
    git = Git(home)
    repository = await git.create(project, {"README.md": "# Shop\n", "app.txt": "one\n" * 50})
    taken = []
    for phase in (1, 2):
        copy = await git.trial(project, phase, 1, f"Phase {phase}")
        await git.write(copy, {f"docs/plan-{phase}.md": "the plan\n" * 200}, "Plan")
        for n in range(10):
            (copy / f"{phase}-{n}.txt").write_text(f"{n}\n" * 2000)
        commit = await git.keep(copy, "Work")
        taken.append(await git.merge(project, phase, 1, commit, f"Phase {phase}", f"{project}-{phase}"))
    undone = await git.undo(project, taken[0], f"{project}-1")
    return {"path": str(repository.path), "taken": taken, "undone": undone, "head": await git.head(repository.path)}


async def away(home: Path, project: str) -> dict:
    """Work is sent to where a builder elsewhere reaches it, goes on there, and comes back; then more is sent."""
    git = Git(home)
    await git.create(project, {"README.md": "# Shop\n", **{f"{n}.txt": "old\n" * 3000 for n in range(10)}})
    copy = await git.trial(project, 1, 1, "The list")
    meeting = await git.meet(project, copy, here=True)
    sent = await git.publish(project, copy, meeting, {"asked.txt": "Build.\n"}, {"command.txt": "Do it.\n"})
    builds(address.path(sent.url), sent.branch)
    await git.bring_back(project, copy, sent)
    more = await git.publish(project, copy, sent, {"more.txt": "Mend.\n"}, {})
    return {"copy": str(copy), "head": more.head, "there": str(address.path(sent.url))}


def builds(place: Path, branch: str) -> None:
    """Somebody elsewhere, once."""
    if "Built" in types(place, "log", "--format=%s", branch).splitlines():
        return
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder) / "there"
        types(Path(folder), "clone", "-q", str(place), str(there))
        for n in range(10):
            (there / f"{n}.txt").write_text("new\n" * 3000)
        (there / "0.txt").unlink()
        saves(there, "Built", built_txt="yes\n")
        types(there, "push", "-q", "origin", branch)


STORIES = {"story": story, "away": away}


def serve() -> None:
    """For each line `HOME PROJECT PATH STORY`: a child that tells the story with this PATH.

    Says its process id, which stays its own until the next line, and that it ended.
    """
    ended = []
    for line in sys.stdin:
        while ended:
            os.waitpid(ended.pop(), 0)
        home, project, path, which = line.split()
        child = os.fork()
        if not child:
            os.environ["PATH"] = path
            asyncio.run(STORIES[which](Path(home), project))
            os._exit(0)
        print(child, flush=True)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        print("ended", flush=True)
        ended.append(child)


if __name__ == "__main__":
    if sys.argv[1] == "many":
        print(json.dumps(asyncio.run(many(Path(sys.argv[2])))))
    else:
        serve()
