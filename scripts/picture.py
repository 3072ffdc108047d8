"""Take the picture of the README anew, from a real project on a real page: needs chromium and what tests need.

PYTHONPATH=tests .venv/bin/python scripts/picture.py
"""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import async_playwright

from ground.server import Server

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "talk.png"
IDEA = "I want a meal planning app for busy parents"
SAID = (
    "Every evening we wonder what to cook, and half of what we bought is thrown away",
    "Plan seven dinners for the week; swap a meal; make the shopping list",
    "On Sunday Nadia opens the app and sees seven dinners. On Monday she shops with the list.",
    "One shopping trip a week",
    "No counting of calories",
    "yes",
)
WAIT_S = 120


async def main() -> None:
    """Carry a project to its first finished phase, and look at it."""
    with tempfile.TemporaryDirectory() as folder:
        async with Server(Path(folder) / "data", rate_limits="off") as server:
            project = await talked(server.http)
            gate = await answered(server.http, project, upto="PHASE_COMPLETE")
            await taken(server, f"{server.url}/projects/{project}#gate-{gate}")


async def talked(http: httpx.AsyncClient) -> str:
    """Tell the idea and answer what is asked, until the vision is written."""
    project = str((await http.post("/api/v1/projects", json={"idea": IDEA})).json()["id"])
    for text in SAID:
        await asyncio.sleep(1)
        await http.post(f"/api/v1/projects/{project}/messages?wait=20", json={"text": text})
    return project


async def answered(http: httpx.AsyncClient, project: str, upto: str) -> str:
    """Say yes to every decision before this one, and name it."""
    async with asyncio.timeout(WAIT_S):
        while not (gate := await waiting(http, project)) or gate["kind"] != upto:
            if gate:
                await http.post(f"/api/v1/gates/{gate['id']}/answer", json={"decision": "approve"})
            await asyncio.sleep(0.2)
    return str(gate["id"])


async def waiting(http: httpx.AsyncClient, project: str) -> dict[str, Any] | None:
    """The open decision."""
    found = (await http.get(f"/api/v1/projects/{project}/gates?status=pending")).json()["items"]
    return found[0] if found else None


async def taken(server: Server, address: str) -> None:
    """Photograph the page, as wide as a small laptop shows it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = await browser.new_page(
            viewport={"width": 1280, "height": 1000},
            reduced_motion="reduce",
            extra_http_headers={"Authorization": f"Bearer {server.token}"},
        )
        await page.goto(address)
        await page.wait_for_timeout(3000)
        await page.screenshot(path=PICTURE)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
