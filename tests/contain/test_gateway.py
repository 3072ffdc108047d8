"""Where the gateway lets a builder out to, and where it does not."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from orchestrator.contain.gateway import Gateway, World, asked, reachable
from orchestrator.domain.run import Network

PUBLIC = "93.184.216.34"
NAMES = {
    "example.org": [PUBLIC],
    "pypi.org": ["151.101.0.223"],
    "model.example": ["10.1.2.3"],
    "turned.example": ["127.0.0.1"],
    "both.example": ["127.0.0.1", "10.0.0.1", PUBLIC],
}


class Internet:
    """A small one: every address is the same stand-in, which says what it was sent."""

    def __init__(self):
        self.reached = []

    async def look_up(self, host, _port):
        return NAMES.get(host, [host])

    async def reach(self, address, port):
        self.reached.append((address, port))
        return await asyncio.open_connection(*self.place)

    async def answer(self, reader, writer):
        said = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + said)
        writer.close()


@asynccontextmanager
async def open_to(network, *models):
    internet, refused = Internet(), []
    async with await asyncio.start_server(internet.answer, "127.0.0.1", 0) as server:
        internet.place = server.sockets[0].getsockname()
        yield (
            internet,
            refused,
            Gateway(network, models, lambda *where: refused.append(where), World(internet.look_up, internet.reach)),
        )


async def says(folder, request, name="proxy"):
    reader, writer = await asyncio.open_unix_connection(folder / name)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer.decode()


async def tunnel(folder, target):
    reader, writer = await asyncio.open_unix_connection(folder / "proxy")
    writer.write(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
    code = int((await reader.readuntil(b"\r\n\r\n")).split()[1])
    if code == 200:
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        assert b"GET /" in await reader.read()
    writer.close()
    return code


MAY = [
    (Network.CLOSED, "example.org:443", False),
    (Network.CLOSED, "pypi.org:443", False),
    (Network.CLOSED, "model.example:8443", True),
    (Network.CLOSED, "model.example:22", False),
    (Network.LISTED, "pypi.org:443", True),
    (Network.LISTED, "PyPI.org.:443", True),
    (Network.LISTED, "pypi.org:22", False),
    (Network.LISTED, "upload.pypi.org:443", False),
    (Network.LISTED, "example.org:443", False),
    (Network.LISTED, f"{PUBLIC}:443", False),
    (Network.LISTED, "model.example:8443", True),
    (Network.OPEN, "example.org:443", True),
    (Network.OPEN, "example.org:8000", True),
    (Network.OPEN, "turned.example:443", False),
    (Network.OPEN, "both.example:443", True),
    (Network.OPEN, "model.example:22", False),
]


@pytest.mark.parametrize(("network", "target", "may"), MAY)
async def test_who_may_reach_what(tmp_path, network, target, may):
    async with open_to(network, "model.example:8443") as (internet, refused, gateway), gateway.listening(tmp_path):
        answer = await tunnel(tmp_path, target)

    assert (answer != 403) is may
    assert bool(refused) is not may
    assert bool(internet.reached) is may
    assert ("127.0.0.1", 443) not in internet.reached


NEVER = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2002:a00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", NEVER)
def test_this_machine_and_its_neighbours_are_never_reached(address):
    assert not reachable("example.org", address, own=False)


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1::1"])
def test_the_world_may_be_reached(address):
    assert reachable("example.org", address, own=False)


def test_a_registry_may_stand_in_nearby_but_not_on_this_machine():
    assert reachable("pypi.org", "10.0.0.1", own=False)
    assert not reachable("pypi.org.example.org", "10.0.0.1", own=False)
    for address in ("127.0.0.1", "169.254.169.254", "::1", "0.0.0.0"):
        assert not reachable("pypi.org", address, own=False)


def test_a_model_may_live_next_door_but_only_one_that_is_said_to_be_here_lives_here():
    assert reachable("model.example", "10.0.0.1", own=True)
    assert reachable("127.0.0.1", "127.0.0.1", own=True)
    assert not reachable("model.example", "127.0.0.1", own=True)
    assert not reachable("model.example", "169.254.169.254", own=True)


async def test_the_address_that_was_judged_is_the_one_that_is_reached(tmp_path):
    """Asked for a second time, a name may mean another place."""
    async with open_to(Network.OPEN) as (internet, _, gateway), gateway.listening(tmp_path):
        await tunnel(tmp_path, "both.example:443")

    assert internet.reached == [(PUBLIC, 443)]


async def test_plain_requests_are_passed_on_as_the_other_side_expects_them(tmp_path):
    request = (
        b"GET http://example.org/a?b=c HTTP/1.1\r\nHost: intranet\r\nProxy-Authorization: x\r\nAccept: */*\r\n\r\n"
    )
    async with open_to(Network.OPEN) as (internet, _, gateway), gateway.listening(tmp_path):
        answer = await says(tmp_path, request)

    assert answer.endswith(
        "\r\n\r\nGET /a?b=c HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\nConnection: close\r\n\r\n"
    )
    assert internet.reached == [(PUBLIC, 80)]


async def test_a_refused_host_is_told_once_and_the_program_hears_why(tmp_path):
    async with open_to(Network.CLOSED) as (_, refused, gateway), gateway.listening(tmp_path):
        answers = [await says(tmp_path, b"GET http://example.org/ HTTP/1.1\r\n\r\n") for _ in range(3)]

    assert refused == [("example.org", 80)]
    assert all("403" in answer and "not among those that the builder may reach" in answer for answer in answers)


async def test_a_flood_of_refusals_is_told_only_so_far(tmp_path):
    async with open_to(Network.CLOSED) as (_, refused, gateway), gateway.listening(tmp_path):
        for number in range(30):
            await tunnel(tmp_path, f"host-{number}.example:443")

    assert len(refused) == 20


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"CONNECT <b>evil</b>:1 HTTP/1.1\r\n\r\n",
                 b"CONNECT :99999 x\r\n\r\n", b"GET ftp://example.org/ HTTP/1.1\r\n\r\n",
                 b"CONNECT a:b:c HTTP/1.1\r\n\r\n", b"x" * 70000]
)  # fmt: skip
async def test_what_is_no_request_is_refused_as_that(tmp_path, request_):
    async with open_to(Network.OPEN) as (internet, refused, gateway), gateway.listening(tmp_path):
        assert " 400 " in await says(tmp_path, request_)

    assert (internet.reached, refused) == ([], [])


async def test_a_model_on_this_machine_has_a_door_of_its_own(tmp_path):
    opened = open_to(Network.CLOSED, "localhost:7402")
    async with opened as (internet, _, gateway), gateway.listening(tmp_path) as names:
        answer = await says(tmp_path, b"GET /v1 HTTP/1.1\r\n\r\n", "7402")

    assert names == {0: "proxy", 7402: "7402"}
    assert answer.endswith("GET /v1 HTTP/1.1\r\n\r\n")
    assert internet.reached == [("127.0.0.1", 7402)]


async def test_where_folders_are_deep_its_sockets_are_still_made(tmp_path):
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    async with open_to(Network.CLOSED) as (_, _, gateway), gateway.listening(deep) as names:
        assert [path.name for path in deep.iterdir()] == list(names.values())


def test_one_host_has_one_name():
    assert asked(b"CONNECT LOCALHOST:80 HTTP/1.1\r\n\r\n") == asked(b"CONNECT [::1]:80 HTTP/1.1\r\n\r\n")
