"""What keys look like, by those who give them out, and what only looks like one. Pure.

The shapes are those that the providers publish for such scans, as gitleaks and GitHub's own scanning use them.
"""

import base64
import binascii
import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import PurePosixPath

from orchestrator.evidence.places import beside_tests


@dataclass(frozen=True, slots=True)
class Rule:
    """`hints`: where none of these stands in a text, there is no need to look closer. The group is the key itself."""

    name: str
    hints: tuple[bytes, ...]
    shape: re.Pattern[bytes]


def _rule(name: str, hints: str, shape: str) -> Rule:
    return Rule(name, tuple(hints.encode().split()), re.compile(shape.encode()))


RULES = (
    _rule("a key of Amazon Web Services", "AKIA ASIA ABIA", r"\b((?:AKIA|ASIA|ABIA)[A-Z0-9]{16})\b"),
    _rule("a key of GitHub", "ghp_ gho_ ghu_ ghs_ ghr_", r"\b(gh[pousr]_[A-Za-z0-9]{36,255})"),
    _rule("a key of GitHub", "github_pat_", r"\b(github_pat_[A-Za-z0-9_]{36,255})"),
    _rule("a key of GitLab", "glpat- gldt- glrt-", r"\b(gl(?:pat|dt|rt)-[A-Za-z0-9_-]{20,})"),
    _rule("a key of a language model", "sk-ant-", r"\b(sk-ant-[A-Za-z0-9_-]{24,})"),
    _rule("a key of a language model", "sk-", r"\b(sk-(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{32,})"),
    _rule("a key of Slack", "xox", r"\b(xox[abeoprs]-[A-Za-z0-9-]{16,})"),
    _rule("an open address of Slack", "hooks.slack", r"(hooks\.slack\.com/services/T\w{6,}/\w{6,}/\w{18,})"),
    _rule("a key of Stripe", "k_live_ k_test_", r"\b([sr]k_(?:live|test)_[A-Za-z0-9]{16,})"),
    _rule("a key for webhooks", "whsec_", r"\b(whsec_[A-Za-z0-9+/]{24,})"),
    _rule("a key of Google", "AIza", r"\b(AIza[A-Za-z0-9_-]{35})"),
    _rule("a key of Google", "GOCSPX-", r"\b(GOCSPX-[A-Za-z0-9_-]{28})"),
    _rule("a key of a Telegram bot", ":AA", r"\b([0-9]{8,10}:AA[A-Za-z0-9_-]{33})(?![A-Za-z0-9_-])"),
    _rule("a key of SendGrid", "SG.", r"\b(SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64})"),
    _rule("a key of npm", "npm_", r"\b(npm_[A-Za-z0-9]{36})\b"),
    _rule("a key of PyPI", "pypi-AgE", r"\b(pypi-AgE[A-Za-z0-9_-]{50,})"),
    _rule("a key of Hugging Face", "hf_", r"\b(hf_[A-Za-z0-9]{34,})\b"),
    _rule("a key of DigitalOcean", "do", r"\b(do[por]_v1_[a-f0-9]{64})\b"),
    _rule("a key of Shopify", "shp", r"\b(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})\b"),
    _rule("a key of Twilio", "SK", r"\b(SK[0-9a-f]{32})\b"),
    _rule("a key of Mailgun", "key-", r"\b(key-[0-9a-f]{32})\b"),
    _rule("a key of Azure", "AccountKey=", r"AccountKey=([A-Za-z0-9+/]{80,}={0,2})"),
    _rule("a key of age", "AGE-SECRET-KEY-", r"(AGE-SECRET-KEY-1[0-9A-Z]{58})"),
    _rule(
        "a private key",
        "PRIVATE",
        r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----"
        r"((?:\s|\\r|\\n|\"|'|\+|[A-Za-z0-9-]{1,20}: [^\n]{0,80}\n){0,40}[A-Za-z0-9+/=]{40,})",
    ),
    _rule("a token of a signed-in person", "eyJ", r"\b(eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,})"),
    _rule(
        "a password in an address",
        "://",
        r"://[^\s:/@'\"<>{}$]{0,60}:([^\s/@'\"`]{3,100})@[^\s/:'\"@]{1,100}",
    ),
)  # fmt: skip

NAMED = (
    "secret",
    "token",
    "passw",
    "pwd",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "accesskey",
    "key",
    "credential",
)
HINTS = tuple(word.encode() for word in NAMED)
ASSIGNED = re.compile(
    rb"""(?ix)
    (?P<name> [a-z0-9_.\-]{0,60} (?:secret|token|passw(?:or)?d|passphrase|pwd|key|credentials?)
      [a-z0-9_\-]{0,40} )
    ["']? \s{0,8} (?: [:]?=>? | : ) (?!=) \s{0,8}
    (?: (?P<kind>[rbuf]{0,2}) ["'`] (?P<quoted>[^"'`\n]{6,400}) ["'`] | (?P<bare>[^\s"'`,;{}()\[\]]{6,400}) )"""
)
CODE = {
    ".py",
    ".js",
    ".mjs",
    ".cjs",
    ".ts",
    ".tsx",
    ".jsx",
    ".go",
    ".rs",
    ".java",
    ".kt",
    ".rb",
    ".php",
    ".cs",
    ".c",
    ".h",
}
NO_SECRET = re.compile(
    r"hash|sha\d|digest|public|checksum|fingerprint|integrity|(?:^|_)(?:id|name|names|url|uri|path|file|type|header|field"
    r"|prefix|pattern|regex|label|param|env|cookie|cache|count|limit|length|format|help|title|message|error|sort|hint)s?$"
)
PLACEHOLDER = re.compile(
    r"example|placeholder|dummy|fake|change[-_ ]?me|changeit|replace|redacted|your[-_ ]|^your|insert|todo"
    r"|not[-_ ]?a[-_ ]?|sample|xxxx|\.\.\.|…|\*\*\*|<[^>]*>|\$\{|\{\{|^\$[A-Za-z_(]|^%[(s]|%\w|\{\w*\}|^env:|^\(|^\["
    r"|^process\.|^os\.|^vault:|^op://|^ref\+|^!|^&|^enc\[",
    re.IGNORECASE,
)
WEAK = {
    "postgres", "password", "passwd", "pass", "secret", "test", "testing", "user", "admin", "root", "guest",
    "minioadmin", "mysql", "redis", "pwd", "pw", "db", "app", "dev", "local", "localhost", "none", "null",
    "true", "false", "undefined", "rabbitmq", "mongo", "demo", "hunter2", "foobar", "foo", "bar", "secret123",
    "password123", "test123", "passw0rd",
}  # fmt: skip
LOCAL = re.compile(
    r"^(?:localhost|127\.0\.0\.1|\[?::1|0\.0\.0\.0|[a-z0-9_-]+$|.*\.(?:local|test|example|invalid|internal)$|.*example\.(?:com|org|net)$)"
)
SETTINGS = re.compile(r"^\.env(?:\..+|rc)?$|.+\.env$")
TEMPLATE = re.compile(r"example|sample|template|dist\b|default|schema", re.IGNORECASE)
WORDS = re.compile(r"[A-Za-z]{2,16}(?:[-_./ :]+[A-Za-z]{1,16})*[-_./:!?]?\d{0,2}")
HEX = re.compile(r"(?:[0-9a-f]{24,}|[0-9A-F]{24,})")
ENTROPY, HEX_ENTROPY, LEAST, RANDOM = 3.5, 3.0, 16, 20
# The tokens in the documentation of JWT, which everybody copies.
SHOWN = (b"eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lI",)
NEAR = 400  # bytes on each side of a hint
MANY = 5_000  # hints in one text that we look at


@dataclass(frozen=True, slots=True)
class Seen:
    """A key in a text: what it is and where it begins. The key itself is not kept."""

    kind: str
    at: int


def found(path: str, text: bytes, now: datetime) -> Iterator[Seen]:
    """What looks like keys in this text, which lies or lay at this path."""
    for rule in RULES:
        if any(hint in text for hint in rule.hints):
            for match in rule.shape.finditer(text):
                if _real(path, rule, match, now):
                    yield Seen(rule.name, match.start(1))
    yield from _assigned(path, text)


def _real(path: str, rule: Rule, match: re.Match[bytes], now: datetime) -> bool:
    key = match[1].decode("latin-1")
    if rule.hints == (b"://",):
        told = beside_tests(path) or PurePosixPath(path).suffix in {".md", ".rst"}
        return _real_password(key, match[0].decode("latin-1")) and not (told and WORDS.fullmatch(key))
    if rule.hints == (b"eyJ",):
        return not any(shown in match[1] for shown in SHOWN) and not _over(key, now)
    if rule.hints == (b"PRIVATE",):
        body = re.split(r"[^A-Za-z0-9+/=]", key)[-1]
        return not artificial(body)
    if rule.hints[0] == b"AKIA" and key.endswith("EXAMPLE"):
        return False
    if rule.hints == (b"sk-",) and not (
        (re.search(r"\d", key[3:]) and re.search(r"[A-Z]", key[3:])) or HEX.search(key)
    ):
        return False
    return not artificial(re.split(r"[-_.:]", key)[-1] if len(key) > RANDOM else key) and not PLACEHOLDER.search(key)


def _real_password(password: str, address: str) -> bool:
    if PLACEHOLDER.search(password) or password.lower() in WEAK or artificial(password):
        return False
    before, _, host = address.rpartition("@")
    user = before.partition("://")[2].partition(":")[0]
    if user and password.lower() in {user.lower(), f"{user.lower()}pass", f"{user.lower()}password"}:
        return False
    return not (LOCAL.match(host.lower()) and not _random(password))


def _over(token: str, now: datetime) -> bool:
    """A token whose time is over opens nothing."""
    try:
        said = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "==="))
    except (ValueError, binascii.Error, RecursionError):
        return False
    until = said.get("exp") if isinstance(said, dict) else None
    return isinstance(until, int | float) and until < now.timestamp()


def _assigned(path: str, text: bytes) -> Iterator[Seen]:
    """Values that are given to something named like a key."""
    low = text.lower()
    seen: set[tuple[int, int]] = set()
    for near in _windows(low):
        for match in ASSIGNED.finditer(text, *near):
            if match.span() not in seen and _secret(path, match):
                yield Seen(f"a value named “{_shown(match['name'])}”", match.start("name"))
            seen.add(match.span())


def _shown(name: bytes) -> str:
    return name.decode("latin-1")[-40:]


def _windows(low: bytes) -> Iterator[tuple[int, int]]:
    """The lines, or pieces of very long ones, in which something is named like a key."""
    spans: list[tuple[int, int]] = []
    for hint in HINTS:
        at, count = low.find(hint), 0
        while at >= 0 and count < MANY:
            begin, end = low.rfind(b"\n", max(0, at - NEAR), at) + 1, low.find(b"\n", at, at + NEAR)
            spans.append((begin or max(0, at - NEAR), end if end >= 0 else at + NEAR))
            at, count = low.find(hint, max(at + 1, end)), count + 1
    yield from dict.fromkeys(spans)


def _secret(path: str, match: re.Match[bytes]) -> bool:
    name = match["name"].decode("latin-1").strip(".-").lower()
    value = (match["quoted"] or match["bare"]).decode("latin-1").strip()
    at = PurePosixPath(path)
    settings = bool(SETTINGS.match(at.name.lower()))
    if (match["bare"] and at.suffix in CODE) or (b"f" in (match["kind"] or b"").lower() and "{" in value):
        return False
    if NO_SECRET.search(name) or PLACEHOLDER.search(value) or value.lower() in WEAK or artificial(value):
        return False
    if settings and not TEMPLATE.search(at.name):
        return not value.isdigit() and value[0] != "/"
    if _random(value):
        return True
    passing = re.search(r"passw|pwd|passphrase", name) is not None and not name.startswith("test")
    return passing and not beside_tests(path) and _mixed(value) and bool(match["quoted"])


def _mixed(value: str) -> bool:
    """Like a password that somebody made up: letters with figures or signs, no words of a sentence, no address."""
    if " " in value or "://" in value or WORDS.fullmatch(value) or len(value) < 8:  # noqa: PLR2004 - what sites ask for
        return False
    kinds = (r"[a-z]", r"[A-Z]", r"\d", r"[!@#$%^&*+=?~]")
    return sum(bool(re.search(kind, value)) for kind in kinds) >= 3  # noqa: PLR2004 - of four


def _random(value: str) -> bool:
    """As only a machine makes it."""
    if re.fullmatch(r"[A-Za-z0-9+/_=.\-]{16,}", value) is None or WORDS.fullmatch(value) or "//" in value:
        return False
    if HEX.fullmatch(value):
        return entropy(value) >= HEX_ENTROPY
    if not (re.search(r"\d", value) and re.search(r"[A-Za-z]", value)) or len(value) < RANDOM:
        return False
    pieces = re.split(r"[-_./=+]", value)
    longest = max(pieces, key=len)
    return entropy(value) >= ENTROPY and len(longest) >= LEAST and not WORDS.fullmatch(longest)


def artificial(value: str) -> bool:
    """As somebody types it who shows where a key would stand: the same again and again, or one after the other."""
    if len(value) < 6:  # noqa: PLR2004 - too little to tell
        return False
    steps = Counter(abs(ord(one) - ord(other)) for one, other in pairwise(value))
    return (steps[0] + steps[1]) / (len(value) - 1) > 0.5 or len(set(value)) <= max(2, len(value) // 8)  # noqa: PLR2004


def entropy(value: str) -> float:
    """Bits for each letter."""
    total = len(value)
    return -sum(count / total * math.log2(count / total) for count in Counter(value).values())
