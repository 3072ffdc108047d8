import pytest

from ground.github_api import APP_ID, TOKEN, GithubApi, private_key
from orchestrator.forge.hub import Client


@pytest.fixture
async def github(tmp_path):
    async with GithubApi(tmp_path) as api:
        yield api


@pytest.fixture
async def shop(github):
    return github.repository("acme/shop", {"README.md": "# Shop\n", "app.txt": "one\ntwo\nthree\n"})


def speaking(github, kind):
    """Our own account with a token, or a GitHub App."""
    of_app = {"of_app": (APP_ID, private_key().decode())} if kind == "app" else {"token": TOKEN}
    return Client(github.url, github.url, **of_app)


@pytest.fixture
async def client(github):
    client = speaking(github, "token")
    yield client
    await client.close()


@pytest.fixture
async def app(github):
    client = speaking(github, "app")
    yield client
    await client.close()


@pytest.fixture(params=["token", "app"])
async def either(request, github):
    github.install("acme")
    client = speaking(github, request.param)
    yield client
    await client.close()
