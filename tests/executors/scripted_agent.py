"""A builder made of the standard library that does what the words of its prompt say: a real process, no AI.

`python -I -S scripted_agent.py`, or with words as arguments for what happens before there is a prompt.
"""

import json
import os
import pathlib
import queue
import subprocess
import sys
import threading
import time

inbox, answers, cancelled = queue.Queue(), {}, threading.Event()
session, prompt = {"id": f"s{time.time_ns()}", "cwd": "."}, [""]
sending = threading.Lock()


def send(**message):
    with sending:
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()


def update(update, /, **more):
    send(method="session/update", params={"sessionId": session["id"], "update": {"sessionUpdate": update, **more}})


def say(text):
    update("agent_message_chunk", content={"type": "text", "text": text})


def step(number, kind, title, **more):
    update("tool_call", toolCallId=number, kind=kind, title=title, status="in_progress", **more)


def over(number, status="completed", **more):
    update("tool_call_update", toolCallId=number, status=status, **more)


OPTIONS = [
    {"optionId": f"id-{kind}", "name": "a title that says the opposite", "kind": kind}
    for kind in ("reject_once", "allow_always", "allow_once", "reject_always")
]


def ask(number, options=OPTIONS, **call):
    answers[number] = queue.Queue()
    params = {"sessionId": session["id"], "options": options, "toolCall": {"toolCallId": number, **call}}
    send(id=number, method="session/request_permission", params=params)
    outcome = answers[number].get()["outcome"]
    return outcome.get("optionId", outcome["outcome"])


def write(name, text):
    path = pathlib.Path(session["cwd"]) / name
    path.write_text(text)
    return str(path)


def tools(count=2):
    for _ in range(count):
        subprocess.Popen(["setsid", "sleep", "304"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    subprocess.run(["sh", "-c", "cd /; setsid sleep 305 >/dev/null 2>&1 &"], check=True)


def ok():
    update("plan", entries=[entry("Make the start page", "in_progress"), entry("Test it", "pending")])
    step("t1", "edit", "Write hello.txt", locations=[{"path": f"{session['cwd']}/hello.txt"}])
    write("hello.txt", "hi\n")
    over("t1")
    over("t2", kind="edit", title="of which nothing was told before", content=[diff("other.txt")])
    step("t3", "execute", "npm test", rawInput={"command": "npm test"})
    over("t3", "failed")
    update("usage_update", used=100, size=1000, cost={"amount": 0.421, "currency": "EUR"})
    for word in ("all ", "is ", "done."):
        say(word)


def entry(content, status):
    return {"content": content, "status": status, "priority": "medium"}


def diff(name):
    return {"type": "diff", "path": f"{session['cwd']}/{name}", "newText": "x"}


def slow():
    while not cancelled.wait(0.02):
        say("tick ")
    return "cancelled"


def hang():
    tools()
    say("hanging")
    while True:
        time.sleep(60)


def crash():
    tools()
    step("t1", "read", "Read")
    sys.stderr.write("the last words, with the key sk-very-secret\n")
    sys.stderr.flush()
    os._exit(17)


def loop(changing=False, count=400):
    for number in range(count):
        if changing:
            write("same.txt", str(number))
        step(f"t{number}", "execute", "npm run build", rawInput={"command": "npm run build"})
        over(f"t{number}")
        if cancelled.wait(0.01):
            return "cancelled"
    return "end_turn"


def garbage():
    sys.stdout.write("Welcome to this program\n[1, 2]\n{broken\n\n" * 40)
    sys.stdout.flush()
    time.sleep(60)


def permissions():
    outside = [{"path": "/etc/passwd"}]
    inside = [{"path": f"{session['cwd']}/hello.txt"}]
    link = pathlib.Path(session["cwd"]) / "link"
    link.symlink_to("/etc")
    step("a4", "delete", "told before, so not said again")
    say(
        " ".join(
            [
                ask("a1", kind="edit", title="Write", locations=inside),
                ask("a2", kind="edit", title="Write", locations=outside),
                ask("a3", kind="execute", title="rm -rf /"),
                ask("a4"),
                ask("a5", kind="edit", locations=outside, options=OPTIONS[3:]),
                ask("a6", kind="edit", locations=outside, options=OPTIONS[1:3]),
                ask("a7", kind="read", rawInput={"file_path": "link/passwd"}),
                ask("a8", kind="read", locations=[{"path": "nul\0"}]),
            ]
        )
    )
    link.unlink()


def wish():
    """Asks for what its prompt says, and once more when it may not."""
    _, kind, what = prompt[0].split(" ", 2)
    more = {"rawInput": {"command": what}} if kind == "execute" else {"locations": [{"path": what}]}
    said = ask("w1", kind=kind, title="Look at the weather", **more)
    say(said)
    if said == "cancelled" and not cancelled.wait(5):
        say(" wished for it once more")
    return "cancelled" if cancelled.is_set() else "end_turn"


def flood():
    for number in range(10_000):
        step(f"t{number}", "think", f"thought {number}")


def deaf():
    sys.stdout.write('{"jsonrpc": "2.0", "method": "session/update", "params": {"update": ' + "[" * 50_000 + "\n")
    sys.stdout.flush()
    update("of_a_kind_that_is_not_known", anything=1)
    update("tool_call", toolCallId=5)
    say("still here")


def endless():
    for _ in range(20):
        sys.stdout.write("x" * (1 << 20))
    sys.stdout.flush()
    time.sleep(60)


def memory():
    tools()
    for _ in range(3):
        if os.fork() == 0:
            break
    held = bytearray(b"x") * (60 << 20)
    time.sleep(60 + len(held[:0]))


def problem():
    raise RuntimeError("confused, key sk-very-secret")


def says_no(words):
    """As if its model had answered so."""
    raise RuntimeError(words)


def chatter():
    for number in range(2000):
        say(f"{number} ")


def stumble():
    """Dies the first time, and tells the second time what it was asked, in which conversation."""
    mark = pathlib.Path(os.environ["HOME"], "stumbled")
    if not mark.exists():
        mark.write_text("once")
        say("before")
        time.sleep(0.3)
        os._exit(17)
    say(f"{session['id']}: {session['asked']}")


DEEDS = {
    "stumble": stumble,
    "ok": ok,
    "slow": slow,
    "hang": hang,
    "crash": crash,
    "loop": loop,
    "busy": lambda: loop(changing=True, count=40),
    "garbage": garbage,
    "permissions": permissions,
    "wish": wish,
    "flood": flood,
    "deaf": deaf,
    "endless": endless,
    "problem": problem,
    "unkeyed": lambda: says_no("invalid x-api-key"),
    "limited": lambda: says_no("usage limit reached"),
    "overloaded": lambda: says_no("overloaded"),
    "chatter": chatter,
    "lie": lambda: say("I have written everything and all tests pass."),
    "write": lambda: write("hello.txt", "hi\n") and None,
    "rewrite": lambda: write("seed.txt", "changed\n") and None,
    "daemon": tools,
    "stderr": lambda: sys.stderr.write("e" * 2_000_000) and None,
    "bigline": lambda: say("x" * 200_000),
    "memory": memory,
    "env": lambda: say(json.dumps(dict(os.environ))),
    "temporary": lambda: pathlib.Path(os.environ["TMPDIR"], "left").write_text("x") and None,
    "exit": lambda: os._exit(0),
    "hangup": lambda: (os.close(1), time.sleep(60)),
    **{reason: lambda reason=reason: reason for reason in ("refusal", "max_tokens", "max_turn_requests", "cancelled")},
}


def work(id, text):
    session["asked"] = text
    prompt[:] = [text]
    cut_off = text.startswith("You were cut off")
    try:
        reason = DEEDS[text.splitlines()[-1].split()[0] if cut_off else text.split()[0]]() or "end_turn"
    except RuntimeError as error:
        return send(id=id, error={"code": -32603, "message": str(error)})
    usage = {"totalTokens": 3, "inputTokens": 1, "outputTokens": 2}
    return send(id=id, result={"stopReason": reason, "usage": usage})


def handle(message):
    method, id, params = message.get("method"), message.get("id"), message.get("params")
    if method == "initialize":
        result = {
            "protocolVersion": 1,
            "agentCapabilities": {"loadSession": "remembers" in sys.argv},
            "authMethods": [],
        }
        send(id=id, result="what?" if "strange" in sys.argv else result)
    elif method == "session/new" and "sign-in" in sys.argv:
        send(id=id, error={"code": -32000, "message": "Authentication required"})
    elif method == "session/new":
        session["cwd"] = params["cwd"]
        send(id=id, result={"sessionId": session["id"]})
    elif method == "session/load" and "forgot" in sys.argv:
        send(id=id, error={"code": -32002, "message": "no such session"})
    elif method == "session/load":
        session.update(id=params["sessionId"], cwd=params["cwd"])
        say("what was said before")
        send(id=id, result={})
    elif method == "session/prompt":
        cancelled.clear()
        threading.Thread(target=work, args=(id, params["prompt"][0]["text"]), daemon=True).start()
    elif method == "session/cancel":
        cancelled.set()
    else:
        answers[id].put(message["result"])


if "early" in sys.argv:
    sys.exit(3)
if "mute" in sys.argv:
    time.sleep(60)
if "noisy" in sys.argv:
    print("Loading…\nReady.\n")
for line in sys.stdin:
    handle(json.loads(line))
