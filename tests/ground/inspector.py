"""Somebody who looks for what people would stumble over: on three screens, light and dark, with all details open."""

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[1] / "web" / "vendor" / "axe.min.js"
UNFOLD = "document.querySelectorAll('details:not([name])').forEach((one) => { one.open = true; })"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
ALL_RULES = (
    "axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa', 'best-practice']})"
)
CONTRAST = "axe.run(document, {resultTypes: ['violations'], runOnly: ['color-contrast']})"
SMALL = """[...document.querySelectorAll('a, button, summary, input, select, textarea')].filter((one) => {
  const box = one.getBoundingClientRect();
  const inText = one.matches('a') && getComputedStyle(one).display === 'inline';
  const picked = one.matches('.pick input');  // its whole label is pressed
  return one.checkVisibility() && !inText && !picked && !one.closest('.skip, .vh, [hidden]') && one.type !== 'hidden'
    && box.width && (box.height < 24 || box.width < 24);
}).map((one) => one.outerHTML.slice(0, 80))"""


class Inspector:
    """Has one page, which goes from address to address; `found` is what was wrong at the last one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        page.on("console", lambda said: self.found.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: self.found.append(str(error)))

    async def look(self, url: str) -> list[str]:
        await self.go(url)
        await self.axe(ALL_RULES, "wide")
        await self.sized(360)
        await self.axe(ALL_RULES, "small")
        self.found += [f"too small to press: {one}" for one in await self.page.evaluate(SMALL)]
        await self.sized(320)
        await self.page.emulate_media(color_scheme="dark")
        await self.sized(1280)
        await self.axe(CONTRAST, "dark")
        await self.page.goto("about:blank")
        return self.found

    async def go(self, url: str) -> None:
        await self.page.emulate_media(color_scheme="light")
        await self.page.set_viewport_size({"width": 1280, "height": 740})
        self.found.clear()
        await self.page.goto(url)
        await self.page.evaluate(UNFOLD)

    async def axe(self, rules: str, where: str) -> None:
        violations = (await self.page.evaluate(rules))["violations"]
        self.found += [f"{where}: {one['id']} {node['html'][:120]}" for one in violations for node in one["nodes"]]

    async def sized(self, width: int) -> None:
        await self.page.set_viewport_size({"width": width, "height": 740})
        if beyond := await self.page.evaluate(SIDEWAYS):
            self.found.append(f"{beyond} pixels beyond a screen of {width}")
