"""Runs a command and leaves none of its processes behind, not even when whoever started it dies.

A program of its own, standard library only: `python -I -S leash.py line=5 seconds=600 … -- command …`. The *line* is a
socket to the process that started it. It waits there for "go"; when the other end closes, for whatever reason, the
command and all that came of it are killed. It says "began", "busy" or "failed …" once and one last word at the end.

Whatever its descendants do (new sessions, double forks), they stay below it, because it is their subreaper; where the
machine allows it they also live in a process space (PID namespace) of their own, which dies with its first process.
"""

# pathlib would double the time this takes to start; the flags of os.set_inheritable have no name to be given by.
# ruff: noqa: PTH116, PTH123, PTH208

import ctypes
import fcntl
import os
import resource
import select
import signal
import sys
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 16384, 1 << 18
MB = 1 << 20
LOOK_S = 1.0  # how often the size of the tree is looked at
PARENT, MEMORY = 1, 21  # places in /proc/PID/stat, counted after the name

libc = ctypes.CDLL(None, use_errno=True)
Orders = dict[str, str]


def main(argv: list[str]) -> None:
    cut = argv.index("--")
    orders, command = dict(each.split("=", 1) for each in argv[:cut]), argv[cut + 1 :]
    line = int(orders["line"])
    os.set_inheritable(line, False)
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, lambda *_: None)  # only the line ends us; a handler, unlike SIG_IGN, is not inherited
    if os.read(line, 2) == b"go":
        say(line, last_word(line, orders, command))


def last_word(line: int, orders: Orders, command: list[str]) -> str:
    """How it ended: "ended CODE", "time", "memory", "processes", "dropped", "busy" or "failed REASON"."""
    if not locked(line, orders):
        return "busy"
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        child = begin(line, orders, command)
        close_ours()
        say(line, "began")
        return watch(line, child, orders)
    except OSError as error:
        return f"failed {error.strerror}"
    finally:
        sweep()


def say(line: int, word: str) -> None:
    try:
        os.write(line, f"{word}\n".encode())
    except OSError:
        return  # nobody is left to hear it


def locked(line: int, orders: Orders) -> bool:
    """Take the lock, which all our descendants then hold too. False when it stayed taken, or nobody waits any more."""
    if not (path := orders.get("lock")):
        return True
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(lock, True)
    until, poll = time.monotonic() + float(orders["lock_seconds"]), select.poll()
    poll.register(line, select.POLLIN)
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until or poll.poll(20):
                return False
        else:
            return True


def begin(line: int, orders: Orders, command: list[str]) -> int:
    """Start the command, in a process space of its own where asked for. Raises OSError where it cannot be started."""
    failure, failed = os.pipe()
    leave(orders["space"])
    if not (child := os.fork()):
        os.close(line)
        os.close(failure)
        if orders["space"] == "shared":
            become(command, orders, failed)
        first(command, orders, failed)
    os.close(failed)
    with open(failure, "rb") as heard:
        number = heard.read()
    if number:
        raise OSError(int(number), os.strerror(int(number)))
    return child


def leave(space: str) -> None:
    """Our next child will be the first process of a new space. Without privileges that takes a user space as well."""
    if space == "shared":
        return
    user, group = os.getuid(), os.getgid()
    must(libc.unshare(CLONE_NEWPID | (CLONE_NEWUSER if space == "user" else 0)))
    if space == "user":
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def first(command: list[str], orders: Orders, failed: int) -> None:
    """Be the first process of the space: mount its /proc, bury its dead, and take it along when the command ends."""
    try:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        must(libc.unshare(CLONE_NEWNS))
        must(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
        must(libc.mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, None))
        if not (child := os.fork()):
            become(command, orders, failed)
    except OSError as error:
        give_up(failed, error)
    os.close(failed)
    close_ours()
    while True:
        pid, status = os.wait()
        if pid == child:
            os._exit(code(status))


def become(command: list[str], orders: Orders, failed: int) -> None:
    """Turn into the command: a session of its own, within its limits, gaining no rights, dying with its parent."""
    try:
        os.setsid()
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and that would be inherited
            signal.signal(ignored, signal.SIG_DFL)
        limit(orders)
        os.execvp(command[0], command)  # noqa: S606 - running a command is what this is for
    except OSError as error:
        give_up(failed, error)


def close_ours() -> None:
    """Input and outputs belong to the command: when it closes them, they are to be closed."""
    nothing = os.open("/dev/null", os.O_RDWR)
    for each in (0, 1, 2):
        os.dup2(nothing, each)
    os.close(nothing)


def give_up(failed: int, error: OSError) -> None:
    os.write(failed, str(error.errno).encode())
    os._exit(127)


def limit(orders: Orders) -> None:
    # Memory is limited as data: run-times such as node or Go reserve far more address space than they use.
    at_most(resource.RLIMIT_DATA, int(orders["memory_mb"]) * MB)
    at_most(resource.RLIMIT_FSIZE, int(orders["file_mb"]) * MB)
    at_most(resource.RLIMIT_NOFILE, int(orders["open_files"]))
    at_most(resource.RLIMIT_NPROC, threads(os.getuid()) + int(orders["processes"]))  # the kernel counts the user's
    at_most(resource.RLIMIT_CPU, int(float(orders["seconds"]) * (os.cpu_count() or 1)) + 60)  # a net below the clock
    at_most(resource.RLIMIT_CORE, 0)


def at_most(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def watch(line: int, child: int, orders: Orders) -> str:
    """Wait until the command ends, the line is let go, the time is up, or the tree has grown too large."""
    ended, poll = os.pidfd_open(child), select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(line, select.POLLIN)
    until = time.monotonic() + float(orders["seconds"])
    while (left := until - time.monotonic()) > 0:
        ready = [fd for fd, _ in poll.poll(min(left, LOOK_S) * 1000)]
        if ended in ready:
            return f"ended {code(os.waitpid(child, 0)[1])}"
        if ready:
            return "dropped"
        bury(but=child)
        if grown := too_large(orders):
            return grown
    return "time"


def too_large(orders: Orders) -> str:
    tree = descendants(os.getpid())
    if len(tree) > int(orders["processes"]):
        return "processes"
    return "memory" if sum(tree.values()) > int(orders["memory_mb"]) * MB else ""


def sweep() -> None:
    """Kill everything below us, again and again, until we have no children: then there can be no grandchildren either.

    That the list of processes is empty would prove less, because it is not made at one instant.
    """
    pause = 0.0005
    while bury():
        for pid in descendants(os.getpid()):
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        time.sleep(pause := min(pause * 2, 0.05))


def bury(but: int = 0) -> bool:
    """Take note of the dead that fell to us, all but one whose end is asked for elsewhere. False: no child is left."""
    try:
        while (dead := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and dead.si_pid != but:
            os.waitpid(dead.si_pid, 0)
    except ChildProcessError:
        return False
    return True


def descendants(root: int) -> dict[int, int]:
    """The processes below `root`, each with the bytes of memory it holds."""
    children: dict[int, list[int]] = {}
    held: dict[int, int] = {}
    for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
        try:
            with open(f"/proc/{pid}/stat", "rb") as file:
                stat = file.read().rpartition(b")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        children.setdefault(int(stat[PARENT]), []).append(pid)
        held[pid] = int(stat[MEMORY]) * resource.getpagesize()
    found, todo = [], [root]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return {pid: held[pid] for pid in found}


def threads(user: int) -> int:
    """How many threads this user has on the whole machine."""
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.stat(f"/proc/{pid}").st_uid == user:
                count += os.stat(f"/proc/{pid}/task").st_nlink - 2
        except OSError:
            continue  # it ended while we looked
    return count


def code(status: int) -> int:
    """An exit code as shells give it: 128 and the signal's number for what a signal ended."""
    ended = os.waitstatus_to_exitcode(status)
    return ended if ended >= 0 else 128 - ended


def prctl(option: int, value: int) -> None:
    must(libc.prctl(option, value, 0, 0, 0))


def must(result: int) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


if __name__ == "__main__":
    main(sys.argv[1:])
