"""A GitHub App that we speak as: the short-lived keys that GitHub gives it, one for each owner of repositories."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from orchestrator import clock
from orchestrator.errors import WrongSetting
from orchestrator.forge.hub.troubles import NOT_THERE, Refused

NO_FILE = "ORCHESTRATOR_GITHUB_APP_KEY_FILE cannot be used: {file} cannot be read."
NO_KEY = "ORCHESTRATOR_GITHUB_APP_KEY_FILE cannot be used: {file} does not hold the private key of a GitHub App."
NOT_IN = "Our GitHub App is not installed for “{owner}”. Its owner can install it there on GitHub; then try again."
SPARE = timedelta(minutes=2)  # a key that ends so soon is not used any more
Ask = Callable[[str, str, str], Awaitable[Any]]  # method, path, key


@dataclass(frozen=True, slots=True)
class Key:
    token: str
    until: datetime


class App:
    """`ask` speaks with GitHub under the key that it is handed."""

    def __init__(self, id: int, private: str, ask: Ask) -> None:
        self._id, self._private, self._ask = id, private, ask
        self._keys: dict[str, Key] = {}
        self._alone: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def login(self) -> str:
        """What our own account is called in comments."""
        return f"{(await self._ask('GET', '/app', self.word()))['slug']}[bot]"

    async def key(self, owner: str) -> str:
        """For what belongs to this owner. Raises Refused where we are not installed."""
        async with self._alone[owner]:
            known = self._keys.get(owner)
            if known is None or known.until - SPARE < clock.now():
                known = self._keys[owner] = await self._fresh(owner)
            return known.token

    def forget(self, owner: str) -> None:
        """A key that was refused may have been withdrawn."""
        self._keys.pop(owner, None)

    async def _fresh(self, owner: str) -> Key:
        path = f"/app/installations/{await self._installation(owner)}/access_tokens"
        given = await self._ask("POST", path, self.word())
        return Key(given["token"], datetime.fromisoformat(given["expires_at"]))

    async def _installation(self, owner: str) -> int:
        for kind in ("users", "orgs"):
            try:
                return int((await self._ask("GET", f"/{kind}/{owner}/installation", self.word()))["id"])
            except Refused as refused:
                if refused.code != NOT_THERE:
                    raise
        raise Refused(NOT_IN.format(owner=owner), NOT_THERE)

    def word(self) -> str:
        """What shows for a few minutes that we are this app: a signed word (JWT)."""
        now = int(clock.now().timestamp())
        claims = {"iat": now - 60, "exp": now + 540, "iss": str(self._id)}
        body = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}"
        return f"{body}.{signed(self._private, body)}"


def read(file: str) -> str:
    """The private key. Raises WrongSetting where there is none."""
    try:
        private = Path(file).expanduser().read_text("ascii")
        signed(private, "")
    except OSError as problem:
        raise WrongSetting(NO_FILE.format(file=file)) from problem
    except (ValueError, TypeError, AttributeError) as problem:
        raise WrongSetting(NO_KEY.format(file=file)) from problem
    return private


def signed(private: str, body: str) -> str:
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - only for an app
    from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415

    key = serialization.load_pem_private_key(private.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("It must be an RSA key.")
    return _plain(key.sign(body.encode(), padding.PKCS1v15(), hashes.SHA256()))


def _part(value: dict[str, Any]) -> str:
    return _plain(json.dumps(value, separators=(",", ":")).encode())


def _plain(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
