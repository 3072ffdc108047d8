"""A project's repository, its trial copies and save points, by the real git; every call may be repeated."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

from orchestrator.domain.run import Bind
from orchestrator.errors import Conflict, NotPossible
from orchestrator.forge import (
    adding,
    adoption,
    files,
    keeping,
    layout,
    lending,
    moving,
    names,
    reading,
    remote,
    sending,
    taking,
    trial,
)
from orchestrator.forge.layout import Folder, Trial
from orchestrator.forge.locks import Locks
from orchestrator.forge.program import Place, Program, plainly
from orchestrator.forge.sending import Elsewhere
from orchestrator.forge.values import FileChange, Repository, SavePoint
from orchestrator.ports import Brought, Meeting

__all__ = ["FileChange", "Git", "Repository", "SavePoint"]

FIRST = "The beginning"


class Git:
    """Repositories in `home/<project>/repo`, trial copies in `home/<project>/phases/<n>[-attempt]`.

    `passes` are what we show to hosts, by name, where work is sent to an origin there.
    """

    def __init__(self, home: Path, passes: Mapping[str, str] = MappingProxyType({})) -> None:
        self._home = home.absolute()
        self._passes = passes
        self._tools = self._home / ".tools"  # git's own HOME: empty
        self._locks = Locks()

    async def create(self, project_id: str, texts: Mapping[str, str]) -> Repository:
        """A new repository whose first save point holds these files. A known one is given as it is."""
        folder = Folder(self._home, project_id)
        async with self._alone(folder.root / "lock") as hold:
            if known := folder.repository():
                return known
            return await self._created(folder, texts, hold)

    async def _created(self, folder: Folder, texts: Mapping[str, str], hold: int) -> Repository:
        """Made beside its place and moved there when it is whole."""
        new = folder.root / "new"
        await asyncio.to_thread(files.remove, new)
        with plainly():
            new.mkdir(parents=True)
        git = self._program(layout.main_place(new), hold)
        await git("init", "--quiet", "--template=", f"--initial-branch={layout.OURS}")
        await asyncio.to_thread(files.write_all, new, texts)
        await git("add", "--all", "--force")
        await git("commit", "--quiet", "--no-verify", "--allow-empty", f"--message={FIRST}")
        with plainly():
            new.rename(folder.own)
        return Repository(folder.own, layout.OURS)

    async def adopt(self, project_id: str, source: str) -> Repository:
        """Use a repository of the person's own where it is; nothing in it changes now.

        Raises NotPossible with the reason where it cannot be used, Conflict where the project has another one.
        """
        folder = Folder(self._home, project_id)
        async with self._alone(folder.root / "lock"):
            known = folder.repository()
            if known is None:
                found = await adoption.look(self._home, self._tools, source)
                layout.write(folder.adopted, found)
                return Repository(found.path, found.branch)
        if known.path != adoption.folder(self._home, source):
            raise Conflict(f"This project already works with {known.path}.")
        return known

    async def clone(self, project_id: str, there: Elsewhere, branch: str) -> Repository:
        """A copy of our own of a repository elsewhere, for a new project. A known one is given as it is."""
        folder = Folder(self._home, project_id)
        async with self._alone(folder.root / "lock") as hold:
            known = folder.repository()
            if known is None or not known.path.is_dir():
                return await sending.clone(folder, self._tools, there, branch, hold)
            return known

    async def branches(self, there: Elsewhere) -> dict[str, str]:
        """Those of a repository elsewhere, with their save points."""
        async with self._alone(self._home / ".locks" / "looking"):
            return await sending.heads(self._program(Place(self._tools, self._tools)), there)

    async def send(self, project_id: str, there: Elsewhere, commit: str, branch: str) -> None:
        """Have a branch there stand at this save point. Raises Conflict where somebody else has changed it."""
        async with self._whole(project_id) as (git, _, _repository):
            await sending.send(git, there, names.save_point(commit), branch)

    async def meet_elsewhere(self, project_id: str, there: Elsewhere) -> str:
        """Have the app be the same here and there. Raises Conflict where one cannot simply follow the other."""
        async with self._whole(project_id) as (git, folder, repository):
            return await sending.meet(git, folder, repository, there)

    async def taken(self, project_id: str, key: str) -> str:
        """The save point with which this was taken into the app; empty where it was not."""
        async with self._whole(project_id) as (git, _, repository):
            tip = (await git("rev-parse", "--verify", f"refs/heads/{repository.branch}^{{commit}}")).text
            return await sending.taken(git, tip, taking.TAKEN, key)

    async def has(self, project_id: str, commit: str) -> bool:
        """Whether this save point is part of the app."""
        async with self._whole(project_id) as (git, _, repository):
            return await sending.within(git, names.save_point(commit), f"refs/heads/{repository.branch}")

    def branch_of(self, worktree: Path) -> str:
        """What a trial copy is called."""
        return layout.trial_of(worktree).branch

    def trial_place(self, project_id: str, phase: int, attempt: int) -> Path:
        return Folder(self._home, project_id).trial(phase, attempt)

    async def repository(self, project_id: str) -> Repository:
        """Raises NotPossible if it is not there any more or cannot be read."""
        folder = Folder(self._home, project_id)
        known = folder.repository()
        if known is None:
            raise NotPossible("The folder with this app's files is not there.")
        if not known.path.is_dir():
            raise NotPossible(f"The folder {known.path} is not there any more. When it is back, we go on.")
        if not (known.path / ".git").is_dir():
            raise NotPossible(f"The folder {known.path} is not a repository any more. When it is one again, we go on.")
        git = self._program(layout.main_place(known.path))
        asked = ("rev-parse", "--verify", "--quiet", f"refs/heads/{known.branch}^{{tree}}")
        if (found := await git(*asked, ok=(0, 1, 128))).code:
            sentence = (
                f"What is in {known.path} cannot be read: “{known.branch}”, where the app was, is gone or damaged."
            )
            raise NotPossible(sentence, details=found.err)
        return known

    async def trial(self, project_id: str, phase: int, attempt: int, title: str) -> Path:
        """The trial copy of a phase, begun from where the app is now. A known one is repaired, keeping its content."""
        folder, repository = Folder(self._home, project_id), await self.repository(project_id)
        async with self._alone(folder.lock) as hold:
            git = await self._program(layout.main_place(repository.path), hold).safe()
            copy, wanted = folder.trial(phase, attempt), names.branch(phase, attempt, title)
            await self._back(git, folder, copy)
            return await trial.ready(git, repository, folder, copy, wanted)

    async def write(self, worktree: Path, texts: Mapping[str, str], message: str) -> str:
        """Write these files; a save point, if that changes anything. Gives the latest save point."""
        async with self._working(worktree) as (git, known):
            return await keeping.write(git, known, texts, message)

    async def keep(self, worktree: Path, message: str) -> str:
        """Whatever is not saved becomes a save point. Gives the latest save point."""
        async with self._working(worktree) as (git, known):
            return await keeping.keep(git, known, message)

    async def lend(self, project_id: str, worktree: Path) -> tuple[Bind, ...]:
        """What a builder is to see in the place of the real repository, so that it can save and spoil nothing."""
        folder = Folder(self._home, project_id)
        if worktree.parent != folder.root / layout.PHASES:
            return await asyncio.to_thread(lending.borrowed_by, worktree)
        async with self._whole(project_id) as (git, _, repository):
            return await lending.lend(git, repository, worktree, layout.trial_of(worktree))

    async def take_back(self, worktree: Path) -> str:
        """What the builder saved becomes the copy's history; a sentence where that cannot be. Nothing lent: nothing."""
        folder = Folder.holding(self._home, worktree)
        if folder is None:
            return ""
        async with self._whole(folder.project_id) as (git, _, repository):
            return await lending.take_back(git, repository, worktree, layout.trial_of(worktree))

    async def head(self, where: Path) -> str:
        """The latest save point."""
        return await keeping.head(self._program(layout.place_of(self._home, where)))

    async def base(self, worktree: Path) -> str:
        """Where a trial copy began, however much has been saved in it since."""
        layout.place_of(self._home, worktree)
        return layout.trial_of(worktree).base

    async def merge(self, project_id: str, phase: int, attempt: int, commit: str, title: str, key: str) -> str:
        """Take exactly this save point into the app: gives the app's new one, the same for the same key.

        Raises Conflict if both have changed the same places, NotPossible if the person's own work is in the way.
        """
        subject = taking.subject(phase, attempt, title)
        async with self._whole(project_id) as (git, folder, repository):
            return await taking.take(git, folder, repository, names.save_point(commit), subject, key)

    async def undo(self, project_id: str, merge_commit: str, key: str) -> str:
        """Take out again what that save point brought, by a new one. Keys and refusals are as for `merge`."""
        async with self._whole(project_id) as (git, folder, repository):
            return await taking.undo(git, folder, repository, names.save_point(merge_commit), key)

    async def add(self, project_id: str, texts: Mapping[str, str], subject: str, key: str) -> str:
        """Put papers of ours into the app: gives its save point. Keys and refusals are as for `merge`."""
        async with self._whole(project_id) as (git, folder, repository):
            return await adding.add(git, folder, repository, texts, subject, key)

    async def prepare(self, project_id: str, texts: Mapping[str, str], subject: str, key: str) -> str:
        """The save point that `add` would make, and the app stays where it is: for whoever has to send it first."""
        async with self._whole(project_id) as (git, folder, repository):
            return (await adding.made(git, folder, repository, texts, subject, key))[1]

    async def changed(self, worktree: Path, base: str, head: str | None = None) -> list[FileChange]:
        """What differs from `base`, in everything that lies in the copy now, or in the save point `head`."""
        git = await self._reading(worktree)
        return await reading.changed(git, names.version(base), names.version(head) if head else None)

    async def text(self, where: Path, commit: str, path: str) -> str | None:
        """A file at a save point; None if it was not there. Raises TooLarge beyond 2 MB."""
        return await reading.text(await self._reading(where), names.version(commit), path)

    async def history(self, where: Path, base: str, head: str) -> list[SavePoint]:
        """The save points after `base` up to `head`, oldest first."""
        return await reading.history(await self._reading(where), names.version(base), names.version(head))

    async def standing(self, project_id: str) -> dict[str, str]:
        """How the app's own folder stands: where it is, and each file in it that is not saved, with its state."""
        repository = await self.repository(project_id)
        git = await self._reading(repository.path)
        unsaved = await reading.unsaved(git, "all")
        states = {name: files.state(repository.path / name) for name in unsaved}
        return {"The latest save point": await keeping.head(git), **states}

    async def export(self, where: Path, commit: str, folder: Path) -> None:
        """All files of a save point, without their history, in a folder that is there whole or not at all."""
        target = layout.absolute(folder)
        async with self._alone(layout.lock_for(self._home, target)) as hold:
            git = await self._program(layout.place_of(self._home, where), hold).safe()
            await reading.export(git, names.version(commit), target)

    async def meet(self, project: str, worktree: Path, *, here: bool) -> Meeting:
        """As `ports.Exchange` promises."""
        folder, repository = Folder(self._home, project), await self.repository(project)
        if here:
            return remote.made(folder, self._known(worktree), worktree)
        git = await self._reading(repository.path)
        return Meeting(await remote.origin(git), remote.branch(self._known(worktree), repository))

    async def publish(
        self, project: str, worktree: Path, meeting: Meeting, texts: Mapping[str, str], lacking: Mapping[str, str]
    ) -> Meeting:
        """As `ports.Exchange` promises."""
        if self._known(worktree) is None:
            async with self._whole(project) as (git, _, repository):
                return await remote.show(git, repository, meeting, texts, lacking)
        repository = await self.repository(project)
        async with self._working(worktree) as (git, known):
            line = remote.Line(git, repository, known, worktree, self._passes)
            return await remote.publish(line, meeting, texts, lacking)

    async def bring_back(self, project: str, worktree: Path, meeting: Meeting, also: str = "") -> Brought:
        """As `ports.Exchange` promises."""
        repository = await self.repository(project)
        if self._known(worktree) is None:
            return await remote.compare(await self._reading(repository.path), meeting)
        async with self._working(worktree) as (git, known):
            line = remote.Line(git, repository, known, worktree, self._passes)
            return await remote.bring_back(line, meeting, also)

    def _known(self, worktree: Path) -> Trial | None:
        """What is known of a trial copy; None for a folder that is none."""
        return layout.read(layout.note_of(worktree), Trial) if Folder.holding(self._home, worktree) else None

    @asynccontextmanager
    async def _alone(self, lock: Path) -> AsyncIterator[int]:
        with plainly():
            self._tools.mkdir(parents=True, exist_ok=True)
        async with self._locks.held(lock) as hold:
            yield hold

    @asynccontextmanager
    async def _working(self, worktree: Path) -> AsyncIterator[tuple[Program, Trial]]:
        """At a copy of ours, with what is known about it. The person's own folder is never written in."""
        folder = Folder.holding(self._home, worktree)
        if folder is None:
            raise NotPossible(f"{worktree} is not a trial copy of ours, so nothing is saved in it.")
        async with self._alone(folder.lock) as hold:
            git = await self._program(layout.place_of(self._home, worktree), hold).safe()
            if worktree == folder.own:
                await moving.finish(git, folder, folder.repository() or Repository(folder.own, layout.OURS))
            yield git, await self._back(git, folder, worktree)

    async def _back(self, git: Program, folder: Folder, worktree: Path) -> Trial:
        """Nothing is saved in a copy before what a builder was lent is back: somebody may have been killed."""
        known, repository = layout.trial_of(worktree), folder.repository()
        if repository and lending.lent_of(worktree).exists():
            await lending.take_back(git.at(layout.main_place(repository.path)), repository, worktree, known)
        return known

    @asynccontextmanager
    async def _whole(self, project_id: str) -> AsyncIterator[tuple[Program, Folder, Repository]]:
        folder, repository = Folder(self._home, project_id), await self.repository(project_id)
        async with self._alone(folder.lock) as hold:
            yield await self._program(layout.main_place(repository.path), hold).safe(), folder, repository

    async def _reading(self, where: Path) -> Program:
        return await self._program(layout.place_of(self._home, where)).safe()

    def _program(self, place: Place, hold: int | None = None) -> Program:
        return Program(self._tools, place, hold)
