"""What SCAR does with a message, whichever way it came: parsing, repositories, commands, and runs of its agent.

Written from what was observed on a running SCAR. Rows that live in its database are in a file and survive a restart.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

TOKENS = re.compile(r"\"[^\"]+\"|'[^']+'|\S+")
UNKNOWN = "Unknown command: /{name}\n\nType /help for available commands or /templates for command templates."
NO_LINK = "No codebase configured. Use /clone <repo-url> first."
NO_STATUS = """Platform: test
AI Assistant: claude

No codebase configured. Use /clone <repo-url> to get started.

Current Working Directory: Not set"""
EXITED = "⚠️ Error: Claude Code process exited with code {code}. Try /reset if issue persists."
KILLED = "⚠️ Error: Claude Code process terminated by signal SIGKILL. Try /reset if issue persists."
TESTS = Path(__file__).parents[1]
Send = Callable[[str], None]


def parsed(text: str) -> tuple[str, list[str]]:
    """The name of a command and its arguments: tokens in quotation marks, no escapes."""
    parts = [
        part[1:-1] if len(part) > 2 and part[0] in "\"'" and part[0] == part[-1] else part
        for part in TOKENS.findall(text)
    ]
    return parts[0].removeprefix("/"), parts[1:]


def filled(text: str, arguments: list[str]) -> str:
    """As JavaScript's `replace` would: what looks like a variable in an argument is filled in as well."""
    for place, argument in enumerate(arguments, 1):
        text = replaced(text, f"${place}", argument)
    return replaced(text, "$ARGUMENTS", " ".join(arguments))


def replaced(text: str, what: str, by: str) -> str:
    return re.sub(re.escape(what), lambda found: by.replace("$&", found[0]).replace("$$", "$"), text)


def number(text: str) -> int | None:
    """As JavaScript's parseInt."""
    found = re.match(r"\s*([+-]?\d+)", text)
    return int(found[1]) if found else None


def git(folder: Path, *words: str) -> tuple[int, str]:
    env = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(["git", *words], cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


@dataclass
class Codebase:
    name: str
    url: str
    commands: dict[str, str] = field(default_factory=dict)


@dataclass
class Conversation:
    codebase: str = ""
    cwd: str = ""
    worktree: str = ""
    session: str = ""
    last: str = ""


class Core:
    """`switches` are the pitfalls that are on; `scripts` say how the agent behaves in its next runs, then well."""

    def __init__(self, folder: Path) -> None:
        self.workspace, self._rows = folder / "workspace", folder / "rows.json"
        self.workspace.mkdir(parents=True, exist_ok=True)
        self.codebases: dict[str, Codebase] = {}
        self.conversations: dict[str, Conversation] = {}
        self.switches: dict[str, object] = {}
        self.scripts: list[dict[str, object]] = []
        self.runs: list[dict[str, object]] = []
        if self._rows.exists():
            rows = json.loads(self._rows.read_text())
            self.codebases = {name: Codebase(**row) for name, row in rows["codebases"].items()}
            self.conversations = {name: Conversation(**row) for name, row in rows["conversations"].items()}

    def save(self) -> None:
        rows = {
            name: {key: asdict(row) for key, row in getattr(self, name).items()}
            for name in ("codebases", "conversations")
        }
        self._rows.with_suffix(".part").write_text(json.dumps(rows))
        self._rows.with_suffix(".part").replace(self._rows)

    async def handle(self, id: str, text: str, send: Send) -> None:
        """Everything that one message leads to."""
        conversation = self.conversations.setdefault(id, Conversation())
        try:
            if not text.startswith("/"):
                await self._free(conversation, text, send)
                return
            name, arguments = parsed(text)
            if name == "command-invoke":
                await self._invoke(conversation, arguments, send)
                return
            known = COMMANDS.get(name)
            reply = (
                await asyncio.to_thread(known, self, conversation, arguments) if known else UNKNOWN.format(name=name)
            )
            send(reply)
            if name in ("repo", "clone") and self.switches.get("twice"):
                send(reply)
        finally:
            self.save()

    async def _free(self, conversation: Conversation, text: str, send: Send) -> None:
        if not conversation.codebase:
            send(NO_LINK)
            return
        conversation.last = "router"
        await self._agent(conversation, "router", [text], text, send)

    async def _invoke(self, conversation: Conversation, arguments: list[str], send: Send) -> None:
        if refused := self._refusal(conversation, arguments):
            send(refused)
            return
        name, *rest = arguments
        try:
            text = (self.here(conversation) / self.codebases[conversation.codebase].commands[name]).read_text()
        except OSError as problem:
            send(f"Failed to read command file: {problem.strerror}")
            return
        conversation.last = name
        conversation.session = conversation.session or "1a2b3c4d"
        await self._agent(conversation, name, rest, filled(text, rest), send)

    def _refusal(self, conversation: Conversation, arguments: list[str]) -> str:
        if not arguments:
            return "Usage: /command-invoke <name> [args...]"
        if not conversation.codebase:
            return NO_LINK
        known = arguments[0] in self.codebases[conversation.codebase].commands
        return "" if known else f"Command '{arguments[0]}' not found. Use /commands to see available."

    def here(self, conversation: Conversation) -> Path:
        return Path(conversation.worktree or conversation.cwd)

    async def _agent(self, conversation: Conversation, name: str, arguments: list[str], text: str, send: Send) -> None:
        """A run: a message for each text and each tool; nothing at the start and nothing at the end."""
        script = self.scripts.pop(0) if self.scripts else {}
        run = {"name": name, "arguments": arguments, "text": text, "at": str(self.here(conversation)), "over": False}
        self.runs.append(run)
        if name == "router":
            send("I am not sure what you want me to do.")
            run["over"] = True
            return
        mood, gap = str(script.get("mood", "good")), str(script.get("gap", 0))
        command = (sys.executable, "-m", "ground.scar_agent", mood, gap, name, *arguments)
        env = os.environ | {"PYTHONPATH": str(TESTS)}
        process = await asyncio.create_subprocess_exec(
            *command, cwd=self.here(conversation), env=env, stdout=asyncio.subprocess.PIPE, limit=2**20
        )
        run["pid"] = process.pid
        try:
            assert process.stdout
            async for line in process.stdout:
                said = json.loads(line)
                send(said["text"] if "text" in said else f"🔧 {said['tool']}\n{said['rest']}")
                if script.get("twice"):
                    send(said["text"] if "text" in said else f"🔧 {said['tool']}\n{said['rest']}")
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if code:
            send(KILLED if code < 0 else EXITED.format(code=code))
        run["over"] = True


def status(core: Core, conversation: Conversation, _: list[str]) -> str:
    if not conversation.codebase:
        return NO_STATUS
    codebase = core.codebases[conversation.codebase]
    tree = f"\nWorktree: worktrees/{Path(conversation.worktree).name}" if conversation.worktree else ""
    session = f"\nActive Session: {conversation.session}..." if conversation.session else ""
    return (
        f"Platform: test\nAI Assistant: claude\n\nCodebase: {codebase.name}\nRepository: {codebase.url}\n\n"
        f"Current Working Directory: {conversation.cwd}{tree}{session}"
    )


def folders(core: Core) -> list[str]:
    return sorted(path.name for path in core.workspace.iterdir() if path.is_dir())


def repos(core: Core, conversation: Conversation, _: list[str]) -> str:
    active = Path(conversation.cwd).name
    lines = [f"{n}. {name}{' ← active' if name == active else ''}" for n, name in enumerate(folders(core), 1)]
    return "Repositories:\n\n" + "\n".join(lines) if lines else "No repositories found. Use /clone <repo-url> first."


def repo(core: Core, conversation: Conversation, arguments: list[str]) -> str:
    if not arguments:
        return "Usage: /repo <number-or-name>"
    there = folders(core)
    if not there:
        return "No repositories found. Use /clone <repo-url> first."
    n = number(arguments[0])
    if n is not None and 1 <= n <= len(there):
        name = there[n - 1]
    else:
        fitting = [name for name in there if name == arguments[0]] or [x for x in there if x.startswith(arguments[0])]
        if not fitting:
            return f"Repository not found: {arguments[0]}"
        name = fitting[0]
    folder = core.workspace / name
    pulled = ""
    if core.switches.get("no pull"):
        return "Failed to pull: error: Your local changes would be overwritten by merge."
    if (folder / ".git").exists():
        code, said = git(folder, "pull")
        if code:
            return f"Failed to pull: {said}"
        pulled = "\n✓ Pulled latest changes"
    linked(core, conversation, name, git(folder, "config", "remote.origin.url")[1])
    loaded = autoload(core, conversation)
    return f"Switched to: {name}{pulled}{loaded}\n\nReady to work!"


def linked(core: Core, conversation: Conversation, name: str, url: str) -> None:
    core.codebases.setdefault(name, Codebase(name, url))
    conversation.codebase, conversation.cwd, conversation.worktree = name, str(core.workspace / name), ""
    conversation.session = ""


def autoload(core: Core, conversation: Conversation) -> str:
    """Only the first of the two folders is looked at."""
    if core.switches.get("not loaded"):
        return ""
    for place in (".claude/commands", ".agents/commands"):
        if (Path(conversation.cwd) / place).is_dir():
            found = load(core, conversation, place)
            return f"\n✓ Loaded {len(found)} commands" if found else ""
    return ""


def load(core: Core, conversation: Conversation, place: str) -> list[str]:
    root = Path(conversation.cwd)
    found = sorted((root / place).rglob("*.md"))
    for path in found:
        core.codebases[conversation.codebase].commands[path.stem] = str(path.relative_to(root))
    return [path.stem for path in found]


def clone(core: Core, conversation: Conversation, arguments: list[str]) -> str:
    if not arguments:
        return "Usage: /clone <repo-url>"
    url = arguments[0].rstrip("/")
    known = next((row for row in core.codebases.values() if row.url == url), None)
    if known and (core.workspace / known.name).is_dir():
        linked(core, conversation, known.name, url)
        return f"Repository already cloned.\n\nLinked to existing codebase: {known.name}\nPath: {conversation.cwd}"
    name = url.rsplit("/", 1)[-1].replace(".git", "", 1)
    folder = core.workspace / name
    if folder.exists():
        return f"Directory already exists: {folder}\n\nNo matching codebase found. Use /repo {name} to use it."
    code, said = git(core.workspace, "clone", "-q", url, str(folder))
    if code:
        return f"Failed to clone repository: {said}"
    linked(core, conversation, name, url)
    loaded = autoload(core, conversation)
    return f"Repository cloned successfully!\n\nCodebase: {name}\nPath: {folder}{loaded}\n\nSession reset."


def load_commands(core: Core, conversation: Conversation, arguments: list[str]) -> str:
    if not conversation.codebase:
        return NO_LINK
    if not arguments:
        return "Usage: /load-commands <folder>"
    place = Path(conversation.cwd) / arguments[0]
    if not place.is_dir():
        return f"Failed: ENOENT: no such file or directory, access '{place}'"
    if core.switches.get("not loaded"):
        return "Loaded 3 commands recursively: prime, plan-feature-github, execute-github"
    found = load(core, conversation, arguments[0])
    return (
        f"Loaded {len(found)} commands recursively: {', '.join(found)}"
        if found
        else f"No .md files found in {arguments[0]}"
    )


def commands(core: Core, conversation: Conversation, _: list[str]) -> str:
    if not conversation.codebase:
        return NO_LINK
    known = core.codebases[conversation.codebase].commands
    return "Registered Commands:\n\n" + "\n".join(f"{name} - {path}" for name, path in known.items())


def worktree(core: Core, conversation: Conversation, arguments: list[str]) -> str:
    if not conversation.codebase:
        return NO_LINK
    if arguments[:1] == ["list"]:
        return "Worktrees:\n\n" + git(Path(conversation.cwd), "worktree", "list")[1]
    if arguments[:1] == ["orphans"]:
        return "All worktrees (from git):\n\n" + git(Path(conversation.cwd), "worktree", "list")[1]
    if arguments[:1] == ["remove"]:
        return removed_worktree(conversation, force="--force" in arguments)
    if arguments[:1] != ["create"] or len(arguments) < 2:
        return "Usage: /worktree create <branch>"
    return new_worktree(core, conversation, arguments[1])


def removed_worktree(conversation: Conversation, *, force: bool) -> str:
    if not conversation.worktree:
        return "This conversation is not using a worktree."
    if not force and git(Path(conversation.worktree), "status", "--porcelain")[1]:
        return "Worktree has uncommitted changes.\n\nCommit your work first, or use `/worktree remove --force`."
    git(Path(conversation.cwd), "worktree", "remove", "--force", conversation.worktree)
    name, conversation.worktree = Path(conversation.worktree).name, ""
    return f"Worktree removed: worktrees/{name}\n\nSwitched back to main repo."


def new_worktree(core: Core, conversation: Conversation, branch: str) -> str:
    if conversation.worktree:
        return f"Already using worktree: worktrees/{Path(conversation.worktree).name}\n\nRun /worktree remove first."
    if not re.fullmatch(r"[A-Za-z0-9_-]+", branch):
        return "Branch name must contain only letters, numbers, dashes, and underscores."
    folder = core.workspace / "worktrees" / branch
    code, said = git(Path(conversation.cwd), "worktree", "add", str(folder), "-b", branch)
    if code and "already exists" in said:
        return f"Branch '{branch}' already exists. Use a different name."
    if code:
        return f"Failed to create worktree: {said}"
    conversation.worktree, conversation.session = str(folder), ""
    return f"Worktree created!\n\nBranch: {branch}\nPath: worktrees/{branch}\nAllocated Port: 8000"


def reset(_: Core, conversation: Conversation, __: list[str]) -> str:
    if not conversation.session:
        return "No active session to reset."
    conversation.session = ""
    return "Session cleared. Starting fresh on next message..."


def reset_context(_: Core, conversation: Conversation, __: list[str]) -> str:
    if not conversation.session:
        return "No active session to reset."
    conversation.session = ""
    return "AI context reset. Your next message starts fresh."


def setcwd(core: Core, conversation: Conversation, arguments: list[str]) -> str:
    """Whether the folder exists is not looked at."""
    if not arguments:
        return "Usage: /setcwd <path>"
    place = (core.workspace / arguments[0]).resolve()
    if not place.is_relative_to(core.workspace.resolve()):
        return f"Path must be within {core.workspace} directory"
    conversation.cwd, conversation.session = str(place), ""
    return f"Working directory set to: {place}\n\nSession reset - starting fresh on next message."


def templates(*_: object) -> str:
    return "Command Templates:\n\n/commit - Commit what was changed\n/plan - Plan a feature\n/router - Find the command"


COMMANDS: dict[str, Callable[[Core, Conversation, list[str]], str]] = {
    "status": status, "repos": repos, "repo": repo, "clone": clone, "load-commands": load_commands,
    "commands": commands, "worktree": worktree, "reset": reset, "reset-context": reset_context, "setcwd": setcwd,
    "templates": templates,
    "getcwd": lambda _, conversation, __: f"Current working directory: {conversation.cwd or 'Not set'}",
}  # fmt: skip
