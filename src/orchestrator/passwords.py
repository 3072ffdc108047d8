"""Passwords: what is long enough, how they are kept, and a comparison that takes the same time for everybody."""

import asyncio
import secrets
import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from orchestrator.errors import NotUnderstood

SHORTEST: Final = 12
LONGEST: Final = 1000
DIFFERENT: Final = 5  # "aaaaaaaaaaaa" is long, but the first guess
HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # small: many may sign in at once
COUNTS: Final = ["Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven"]
EASY: Final = "Three or four words are easy to remember."


def check(password: str) -> None:
    """Raise NotUnderstood, with a sentence, unless it may be somebody's password."""
    length = len(_plain(password))
    if not length:
        raise NotUnderstood(f"Please choose a password of at least {SHORTEST} characters. {EASY}")
    if length < SHORTEST:
        raise NotUnderstood(f"{_so_far(length)} so far: please use at least {SHORTEST}. {EASY}")
    if length > LONGEST:
        raise NotUnderstood(f"That is longer than we can keep: please use at most {LONGEST} characters.")
    if len(set(password)) < DIFFERENT:
        raise NotUnderstood(f"That one is easy to guess: please use more different characters. {EASY}")


async def hashed(password: str) -> str:
    """Hash it in a thread: it takes some thirty milliseconds of processor time."""
    return await asyncio.to_thread(HASHER.hash, _plain(password))


async def matches(password: str, known: str | None) -> bool:
    """Compare with a known hash. Without one the answer is no, after the same work, so that time tells nothing."""
    fits = await asyncio.to_thread(_verify, known or _nobody(), _plain(password[:LONGEST]))
    return fits and known is not None


def outdated(known: str) -> bool:
    """Whether it was made with other parameters than today's and is due to be made again."""
    return HASHER.check_needs_rehash(known)


def _verify(known: str, password: str) -> bool:
    try:
        return HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return HASHER.hash(secrets.token_hex())


def _plain(password: str) -> str:
    """The same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


def _so_far(length: int) -> str:
    return "One character" if length == 1 else f"{COUNTS[length - 2]} characters"
