"""Lets a builder out to the addresses that it may reach and to no others: a proxy of ours, on sockets that it is lent.

A name is looked up by us and reached at the very address that was judged, so no name can change its meaning in between.
"""

import asyncio
import ipaddress
import os
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.domain.run import Network

# Where building blocks come from. Each of them is only read from by the programs that set up an app.
REGISTRIES = frozenset({
    "pypi.org", "files.pythonhosted.org",
    "registry.npmjs.org", "registry.yarnpkg.com", "nodejs.org",
    "index.crates.io", "static.crates.io", "crates.io", "static.rust-lang.org",
    "proxy.golang.org", "sum.golang.org", "go.dev", "dl.google.com",
    "rubygems.org", "index.rubygems.org", "repo.packagist.org", "packagist.org",
    "repo.maven.apache.org", "repo1.maven.org", "plugins.gradle.org", "services.gradle.org", "api.nuget.org",
    "deb.debian.org", "security.debian.org", "archive.ubuntu.com", "security.ubuntu.com",
})  # fmt: skip
WEB = frozenset({80, 443})
HERE = "127.0.0.1"
LOOPBACK = frozenset({"localhost", HERE, "::1"})
NAT64 = ipaddress.ip_network("64:ff9b::/96")
HEAD = 1 << 16  # bytes of a request's beginning
PATIENCE_S = 20
AT_ONCE = 128  # connections
TOLD = 20  # refused hosts that are told of; nobody reads more
NO, NOWHERE, UNCLEAR, BUSY = (
    (403, "Forbidden", "This address is not among those that the builder may reach."),
    (502, "Bad Gateway", "Nothing answers at this address."),
    (400, "Bad Request", "This is not a request that a proxy understands."),
    (503, "Service Unavailable", "Too many connections are open at once."),
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Refused = Callable[[str, int], None]


class Barred(Exception):
    """It may not be reached."""


async def _looked_up(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


async def _reached(address: str, port: int) -> Streams:
    return await asyncio.open_connection(address, port)


@dataclass(frozen=True, slots=True)
class World:
    """How names are looked up and addresses reached."""

    look_up: Callable[[str, int], Awaitable[list[str]]] = _looked_up
    reach: Callable[[str, int], Awaitable[Streams]] = _reached


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is for. `first` is what the other side is sent of it; empty for a tunnel."""

    host: str
    port: int
    first: bytes = b""


class Gateway:
    """Of one run. `models` are the addresses of the builder's own model, such as api.example.org:443."""

    def __init__(self, network: Network, models: Iterable[str], refused: Refused, world: World | None = None) -> None:
        self._network, self._refused, self._world = network, refused, world or World()
        self._models = frozenset(map(place, models))
        self._told: set[str] = set()
        self._open: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self, folder: Path) -> AsyncIterator[dict[int, str]]:
        """Sockets in this folder, while the context lasts: by port of loopback, the name of what stands for it.

        Port 0 stands for the proxy itself.
        """
        names = {0: "proxy"} | {port: str(port) for host, port in self._models if host == HERE}
        servers = [await self._serving(folder / name, port) for port, name in names.items()]
        try:
            yield names
        finally:
            for server in servers:
                server.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    async def _serving(self, path: Path, port: int) -> asyncio.Server:
        made = bound(path)

        def opened(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._answered(reader, writer, port))
            self._open.add(task)
            task.add_done_callback(self._open.discard)

        return await asyncio.start_unix_server(opened, sock=made, limit=HEAD)

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        try:
            with suppress(OSError):
                if port:
                    await self._forward(reader, writer, port)
                else:
                    await self._proxy(reader, writer)
        finally:
            writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        """For programs that are pointed at a port of this machine and know of no proxy."""
        async with asyncio.timeout(PATIENCE_S):
            outside = await self._world.reach(HERE, port)
        await _joined((reader, writer), outside)

    async def _proxy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wrong = UNCLEAR
        try:
            async with asyncio.timeout(PATIENCE_S):
                target = asked(await reader.readuntil(b"\r\n\r\n"))
                wrong = NOWHERE
                outside = await self._out(target)
        except Barred:
            await _say(writer, NO)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, OSError):  # a timeout is one, too
            await _say(writer, BUSY if len(self._open) > AT_ONCE else wrong)
        else:
            if target.first:
                outside[1].write(target.first)
            else:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await _joined((reader, writer), outside)

    async def _out(self, target: Target) -> Streams:
        """A connection to there. Raises Barred where it must not be, OSError where there is none."""
        if len(self._open) > AT_ONCE:
            raise ConnectionAbortedError
        own = (target.host, target.port) in self._models
        if not own and not self._listed(target):
            raise self._barred(target)
        addresses = await self._world.look_up(target.host, target.port)
        may = [each for each in addresses if reachable(target.host, each, own=own)]
        if addresses and not may:
            raise self._barred(target)
        return await self._first(may, target.port)

    def _listed(self, target: Target) -> bool:
        if self._network is Network.LISTED:
            return target.host in REGISTRIES and target.port in WEB
        return self._network is Network.OPEN

    async def _first(self, addresses: list[str], port: int) -> Streams:
        for each in addresses:
            with suppress(OSError):
                return await self._world.reach(each, port)
        raise ConnectionRefusedError

    def _barred(self, target: Target) -> Barred:
        if target.host not in self._told and len(self._told) < TOLD:
            self._told.add(target.host)
            self._refused(target.host, target.port)
        return Barred()


def place(text: str) -> tuple[str, int]:
    """A host and its port, 443 where none is said. Raises ValueError."""
    parts = urlsplit(f"//{text}")
    return named(parts.hostname), parts.port or 443


def named(host: str | None) -> str:
    """The one name for a host that has several. Raises ValueError where it cannot be one."""
    name = (host or "").rstrip(".").lower()
    if not re.fullmatch(r"[\w.:-]{1,253}", name, re.ASCII):
        raise ValueError(name)
    return HERE if name in LOOPBACK else name


def asked(head: bytes) -> Target:
    """What a request to a proxy is for. Raises ValueError."""
    lines = head.decode("latin-1").split("\r\n")
    method, url, version = lines[0].split(" ")
    if method == "CONNECT":
        return Target(*place(url))
    parts = urlsplit(url)
    if parts.scheme != "http":
        raise ValueError(url)
    host, port = named(parts.hostname), parts.port or 80
    path = f"{parts.path or '/'}{'?' * bool(parts.query)}{parts.query}"
    kept = [
        line for line in lines[1:-2] if not re.match(r"(host|connection|proxy-[\w-]+|keep-alive):", line, re.IGNORECASE)
    ]
    said = [f"{method} {path} {version}", f"Host: {parts.netloc.rpartition('@')[2]}", *kept, "Connection: close"]
    return Target(host, port, "\r\n".join([*said, "", ""]).encode("latin-1"))


def reachable(host: str, found: str, *, own: bool) -> bool:
    """Whether an address that was found for a host may be connected to; `own` says that it is the builder's model."""
    ip = unwrapped(ipaddress.ip_address(found.partition("%")[0]))
    if host == HERE:
        return own and ip.is_loopback
    if ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        return False
    if ours(ip):
        return own
    # A registry may be one that stands in for it nearby: whoever runs this machine says where its name leads.
    return own or host in REGISTRIES or (ip.is_global and not ip.is_reserved)


def unwrapped(ip: Address) -> Address:
    """The address that another one only carries."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


def ours(ip: Address) -> bool:
    """Whether this machine itself has the address, which may be a public one."""
    family = socket.AF_INET if isinstance(ip, ipaddress.IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(ip), 0))
    except OSError:
        return False
    return True


def bound(path: Path) -> socket.socket:
    """A socket there, however long the path is: the system allows a hundred letters, and folders may be deep."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    made = socket.socket(socket.AF_UNIX)
    try:
        made.bind(f"/proc/self/fd/{folder}/{path.name}")
    except OSError:
        made.close()
        raise
    finally:
        os.close(folder)
    return made


async def _say(writer: asyncio.StreamWriter, wrong: tuple[int, str, str]) -> None:
    code, name, sentence = wrong
    head = f"HTTP/1.1 {code} {name}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Length: {len(sentence) + 1}\r\n\r\n{sentence}\n".encode())
    await writer.drain()


async def _joined(inside: Streams, outside: Streams) -> None:
    """Pass bytes both ways until both have ended, or one breaks."""
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(_passed(inside[0], outside[1]))
            both.create_task(_passed(outside[0], inside[1]))
    except* OSError:
        pass
    finally:
        outside[1].close()


async def _passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(HEAD):
        writer.write(piece)
        await writer.drain()
    with suppress(OSError):
        writer.write_eof()
