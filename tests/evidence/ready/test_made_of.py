"""Weak code, weak or unlicensed building blocks, and a database that knows nothing, prove nothing."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from judged import refused, stands
from seeds import repo

from orchestrator.domain.ready.report import State
from orchestrator.errors import NotPossible
from orchestrator.evidence.ready import made_of, weaknesses
from orchestrator.evidence.ready.blocks import Part
from orchestrator.evidence.ready.weaknesses import Block

WEAK = "import subprocess\n\n\ndef run(name):\n    subprocess.call('ls ' + name, shell=True){}\n"
TRICKS = [
    ("a command put together from words", {"app.py": WEAK.format("")}, "app.py, line 5"),
    ("told to be silent", {"app.py": WEAK.format("  # nosec")}, "app.py, line 5"),
    (
        "left out by settings",
        {"app.py": WEAK.format(""), ".bandit": "[bandit]\nexclude: /app.py\nskips: B602\n"},
        "line 5",
    ),
    ("in a folder that scans leave out", {".tox/app.py": WEAK.format(""), "a.py": "import b\n"}, ".tox/app.py"),
    ("among the tests", {"tests/run.py": WEAK.format(""), "a.py": "x = 1\n"}, "tests/run.py"),
]


@pytest.mark.parametrize(("files", "word"), [pytest.param(*rest, id=name) for name, *rest in TRICKS])
def test_a_weak_spot_in_the_code_is_found(tmp_path, memory, files, word):
    refused(repo(tmp_path / "app", files), "S10", word, memory=memory)


def test_code_that_cannot_be_read_is_not_proven(tmp_path, memory):
    source = repo(tmp_path / "app", {"app.py": "x = 1\n", "b.py": "def (:\n"})

    stands(source, "S10", State.NOT_CHECKED, "b.py could not be read", memory=memory)


def test_plain_code_that_is_made_of_nothing_else_is_proven(tmp_path, memory):
    source = repo(tmp_path / "app", {"app.py": "import json\n\n\ndef one(text):\n    return json.loads(text)\n"})

    stands(source, "S10", State.PROVEN, "made of nothing else", memory=memory)
    stands(source, "C2", State.NOT_NEEDED, "nothing but its own code", memory=memory)


def test_what_is_used_and_asked_for_nowhere_is_refused(tmp_path, memory):
    refused(repo(tmp_path / "app", {"app.py": "import flask\n"}), "C2", "uses “flask”", memory=memory)


def test_what_is_taken_in_by_a_made_up_name_is_not_proven(tmp_path, memory):
    source = repo(tmp_path / "app", {"app.py": "x = __import__('fl' + 'ask')\n"})

    stands(source, "C2", State.NOT_CHECKED, "only show while it runs", memory=memory)


def test_a_lock_file_that_does_not_know_what_is_asked_for_is_refused(tmp_path):
    files = {
        "package.json": '{"dependencies": {"left-pad": "1"}}',
        "package-lock.json": '{"packages": {}}',
        "a.js": "1",
    }

    refused(repo(tmp_path / "app", files), "C2", "“left-pad”")


def part(name, licence):
    return Part(Block("PyPI", name, "1.0"), licence)


LICENCES = [
    ("GPL-3.0-only", "MIT", State.FAILED),
    ("GNU Affero General Public License v3", "", State.FAILED),
    ("GPL-3.0-only", "GPL-3.0", None),
    ("MIT OR GPL-3.0", "MIT", None),
    ("GNU Lesser General Public License v3 (LGPLv3)", "MIT", None),
    ("Other/Proprietary License", "MIT", State.FAILED),
    ("BUSL-1.1", "MIT", State.FAILED),
    ("", "MIT", State.NOT_CHECKED),
    ("Dual License", "MIT", State.NOT_CHECKED),
    ("Apache Software License", "MIT", None),
    ("BSD-3-Clause AND MIT", "", None),
]


@pytest.mark.parametrize(("licence", "own", "state"), LICENCES)
def test_a_licence_fits_or_is_said_not_to(licence, own, state):
    found = made_of.allowed([part("one", licence)], own)

    assert (found.state if found else None) is state


@asynccontextmanager
async def database(knows, status=200):
    """One that speaks as OSV does."""

    async def answer(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(
            next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")).split(b":")[1]
        )
        asked = json.loads(await reader.readexactly(size))["queries"]
        names = [(one["package"]["name"], one["version"]) for one in asked]
        rows = [{"vulns": [{"id": knows[one]}]} if one in knows else {} for one in names]
        body = json.dumps({"results": rows}).encode()
        writer.write(b"HTTP/1.1 %d OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status, len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


CANARY = {weaknesses.CANARIES["PyPI"]: "CVE-2014-1402"}


async def test_a_building_block_that_is_known_to_be_weak_is_named():
    async with database(CANARY | {("flask", "0.5"): "CVE-2018-1000656"}) as at:
        found = await weaknesses.weak([Block("PyPI", "flask", "0.5"), Block("PyPI", "six", "1.17")], at)

    assert made_of.told(found) == "flask 0.5 has a known weak spot (CVE-2018-1000656)."


async def test_strong_ones_are_told_from_weak_ones():
    async with database(CANARY) as at:
        assert await weaknesses.weak([Block("PyPI", "six", "1.17")], at) == []


@pytest.mark.parametrize(("knows", "status"), [({}, 200), (CANARY, 500)])
async def test_a_database_that_knows_nothing_proves_nothing(knows, status):
    async with database(knows, status) as at:
        with pytest.raises(NotPossible, match="weak spots"):
            await weaknesses.weak([Block("PyPI", "six", "1.17")], at)
