"""Which environment variables a program reads for a secret of webhooks, or for who may call them. Pure."""

import re
from collections.abc import Iterable

UPPER = re.compile(r"\b[A-Z][A-Z0-9_]{5,60}\b")
FIELD = re.compile(r"^\s+([a-z][a-z0-9_]{5,60})\s*:", re.MULTILINE)  # of a class of settings
PREFIX = re.compile(r"env_prefix\s*=\s*[\"'](\w*)[\"']")
WHO = re.compile(r"HOOK|SIGNING|GITHUB|GITLAB|STRIPE|SLACK|TELEGRAM|SHOPIFY|HMAC|CALLBACK")
SECRET = re.compile(r"SECRET|TOKEN|KEY|SIGNING|SIGNATURE")
NO_SECRET = re.compile(r"HEADER|ALGORITHM|_NAME$|_URL$|_ID$|PUBLIC|TOLERANCE|_TTL$|LENGTH|PREFIX|SIGNATURE_")
ALLOWED = re.compile(r"ALLOW|WHITELIST|PERMIT|TRUSTED")
WHENCE = re.compile(r"(?:^|_)(?:IPS?|CIDRS?|ADDRESS(?:ES)?|NETWORKS?|NETS?|SOURCES?|RANGES?|WEBHOOKS?)(?:_|$)")
GIVEN = r"{}[\"']\s*,\s*[\"']([^\"']+)[\"']"  # what it takes where nothing is set


def secrets_in(texts: Iterable[str], declared: Iterable[str] = ()) -> tuple[str, ...]:
    """Those that may hold a secret."""
    names = [one for one in _names(texts) if WHO.search(one) and SECRET.search(one) and not NO_SECRET.search(one)]
    return tuple(dict.fromkeys([*declared, *names]))


def allowed_in(texts: Iterable[str], declared: Iterable[str] = ()) -> tuple[str, ...]:
    """Those that may hold the addresses from which webhooks may come."""
    names = [one for one in _names(texts) if ALLOWED.search(one) and WHENCE.search(one) and "ORIGIN" not in one]
    return tuple(dict.fromkeys([*declared, *names]))


def defaults(texts: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """What the code takes for these where they are not set."""
    kept = list(texts)
    return tuple(dict.fromkeys(one for name in names for text in kept for one in re.findall(GIVEN.format(name), text)))


def _names(texts: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in texts:
        prefixes = ("", *PREFIX.findall(text))
        found |= dict.fromkeys(UPPER.findall(text))
        found |= dict.fromkeys(f"{one}{field}".upper() for field in FIELD.findall(text) for one in prefixes)
    return list(found)
