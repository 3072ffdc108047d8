"""Brings a conversation with SCAR to our branch and our commands, and reads each answer on the way."""

from orchestrator.errors import NotPossible
from orchestrator.executors.scar import commands, replies
from orchestrator.executors.scar.talk import Talk
from orchestrator.ports import Meeting

NO_COPY = "SCAR could not copy the app to where it works."
OTHER = "SCAR has another app under the same name, “{name}”. Whoever runs SCAR has to rename one of them."
WRONG = "SCAR went to another app than the one that we asked for, so we stopped before anything was done there."
NO_TREE = "SCAR could not make a place of its own for the branch “{branch}”."
LETTERS = "SCAR cannot work on a branch with the name “{branch}”."
NO_COMMANDS = "SCAR does not find our commands in “.agents/commands” of the app. They must be in its main version."
SPOILT = "SCAR’s copy of the app is spoilt: our commands are gone. Go back to the plan, and it makes a new copy."
CREATED, ALREADY = "Worktree created!", "Already using worktree"


async def ready(talk: Talk, meeting: Meeting, project: str, command: str) -> None:
    """Safe to repeat. Raises NotPossible, with a sentence, before anything is done that was not wanted."""
    name = commands.folder(meeting.url)
    _, _, tree = await _linked(talk, meeting, name)
    if not tree:
        await _switched(talk, name)
        await _still_linked(talk, meeting)
    if meeting.head and not meeting.own:
        await _own_tree(talk, f"{meeting.branch}-{project}", tree)
    await talk.ask(f"/load-commands {commands.FOLDER}")
    listed = await talk.ask("/commands")
    if not replies.commands(listed).get(command, "").startswith(f"{commands.FOLDER}/"):
        raise NotPossible(SPOILT if meeting.own else NO_COMMANDS, answer=listed)


async def _linked(talk: Talk, meeting: Meeting, name: str) -> tuple[str, str, str]:
    """The app that the conversation is about, which must be ours."""
    found = replies.linked(await talk.ask("/status"))
    if same(found[1], meeting.url):
        return found
    said = await talk.ask(f"/clone {commands.word(meeting.url)}")
    if said.startswith("Directory already exists"):
        await _switched(talk, name)
    elif not said.startswith(("Repository cloned successfully!", "Repository already cloned.")):
        raise NotPossible(NO_COPY, answer=said)
    found = replies.linked(await talk.ask("/status"))
    if not same(found[1], meeting.url):
        raise NotPossible(OTHER.format(name=name), answer=said)
    return found


async def _still_linked(talk: Talk, meeting: Meeting) -> None:
    if not same(replies.linked(await talk.ask("/status"))[1], meeting.url):
        raise NotPossible(WRONG)


async def _switched(talk: Talk, name: str) -> None:
    """To our app, by a name that cannot be mistaken, and to its newest version.

    Where a builder left the copy on a branch of its own, it cannot be renewed like that. Our commands begin with that.
    """
    which = commands.which(name, await talk.ask("/repos"))
    said = await talk.ask(f"/repo {commands.word(which)}")
    if said.startswith("Failed to pull"):
        return
    if said.partition("\n")[0] != f"Switched to: {name}":
        raise NotPossible(WRONG, answer=said)


async def _own_tree(talk: Talk, name: str, tree: str) -> None:
    """Others work in that copy, too, so this phase gets a folder of its own there.

    All apps have theirs in one place, so its name is that of no other; our branch is opened in it by our commands.
    """
    if not commands.BRANCH.fullmatch(name):
        raise NotPossible(LETTERS.format(branch=name))
    if tree == name:
        return
    said = await talk.ask(f"/worktree create {name}")
    if not said.startswith((CREATED, ALREADY)) or name not in said:
        raise NotPossible(NO_TREE.format(branch=name), answer=said)


def same(one: str, other: str) -> bool:
    return bool(one) and one.rstrip("/").removesuffix(".git") == other.rstrip("/").removesuffix(".git")
