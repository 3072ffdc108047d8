"""What is to be read about a project that is complete: on its pages, over the API, and in its repository."""

import html
import re
import subprocess
from pathlib import Path

import httpx

from journeys.caller import Caller

EXECUTION, REVIEW = ".agents/reports/execution-report.md", ".agents/reports/system-review.md"
SUBJECT = "docs: what was built, and how far it is what was planned"


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True).stdout


async def looked_at(me: Caller, project: str, changed: str) -> None:
    """Of a project whose person changed their mind once; `changed` is what they wished for."""
    report, review = await me.see(f"/projects/{project}/report"), await me.see(f"/projects/{project}/review")
    promised = [one for phase in report["phases"] for one in phase["promises"]]
    assert promised
    assert review["promises"] == {"kept": len(promised), "total": len(promised)}
    assert (report["complete"], review["complete"], review["score"]) == (True, True, 10)
    found = {one["rule"]: one for one in review["divergences"]}
    assert changed.lower() in found["promise-added"]["actual"].lower()
    assert (found["promise-added"]["classification"], found["promise-added"]["justified"]) == ("good", True)
    await in_repository(me, project)
    await _on_pages(me, project, report, review)


async def in_repository(me: Caller, project: str) -> None:
    """Both stand in it, in one save point, and nothing of the app was touched by it."""
    report = await me.see(f"/projects/{project}/report")
    folder = Path((await me.see(f"/projects/{project}"))["repository"])
    assert git(folder, "status", "--porcelain") == ""
    subjects = git(folder, "log", "--first-parent", "--format=%s").splitlines()
    assert subjects.count(SUBJECT) == 1
    assert git(folder, "diff", "--name-only", "HEAD^", "HEAD").splitlines() == [EXECUTION, REVIEW]
    written = (folder / EXECUTION).read_text()
    for phase in report["phases"]:
        assert f"### Phase {phase['number']}: " in written
        assert all(f"- {one['id']} (kept): " in written for one in phase["promises"])
        checks = (await me.see(f"/projects/{project}/phases/{phase['number']}/evidence"))["items"]
        assert all(f"log `{check['log_sha256'][:12]}`" in written for check in checks)
        assert checks[-1]["fresh"]
    assert f"`app.py` new, +{len((folder / 'app.py').read_text().splitlines())} −0" in written
    assert "**10 out of 10**" in (folder / REVIEW).read_text()


async def _on_pages(me: Caller, project: str, report: dict, review: dict) -> None:
    base = f"/projects/{project}"
    for page in ("progress", "phases/1"):
        link = re.search(r'href="([^"]+/report)"', await me.page(f"{base}/{page}"))
        assert link
        assert "Execution report" in await me.page(link[1])
    whole = html.unescape(await me.page(f"{base}/report"))
    assert "10 out of 10" in whole
    assert all(f"{phase['title'][1:]}" in whole for phase in report["phases"])
    assert all(rule["compares"] in whole for rule in review["rules"])
    for place in re.findall(r'href="(/api/v1[^"]+\.md)"', whole):
        assert (await me.ask("GET", place)).text.startswith("# ")
    assert (await me.ask("GET", f"/api/v1{base}/phases/1/report.md")).text.startswith("# Execution report: phase 1\n")
    for nowhere in (f"{base}/phases/99/report", f"/api/v1{base}/phases/99/report"):
        assert (await me.ask("GET", nowhere)).status_code == httpx.codes.NOT_FOUND
