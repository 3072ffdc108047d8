"""The commands that a page tells its reader to type, and which of them we do not run. Pure."""

import re
from collections.abc import Iterator, Sequence

from orchestrator.evidence.ready import prose, shell

SHELLS = {"sh", "bash", "shell", "console", "zsh", "terminal", "shell-session", "shellsession", "sh-session"}
PROMPT = re.compile(r"^\s*(?:\$|>|\(\S+\) \$|❯|%)\s+(?=\S)")
COMMENT = re.compile(r"^\s*#")
WHOLE = re.compile(r"^\s*(?:if|for|while|case|until|function)\b|\(\)\s*\{|<<-?\s*['\"]?\w+", re.MULTILINE)
CLONE = re.compile(r"^\s*(?:git clone|gh repo clone)\b.*?([\w.-]+?)(?:\.git)?/?(?:\s+([\w.-]+))?\s*$")
LOOKS = {"open", "xdg-open", "start", "code", "nano", "vim", "vi", "less", "$EDITOR", "editor", "emacs"}
# What changes the whole machine, or needs something that there is not within the walls.
NOT_RUN = {
    *("sudo", "docker", "docker-compose", "podman", "systemctl", "service", "apt", "apt-get", "brew", "yum"),
    *("dnf", "pacman", "apk", "snap", "choco", "winget", "ssh", "scp", "rsync", "kubectl", "helm", "terraform", "aws"),
    *("gcloud", "az", "fly", "flyctl", "heroku", "vercel", "psql", "createdb", "mysql", "redis-server", "pyenv", "nvm"),
    *("asdf", "conda", "mamba", "pipx", "cargo", "go", "Set-ExecutionPolicy", "powershell", "vagrant"),
}
INSTALLS = re.compile(
    r"\b(?:pip3? install|uv (?:sync|pip|venv|tool install)|poetry install|pdm install|npm (?:ci|i|install)"
    r"|pnpm (?:i|install)|yarn(?: install)?$|-m venv|bin/activate|corepack|make (?:install|deps|setup)|virtualenv)\b"
)
FETCHED = re.compile(r"\b(?:curl|wget)\b[^|\n]*\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|<\(\s*curl")


def shown(text: str) -> Iterator[str]:
    """The pieces of shell in a text, those in comments left out."""
    for fence in prose.FENCED.finditer(prose.COMMENT.sub("", text)):
        language = fence[2].strip().strip("{}.").split(" ")[0].lower()
        lines = fence[3].splitlines()
        prompted = [line for line in lines if PROMPT.match(line)]
        if language in SHELLS or (not language and prompted):
            yield "\n".join(PROMPT.sub("", line) for line in prompted) if prompted and _output(lines) else _bare(lines)


def _output(lines: Sequence[str]) -> bool:
    """Commands behind a prompt, with what they print between them."""
    return all(PROMPT.match(line) for line in lines if re.match(r"^\s*\$\s", line)) and any(
        re.match(r"^\s*\$\s", line) for line in lines
    )


def _bare(lines: Sequence[str]) -> str:
    return "\n".join(PROMPT.sub("", line) for line in lines)


def commands(pieces: Sequence[str]) -> list[str]:
    """One by one. What belongs together stays together."""
    found: list[str] = []
    for piece in pieces:
        if WHOLE.search(piece):
            found.append(piece.strip())
            continue
        lines = shell.CONTINUED.sub(" ", piece).splitlines()
        found += [line.strip() for line in lines if line.strip() and not COMMENT.match(line)]
    return list(_own(found))


def _own(found: list[str]) -> Iterator[str]:
    """Without what is done already: the code is here. What only looks at things is left out as well."""
    cloned = ""
    for line in found:
        if taken := CLONE.match(line.split("&&")[0].strip()):
            cloned = taken[2] or taken[1]
            rest = line.split("&&")[1:]
            yield from (part.strip() for part in rest if part.strip() != f"cd {cloned}")
        elif (cloned and re.fullmatch(rf"cd \.?/?{re.escape(cloned)}/?", line)) or line.split()[0] in LOOKS:
            continue
        else:
            yield _within(line, cloned) if cloned else line


def _within(line: str, cloned: str) -> str:
    """The same, typed in the folder of the code instead of beside it."""
    return re.sub(rf"(?<=\s)(-C\s*|--directory[= ]|--prefix[= ])(?:\./)?{re.escape(cloned)}/?(?=\s|$)", r"\1.", line)


def not_run(command: str) -> str:
    """The program for which we do not run a command; empty where we do."""
    if FETCHED.search(command):
        return "a script from the internet"
    for call in shell.calls(command, stops=True):
        name = call.words[0].rpartition("/")[2]
        if name in NOT_RUN:
            return name
    return ""


def hides(command: str) -> str:
    """What in it would hide that it fails."""
    ending = {"or", "pipe", "trap", "not"}
    for call in shell.calls(command, stops=True, pipes=True):
        if call.left in ending and call.words[0] not in {"true", "echo"}:
            return call.said
    return ""
