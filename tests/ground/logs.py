"""What is logged meanwhile, as the process would write it; afterwards logging is as it was."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from orchestrator import telemetry
from orchestrator.telemetry import LIBRARIES

Lines = Callable[[], list[dict[str, Any]]]


@contextmanager
def logged(secrets: tuple[str, ...] = ()) -> Iterator[Lines]:
    """Give a function that reads the lines written so far."""
    root, out = logging.getLogger(), io.StringIO()
    before = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    telemetry.set_up(out, secrets=secrets)
    try:
        yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    finally:
        structlog.reset_defaults()
        root.handlers, root.level = before
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
