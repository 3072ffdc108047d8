"""What operators do on the database, with and without a server, on both kinds."""

import sqlite3
from contextlib import closing

import pytest

from ground.program import Program
from ground.server import Server
from orchestrator.settings import SECRETS
from orchestrator.store.migrate import HEAD


async def test_the_form_of_the_database_goes_up_and_down(installation: Program):
    assert (await installation("db", "current")).out == "empty\n"
    assert (await installation("db", "upgrade", "--json")).json == {"form": HEAD}
    assert (await installation("db", "downgrade", "base")).out == "empty\n"
    assert (await installation("db", "upgrade")).out == f"{HEAD}\n"
    assert (await installation("db", "current", "--json")).json == {"form": HEAD}
    assert "cannot be brought to that form" in await installation.refused("db", "upgrade", "nonsense")


async def test_an_account_comes_and_goes(plain: Program):
    assert (await plain("user", "list")).out == "Nobody yet.\n"
    made = (await plain("user", "add", "Nadia@Example.org", "Nadia", "--owner", "--json")).json
    assert made["email"] == "nadia@example.org"
    assert made["link"].startswith("http://127.0.0.1:8000/setup?key=")

    assert "is here already" in await plain.refused("user", "add", "nadia@example.org", "Other")
    assert "should look like name@example.org" in await plain.refused("user", "add", "nadia", "Nadia")
    assert "Somebody has to own this installation" in await plain.refused("user", "disable", "nadia@example.org")
    assert "Nobody here has the email" in await plain.refused("user", "link", "tom@example.org")

    added = await plain("user", "add", "tom@example.org", "Tom")
    assert "Send this link to tom@example.org. It works once, for a week:\n" in added.out
    assert (await plain("user", "disable", "tom@example.org")).code == 0
    assert "is shut out. First: orchestrator user enable" in await plain.refused("user", "link", "tom@example.org")
    listed = "nadia@example.org  Nadia  owner\ntom@example.org  Tom  shut out\n"
    assert (await plain("user", "list")).out == listed
    assert (await plain("user", "enable", "tom@example.org")).code == 0
    users = (await plain("user", "list", "--json")).json
    assert [(user["email"], user["disabled_at"]) for user in users] == [
        ("nadia@example.org", None), ("tom@example.org", None)
    ]  # fmt: skip


async def test_a_key_is_shown_once_and_ends(plain: Program):
    assert "There is no account yet" in await plain.refused("token", "create", "nightly")
    await plain("user", "add", "nadia@example.org", "Nadia", "--owner")
    made = (await plain("token", "create", "nightly", "--days", "30", "--json")).json
    assert made["token"].startswith("po_")
    rotated = (await plain("token", "rotate", made["id"], "--hours", "0", "--json")).json
    assert rotated["old_ends_in_hours"] == 0

    listed = await plain("token", "list", "--json")
    works = {token["id"]: token["works"] for token in listed.json}
    assert works == {made["id"]: False, rotated["id"]: True}
    assert made["token"] not in listed.out
    assert (await plain("token", "revoke", rotated["id"])).code == 0
    lines = (await plain("token", "list")).out.splitlines()
    assert len(lines) == 2
    assert all(line.endswith("nadia@example.org  ended") for line in lines)
    assert "has ended already" in await plain.refused("token", "rotate", rotated["id"])
    assert "There is no such key" in await plain.refused("token", "revoke", "nonsense")
    found = (await plain("token", "create", "found in a log", "--user", "nadia@example.org", "--json")).json
    assert (await plain("token", "revoke", found["token"])).code == 0
    assert "works" not in (await plain("token", "list")).out
    await plain("token", "create", "x", "--days", "0", "--user", "nadia@example.org")
    assert "nadia@example.org  works for ever\n" in (await plain("token", "list")).out


async def test_secrets_are_stored_by_the_names_of_settings_and_encrypted_anew(plain: Program):
    await plain("db", "upgrade")
    name = "ORCHESTRATOR_BOOTSTRAP_TOKEN"
    assert (await plain("secret", "set", name, typed="a-key-for-scripts\n")).code == 0
    assert (await plain("secret", "list", "--json")).json == [name]
    before = (plain.folder / "data" / "secret.key").read_bytes()

    assert (await plain("secret", "rotate", "--json")).json == {"encrypted_anew": 1}
    after = (plain.folder / "data" / "secret.key").read_bytes()
    assert after.endswith(before)
    assert len(after.splitlines()) == 2
    assert (await plain("audit", "verify")).out == "The log is whole.\n"

    refusal = await plain.refused("secret", "set", "PORT", typed="1")
    assert refusal == f"PORT is not a secret setting. These are: {', '.join(sorted(SECRETS))}."
    assert {"ORCHESTRATOR_ANTHROPIC_API_KEY", "ORCHESTRATOR_OPENAI_API_KEY", name} <= set(SECRETS)
    assert "without spaces" in await plain.refused("secret", "set", name, typed="two words\n")
    assert "without spaces" in await plain.refused("secret", "set", name, typed="")
    assert (await plain("secret", "remove", name)).code == 0
    assert "There is nothing stored" in await plain.refused("secret", "remove", name)


async def test_the_doctor_names_the_next_step(installation: Program):
    said = await installation("doctor")
    assert said.code == 1
    assert "LOOK  database: " in said.out
    assert f"in form empty; {HEAD} is needed. Run: orchestrator db upgrade\n" in said.out
    await installation("user", "add", "nadia@example.org", "Nadia", "--owner")

    found = (await installation("doctor", "--json")).out
    assert '"what": "accounts", "ok": true, "says": "1 account."' in found
    healthy = (await installation("doctor")).out
    assert healthy.count("LOOK") == 0
    assert "ok    builder claude: Claude Code: " in healthy


async def test_the_doctor_looks_at_the_builder_of_new_projects(plain: Program):
    adapter = plain.folder / "data" / "agents" / "node_modules" / ".bin" / "codex-acp"
    adapter.parent.mkdir(parents=True)
    adapter.write_text("#!/bin/sh\necho 2.6.0\n")
    adapter.chmod(0o755)
    await plain("user", "add", "nadia@example.org", "Nadia", "--owner")

    said = await plain.having(ORCHESTRATOR_BUILDER="codex")("doctor")
    assert said.code == 1
    assert "LOOK  builder codex: Codex: Version 2.6.0 is here. It has neither a key nor a sign-in. Set " in said.out
    await plain("secret", "set", "ORCHESTRATOR_OPENAI_API_KEY", typed="sk-of-codex\n")
    assert (await plain.having(ORCHESTRATOR_BUILDER="codex")("doctor")).code == 0


async def test_a_database_of_a_newer_version_is_left_alone_by_commands(plain: Program):
    await plain("db", "upgrade")
    with closing(sqlite3.connect(plain.folder / "data" / "orchestrator.db", isolation_level=None)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "A newer version has been here" in await plain.refused("user", "list")


async def test_the_form_is_not_taken_back_under_a_running_server(server: Server, terminal: Program):
    assert "already works in this data directory" in await terminal.refused("db", "downgrade", "base")
    assert (await server.http.get("/api/v1/projects")).status_code == 200


async def test_accounts_and_keys_work_end_to_end(server: Server, terminal: Program):
    added = (await terminal("user", "add", "mia@example.org", "Mia", "--json")).json
    link = added["link"].replace(added["link"].split("/setup")[0], server.url)
    async with server.client() as browser:
        assert (await browser.get(link)).status_code == 200
    key = (await terminal("token", "create", "script", "--user", "mia@example.org", "--json")).json
    assert (await asks(server, key["token"])) == 200

    fresh = (await terminal("token", "rotate", key["id"], "--json")).json
    assert [await asks(server, one["token"]) for one in (key, fresh)] == [200, 200]
    await terminal("token", "revoke", fresh["id"])
    assert [await asks(server, one["token"]) for one in (key, fresh)] == [200, 401]
    await terminal("user", "disable", "mia@example.org")
    assert await asks(server, key["token"]) == 401
    await terminal("user", "enable", "mia@example.org")
    assert await asks(server, key["token"]) == 200
    assert (await terminal("user", "link", "mia@example.org")).out.startswith(server.url)
    assert (await terminal("audit", "verify", "--json")).json == {"whole": True, "broken": []}


async def asks(server: Server, token: str) -> int:
    async with server.client(token) as program:
        return (await program.get("/api/v1/projects")).status_code


@pytest.mark.parametrize("variable", ["ORCHESTRATOR_BOOTSTRAP_TOKEN", "ORCHESTRATOR_TOKEN"])
async def test_a_stored_secret_counts_from_the_next_start(plain: Program, variable: str):
    await plain("user", "add", "nadia@example.org", "Nadia", "--owner")
    key = (await plain("token", "create", "x", "--json")).json["token"] if variable.endswith("R_TOKEN") else "k" * 30
    await plain("secret", "set", variable, typed=f"{key}\n")

    async with Server(plain.folder / "data", bootstrap_token="") as server:
        assert await asks(server, key) == 200
        assert (await plain.having(PORT=str(server.port))("projects", "--json")).json == []
        assert key not in server.log
    assert (plain.folder / "data" / "terminal.key").exists() is (variable == "ORCHESTRATOR_BOOTSTRAP_TOKEN")
