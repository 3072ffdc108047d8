"""What a command sees of this machine, by bubblewrap: little of the system, places of its own, and nothing else."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.domain.run import Bind

PROGRAM = "bwrap"
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
# Of /etc what certificates, the names of users and hosts, and the loading of programs need. Keys are not among it.
ETC = (
    "ssl/certs", "ssl/openssl.cnf", "ssl/cert.pem", "pki/tls/certs", "pki/tls/cert.pem", "pki/tls/openssl.cnf",
    "pki/ca-trust/extracted", "ca-certificates", "ca-certificates.conf", "crypto-policies", "nsswitch.conf",
    "host.conf", "gai.conf", "services", "protocols", "localtime", "timezone", "mime.types", "ld.so.cache",
    "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "magic", "os-release", "debian_version", "inputrc",
    "terminfo", "python3", "python3.11", "python3.12", "python3.13", "perl", "php", "java-17-openjdk",
    "java-21-openjdk",
)  # fmt: skip
WRITTEN = ("passwd", "group", "hosts")  # of /etc what we write ourselves: the machine's own would name its people
# Of /proc what belongs to the machine. Whoever is root outside could otherwise change it from within, or read from it.
STILL = ("sys", "irq", "bus", "fs", "acpi", "mtrr", "sysrq-trigger")
UNSEEN = ("kcore", "keys", "key-users", "timer_list", "kallsyms", "kmsg", "slabinfo", "vmallocinfo")
SPACES = ("user", "ipc", "pid", "uts")
USER = 1000  # whoever it is outside: programs that mind being root do not have to
MEMORY_MB = 256  # of each place that lives in memory
IN_MEMORY = ("tmp", "dev/shm", "var/tmp")  # of the system within: each has its own, empty and gone with it
RUN = Path("/run/orchestrator")
# bubblewrap stays beside the command and would hold its input and output open: it is handed them under other numbers.
ASIDE = ("/bin/sh", "-c", 'exec "$@" 8<&0 9>&1 </dev/null >/dev/null', "sh")
NAMES = {
    "passwd": f"root:x:0:0::/:/bin/false\nbuilder:x:{USER}:{USER}::/tmp:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n",
    "group": f"root:x:0:\nbuilder:x:{USER}:\nnogroup:x:65534:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
}


@dataclass(frozen=True, slots=True)
class Walls:
    """`hidden` is seen in no case, but `binds` may lie in it. In `folder`, which is ours, stands what it is told."""

    folder: Path
    seen: tuple[Path, ...] = ()  # what its programs need
    lent: tuple[Path, ...] = ()  # what a person let it write, beside its own
    hidden: tuple[Path, ...] = ()
    binds: tuple[Bind, ...] = ()
    closed: bool = True  # it has a network of its own, which leads nowhere


def command(program: str, walls: Walls, cwd: Path, inner: Sequence[str]) -> tuple[str, ...]:
    """The command that has `inner` run within walls."""
    spaces = (*SPACES, "net") if walls.closed else SPACES
    return (
        program,
        *(f"--unshare-{space}" for space in spaces),
        *("--unshare-cgroup-try", "--disable-userns", "--die-with-parent", "--cap-drop", "ALL"),
        *("--uid", str(USER), "--gid", str(USER), "--hostname", "builder"),
        *_system(walls),
        *_places(walls),
        *("--remount-ro", "/", "--remount-ro", "/dev"),
        *("--chdir", str(cwd), "--", *inner),
    )


def prepare(folder: Path) -> None:
    """Write there what the system within the walls is to say of itself."""
    for name, text in NAMES.items():
        (folder / name).write_text(text, "utf-8")
        (folder / name).chmod(0o644)


def _system(walls: Walls) -> Iterable[str]:
    for place in map(Path, SYSTEM):
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), str(place))
        elif place.is_dir():
            yield from ("--ro-bind", str(place), str(place))
    real, written = (ETC, WRITTEN) if walls.closed else ((*ETC, "resolv.conf", "hosts"), WRITTEN[:2])
    for name in real:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
    for name in written:
        yield from ("--ro-bind", str(walls.folder / name), f"/etc/{name}")
    yield from ("--proc", "/proc", "--dev", "/dev")
    yield from _quiet()
    for name in IN_MEMORY:
        yield from ("--size", str(MEMORY_MB << 20), "--tmpfs", f"/{name}")


def _quiet() -> Iterable[str]:
    for name in STILL:
        yield from ("--ro-bind-try", f"/proc/{name}", f"/proc/{name}")
    for name in UNSEEN:
        if Path("/proc", name).exists():
            yield from ("--ro-bind", "/dev/null", f"/proc/{name}")


def _places(walls: Walls) -> Iterable[str]:
    """In this order, because what comes later lies over what came before."""
    for place in _outer_first(walls.seen):
        yield from ("--ro-bind", str(place), str(place))
    for place in _outer_first(walls.lent):
        yield from ("--bind", str(place), str(place))
    for place in walls.hidden:
        if any(place.is_relative_to(shown) for shown in (*walls.seen, *walls.lent, *map(Path, SYSTEM))):
            yield from ("--tmpfs", str(place)) if place.is_dir() else ("--ro-bind", "/dev/null", str(place))
    for bind in sorted(walls.binds, key=lambda bind: len(bind.target.parts)):
        yield from ("--bind" if bind.writable else "--ro-bind", str(bind.source), str(bind.target))


def _outer_first(places: Iterable[Path]) -> list[Path]:
    """Without those that lie within others, where a link could lead to what is not there yet."""
    found: list[Path] = []
    for place in sorted(set(places), key=lambda place: len(place.parts)):
        if not any(place.is_relative_to(outer) for outer in (*found, *map(Path, SYSTEM))):
            found.append(place)
    return found


def python() -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """Our own Python, bare, and what it needs to see: for the small program of ours that goes along."""
    base = Path(sys.base_prefix).resolve()
    needs = tuple(place for name in ("bin", "lib", "lib64") if (place := base / name).is_dir())
    return (str(Path(sys.executable).resolve()), "-I", "-S"), needs
