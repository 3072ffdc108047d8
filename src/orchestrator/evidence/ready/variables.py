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
# What it takes where nothing is set: beside the name in the code, or after it in a file of settings.
GIVEN = (
    r"{}[\"']\s*\)?\s*(?:,|or|\|\||\?\?)\s*[\"']([^\"']+)[\"']",
    r"{}\s*(?:\|\||\?\?)\s*[\"']([^\"']+)[\"']",
    r"(?i:{})(?:\s*:\s*[\w\[\]| ]+)?\s*[=:]\s*[\"']?([^\s\"'(){{}}]+)",
)
MOST_GUESSES, LONGEST = 12, 200


def secrets_in(texts: Iterable[str], declared: Iterable[str] = ()) -> tuple[str, ...]:
    """Those that may hold a secret."""
    names = [one for one in upper(texts) if WHO.search(one) and SECRET.search(one) and not NO_SECRET.search(one)]
    return tuple(dict.fromkeys([*declared, *names]))


def allowed_in(texts: Iterable[str], declared: Iterable[str] = ()) -> tuple[str, ...]:
    """Those that may hold the addresses from which webhooks may come."""
    names = [one for one in upper(texts) if ALLOWED.search(one) and WHENCE.search(one) and "ORIGIN" not in one]
    return tuple(dict.fromkeys([*declared, *names]))


def defaults(texts: Iterable[str], names: Iterable[str]) -> tuple[str, ...]:
    """What the code takes for these where they are not set."""
    shapes = [re.compile(shape.format(re.escape(name))) for name in names for shape in GIVEN]
    found = dict.fromkeys(one for text in texts for shape in shapes for one in shape.findall(text))
    return tuple(one for one in found if len(one) <= LONGEST and one.isprintable())[:MOST_GUESSES]


def upper(texts: Iterable[str]) -> list[str]:
    """All names that may be variables of the environment."""
    found: dict[str, None] = {}
    for text in texts:
        prefixes = ("", *PREFIX.findall(text))
        found |= dict.fromkeys(UPPER.findall(text))
        found |= dict.fromkeys(f"{one}{field}".upper() for field in FIELD.findall(text) for one in prefixes)
    return list(found)
