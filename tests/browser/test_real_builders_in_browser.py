"""The whole way by clicking with a real coding agent, while the server is killed in the middle of its work."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from visitor import settled, visiting

import processes
from ground import agents
from ground.handy import Handy
from ground.model_api import ModelApi
from ground.server import Server
from ground.until import until
from orchestrator.executors.agents import AGENTS

pytestmark = pytest.mark.timeout(600)


@asynccontextmanager
async def claude(data: Path) -> AsyncIterator[tuple[Server, Handy]]:
    """A server whose new projects are built by Claude Code, as an operator installs it; only its model is ours."""
    modules, model = agents.fetched(AGENTS["claude"]), Handy(agents.HANDS["claude"])
    async with ModelApi(model, key=agents.KEY) as api:
        (data / "agents").mkdir(parents=True)
        (data / "agents" / "node_modules").symlink_to(modules)
        settings = {"builder": "claude", "anthropic_api_key": agents.KEY, "anthropic_base_url": api.anthropic}
        async with Server(data, bootstrap_token="", rate_limits="off", **settings) as server:
            yield server, model
    assert processes.of(data) == []


async def test_claude_code_builds_what_was_agreed_although_the_server_dies_in_the_middle(
    browser: Browser, tmp_path: Path
):
    async with claude(tmp_path / "data") as (server, model):
        nadia = await settled(browser, server)
        async with visiting(browser, server, nadia) as visitor:
            url = await visitor.at_the_vision("I want a list of garden birds")
            await visitor.decide("Is this the app you want?", "Approve")
            await visitor.decide(re.compile("^Decision: Shall we build it"), "Approve")
            await visitor.decide("Shall we start phase 1 like this?", "Approve")
            await until(lambda: model.waits, 60)
            await server.kill()
            await processes.until(lambda: processes.of(server.data) == [])
            model.go.set()
            await server.start()
            assert await server.ready()
            await visitor.page.goto(url)
            await visitor.decide("Does phase 1 do what you wanted?", "Approve")
            await expect(visitor.page.locator("#status")).to_contain_text("done")
            visitor.faults.clear()  # the page said that it could not reach the server
