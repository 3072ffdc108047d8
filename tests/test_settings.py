"""What is set from outside: a wrong value is told in one sentence that names the variable."""

from pathlib import Path

import pytest

from orchestrator import settings
from orchestrator.errors import NotPossible, WrongSetting
from orchestrator.folder import ready
from orchestrator.settings import Settings

WRONG = {
    "host": ("my computer", "it must be the name or the address of this machine"),
    "port": ("eighty", "it must be a whole number"),
    "public_url": ("example.org", "it must begin with https:// or http:// and name a host"),
    "hosts": ("https://example.org/", "it must be names such as app.example.org, separated by commas"),
    "database_url": ("mysql://host/name", "it must look like postgresql://user:password@host/name"),
    "jobs": ("many", "it must be local or procrastinate"),
    "legs_at_once": ("0", "it must be at least 1"),
    "turns_at_once": ("1001", "it must be at most 1000"),
    "reconcile_s": ("0", "it must be more than 0"),
    "stalled_s": ("nan", "it must be a number"),
    "drain_s": ("-1", "it must be at least 0"),
    "repairs": ("1.5", "it must be a whole number"),
    "run_limit_s": ("inf", "it must be a number"),
    "stall_s": ("long", "it must be a number"),
    "check_limit_s": ("-5", "it must be more than 0"),
    "namespaces": ("maybe", "it must be true or false"),
    "builder": ("Claude Code", "it must be the name of a builder, such as starter or claude"),
    "builder_models": ("gpt-5", "it must be builders with their models, such as claude=claude-sonnet-5"),
    "builder_command": ("'", "a quotation mark in it is not closed"),
    "scar_url": ("localhost:3000", "it must begin with https:// or http:// and name a host"),
    "scar_bot": ("@scar", "it must be the name of an account, without @"),
    "scar_mention": ("@scar", "it must be a name, without @"),
    "scar_issue": ("first", "it must be a whole number"),
    "scar_answer_s": ("0", "it must be more than 0"),
    "github_token": ("two words", "it must have letters, digits and signs only, without spaces"),
    "github_api_url": ("http://example.org", "it must begin with https://, or with http:// for this machine itself"),
    "github_url": ("ssh://github.com", "it must begin with https://, or with http:// for this machine itself"),
    "github_app_id": ("12", "it needs the file with the key of that app"),
    "github_webhook_secret": ("two words", "it must have letters, digits and signs only, without spaces"),
    "github_hook_addresses": ("maybe", "it must be on or off"),
    "webhooks_from": ("here", "it must be addresses or networks such as 192.0.2.0/24, separated by commas"),
    "github_mention": ("two words", "it must be the name of an account"),
    "github_poll_s": ("-1", "it must be at least 0"),
    "telegram_bot_token": ("two words", "it must have letters, digits and signs only, without spaces"),
    "telegram_api_url": ("http://example.org", "it must begin with https://, or with http:// for this machine itself"),
    "telegram_webhook_secret": ("a.b", "it must have letters, digits, _ and - only"),
    "decision_days": ("366", "it must be at most 365"),
    "model": ("a clever one", "it must be a provider and a name, such as anthropic:claude-sonnet-5"),
    "fallback_model": ("gpt-5", "it must be a provider and a name, such as anthropic:claude-sonnet-5"),
    "anthropic_api_key": ("two words", "it must have letters, digits and signs only, without spaces"),
    "anthropic_base_url": ("http://example.org", "it must begin with https://, or with http:// for this machine"),
    "openai_api_key": ("two words", "it must have letters, digits and signs only, without spaces"),
    "openai_base_url": ("example.org/v1", "it must begin with https://, or with http:// for this machine itself"),
    "google_api_key": ("two words", "it must have letters, digits and signs only, without spaces"),
    "ollama_base_url": ("http://10.0.0.7:11434", "it must begin with https://, or with http:// for this machine"),
    "model_limit_s": ("0", "it must be more than 0"),
    "model_silence_s": ("forever", "it must be a number"),
    "model_prices": ("cheap", "it must be two numbers, such as 0.15 0.60"),
    "currency": ("€uro", "it must be a code of three capital letters, such as EUR"),
    "dollar": ("0", "it must be more than 0"),
    "budget": ("-1", "it must be at least 0"),
    "rate_limits": ("never", "it must be on or off"),
    "sandbox": ("perhaps", "it must be on, off or needed"),
    "look_at_end": ("perhaps", "it must be on or off"),
    "bootstrap_token": ("two words", "it must have letters, digits and signs only, without spaces"),
    "body_limit": ("1", "it must be at least 1000"),
    "session_hours": ("0", "it must be at least 1"),
    "url": ("ftp://example.org", "it must begin with https:// or http:// and name a host"),
    "token": ("schlüssel", "it must have letters, digits and signs only, without spaces"),
    "log_level": ("loud", "it must be debug, info, warning or error"),
    "log_format": ("xml", "it must be text or json"),
}
ANY = {
    "trusted_proxies",
    "data_dir",
    "github_app_key_file",
}  # every text is a path; whether it can be written is seen by `folder.ready`


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (
        "DATA_DIR",
        "PORT",
        "DATABASE_URL",
        *("SCAR_URL", "SCAR_BOT", "SCAR_MENTION", "GITHUB_TOKEN", "GITHUB_API_URL", "GITHUB_WEBHOOK_SECRET"),
        *(f"TELEGRAM_{name}" for name in ("BOT_TOKEN", "API_URL", "WEBHOOK_SECRET")),
        *(f"{name}_API_KEY" for name in ("ANTHROPIC", "OPENAI", "GOOGLE", "GEMINI")),
        *(f"{name}_BASE_URL" for name in ("ANTHROPIC", "OPENAI", "OLLAMA")),
        *(f"ORCHESTRATOR_{name.upper()}" for name in Settings.model_fields),
    ):
        monkeypatch.delenv(name, raising=False)


def test_every_setting_is_in_the_table():
    assert set(WRONG) | ANY == set(Settings.model_fields)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_told_in_one_sentence_that_names_the_variable(name: str, monkeypatch: pytest.MonkeyPatch):
    value, why = WRONG[name]
    monkeypatch.setenv(f"ORCHESTRATOR_{name.upper()}", value)

    with pytest.raises(WrongSetting) as told:
        settings.read()

    sentence = str(told.value)
    assert sentence.startswith(f"ORCHESTRATOR_{name.upper()} ")
    assert f"cannot be used: {why}" in sentence
    assert sentence.endswith(".")
    assert value not in sentence.removeprefix("ORCHESTRATOR_") or len(value) < 3


@pytest.mark.parametrize("name", WRONG)
def test_an_empty_value_is_as_good_as_none(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(f"ORCHESTRATOR_{name.upper()}", "")
    assert settings.read() == Settings()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"PORT": "x"}, "ORCHESTRATOR_PORT (or PORT) cannot be used: it must be a whole number."),
        ({"ORCHESTRATOR_JOBS": "procrastinate"}, "ORCHESTRATOR_JOBS=procrastinate needs DATABASE_URL"),
        (
            {"ORCHESTRATOR_RATE_LIMITS": "off", "ORCHESTRATOR_HOST": "0.0.0.0"},
            "can be off only while ORCHESTRATOR_HOST",
        ),
        ({"DATABASE_URL": "postgresql://host:port/name"}, "ORCHESTRATOR_DATABASE_URL (or DATABASE_URL) cannot be used"),
        ({"DATABASE_URL": "postgresql://host"}, "ORCHESTRATOR_DATABASE_URL (or DATABASE_URL) cannot be used"),
        ({"ORCHESTRATOR_URL": "http://[half"}, "ORCHESTRATOR_URL cannot be used"),
    ],
)
def test_values_that_do_not_go_together(given: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongSetting) as told:
        settings.read()
    assert says in str(told.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_database_may_be_named_as_others_name_it(scheme: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://nadia:secret@db/app")
    assert settings.read().database_url == "postgresql://nadia:secret@db/app"


def test_the_file_beside_counts_and_must_be_text(tmp_path: Path):
    (tmp_path / ".env").write_text("ORCHESTRATOR_PORT=8123\n")
    assert settings.read().port == 8123
    (tmp_path / ".env").write_bytes(b"ORCHESTRATOR_HOST=\xff\xfe")
    with pytest.raises(WrongSetting, match=r"The file \.env cannot be read"):
        settings.read()


@pytest.mark.parametrize(
    ("given", "here", "address"),
    [
        ({}, "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ({"ORCHESTRATOR_HOST": "0.0.0.0"}, "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ({"ORCHESTRATOR_HOST": "::"}, "http://[::1]:8000", "http://[::1]:8000"),
        ({"ORCHESTRATOR_HOST": "fd00::7"}, "http://[fd00::7]:8000", "http://[fd00::7]:8000"),
        ({"ORCHESTRATOR_HOST": "127.0.0.2"}, "http://127.0.0.2:8000", "http://127.0.0.2:8000"),
        ({"ORCHESTRATOR_HOST": "shop.local"}, "http://shop.local:8000", "http://shop.local:8000"),
        ({"ORCHESTRATOR_PUBLIC_URL": "https://app.example.org/"}, "http://127.0.0.1:8000", "https://app.example.org"),
    ],
)
def test_where_it_is(given: dict[str, str], here: str, address: str, monkeypatch: pytest.MonkeyPatch):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert (settings.read().here, settings.read().address) == (here, address)


def test_a_stored_secret_fills_what_is_not_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ORCHESTRATOR_TOKEN", "of-the-environment")
    stored = {
        "ORCHESTRATOR_TOKEN": "stored-one",
        "ORCHESTRATOR_BOOTSTRAP_TOKEN": "stored-two",
        "ORCHESTRATOR_GONE": "x",
    }
    filled = settings.read().filled(stored)
    assert sorted(filled.secrets()) == ["of-the-environment", "stored-two"]
    assert "stored-two" not in repr(filled)


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("file", "file exists"),
        ("file/below", "not a directory"),
        ("loop", "cannot be made: "),
        ("/proc/1", "Nothing can"),
    ],
)
def test_a_data_folder_that_cannot_be_written_is_told(place: str, says: str, tmp_path: Path):
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(NotPossible) as told:
        ready(tmp_path / place)
    assert says in str(told.value)
    assert str(told.value).endswith("Set DATA_DIR to a folder in which we may write.")
