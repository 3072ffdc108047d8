"""The server process of the tests, tried with a small program in the place of the product."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ground.server import Server, working_in
from ground.until import until

PROGRAM = """
import http.server, os, subprocess, sys
if os.environ["ORCHESTRATOR_CRASH_AT"] == "start":
    sys.exit("it ended at the start")
child = subprocess.Popen(["sleep", "60"], cwd=os.environ["DATA_DIR"], start_new_session=True)
asked = 0
class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        global asked
        asked += 1
        if self.path == "/health/ready":
            known = asked > 2
        else:
            known = self.headers["Authorization"] == "Bearer " + os.environ["ORCHESTRATOR_BOOTSTRAP_TOKEN"]
        self.send_response(200 if known else 503)
        self.end_headers()
        self.wfile.write("\\n".join(sorted(os.environ)).encode())
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Door).serve_forever()
"""


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path / "data", command=(sys.executable, "-u", "-c", PROGRAM), rate_limits="off")


async def gone(server: Server) -> None:
    """End what the program left behind, which the product would not."""
    for process in working_in(server.data):
        os.kill(process, signal.SIGKILL)
    await until(lambda: not working_in(server.data))


async def test_it_is_ready_only_when_it_says_so_and_speaks_as_the_owner(server: Server):
    async with server:
        assert (await server.http.get("/")).status_code == 200
        async with server.client() as stranger:
            assert (await stranger.get("/")).status_code == 503
    await gone(server)


async def test_it_has_an_environment_of_its_own(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "of the person who runs the tests")
    async with server:
        names = (await server.http.get("/")).text.splitlines()
    await gone(server)

    assert "ANTHROPIC_API_KEY" not in names
    assert {"PORT", "DATA_DIR", "ORCHESTRATOR_RATE_LIMITS"} <= set(names)


async def test_one_that_ends_at_the_start_is_told_apart_from_one_that_is_slow(server: Server):
    await server.start(crash_at="start")

    assert await server.ready() is False
    assert "it ended at the start" in server.log
    assert server.running is None


async def test_one_that_cannot_start_says_why(tmp_path: Path):
    with pytest.raises(RuntimeError, match="no such thing"):
        async with Server(tmp_path / "data", command=(sys.executable, "-c", "raise SystemExit('no such thing')")):
            pass


async def test_what_outlives_it_is_seen(server: Server):
    async with server:
        await server.kill()
        assert list(working_in(server.data).values()) == ["sleep 60"]
        assert not working_in(server.data / "elsewhere")
    await gone(server)


async def test_it_starts_again_on_the_same_port_and_data(server: Server):
    async with server:
        await server.kill()
        await server.start()
        assert await server.ready()
        assert await server.terminate() == -signal.SIGTERM
    await gone(server)


async def test_it_ends_when_the_test_run_is_killed(tmp_path: Path):
    program = tmp_path / "run.py"
    program.write_text(
        "import asyncio, sys\nfrom pathlib import Path\nfrom ground.server import Server\n"
        "async def hold():\n"
        "    server = Server(Path(sys.argv[1]), command=('sleep', '60'))\n"
        "    await server.start()\n    print(server.child.pid, flush=True)\n    await server.child.wait()\n"
        "asyncio.run(hold())\n"
    )
    command, tests = [sys.executable, program, tmp_path / "data"], str(Path(__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": tests}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as run:
        server = Path("/proc", run.stdout.readline().strip())
        assert server.exists()
        run.kill()

    await until(lambda: not server.exists())
