"""A PostgreSQL of our own for a test run: in a temporary folder, on a free port, gone when the run is."""

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from ground import ports
from ground.until import blocking, until

LIFELINE = Path(__file__).with_name("lifeline.py")
OWNER = "orchestrator"
# As in production where it matters to us; small where only the test machine notices.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
    "logging_collector": "off",
    "authentication_timeout": "5s",  # who connects while it ends and says nothing would hold it up for a whole minute
}


class Cluster:
    """A running server. Names of databases are plain words."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port = port
        self.folder = folder
        self.holder: subprocess.Popen | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{OWNER}@127.0.0.1:{self.port}/{database}"

    async def create(self, name: str, template: str | None = None) -> str:
        """Make a database, as a copy of `template` if there is one, and return its address."""
        copy = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        await self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copy)
        return self.url(name)

    async def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it. One that is not there is no matter."""
        await self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    async def restart(self) -> None:
        """As an operator would: everybody loses their connection, and for a moment nobody gets a new one."""
        began = await self._began()
        self.holder.stdin.write(b"again\n")
        self.holder.stdin.flush()
        await until(lambda: self._is_newer_than(began), within=60)

    async def _began(self) -> object:
        async with await psycopg.AsyncConnection.connect(self.url()) as connection:
            return (await (await connection.execute("SELECT pg_postmaster_start_time()")).fetchone())[0]

    async def _is_newer_than(self, began: object) -> bool:
        try:
            return await self._began() > began
        except psycopg.OperationalError:
            return False

    async def _run(self, statement: sql.Composed) -> None:
        async with await psycopg.AsyncConnection.connect(self.url(), autocommit=True) as connection:
            await connection.execute(statement)


@contextmanager
def running() -> Iterator[Cluster]:
    """Start one; it ends with this block, with this process, or when this process is killed."""
    cluster, holder = _started()
    try:
        yield cluster
    finally:
        holder.stdin.close()
        holder.wait(20)


def _started(tries: int = 3) -> tuple[Cluster, subprocess.Popen]:
    """Somebody else may take the port between our look and the start, so it is tried more than once."""
    folder = Path(tempfile.mkdtemp(prefix="orchestrator-postgres-", dir=_reachable()))
    user = _user(folder)
    _initialise(folder / "data", user)
    cluster = Cluster(ports.free(), folder)
    holder = cluster.holder = _hold(cluster, user)
    blocking(lambda: _answers(cluster) or holder.poll() is not None)
    if holder.poll() is None:
        return cluster, holder
    if tries > 1:
        return _started(tries - 1)
    raise RuntimeError(f"PostgreSQL ended with {holder.returncode} instead of starting")


def programs() -> Path:
    """The folder of initdb and postgres: Debian keeps them off the PATH."""
    found = [Path(on_path).resolve().parent] if (on_path := shutil.which("initdb")) else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    if (config := shutil.which("pg_config")) and not found:
        found.append(Path(subprocess.check_output([config, "--bindir"], text=True).strip()))
    return next(path for path in found if (path / "initdb").exists() and (path / "postgres").exists())


def _reachable() -> str:
    """A folder that another user can reach too: the one of a test may lie below one that only root enters."""
    return "/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()


def _user(folder: Path) -> str | None:
    """Whom the server runs as: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    name = "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"
    shutil.chown(folder, name)
    return name


def _initialise(data: Path, user: str | None) -> None:
    options = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", f"--username={OWNER}"]
    command = [programs() / "initdb", *options, "-D", data]
    subprocess.run(command, user=user, cwd=data.parent, stdin=subprocess.DEVNULL, check=True, capture_output=True)


def _hold(cluster: Cluster, user: str | None) -> subprocess.Popen:
    settings = [f"--{name}={value}" for name, value in SETTINGS.items()]
    data = cluster.folder / "data"
    order = {
        "command": [str(programs() / "postgres"), "-D", str(data), "-p", str(cluster.port), *settings],
        "user": user,
        "folder": str(cluster.folder),
        "signal": "SIGINT",  # end at once, and tidily
    }
    command = [sys.executable, "-I", LIFELINE, json.dumps(order)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def _answers(cluster: Cluster) -> bool:
    try:
        psycopg.connect(cluster.url(), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
