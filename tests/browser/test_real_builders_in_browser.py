"""The whole way by clicking, with builders as people have them, while the server dies in the middle of their work."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from visitor import Visitor, settled, visiting

import processes
from ground import agents
from ground.github_scar import HubProcess
from ground.handy import Handy
from ground.model_api import ModelApi
from ground.server import Server
from ground.until import until
from journeys.test_scar import repository
from orchestrator.executors.agents import AGENTS

pytestmark = pytest.mark.timeout(600)
IDEA = "I want a list of garden birds"
AT_WORK_S = 2  # so long SCAR works, that there is time to kill us meanwhile
BEGIN = """async ([idea, repository, csrf]) => {
    const headers = {"content-type": "application/json", "x-csrf-token": csrf};
    const asked = {method: "POST", headers, body: JSON.stringify({idea, repository})};
    return (await (await fetch("/api/v1/projects", asked)).json()).id;
}"""


@dataclass
class Site:
    """A server whose new projects are built by somebody. `builds` waits until that is at work; then it may go on."""

    server: Server
    builds: Callable[[], Awaitable[object]]
    go_on: Callable[[], None] = lambda: None
    repository: str = ""


Sites = Callable[[Path], AbstractAsyncContextManager[Site]]


def serving(folder: Path, builder: str, **settings: object) -> Server:
    return Server(folder / "data", bootstrap_token="", rate_limits="off", builder=builder, **settings)


@asynccontextmanager
async def claude(folder: Path) -> AsyncIterator[Site]:
    """Claude Code, as an operator installs it; only its model is ours."""
    modules, model = agents.fetched(AGENTS["claude"]), Handy(agents.HANDS["claude"])
    async with ModelApi(model, key=agents.KEY) as api:
        (folder / "data" / "agents").mkdir(parents=True)
        (folder / "data" / "agents" / "node_modules").symlink_to(modules)
        key = {"anthropic_api_key": agents.KEY, "anthropic_base_url": api.anthropic}
        async with serving(folder, "claude", **key) as server:
            yield Site(server, lambda: until(lambda: model.waits, 60), model.go.set)


@asynccontextmanager
async def scar_on_github(folder: Path) -> AsyncIterator[Site]:
    async with HubProcess(folder / "hub") as hub:
        mine = repository(folder / "mine", hub.origin)
        await hub.set(gap=AT_WORK_S)

        async def builds() -> bool:
            return any("execute" in text for text in await hub.asked())

        account = {"github_token": "our-token", "github_api_url": hub.url, "scar_bot": "scar-bot"}
        async with serving(folder, "scar-github", **account) as server:
            yield Site(server, lambda: until(builds, 60), repository=str(mine))


@pytest.mark.parametrize("site", [claude, scar_on_github])
async def test_it_builds_what_was_agreed_although_the_server_dies_in_the_middle(
    browser: Browser, tmp_path: Path, site: Sites
):
    async with site(tmp_path) as at:
        nadia = await settled(browser, at.server)
        async with visiting(browser, at.server, nadia) as visitor:
            url = await vision(visitor, at)
            await visitor.decide("Is this the app you want?", "Approve")
            await visitor.decide(re.compile("^Decision: Shall we build it"), "Approve")
            await visitor.decide("Shall we start phase 1 like this?", "Approve")
            await at.builds()
            await at.server.kill()
            await processes.until(lambda: processes.of(at.server.data) == [])
            at.go_on()
            await at.server.start()
            assert await at.server.ready()
            await visitor.page.goto(url)
            await visitor.decide("Does phase 1 do what you wanted?", "Approve")
            await expect(visitor.page.locator("#status")).to_contain_text("done")
            visitor.faults.clear()  # the page said that it could not reach the server
    assert processes.of(tmp_path / "data") == []


async def vision(visitor: Visitor, at: Site) -> str:
    """An idea with its vision; in a repository of one's own it begins by the API, as the page does not ask for one."""
    if not at.repository:
        return await visitor.at_the_vision(IDEA)
    page = visitor.page
    await page.goto("/")
    project = await page.evaluate(BEGIN, [IDEA, at.repository, await csrf(page)])
    await page.goto(f"/projects/{project}")
    await visitor.told("?")
    await page.get_by_role("button", name="Write the vision now").click()
    return page.url.split("#")[0]


async def csrf(page: Page) -> str:
    return await page.locator("input[name=csrf]").first.input_value()
