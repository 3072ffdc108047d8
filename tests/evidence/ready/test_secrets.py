"""Keys in any text that was ever saved are found and never shown; what only looks like one accuses nobody."""

import asyncio
import base64
import gzip
import io
import json
import zipfile

import pytest
from judged import asked, refused
from seeds import repo

from orchestrator.domain.ready.report import State


def joined(*parts):
    """Put together here, so that no text of ours looks like a key itself."""
    return "".join(parts)


AWS = joined("AKIA", "Q3EGUJ7ZK5RXW2TN")
GITHUB = joined("gh", "p_", "R7kQ2mZx9LwT4vBn8YcJ1sHd6FgP3aEu5NoV")
MODEL = joined("sk-", "ant-", "api03-Zx8Kq2Lm9Wv4Tn7Bc1Rj6Hd3Fg5Pa0Eu-QwErTy")
STRIPE = joined("sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc")
SLACK = joined("xo", "xb-", "263594206564-FGqddMF8t08v8N7Oq4i57vs1")
RANDOM = joined("9f8Kd2Lq", "Zx7Wv4Tn1Bc6Rj3Hm5")
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
PRIVATE = joined("-----BEGIN ", "PRIVATE KEY-----\n", BODY, "\n")
TOKEN = ".".join(
    base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
    for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": "ada", "role": "admin", "exp": 4102444800}, {"s": RANDOM})
)
OLD = ".".join(
    base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
    for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": "ada", "role": "admin", "exp": 946684800}, {"s": RANDOM})
)


def zipped(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("settings.py", text)
    return out.getvalue()


KEYS = [
    ("aws", {"app.py": f"key = '{AWS}'\n"}, "Amazon"),
    ("github, in a test", {"tests/test_app.py": f"TOKEN = '{GITHUB}'\n"}, "GitHub"),
    ("model", {"notes.md": f"Use {MODEL} for now.\n"}, "language model"),
    ("stripe", {"pay.js": f"const stripe = require('stripe')('{STRIPE}')\n"}, "Stripe"),
    ("slack", {"ci.yml": f"slack: {SLACK}\n"}, "Slack"),
    ("private key", {"certs/server.pem": PRIVATE}, "private key"),
    ("private key in one line", {"a.json": json.dumps({"private_key": PRIVATE})}, "private key"),
    ("signed-in person", {"curl.sh": f"curl -H 'Authorization: Bearer {TOKEN}' https://app\n"}, "signed-in person"),
    ("password in an address", {"app.py": "URL = 'postgresql://app:" + "gT7x!kq2Lm@db.acme.com/app'\n"}, "an address"),
    (".env", {".env": "DEBUG=1\nSESSION_SECRET=sunny-days-ahead\n"}, "SESSION_SECRET"),
    ("named value", {"settings.py": f"SECRET_KEY = '{RANDOM}'\n"}, "SECRET_KEY"),
    ("named value in yaml", {"config.yml": f"api_key: {RANDOM}\n"}, "api_key"),
    ("made-up password", {"db.py": "PASSWORD = 'Sum" + "mer2031!x'\n"}, "PASSWORD"),
    ("an allow-list of theirs", {"app.py": f"k = '{AWS}'  # gitleaks:allow\n", ".gitleaks.toml": "[a]\n"}, "app.py"),
    ("in a zip", {"backup.zip": zipped(f"key = '{AWS}'\n")}, "backup.zip"),
    ("in a gzip", {"dump.sql.gz": gzip.compress(f"insert '{AWS}'".encode())}, "dump.sql.gz"),
    ("two bytes a letter", {"key.txt": f"key {AWS}\n".encode("utf-16")}, "key.txt"),
    ("in a file that is not text", {"logo.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 50 + AWS.encode() + b"\0"}, "logo.png"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "word"), [pytest.param(*rest, id=name) for name, *rest in KEYS])
def test_a_key_that_is_saved_today_is_found_and_not_shown(tmp_path, files, word):
    answer = refused(repo(tmp_path / "app", {"README.md": "# App\n"}, files), "S8", word)

    shown = answer.sentence + "".join(one.excerpt for one in answer.evidence)
    assert not any(key in shown for key in (AWS, GITHUB, MODEL, STRIPE, SLACK, BODY, TOKEN, RANDOM, "gT7x", "sunny"))


def test_a_key_that_was_taken_away_again_is_in_the_history(tmp_path):
    source = repo(tmp_path / "app", {"app.py": f"k = '{AWS}'\n"}, {"app.py": "import os\n"}, {"b.py": "x = 1\n"})

    refused(source, "S8", "in the history", "app.py")


def test_a_key_in_the_words_about_a_save_point_is_found(tmp_path):
    from evidence.evidence_repo import git

    source = repo(tmp_path / "app", {"app.py": "x = 1\n"})
    git(source, "commit", "-q", "--allow-empty", "-m", f"use {GITHUB}")

    refused(source, "S8", "what was written about a save point")


def test_only_the_end_of_a_history_proves_nothing(tmp_path):
    from evidence.evidence_repo import git

    source = repo(tmp_path / "app", {"app.py": f"k = '{AWS}'\n"}, {"app.py": "import os\n"})
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{source}", "part")

    answer = asyncio.run(asked(tmp_path / "part", "S8"))
    assert answer.state is State.NOT_CHECKED
    assert "Only the end of the history" in answer.sentence


HONEST = {
    "README.md": "Set AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE and `TOKEN=<your-token>`.\n"
    "postgresql://app:password@localhost/app, https://user:$PASSWORD@example.com/\n",
    ".env.example": "SECRET_KEY=change-me\nDATABASE_URL=postgresql://app:app@db/app\nAPI_TOKEN=\n",
    "app.py": "import os\nTOKEN = os.environ['API_TOKEN']\npassword = get_password(user)\n"
    "TOKEN_URL = 'https://accounts.example.com/o/oauth2/token'\nsecret_name = 'projects/shop/secrets/key'\n",
    "tests/test_login.py": "def test_login():\n    sign_in(password='correct horse battery staple')\n"
    "    assert hide('ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') == '***'\n    token = 'test-token-1'\n",
    "uv.lock": 'sdist = { hash = "sha256:0d65db8e7b1a1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d" }\n',
    "package-lock.json": '{"integrity": "sha512-9f8Kd2LqZx7Wv4Tn1Bc6Rj3Hm5Qp0Ys8Ua2Ei4Oo6Pp7=="}\n',
    "ci.yml": "token: ${{ secrets.GITHUB_TOKEN }}\nkey: pip-${{ hashFiles('uv.lock') }}\n",
    "public.pem": "-----BEGIN PUBLIC KEY-----\n" + BODY + "\n",
    "old.txt": OLD + "\n",
}


def test_placeholders_examples_and_names_accuse_nobody(tmp_path):
    answer = asyncio.run(asked(repo(tmp_path / "app", HONEST), "S8"))

    assert answer.state is State.PROVEN, answer.sentence + answer.evidence[0].excerpt


def test_the_same_files_with_another_history_are_asked_anew(tmp_path):
    from orchestrator.contain.sandbox import Sandbox
    from orchestrator.evidence.ready import asking

    clean = repo(tmp_path / "clean", {"app.py": "import os\n"})
    dirty = repo(tmp_path / "dirty", {"app.py": f"k = '{AWS}'\n"}, {"app.py": "import os\n"})

    async def state(source):
        folder, memory = tmp_path / "at", tmp_path / "memory"
        found = await asking.report(source, "HEAD", folder, sandbox=Sandbox(), items=("S8",), memory=memory)
        return next(one.state for one in found.answers if one.item.id == "S8")

    assert asyncio.run(state(clean)) is State.PROVEN
    assert asyncio.run(state(dirty)) is State.FAILED
