"""Logs without secrets in them."""

import logging
import subprocess
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from ground.logs import logged
from orchestrator import keys, telemetry

LEAKS = {
    "password": "swordfish",
    "api_key": "swordfish",
    "X-Telegram-Bot-Api-Secret-Token": "swordfish",
    "Set-Cookie": ["orchestrator=swordfish"],
    "text": "Authorization: Bearer swordfish-and-more",
    "ours": "the value is swordfish.",
    "address": "GET /setup?key=swordfish&x=1",
    "database": "postgresql://me:swordfish@db/name",
    "nested": {"list": [{"token": "swordfish"}], "tuple": ("po_swordfishswordfish", {"Bearer swordfish"})},
    "bot": "https://api.telegram.org/bot123456789:swordfishswordfishswordfishswordfish/getMe",
    "github": "ghp_swordfishswordfish sk-ant-swordfishswordfish",
    "error": ValueError("token=swordfish"),
}


@pytest.mark.parametrize("name", LEAKS)
def test_no_secret_gets_into_a_line(name: str):
    line = telemetry.redaction(["swordfish"] if name == "ours" else [])(None, "info", {name: LEAKS[name]})
    assert "swordfish" not in str(line)
    assert telemetry.HIDDEN in str(line)


def test_what_is_no_secret_stays():
    said = {"event": "run.finished", "tokens": 512, "max_token": 9, "monkey": "George", "basic": "ideas", "ok": None}
    assert telemetry.redaction(["short"])(None, "info", dict(said)) == said


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_our_tokens_are_found_anywhere(before: str, after: str):
    raw = keys.new("po_")
    line = telemetry.redaction([raw])(None, "info", {"said": f"{before}{raw}{after}"})
    assert raw not in line["said"]


def test_libraries_log_as_we_do_and_tracebacks_are_cleaned():
    with logged(("swordfish",)) as lines:
        try:
            int("no swordfish here")
        except ValueError:
            logging.getLogger("some.library").exception("It failed with %s", "swordfish")
            structlog.stdlib.get_logger("ours").warning("it.failed", exc_info=True, sizes={3})
    theirs, ours = lines()

    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("It failed with [hidden]", "some.library", "error")
    assert (ours["event"], ours["logger"], ours["sizes"]) == ("it.failed", "ours", [3])
    for line in (theirs, ours):
        assert "base 10: 'no [hidden] here'" in line["exception"]
        assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize(("pretty", "has"), [("True", "it.happened"), ("False", '"event": "it.happened"')])
def test_a_process_writes_what_was_asked_for_and_no_secret(pretty: str, has: str):
    program = f"""
import logging, structlog
from orchestrator import telemetry
telemetry.set_up(pretty={pretty}, level="INFO", secrets=["swordfish"])
structlog.stdlib.get_logger().info("it.happened", cookie="swordfish", where="swordfish")
structlog.stdlib.get_logger().debug("not.asked.for")
logging.getLogger("uvicorn.access").warning("GET /setup?key=abc")
"""
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert has in out.stdout
    assert "swordfish" not in out.stdout
    assert "not.asked.for" not in out.stdout
    assert "/setup" not in out.stdout + out.stderr
    assert out.stderr == ""


def test_each_process_counts_for_itself():
    one, other = telemetry.metrics(), telemetry.metrics()
    one.events.labels("gate.opened").inc()
    assert b'orchestrator_events_total{kind="gate.opened"} 1.0' in one.text()
    assert b"gate.opened" not in other.text()
