"""Logs as events without secrets in them, and the figures for Prometheus."""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from structlog.typing import EventDict, Processor

HIDDEN: Final = "[hidden]"
SHORTEST: Final = 6  # a shorter secret of ours would hide ordinary words
KEYS: Final = frozenset(
    [
        "password",
        "passwd",
        "pass",
        "token",
        "secret",
        "authorization",
        "cookie",
        "key",
        "apikey",
        "csrf",
        "credential",
        "credentials",
    ]
)
SECRETS: Final = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=:-]{6,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"\bpo_[\w-]{16,}"), HIDDEN),
    (re.compile(r"\b(?:sk|gh[opsur]|github_pat|xox[abprs]|glpat)[-_][\w-]{12,}"), HIDDEN),  # of well-known services
    (re.compile(r"(?<!\d)\d{6,12}:[\w-]{30,}"), HIDDEN),  # of a Telegram bot
    (re.compile(r"(?i)((?:\b(?:key|token|csrf|password|secret)|[?&](?:code|state))=)[^&\s\"'#;]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(\w://[^/\s:@]*:)[^@/\s]+@"), rf"\1{HIDDEN}@"),
)
LIBRARIES: Final = {
    "uvicorn": logging.WARNING,
    "uvicorn.error": logging.NOTSET,
    "uvicorn.access": logging.CRITICAL,  # the line of a request is ours
    "httpx": logging.WARNING,  # or each call outside would be a line
    "httpcore": logging.WARNING,
}
LATENCIES: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def set_up(out: TextIO = sys.stdout, *, pretty: bool = False, level: str = "INFO", secrets: Iterable[str] = ()) -> None:
    """Write all logs of this process, those of libraries too, to `out`: a line of JSON each, or pretty for people."""
    ours: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(out)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=ours, processors=_last(pretty, secrets)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name, least in LIBRARIES.items():
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(least)
    structlog.configure(
        processors=[*ours, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _last(pretty: bool, secrets: Iterable[str]) -> list[Processor]:
    drawn: Processor = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer(default=str)
    return [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,  # to text, so that what stands in a traceback is hidden too
        redaction(secrets),
        drawn,
    ]


def redaction(secrets: Iterable[str] = ()) -> Callable[[Any, str, EventDict], EventDict]:
    """Make the last step before a line is written: whatever looks like a secret, or is one of ours, is hidden."""
    ours = sorted({secret for secret in secrets if len(secret) >= SHORTEST}, key=len, reverse=True)

    def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
        return {key: _redacted(key, value, ours) for key, value in event.items()}

    return redact


def _redacted(key: str, value: Any, ours: list[str]) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value  # figures, such as how many tokens a model used
    if KEYS & set(re.split(r"[^a-z]+", key.lower())):
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(name): _redacted(str(name), inner, ours) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted("", inner, ours) for inner in value]
    return _clean(value if isinstance(value, str) else str(value), ours)


def _clean(text: str, ours: list[str]) -> str:
    for secret in ours:
        text = text.replace(secret, HIDDEN)
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one process."""

    registry: CollectorRegistry
    requests: Counter  # method, route, status
    latency: Histogram  # method, route
    commands: Counter  # verb, outcome
    runs: Counter  # kind, builder, status
    events: Counter  # kind
    streams: Gauge  # pages and programs that follow a project right now
    undelivered: Gauge  # messages to other services that could not be shown
    arrivals: Gauge  # what other services sent that waits to be taken up

    def text(self) -> bytes:
        return generate_latest(self.registry)


def metrics() -> Metrics:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    counted = partial(Counter, namespace="orchestrator", registry=registry)
    held = partial(Gauge, namespace="orchestrator", registry=registry)
    timed = partial(Histogram, namespace="orchestrator", registry=registry, buckets=LATENCIES)
    return Metrics(
        registry,
        counted("http_requests", "Requests answered", ("method", "route", "status")),
        timed("http_request_seconds", "Time to answer", ("method", "route")),
        counted("commands", "Commands performed or refused", ("verb", "outcome")),
        counted("runs", "Runs of builders that ended", ("kind", "builder", "status")),
        counted("events", "Events written", ("kind",)),
        held("sse_clients", "Open event streams"),
        held("messages_undelivered", "Messages that could not be delivered"),
        held("arrivals_waiting", "Arrivals that wait to be taken up"),
    )
