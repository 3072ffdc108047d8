"""The starter's side of the Agent Client Protocol, line by line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from acp.schema import InitializeResponse, NewSessionResponse, PromptResponse, SessionNotification
from starter_door import COMMAND, opened, repository

from orchestrator.executors import starter

HELLO = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": 1}}


def lines(*messages, command=COMMAND):
    """What it answers to these messages, the input then being closed."""
    said = "".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in messages)
    done = subprocess.run(command, input=said, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_everything_it_sends_is_what_the_protocol_says(tmp_path):
    tree = repository(tmp_path)
    with subprocess.Popen(starter.COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def call(id, method, **params):
            process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}) + "\n")
            process.stdin.flush()
            heard = []
            for line in process.stdout:
                heard.append(json.loads(line))
                if heard[-1].get("id") == id:
                    break
            return heard

        assert InitializeResponse.model_validate(call(1, "initialize", protocolVersion=1)[-1]["result"])
        session = NewSessionResponse.model_validate(call(2, "session/new", cwd=str(tree), mcpServers=[])[-1]["result"])
        prompt = [{"type": "text", "text": "/execute 1\n"}, {"type": "resource_link", "uri": "x", "name": "x"}]
        *updates, last = call(3, "session/prompt", sessionId=session.session_id, prompt=prompt)
        process.stdin.close()

    assert PromptResponse.model_validate(last["result"]).stop_reason == "end_turn"
    seen = [SessionNotification.model_validate(one["params"]) for one in updates]
    assert all(one["method"] == "session/update" and one["jsonrpc"] == "2.0" for one in updates)
    kinds = [one.update.session_update for one in seen]
    assert set(kinds) == {"plan", "tool_call", "tool_call_update", "agent_message_chunk"}
    assert kinds.count("tool_call") == kinds.count("tool_call_update")
    places = [one.update.locations[0].path for one in seen if getattr(one.update, "kind", "") == "edit"]
    assert str(tree / "prototype/server.py") in places


async def test_its_plan_goes_on_step_by_step(tmp_path):
    async with opened(repository(tmp_path)) as door:
        await door.ask("/plan-feature 1")

    first, *_, last = door.heard.plans
    assert [status for _, status in first] == ["in_progress", "pending", "pending"]
    assert {status for _, status in last} == {"completed"}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{broken\n", -32700),
        ("[1]\n", -32600),
        ({"jsonrpc": "2.0", "id": 7}, -32600),
        ({"jsonrpc": "2.0", "id": 7, "method": "session/load", "params": {}}, -32601),
        ({"jsonrpc": "2.0", "id": 7, "method": "session/prompt", "params": {"sessionId": "other"}}, -32602),
    ],
)
def test_what_it_cannot_read_or_do_is_answered(message, code):
    hello, answer = lines(HELLO, "\n", message)

    assert hello["result"]["protocolVersion"] == 1
    assert answer["error"]["code"] == code


def test_news_that_it_does_not_know_is_passed_over():
    news = {"jsonrpc": "2.0", "method": "session/unknown", "params": 3}
    cancel = {"jsonrpc": "2.0", "method": "session/cancel", "params": {"sessionId": "other"}}

    assert len(lines(news, cancel, HELLO)) == 1


def test_one_thing_after_the_other_in_a_session(tmp_path):
    new = {"jsonrpc": "2.0", "id": 1, "method": "session/new", "params": {"cwd": str(repository(tmp_path))}}
    prompt = {"sessionId": "session-1", "prompt": [{"type": "text", "text": "/execute 1"}]}
    first, second = ({"jsonrpc": "2.0", "id": id, "method": "session/prompt", "params": prompt} for id in (2, 3))

    answers = {one["id"]: one for one in lines(new, first, second) if "id" in one}

    assert "one thing after the other" in answers[3]["error"]["message"]
    assert answers[2]["result"]["stopReason"] == "cancelled", "nobody listens any more, so it stops"


def test_it_starts_at_once_and_needs_nothing_but_python():
    root = Path(starter.COMMAND[-1]).parents[3]
    look = (
        f"import sys; sys.path.append({str(root)!r}); before = set(sys.modules);"
        "import orchestrator.executors.starter.protocol;"
        "print(*(set(name.partition('.')[0] for name in set(sys.modules) - before)))"
    )
    loaded = subprocess.run([sys.executable, "-I", "-S", "-c", look], capture_output=True, text=True, check=True)
    assert set(loaded.stdout.split()) - set(sys.stdlib_module_names) == {"orchestrator"}

    assert {"-I", "-S"} < set(starter.COMMAND)
    spent = []
    for _ in range(5):
        before = os.times()
        assert lines(HELLO, command=starter.COMMAND)
        after = os.times()
        used = after.children_user + after.children_system - before.children_user - before.children_system
        spent.append(used)
    assert min(spent) < 0.1, "processor time, because the machine may be busy with other things"


def test_it_says_what_it_is():
    assert "not an AI" in starter.DESCRIPTION
