"""What works inside the stand-in of SCAR as its coding agent: a real process, real git, moods instead of a model.

`python -m ground.scar_agent MOOD GAP NAME [ARGUMENTS]` in the folder to work in. It prints a JSON line for each text
(`text`) and each tool (`tool`), as its SDK would hand them on.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from orchestrator.executors.starter import commands
from orchestrator.executors.starter.turn import Turn

WHO = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Scar"), ("EMAIL", "scar@example.org"))
}
PLAN = re.compile(r"Do what (\S+) says, on the branch ([\w-]+) and")
PLANNED = """## 📋 Implementation Plan Created

**Feature Branch:** `{branch}`
**Plan Location:** `{plan}`

To go on: `@scar /command-invoke execute-github {plan} {branch}`"""
DONE = """## ✅ Implementation Complete

**Pull Request:** https://github.com/acme/shop/pull/7
**Branch:** `{branch}`
**PR:** https://github.com/acme/shop/pull/7"""
FAILED = 'API Error: 400 {"type":"error","error":{"type":"invalid_request_error","message":"no"}}'
FAILS = {"error": "400", "late-error": "500"}


def tell(**what):
    print(json.dumps(what), flush=True)


def git(*words, ok=True):
    tell(tool="BASH", rest=f"git {' '.join(words)}"[:100])
    done = subprocess.run(["git", *words], env=os.environ | WHO, capture_output=True, text=True, check=False)
    if ok and done.returncode:
        raise SystemExit(f"git {words}: {done.stderr}")
    return done.stdout.strip()


def newest(branch):
    git("fetch", "-q", "origin")
    git("checkout", "-q", branch, ok=False)
    if git("branch", "--show-current") == branch:
        git("merge", "-q", "--ff-only", f"origin/{branch}")


def save(**texts):
    for name, text in texts.items():
        place = Path(name.replace("__", "/").replace("_md", ".md").replace("_txt", ".txt"))
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    git("add", "--all", "--force")
    git("commit", "-q", "-m", "Work")


def starter(asked):
    """Do what the file says, as the builder does that ships with the product."""
    told = []
    commands.obey(Turn(Path.cwd(), told.append), Path(asked).read_text())


def good(asked, branch):
    newest(branch)
    tell(tool="READ", rest=f"Reading: {asked}")
    if Path(asked).read_text().startswith("/"):
        starter(asked)
    else:
        save(built_txt=f"{Path(asked).read_text()}{os.getpid()}\n")
    git("push", "-q", "origin", branch)


def planned(asked, branch):
    """A plan that is not made by the starter, for files that it would not understand."""
    newest(branch)
    if Path(asked).read_text().startswith("/plan-feature") and Path(".agents/project.json").exists():
        starter(asked)
    else:
        save(**{".agents__plans__phase-1_md": f"# Plan\n\n{os.getpid()}\n"})
    git("push", "-q", "origin", branch)


def elsewhere(_asked, branch):
    newest(branch)
    git("checkout", "-q", "-b", "feature-of-its-own")
    save(**{".agents__plans__own_md": "# A plan\n"})
    git("push", "-q", "origin", "feature-of-its-own")


def unpushed(asked, branch):
    newest(branch)
    save(built_txt="kept to itself\n")


def strange(_asked, branch):
    newest(branch)
    git("checkout", "-q", "--orphan", "feature-strange")
    save(strange_txt="from nowhere\n")
    git("push", "-q", "-f", "origin", "feature-strange")


def nothing(_asked, _branch): ...


MOODS = {"good": good, "elsewhere": elsewhere, "unpushed": unpushed, "strange": strange}
BRANCHES = {"elsewhere": "feature-of-its-own", "strange": "feature-strange"}


def main(mood, gap, name, arguments):
    if mood == "mute":
        return 0
    if mood in FAILS or mood.startswith("http="):
        time.sleep(gap)
        tell(text=FAILED.replace("400", FAILS.get(mood, mood[5:])))
        return 1
    tell(text="I'll look at it first.")
    if mood == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if mood == "ask":
        tell(text="Before I can plan this, I have two questions:\n\n1. Who may see the list?\n2. In which language?")
        return 0
    time.sleep(gap)
    if name == "prime":
        tell(tool="BASH", rest="git ls-files | head -20")
        if mood == "writes":
            save(scribble_txt="mine\n")
            git("push", "-q", "origin", git("branch", "--show-current"))
        tell(text="## Project Overview\n\nA small app.")
        return 0
    found = PLAN.search(" ".join(arguments))
    asked, branch = found.groups() if found else arguments[:2]
    work = planned if mood == "good" and found else MOODS.get(mood, nothing)
    work(asked, branch)
    if mood == "unspoken":
        return 0
    if mood == "long":
        tell(text="x" * 70_000)
    branch = BRANCHES.get(mood, branch)
    plan = ".agents/plans/own.md" if mood == "elsewhere" else ".agents/plans/phase-1.md"
    tell(text=PLANNED.format(branch=branch, plan=plan) if found else DONE.format(branch=branch))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4:]))
