"""Random keys that are handed out once, and the hash of each, which is all that we keep."""

import hashlib
import secrets


def new(prefix: str = "") -> str:
    """Make a key of 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def hashed(raw: str) -> str:
    """What is stored. Fast on purpose: there is nothing to guess in 256 random bits."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
