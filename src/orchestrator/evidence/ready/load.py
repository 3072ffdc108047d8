"""Whether it was tried with many people at once: by us, where it says what it expects, and by tests of its own.

Its own tests are not run here, and kept figures may be anybody's, so the best that can be said of them is that nobody
has checked.
"""

import re

from orchestrator.evidence.ready import asked
from orchestrator.evidence.ready.look import Look
from orchestrator.evidence.ready.proof import Found, Proof, failed, unchecked
from orchestrator.evidence.ready.told import told
from orchestrator.evidence.words import listed

# What is said only in load tests, by the kind of file in which it says so.
PROGRAMS = {
    (".py",): r"^(?:from|import)\s+locust\b",
    (".js", ".ts", ".mjs"): r"from\s+['\"]k6\b|\brequire\(['\"]autocannon|from\s+['\"]autocannon",
    (".yml", ".yaml"): r"^config:[^\0]*^\s+phases:",  # of Artillery
    (".jmx",): r"<jmeterTestPlan",
    (".scala", ".java", ".kt"): r"io\.gatling",
}
COMMANDS = re.compile(r"^[^#\n]*\b(?:vegeta attack|wrk2? -|hey -|oha -|autocannon |k6 run|locust -)", re.MULTILINE)
TYPED = (".sh", ".yml", ".yaml", "makefile", "package.json")
# Programs of one's own, in a folder for such: many requests at once.
BENCHES = re.compile(r"(?:^|/)(?:bench\w*|load\w*|perf\w*|stress\w*)/[^\n]*\.(?:py|js|ts|mjs)$")
AT_ONCE = re.compile(r"\bgather\(|\bTaskGroup\(|\bPromise\.all\(|\bThreadPool\w*\(")
ASKS = re.compile(r"\bopen_connection\(|\.post\(|\b(?:httpx|aiohttp|requests|urllib3)\b|\bfetch\(|\baxios\b")
CODE = (
    "*.py",
    "*.js",
    "*.ts",
    "*.mjs",
    "*.sh",
    "*.yml",
    "*.yaml",
    "*.jmx",
    "*.scala",
    "*.java",
    "*.kt",
    "*makefile",
    "*package.json",
)
RATE = re.compile(
    r"requests?[ _/]*(?:per|/|an?)[ _]*s|req/s|rps\b|requests_per_second|http_reqs|throughput", re.IGNORECASE
)
FAILED = re.compile(r"error[ _-]?rate|fail(?:ed|ures?)|errors?\b", re.IGNORECASE)
TIMES = re.compile(r"\bp\(?9[059]\)?|percentile|95\s?%", re.IGNORECASE)
FIGURE = re.compile(r"\d+(?:\.\d+)?")
FEWEST_FIGURES = 4
NO_FIGURES = "its figures are kept nowhere: how many answers a second, how many failed, how long they took."
MOST_LINES, WIDEST = 5_000, 10_000


async def load(look: Look) -> Found:
    if told(look.texts).expected and asked.serves(look):
        return (await look.once("app", asked.examined))["P1" if "P1" in look.wanted else "T7"]
    tests = _tests(look)
    if not tests:
        return failed("There is no load test.")
    kept = [path for path, text in look.files("*.md", "*.csv", "*.json", "*.txt", "*.html").items() if _figures(text)]
    if not kept:
        return failed(f"There is a load test in {listed(tests)}, but {NO_FIGURES}", look.read(tests))
    said = f"There is a load test in {listed(tests)}, and there are figures in {listed(kept)}. We have not run it."
    return unchecked(said, look.read([*tests, *kept]))


def _tests(look: Look) -> list[str]:
    return sorted(path for path, text in look.files(*CODE).items() if tries_many(path, text))


def tries_many(path: str, text: str) -> bool:
    """Whether a file is a load test: by what only such say, or as a program of one's own in a folder for them."""
    low = path.lower()
    if any(low.endswith(kinds) and re.search(said, text, re.MULTILINE) for kinds, said in PROGRAMS.items()):
        return True
    if low.endswith(TYPED) and COMMANDS.search(text):
        return True
    return bool(BENCHES.search(low) and AT_ONCE.search(text) and ASKS.search(text))


def _figures(text: str) -> bool:
    """How many a second, how many failed, how long they took: with numbers beside the words."""
    lines = [line for line in text.splitlines()[:MOST_LINES] if len(line) < WIDEST]
    close = ["\n".join(lines[max(0, at - 3) : at + 12]) for at, line in enumerate(lines) if RATE.search(line)]
    return any(
        FAILED.search(part) and TIMES.search(part) and len(FIGURE.findall(part)) >= FEWEST_FIGURES for part in close
    )


PROOFS = (Proof("T7", load), Proof("P1", load))
