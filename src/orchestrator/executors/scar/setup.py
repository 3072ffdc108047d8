"""Brings a conversation with SCAR to our branch and our commands, and reads each answer on the way."""

from orchestrator.errors import NotPossible
from orchestrator.executors.scar import commands, replies
from orchestrator.executors.scar.talk import Talk
from orchestrator.ports import Meeting

NO_COPY = "SCAR could not copy the app to where it works."
OTHER = "SCAR has another app under the same name, “{name}”. Whoever runs SCAR has to rename one of them."
WRONG = "SCAR went to another app than the one that we asked for, so we stopped before anything was done there."
STALE = "SCAR could not fetch the newest version of the app, so we stopped before it would work on an old one."
NO_TREE = "SCAR could not make a place of its own for the branch “{branch}”."
LETTERS = "SCAR cannot work on a branch with the name “{branch}”."
NO_COMMANDS = "SCAR does not find our commands in “.agents/commands” of the app. They must be in its main version."
CREATED, ALREADY = "Worktree created!", "Already using worktree"


async def ready(talk: Talk, meeting: Meeting, command: str) -> None:
    """Safe to repeat. Raises NotPossible, with a sentence, before anything is done that was not wanted."""
    name = commands.folder(meeting.url)
    _, _, tree = await _linked(talk, meeting, name)
    if not tree:
        await _switched(talk, name)
    if meeting.head and not meeting.own:
        await _own_tree(talk, meeting.branch, tree)
    await talk.ask(f"/load-commands {commands.FOLDER}")
    listed = await talk.ask("/commands")
    if not replies.commands(listed).get(command, "").startswith(f"{commands.FOLDER}/"):
        raise NotPossible(NO_COMMANDS, answer=listed)


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


async def _switched(talk: Talk, name: str) -> None:
    """To our app, by a name that cannot be mistaken, and to its newest version."""
    which = commands.which(name, await talk.ask("/repos"))
    said = await talk.ask(f"/repo {commands.word(which)}")
    first = said.partition("\n")[0]
    if said.startswith("Failed to pull"):
        raise NotPossible(STALE, answer=said)
    if first != f"Switched to: {name}":
        raise NotPossible(WRONG, answer=said)


async def _own_tree(talk: Talk, branch: str, tree: str) -> None:
    """Others work in that copy, too, so this phase gets a folder of its own there."""
    if not commands.BRANCH.fullmatch(branch):
        raise NotPossible(LETTERS.format(branch=branch))
    if tree == branch:
        return
    said = await talk.ask(f"/worktree create {branch}")
    if not said.startswith((CREATED, ALREADY)) or branch not in said:
        raise NotPossible(NO_TREE.format(branch=branch), answer=said)


def same(one: str, other: str) -> bool:
    return bool(one) and one.rstrip("/").removesuffix(".git") == other.rstrip("/").removesuffix(".git")
