"""Ports of this machine, below those that outgoing connections get; each process of tests has its own."""

import itertools
import os
import random
import re
import socket

EACH = 2000
_number = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 9) % 10
_first = 12_000 + EACH * _number
_begin = random.randrange(EACH)
_ports = itertools.cycle([_first + (_begin + at) % EACH for at in range(EACH)])


def free() -> int:
    """One that nothing listens at, and that nobody was given lately: whoever gets it may take its time."""
    for port in itertools.islice(_ports, EACH):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"All ports from {_first} on are taken.")
