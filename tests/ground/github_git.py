"""The bare repositories behind the stand-in of GitHub: real git, as people and as the site itself use it."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BASE = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_COMMITTER_NAME": "GitHub",
    "GIT_COMMITTER_EMAIL": "noreply@github.example",
    "LC_ALL": "C",
}
GUARD = """#!/bin/sh
if grep -qxF "$1" protected 2>/dev/null; then echo "GH006: Protected branch update failed" >&2; exit 1; fi
"""


@cache
def _joined(path: Path, base: str, head: str) -> str:
    command = ["git", "merge-tree", "--write-tree", base, head]
    done = subprocess.run(command, cwd=path, env=BASE, check=False, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()[0] if done.returncode == 0 else ""


@dataclass(frozen=True)
class Bare:
    """One repository in a folder. Branches are named without refs/heads."""

    path: Path

    def make(self) -> None:
        self.path.mkdir(parents=True)
        self("init", "-q", "--bare", "-b", "main", ".")
        self("config", "http.receivepack", "true")
        hook = self.path / "hooks" / "update"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(GUARD)
        hook.chmod(0o755)

    def __call__(self, *words: str, ok: tuple[int, ...] = (0,), stdin: str = "", **env: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.path, env=BASE | env, input=stdin, check=False, capture_output=True, text=True
        )
        assert done.returncode in ok, (words, done.stderr)
        return done.stdout.strip()

    def head(self, branch: str) -> str:
        """Its save point; empty where there is no such branch."""
        loose = self.path / "refs" / "heads" / branch
        if loose.is_file() and (sha := loose.read_text().strip()):
            return sha
        return self("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", ok=(0, 1))

    def heads(self) -> dict[str, str]:
        lines = self("for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads").splitlines()
        return dict(line.split() for line in lines)

    def text(self, branch: str, path: str) -> str:
        return self("show", f"{branch}:{path}")

    def files(self, branch: str) -> list[str]:
        return self("ls-tree", "-r", "--name-only", branch).splitlines()

    def messages(self, branch: str) -> list[str]:
        return self("log", "--first-parent", "--format=%B%x00", branch).split("\0")[:-1]

    def commit(self, branch: str, texts: Mapping[str, str], author: str, message: str, start: str = "main") -> str:
        """As if somebody had pushed it."""
        parent = self.head(branch) or self.head(start)
        index = {"GIT_INDEX_FILE": str(self.path / "index.new")}
        self("read-tree", *([parent] if parent else ["--empty"]), **index)
        for path, text in texts.items():
            blob = self("hash-object", "-w", "--stdin", stdin=text)
            self("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", **index)
        return self.point(branch, self("write-tree", **index), [parent] if parent else [], author, message)

    def point(self, branch: str, tree: str, parents: list[str], author: str, message: str) -> str:
        by = {"GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": f"{author}@example.org"}
        named = [word for parent in parents for word in ("-p", parent)]
        new = self("commit-tree", tree, *named, stdin=message, **by)
        self("update-ref", f"refs/heads/{branch}", new)
        return new

    def joined(self, base: str, head: str) -> str:
        """The tree of both; empty where they have changed the same places."""
        return _joined(self.path, base, head)

    def ahead(self, base: str, head: str) -> int:
        return int(self("rev-list", "--count", f"{base}..{head}"))

    def protect(self, branch: str) -> None:
        with (self.path / "protected").open("a") as file:
            file.write(f"refs/heads/{branch}\n")


async def served(root: Path, path: str, query: str, method: str, headers: Mapping[str, str], body: bytes, user: str):
    """What git's own server says: status, headers and body. Without a `user` nothing can be sent there."""
    env = BASE | {
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
        "REMOTE_USER": user,
        "REMOTE_ADDR": "127.0.0.1",
    }
    child = await asyncio.create_subprocess_exec(
        "git", "http-backend", env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, _ = await child.communicate(body)
    top, _, rest = out.partition(b"\r\n\r\n")
    found = dict(line.split(": ", 1) for line in top.decode().split("\r\n") if ": " in line)
    return int(found.pop("Status", "200 OK").split()[0]), found, rest
