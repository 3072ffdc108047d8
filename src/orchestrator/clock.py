"""Where time and ids come from; everything pure is handed them."""

import secrets
from datetime import UTC, datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o and u: ids are sometimes read aloud


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """Make an opaque id of 16 characters (80 bits)."""
    bits = int.from_bytes(secrets.token_bytes(10), "big")
    return "".join(ALPHABET[bits >> place & 31] for place in range(0, 80, 5))
