"""What people do from a terminal, by the real program against a real server."""

import asyncio
import contextlib
import json
import os
import pty
from pathlib import Path

from ground.program import COMMAND, Program
from ground.server import Server
from ground.until import until


async def test_a_project_is_shown_stopped_and_goes_on(terminal: Program, project: str):
    assert (await terminal("status", project, "--json")).json["id"] == project
    assert project in (await terminal("status")).out
    waiting = (await terminal("projects", "--waiting", "--json")).json
    assert project in {one["id"] for one in waiting}
    assert f"{project}  " in (await terminal("projects")).out

    assert (await terminal("pause", project, "--json")).json["stage"] == "PAUSED"
    assert "Paused" in (await terminal("status", project)).out
    assert (await terminal("resume", project, "--json")).json["stage"] == "VISION_REVIEW"
    assert "There is no such project" in await terminal.refused("pause", "nonsense")


async def test_a_builder_is_shown_and_chosen(terminal: Program, project: str):
    assert (await terminal("builder", project)).out.endswith(": built by starter, network listed.\n")
    assert (await terminal("builder", project, "--network", "closed", "--json")).json["network"] == "closed"
    assert (await terminal("builder", project, "starter")).out.endswith(": built by starter, network closed.\n")
    assert "There is no builder “magic” here." in await terminal.refused("builder", project, "magic")

    listed = (await terminal("builders")).out
    assert listed.startswith("starter  Starter, builds new projects\n    Ready.\n")
    assert {one["id"] for one in (await terminal("builders", "--json")).json} >= {"starter", "claude", "codex"}


async def test_everything_about_a_project_is_handed_out(terminal: Program, project: str, tmp_path: Path):
    file = tmp_path / "all.json"
    assert (await terminal("export", project, "--output", str(file))).out == f"Written to {file}.\n"
    assert (await terminal("export", project)).json == json.loads(file.read_text())
    assert "cannot be written: no such file" in await terminal.refused("export", project, "--output", "/no/such/place")
    assert "\n\nNothing is part of the app yet.\n" in (await terminal("report", project)).out
    assert (await terminal("report", project, "--review", "--json")).json["score"] is None
    assert "This project has no phase 9." in await terminal.refused("report", project, "--phase", "9")


async def test_decisions_are_listed_and_answered(server: Server, terminal: Program, project: str):
    gates = (await terminal("gates", "--json")).json
    [gate] = [gate["id"] for gate in gates if gate["project_id"] == project]
    assert f"(decision {gate})" in (await terminal("gates")).out
    if len(gates) == 1:
        await server.http.post(f"/api/v1/projects/{(await another(server))}/vision")
        await until(lambda: several(server))
    assert "decisions wait for you. Say which one" in await terminal.refused("approve")
    assert "There is no way out called" in await terminal.refused("approve", gate, "--way", "nonsense")

    changed = (await terminal("changes", gate, "add allergies", "--json")).json
    assert changed["status"] == "CHANGES_REQUESTED"
    assert " was faster: " in await terminal.refused("reject", gate)
    for left in (await terminal("gates", "--json")).json:
        assert (await terminal("reject", left["id"])).out.startswith("Rejected: ")


async def another(server: Server) -> str:
    return (await server.http.post("/api/v1/projects", json={"idea": "An app for birds"})).json()["id"]


async def several(server: Server) -> bool:
    return len((await server.http.get("/api/v1/gates")).json()["items"]) > 1


async def test_a_conversation_comes_through_a_pipe_up_to_a_decision(terminal: Program):
    lines = ["", "For my family", "yes please, write it", "write the vision", "approve"]
    said = await terminal("chat", "--idea", "I want an app for recipes of my family", typed="\n".join(lines))

    assert (said.code, said.err) == (0, "")
    assert said.out.count("> I want an app for recipes of my family\n") == 1
    assert said.out.count("I am a fixed set of questions, not an AI.") == 1
    assert said.out.count("> For my family\n") == 1
    assert said.out.count("DECISION: ") >= 1
    assert said.out.index("> For my family") < said.out.index("DECISION: ")
    assert "Decided by Owner: approve.\n" in said.out
    for question in (line for line in said.out.splitlines() if line.startswith("(decision ")):
        assert said.out.count(question) == 1


async def test_a_refusal_is_part_of_the_conversation(terminal: Program, project: str):
    said = await terminal("chat", project, typed="changes\nchanges show the prices\n")
    assert said.code == 0
    assert said.out.count("Please say what should be different: changes …\n") == 1
    assert "Decided by Owner: changes.\n" in said.out
    assert (await terminal("chat", project, typed="x" * 50_000)).out.count("Please send it in parts.") == 1


async def test_a_conversation_at_a_keyboard_streams_and_ends_with_ctrl_d(terminal: Program, project: str):
    ours, theirs = pty.openpty()
    chat = await asyncio.create_subprocess_exec(
        *COMMAND, "chat", project, cwd=terminal.folder, env=terminal.environment, stdin=theirs, stdout=theirs
    )
    os.close(theirs)
    os.set_blocking(ours, False)
    seen = bytearray()

    def shows(text: str) -> bool:
        with contextlib.suppress(OSError):  # nothing new, or its end is closed
            seen.extend(os.read(ours, 65536))
        return text in seen.decode(errors="replace").replace("\r\n", "\n")

    await until(lambda: shows("\n(decision "), 60)
    os.write(ours, b"What would happen next?\n")
    before = len(seen)
    await until(lambda: shows("") and len(seen) > before + len("What would happen next?") + 20, 60)
    os.write(ours, b"reject\n")
    await until(lambda: shows("Decided by Owner: reject.\n"), 60)
    os.write(ours, b"\x04")
    await until(lambda: shows("") and chat.returncode is not None, 60)
    os.close(ours)

    text = seen.decode(errors="replace")
    assert chat.returncode == 0
    assert text.count("What would happen next?") == 1  # as typed, and not told once more
    assert text.count("DECISION: ") == 1


async def test_without_a_server_a_sentence_says_how_to_start_one(plain: Program):
    there = plain.having(ORCHESTRATOR_PORT="9", ORCHESTRATOR_TOKEN="x")
    says = "No server answers at http://127.0.0.1:9. Start it with: orchestrator serve"
    assert await there.refused("status") == says
    assert "There is no account yet" in await plain.refused("status")


async def test_the_key_of_this_machine_is_for_the_server_of_this_machine(server: Server, terminal: Program):
    elsewhere = terminal.having(ORCHESTRATOR_URL="https://app.example.org")
    assert "ORCHESTRATOR_TOKEN must have a key" in await elsewhere.refused("projects")
    here = terminal.having(ORCHESTRATOR_URL=server.url + "/", ORCHESTRATOR_TOKEN=server.token)
    assert (await here("projects", "--json")).code == 0
    wrong = here.having(ORCHESTRATOR_TOKEN="nonsense")
    assert (await wrong.refused("projects")).endswith(".")
    assert (server.data / "terminal.key").stat().st_mode & 0o777 == 0o600


async def test_who_has_no_project_is_told_how_to_begin(terminal: Program, server: Server):
    await terminal("user", "add", "new@example.org", "New")
    key = (await terminal("token", "create", "new", "--user", "new@example.org")).out.strip()
    new = terminal.having(ORCHESTRATOR_TOKEN=key)
    assert "Begin with: orchestrator chat --idea" in await new.refused("status")
    assert "Begin with: orchestrator chat --idea" in (await new("projects")).out
    assert (await new("gates")).out == "Nothing waits for you.\n"
    assert await new.refused("approve") == "Nothing waits for you."
