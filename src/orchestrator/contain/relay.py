"""Stands between the programs within walls and the gateway outside: passes bytes from ports of loopback to its sockets.

A program of its own, standard library only: `python -I -S relay.py 47128=/run/gate/proxy … -- command …`. It listens,
leaves a process behind that does the passing, and becomes the command, with the input and output that were handed in
under other numbers. Where the command's space ends, the one left behind does.
"""

import os
import select
import socket
import sys
from contextlib import suppress

HANDED = {8: 0, 9: 1}
CHUNK = 1 << 16
WAITING = 128
GONE = select.POLLERR | select.POLLNVAL
Listening = dict[int, tuple[socket.socket, str]]


def main(argv: list[str]) -> None:
    cut = argv.index("--")
    take_in()
    listening: Listening = {}
    for each in argv[:cut]:
        port, _, path = each.partition("=")
        for one in listeners(int(port)):
            listening[one.fileno()] = (one, path)
    if listening:
        left_behind(listening)
    command = argv[cut + 1 :]
    os.execv(command[0], command)  # noqa: S606 - running a command is what this is for


def take_in() -> None:
    for handed, number in HANDED.items():
        os.dup2(handed, number)
        os.close(handed)


def left_behind(listening: Listening) -> None:
    """As nobody's child: the command is to find no child that it has not made."""
    if not os.fork():
        if not os.fork():
            leave()
            Relay(listening).carry()
        os._exit(0)
    os.wait()
    for one, _ in listening.values():
        one.close()


def listeners(port: int) -> list[socket.socket]:
    """Under both addresses of loopback, where there are two."""
    made = []
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with suppress(OSError):
            one = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((host, port))
            one.listen(WAITING)
            made.append(one)
    return made


def leave() -> None:
    """Input and outputs belong to the command: it must be able to close them. It keeps its own session, too."""
    os.setsid()
    nothing = os.open("/dev/null", os.O_RDWR)
    for each in (0, 1, 2):
        os.dup2(nothing, each)
    os.close(nothing)


class End:
    """One end of a connection: what waits to be sent there, and whether more will come from there."""

    def __init__(self, made: socket.socket) -> None:
        self.socket, self.held, self.over, self.told = made, b"", False, False

    def wants(self, other: "End") -> int:
        reading = 0 if self.over or other.held else select.POLLIN
        return reading | (select.POLLOUT if self.held else 0)


class Relay:
    def __init__(self, listening: Listening) -> None:
        self._listening, self._poll = listening, select.poll()
        self._ends: dict[int, tuple[End, End]] = {}
        for number in listening:
            self._poll.register(number, select.POLLIN)

    def carry(self) -> None:
        """Without end: it is ended."""
        while True:
            for number, events in self._poll.poll():
                if number in self._listening:
                    self._accept(*self._listening[number])
                elif number in self._ends:
                    self._move(number, events)

    def _accept(self, listening: socket.socket, path: str) -> None:
        try:
            inner = listening.accept()[0]
        except OSError:
            return  # it has gone already
        outer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            outer.connect(path)
        except OSError:  # nobody is outside any more
            inner.close()
            outer.close()
            return
        ends = End(inner), End(outer)
        for end, other in (ends, ends[::-1]):
            end.socket.setblocking(False)
            self._ends[end.socket.fileno()] = (end, other)
            self._poll.register(end.socket, select.POLLIN)

    def _move(self, number: int, events: int) -> None:
        end, other = self._ends[number]
        try:
            if events & GONE:
                raise ConnectionError
            if events & select.POLLOUT:
                end.held = end.held[end.socket.send(end.held) :]
            if events & (select.POLLIN | select.POLLHUP) and not end.over and not other.held:
                other.held = end.socket.recv(CHUNK)
                end.over = not other.held
            self._pass_the_end_on(end, other)
        except BlockingIOError:
            pass
        except OSError:
            end.over = other.over = True
            end.held = other.held = b""
        self._settle(end, other)

    def _pass_the_end_on(self, end: End, other: End) -> None:
        for one, its in ((end, other), (other, end)):
            if one.over and not its.held and not its.told:
                its.told = True
                its.socket.shutdown(socket.SHUT_WR)

    def _settle(self, end: End, other: End) -> None:
        if end.over and other.over and not end.held and not other.held:
            for one in (end, other):
                self._poll.unregister(one.socket)
                del self._ends[one.socket.fileno()]
                one.socket.close()
            return
        for one, its in ((end, other), (other, end)):
            self._poll.modify(one.socket, one.wants(its))


if __name__ == "__main__":
    main(sys.argv[1:])
