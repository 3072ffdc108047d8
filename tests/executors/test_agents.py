"""The registry of coding agents: how each is found, what it gets and no more, and what its home looks like."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from orchestrator.errors import WrongSetting
from orchestrator.executors import installed
from orchestrator.executors.agents import AGENTS, bundled, entry, finding, home, kit
from orchestrator.executors.agents.entry import Access, Agent
from orchestrator.settings import Settings

KEYS = {
    "anthropic_api_key": "sk-anthropic",
    "openai_api_key": "sk-openai",
    "google_api_key": "sk-google",
    "bootstrap_token": "sk-bootstrap",
    "token": "sk-token",
}
every_agent = pytest.mark.parametrize("agent", AGENTS.values(), ids=AGENTS)


def settings(folder: Path, **more: object) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **more)


def program(folder: Path, name: str, text: str = "#!/bin/sh\necho tool 1.2.3\n") -> Path:
    """A program that an operator installed for us."""
    path = folder / "agents" / "node_modules" / ".bin" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only what a test puts there is found; the programs of the system are."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("node", "sh", "sleep", "env"):
        if found := shutil.which(name):
            (tools / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(tools))


@every_agent
def test_no_secret_but_its_own_reaches_an_agent(agent: Agent, tmp_path: Path):
    given = settings(tmp_path, **KEYS)
    env = kit.environment(agent, given, program(tmp_path, agent.programs[0]))
    files = "".join(kit.of(agent, given, tmp_path / "x").files.values())

    own = KEYS[agent.providers[0].key]
    assert {value for value in KEYS.values() if any(value in text for text in (*env.values(), files))} == {own}
    assert own not in files  # its key is in its environment alone


@every_agent
def test_without_a_key_it_gets_none_and_reaches_where_it_signs_in(agent: Agent, tmp_path: Path):
    given = settings(tmp_path)
    env = kit.environment(agent, given, program(tmp_path, agent.programs[0]))
    assert not any(value.startswith("sk-") for value in env.values())
    assert entry.hosts(agent, given) == agent.hosts
    assert kit.of(agent, given, tmp_path / "x").signed == agent.signed


@every_agent
def test_the_settings_in_its_home_can_be_read(agent: Agent, tmp_path: Path):
    for access in (Access(), Access("openai", "sk", 'https://example.org/"v1"', elsewhere=True, model='a"b')):
        for path, text in agent.files(access).items():
            assert not Path(path).is_absolute()
            match Path(path).suffix:
                case ".json":
                    assert json.loads(text)
                case ".toml":
                    assert tomllib.loads(text)


@every_agent
def test_each_has_what_a_person_must_know(agent: Agent):
    assert agent.id in AGENTS
    assert agent.signed
    assert agent.hosts
    assert all(quirk.endswith(".") for quirk in agent.quirks)
    assert agent.title in agent.describe()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://api.anthropic.com", "api.anthropic.com:443"),
        ("http://127.0.0.1:4010/v1", "127.0.0.1:4010"),
        ("http://localhost", "localhost:80"),
    ],
)
def test_the_place_of_a_model_is_a_host_and_a_port(url: str, place: str):
    assert entry.place(url) == place


def test_a_key_leads_to_its_provider_and_an_address_to_another_place(tmp_path: Path):
    opencode = AGENTS["opencode"]
    by_google = entry.access(opencode, settings(tmp_path, google_api_key="sk-google"))
    elsewhere = settings(tmp_path, openai_base_url="http://localhost:1234/v1", builder_models="opencode=llama")

    assert by_google is not None
    assert (by_google.provider, by_google.elsewhere) == ("google", False)
    assert entry.access(opencode, elsewhere) == Access("openai", "none", "http://localhost:1234/v1", True, "llama")
    assert entry.hosts(opencode, elsewhere) == ("localhost:1234",)
    assert json.loads(opencode.files(Access("anthropic", "k", "http://x", elsewhere=True))[CONFIG])["provider"] == {
        "anthropic": {"options": {"baseURL": "http://x/v1"}}
    }


CONFIG = ".config/opencode/opencode.json"


def test_the_model_that_is_set_reaches_each_in_its_own_way(tmp_path: Path):
    models = dict.fromkeys(AGENTS, "m-1")
    said = settings(tmp_path, **KEYS, builder_models=", ".join(f"{id} = {model}" for id, model in models.items()))
    assert said.models_of_builders == models
    for agent in AGENTS.values():
        access = entry.access(agent, said)
        assert access is not None
        assert "m-1" in "".join((*agent.files(access).values(), *agent.environment(access).values()))


def test_goose_asks_an_address_of_its_own_in_its_own_words():
    env = AGENTS["goose"].environment(Access("openai", "k", "http://localhost:1/v1", elsewhere=True))
    assert (env["OPENAI_HOST"], env["OPENAI_BASE_PATH"]) == ("http://localhost:1", "v1/chat/completions")
    assert env["GOOSE_MODEL"]


async def test_one_that_is_not_there_says_how_to_have_it(tmp_path: Path):
    found = await finding.look(AGENTS["claude"], settings(tmp_path))
    folder = tmp_path / "agents"
    assert not found.ready
    assert found.says == (
        f"It is not installed. To have it, run: npm install --prefix {folder} "
        "@agentclientprotocol/claude-agent-acp@0.101.0"
    )


async def test_one_without_a_key_says_which_and_how_to_sign_in(tmp_path: Path):
    adapter = program(tmp_path, "codex-acp")
    found = await finding.look(AGENTS["codex"], settings(tmp_path))
    kept = tmp_path / "agents" / "homes" / "codex"
    assert found.says == (
        "Version 1.2.3 is here. It has neither a key nor a sign-in. "
        f"Set OPENAI_API_KEY, or sign it in: HOME={kept} {adapter} login"
    )

    (kept / ".codex").mkdir(parents=True)
    (kept / ".codex" / "auth.json").write_text("{}")
    signed = await finding.look(AGENTS["codex"], settings(tmp_path))
    assert (signed.ready, signed.signed_in, signed.next) == (True, True, "")
    assert (await finding.look(AGENTS["codex"], settings(tmp_path / "other", openai_api_key="sk"))).where is None


async def test_the_version_is_that_of_its_package_without_starting_it(tmp_path: Path):
    package = tmp_path / "agents" / "node_modules" / "@google" / "gemini-cli"
    (package / "bundle").mkdir(parents=True)
    (package / "package.json").write_text(json.dumps({"version": "0.61.0", "bin": {"gemini": "bundle/gemini.js"}}))
    (package / "bundle" / "gemini.js").write_text("#!/usr/bin/env node\nthrow 1\n")
    (package / "bundle" / "gemini.js").chmod(0o755)
    bin = tmp_path / "agents" / "node_modules" / ".bin"
    bin.mkdir()
    (bin / "gemini").symlink_to("../@google/gemini-cli/bundle/gemini.js")

    given = settings(tmp_path, google_api_key="sk")
    found = await finding.look(AGENTS["gemini"], given)
    assert (found.version, found.ready) == ("0.61.0", True)
    assert kit.of(AGENTS["gemini"], given, bin / "gemini").programs[0] == tmp_path / "agents" / "node_modules"


async def test_one_that_needs_node_says_so_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program(tmp_path, "gemini", "#!/usr/bin/env node\n")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    found = await finding.look(AGENTS["gemini"], settings(tmp_path, google_api_key="sk"))
    assert found.next == "It needs Node.js, which is not installed on this machine."


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\necho no number\n", "not a program"])
async def test_one_that_tells_no_version_is_there_all_the_same(tmp_path: Path, text: str):
    program(tmp_path, "goose", text)
    found = await finding.look(AGENTS["goose"], settings(tmp_path, openai_api_key="sk"))
    assert (found.version, found.ready) == ("", True)
    assert found.says == "It is here. It has its key or sign-in."


async def test_what_was_looked_at_is_remembered_for_a_minute(tmp_path: Path):
    given = settings(tmp_path, openai_api_key="sk")
    before = {one.id: one.ready for one in await finding.everything(given)}
    program(tmp_path, "codex-acp")
    assert {one.id: one.ready for one in await finding.everything(given)} == before
    assert (await finding.look(AGENTS["codex"], given)).ready


def test_claude_without_a_program_of_its_own_says_so(tmp_path: Path):
    adapter = tmp_path / "agents" / "node_modules" / "@agentclientprotocol" / "claude-agent-acp" / "index.js"
    adapter.parent.mkdir(parents=True)
    adapter.write_text("x")
    assert not bundled.whole(adapter)
    claude = tmp_path / "agents" / "node_modules" / "@anthropic-ai" / "claude-agent-sdk-linux-x64" / "claude"
    claude.parent.mkdir(parents=True)
    claude.write_text("x")
    assert bundled.whole(adapter)
    assert bundled.environment(adapter) == {}


async def test_the_builders_are_those_that_are_found(tmp_path: Path):
    program(tmp_path, "codex-acp")
    given = settings(tmp_path, builder_command="some-agent --acp")
    here = installed.builders(given)
    assert list(here) == ["starter", "codex", "acp"]
    assert here["codex"].describe() == "The builder is Codex, a coding agent."

    told = {one.id: one for one in await installed.stand(given, here=["starter"])}
    assert (told["acp"].next, told["starter"].next) == (installed.AGAIN, "")


@pytest.mark.parametrize(
    ("given", "builder"),
    [
        ({}, "starter"),
        ({"builder_command": "x"}, "acp"),
        ({"builder": "starter", "builder_command": "x"}, "starter"),
        ({"builder": "codex"}, "codex"),
    ],
)
def test_who_builds_new_projects_is_a_setting(tmp_path: Path, given: dict[str, str], builder: str):
    program(tmp_path, "codex-acp")
    assert installed.default(settings(tmp_path, **given)) == builder


@pytest.mark.parametrize(
    ("builder", "says"),
    [
        (
            "magic",
            "ORCHESTRATOR_BUILDER cannot be used: it must be starter, acp, claude, codex, gemini, opencode, goose",
        ),
        ("acp", "ORCHESTRATOR_BUILDER is acp, so ORCHESTRATOR_BUILDER_COMMAND must name a command line."),
        ("claude", "ORCHESTRATOR_BUILDER is claude, but Claude Code is not here. To have it, run: npm install"),
        ("goose", "ORCHESTRATOR_BUILDER is goose, but Goose is not here. To have it, see https://"),
    ],
)
def test_one_that_cannot_be_is_told_in_a_sentence(tmp_path: Path, builder: str, says: str):
    with pytest.raises(WrongSetting) as told:
        installed.default(settings(tmp_path, builder=builder))
    assert str(told.value).startswith(says)


def signed(folder: Path, path: str, text: str) -> kit.Kit:
    kept = folder / "kept"
    (kept / path).parent.mkdir(parents=True)
    (kept / path).write_text(text)
    return kit.Kit(files={".a/settings.json": "{}"}, signed=(path,), kept=kept)


def test_a_home_has_our_settings_and_the_sign_in_of_the_operator(tmp_path: Path):
    given = signed(tmp_path, ".a/login.json", '{"key": 1}')
    mine = tmp_path / "home"
    mine.mkdir()
    home.furnish(mine, given)
    assert (mine / ".a" / "settings.json").read_text() == "{}"
    assert (mine / ".a" / "login.json").read_text() == '{"key": 1}'
    assert (mine / ".a" / "login.json").stat().st_mode & 0o077 == 0

    (mine / ".a" / "settings.json").write_text("changed")
    (mine / ".a" / "login.json").write_text('{"key": 2}')
    home.bring_back(mine, given)
    home.furnish(mine, given)
    assert (mine / ".a" / "settings.json").read_text() == "{}"
    assert (tmp_path / "kept" / ".a" / "login.json").read_text() == '{"key": 2}'


@pytest.mark.parametrize("at", [".a", ".a/settings.json"])
def test_a_link_that_an_agent_left_behind_is_not_followed(tmp_path: Path, at: str):
    outside, mine = tmp_path / "outside", tmp_path / "home"
    outside.mkdir()
    (outside / "settings.json").write_text("ours")
    (mine / at).parent.mkdir(parents=True)
    (mine / at).symlink_to(outside if at == ".a" else outside / "settings.json")

    home.furnish(mine, kit.Kit(files={".a/settings.json": "{}"}))
    assert (outside / "settings.json").read_text() == "ours"
    assert (mine / ".a" / "settings.json").read_text() == "{}"


@pytest.mark.parametrize("left", ["link", "folder link", "no json", "a list", "large", "gone"])
def test_what_is_no_sign_in_is_not_kept(tmp_path: Path, left: str):
    given = signed(tmp_path, ".a/login.json", '{"key": 1}')
    mine, secret = tmp_path / "home", tmp_path / "secret" / "login.json"
    secret.parent.mkdir()
    secret.write_text('{"key": "of somebody else"}')
    mine.mkdir()
    if left == "folder link":
        (mine / ".a").symlink_to(secret.parent)
    else:
        (mine / ".a").mkdir()
    texts = {"no json": "{", "a list": "[1]", "large": json.dumps({"x": "x" * home.LARGEST})}
    if left == "link":
        (mine / ".a" / "login.json").symlink_to(secret)
    elif left in texts:
        (mine / ".a" / "login.json").write_text(texts[left])
    home.bring_back(mine, given)
    assert (tmp_path / "kept" / ".a" / "login.json").read_text() == '{"key": 1}'
