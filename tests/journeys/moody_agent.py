"""A builder made of the standard library that behaves as the file MOODS/<project> says: a real process, no AI.

`python -I -S moody_agent.py MOODS`. Only building and repairing have moods; looking and planning it does well.
"""

import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

PASSES = (
    "import unittest\n\n\nclass Adds(unittest.TestCase):\n    def test_{n}(self):\n        self.assertEqual(1 + 1, 2)\n"
)
FAILS = PASSES.replace("1 + 1, 2", "1 + 1, 3")
LAST_WORDS = "the last words\n"
session = {"id": "s1", "cwd": "."}
cancelled = threading.Event()
sending = threading.Lock()
repairs = []
answers = {}


def send(**message):
    with sending:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()


def update(update, /, **more):
    send(method="session/update", params={"sessionId": session["id"], "update": {"sessionUpdate": update, **more}})


def ask(kind, what):
    """What is answered to a question for leave: the option that was picked, or that it was dropped."""
    number = f"ask-{len(answers)}"
    answers[number] = queue.Queue()
    more = {"rawInput": {"command": what}} if kind == "execute" else {"locations": [{"path": what}]}
    options = [
        {"optionId": kind, "name": "Sure", "kind": kind} for kind in ("reject_once", "allow_always", "allow_once")
    ]
    call = {"toolCallId": number, "kind": kind, "title": "Tidy up", **more}
    params = {"sessionId": session["id"], "options": options, "toolCall": call}
    send(id=number, method="session/request_permission", params=params)
    outcome = answers[number].get()["outcome"]
    return outcome.get("optionId", outcome["outcome"])


def step(number, kind, title):
    update("tool_call", toolCallId=f"t{number}", kind=kind, title=title, status="in_progress")
    update("tool_call_update", toolCallId=f"t{number}", status="completed")


def write(place, text):
    path = Path(session["cwd"], place)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def tools():
    """What builders start and forget."""
    for _ in range(2):
        subprocess.Popen(["setsid", "sleep", "304"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def good(phase):
    step(1, "edit", "Write the tests")
    write(f"tests/test_phase_{phase}.py", PASSES.format(n=phase))
    write("app.py", f"print({phase})\n")


def keeps(phase):
    """A test for each promise of the phase, with its id in its name; and for each phase before, as they were."""
    known = json.loads(Path(session["cwd"], ".agents", "project.json").read_text())
    names = [one["id"].lower().replace(".", "_") for one in criteria(known, phase) if not one["item"]]
    case = "    def test_{}(self):\n        self.assertEqual(1 + 1, 2)\n"
    written = "import unittest\n\n\nclass Kept(unittest.TestCase):\n" + "\n".join(case.format(name) for name in names)
    write(f"tests/test_phase_{phase}.py", written)
    write("app.py", f"print({phase})\n")
    if (papers := place("papers")).exists() and repairs:
        write("LICENSE", papers.read_text())


def crash(_phase):
    tools()
    step(1, "read", "Read")
    sys.stderr.write(LAST_WORDS)
    sys.stderr.flush()
    os._exit(17)


def hang(_phase):
    tools()
    step(1, "think", "Think")
    time.sleep(600)


def busy(_phase):
    """Long work with signs of life, and tools of its own; it does not end when it is asked to."""
    tools()
    for number in range(6000):
        step(number, "execute", f"Step {number}")
        time.sleep(0.1)


def steady(phase):
    """Work of some seconds, done well."""
    for number in range(30):
        step(number, "execute", f"Step {number}")
        time.sleep(0.1)
    good(phase)


def loop(_phase):
    for number in range(400):
        step(number, "execute", "npm run build")
        if cancelled.wait(0.02):
            return


def flood(phase):
    for _ in range(40):
        sys.stderr.write("e" * 100_000 + "\n")
    sys.stderr.flush()
    good(phase)


def claim(_phase):
    words = {"type": "text", "text": "I have written everything and all tests pass."}
    update("agent_message_chunk", content=words)


def slow(phase):
    """Its test lasts for as long as there is a file."""
    good(phase)
    waits = "import pathlib, time\n\nwhile pathlib.Path({place!r}).exists():\n    time.sleep(0.05)\n"
    write(f"tests/test_phase_{phase}.py", waits.format(place=str(MOODS / "slow")) + PASSES.format(n=phase))


def preach(_phase):
    """What it says of its work is meant for somebody else."""
    words = (MOODS / "words").read_text()
    update("plan", entries=[{"content": words, "status": "in_progress", "priority": "high"}])
    time.sleep(600)


def asks(phase):
    """Wants what is written down, each in turn, and does its work in any case."""
    if phase:
        write(f"begun-{phase}.txt", "half done\n")
    for wish in place("wishes").read_text().splitlines():
        said = ask(*wish.split(" ", 1))
        if said == "cancelled":
            cancelled.wait(30)
            return
        with place("answers").open("a") as kept:
            kept.write(f"{said}\n")
    if phase:
        good(phase)


def waits(phase):
    """Is at it for as long as there is a file."""
    place("begun").touch()
    thoughts = itertools.count()  # one thought again and again would be stopped
    while place("wait").exists() and not cancelled.is_set():
        number = next(thoughts)
        step(number, "think", f"Think of {number}")
        time.sleep(0.05)
    if phase:
        good(phase)


def red(phase):
    good(phase)
    write(f"tests/test_phase_{phase}.py", FAILS.format(n=phase))


def outside(phase):
    home = Path(session["cwd"]).parents[1]  # the folder of the project, among those of all
    Path(TARGETS.joinpath(home.name).read_text(), "stray.txt").write_text("not yours to write\n")
    (home.parents[1] / f"stray-{home.name}.txt").write_text("not yours to write\n")
    good(phase)


def weaken(phase):
    good(phase)
    Path(session["cwd"], "tests", "test_known.py").unlink()


def costly(phase):
    """Tells what it spends on the way: more and more, as one does."""
    for amount in (0.25, 0.6):
        update("usage_update", used=1000, size=200_000, cost={"amount": amount, "currency": "USD"})
    if phase:
        good(phase)


DEEDS = {
    deed.__name__: deed
    for deed in (
        *(good, keeps, crash, hang, busy, steady, loop, flood, claim, slow, preach),
        *(red, outside, weaken, costly, asks, waits),
    )
}
MOODS = Path(sys.argv[1])
TARGETS = MOODS.with_name("targets")


def sketchy(moods, prompt):
    """Some never write a whole plan, some only when they are told what is missing."""
    return "sketch" in moods or ("forgetful" in moods and "The plan does not say the tests" not in prompt)


def criteria(known, phase):
    return next(one["criteria"] for one in known["phases"] if one["number"] == phase)


def plan(phase):
    """A whole one, as it is asked for."""
    known = json.loads(Path(session["cwd"], ".agents", "project.json").read_text())
    ids = [one["id"] for one in criteria(known, phase)]
    parts = {
        "User story": "Somebody does something, because they want to.",
        "Outcome": "It can be tried.",
        "Acceptance criteria": "\n".join(f"- {id}: it works" for id in ids),
        "Tests": f"- `tests/test_phase_{phase}.py`\n" + "\n".join(f"- `test_{phase}` for {id}" for id in ids),
        "Files": "- `app.py`",
        "Risks": "None.",
        "Readiness": "It is told in the README.",
    }
    return f"# Plan for phase {phase}\n\n" + "".join(f"## {name}\n\n{text}\n\n" for name, text in parts.items())


def mood():
    """The project is the folder above its trial copies, or that of the copy to look at; its mood may change."""
    where = Path(session["cwd"])
    places = [MOODS / name for name in (where.name, where.parents[1].name)]
    return next((place.read_text().split() for place in places if place.exists()), [])


def place(what):
    """A file of this project's, beside its mood."""
    return MOODS / f"{Path(session['cwd']).parents[1].name}-{what}"


def told(prompt):
    """What it was told, in order, for those who ask for that."""
    if (kept := place("told")).exists():
        with kept.open("a") as file:
            file.write(json.dumps(prompt) + "\n")


def work(id, prompt):
    first = prompt.split("\n")[0].split()
    phase = int(first[1]) if len(first) > 1 and first[0].startswith("/") else 0
    moods = mood()
    told(prompt)
    if place("stumbles").exists() and not first[0].startswith("/"):
        place("stumbles").unlink()
        os._exit(9)
    if first[0] == "/plan-feature":
        step(1, "edit", "Write the plan")
        write(f".agents/plans/phase-{phase}.md", "Do it.\n" if sketchy(moods, prompt) else plan(phase))
        if "early" in moods:
            write("app.py", "print(0)\n")
    repairs[:] = ["/repair"] if first[0] == "/repair" else []
    builds = first[0] in {"/execute", "/repair"}
    if first[0].lstrip("/") in moods[1:] or builds:
        DEEDS[moods[0] if moods else "good"](phase if builds else 0)
    reason = "cancelled" if cancelled.is_set() else "end_turn"
    send(id=id, result={"stopReason": reason})


def handle(message):
    method, id, params = message.get("method"), message.get("id"), message.get("params")
    if method == "initialize":
        send(id=id, result={"protocolVersion": 1, "agentCapabilities": {}, "authMethods": []})
    elif method == "session/new":
        session["cwd"] = params["cwd"]
        send(id=id, result={"sessionId": session["id"]})
    elif method == "session/prompt":
        cancelled.clear()
        threading.Thread(target=work, args=(id, params["prompt"][0]["text"]), daemon=True).start()
    elif method == "session/cancel":
        cancelled.set()
    elif method is None and id in answers:
        answers[id].put(message["result"])


for line in sys.stdin:
    handle(json.loads(line))
