"""The key file of an installation: what encrypts stored secrets, and what other keys are derived from."""

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.errors import NotPossible, WrongSetting

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

NAME: Final = "secret.key"
LENGTH: Final = 32  # bytes of a key


@dataclass(frozen=True, slots=True)
class Vault:
    """The first key encrypts, all decrypt. The last one is the root: what is derived survives a rotation."""

    keys: tuple[bytes, ...] = field(repr=False)

    def seal(self, plain: bytes) -> bytes:
        return self._fernet().encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - see _fernet

        try:
            return self._fernet().decrypt(sealed)
        except InvalidToken:
            raise NotPossible(
                f"A stored secret cannot be read: the file {NAME} in the data folder is not the one it was made with."
            ) from None

    def derive(self, purpose: str) -> bytes:
        """Make the 32 bytes that belong to this purpose and to no other: HKDF (RFC 5869) with SHA-256, one block."""
        key = hmac.digest(bytes(LENGTH), self.keys[-1], hashlib.sha256)
        return hmac.digest(key, f"orchestrator/{purpose}".encode() + b"\x01", hashlib.sha256)

    def _fernet(self) -> "MultiFernet":
        # Most installations store no secrets: those are spared the memory and the time that it takes to load this.
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415

        return MultiFernet([Fernet(key) for key in self.keys])


def _new() -> bytes:
    return base64.urlsafe_b64encode(secrets.token_bytes(LENGTH))


def load(data: Path) -> Vault:
    """Read the key file in the data folder, made at the first start. Of two first starts at once both get the same."""
    file = data / NAME
    if not file.exists():
        with contextlib.suppress(FileExistsError):  # the other one was faster: its keys are as good
            _publish(file, [_new()], os.link)
    with contextlib.suppress(OSError):  # a folder mounted read-only keeps the permissions that it was given
        file.chmod(0o600)
    return Vault(_keys(file))


def rotate(data: Path) -> Vault:
    """Put a new key first. The old ones go on decrypting until they are taken out of the file by hand."""
    keys = [_new(), *load(data).keys]
    _publish(data / NAME, keys, os.rename)
    return Vault(tuple(keys))


def _keys(file: Path) -> tuple[bytes, ...]:
    keys = tuple(line.strip() for line in file.read_bytes().splitlines() if line.strip())
    if not keys or not all(map(_is_key, keys)):
        raise WrongSetting(f"{file} is not a key file: each of its lines must be a key that we wrote.")
    return keys


def _is_key(line: bytes) -> bool:
    try:
        return len(base64.b64decode(line, b"-_", validate=True)) == LENGTH
    except (ValueError, binascii.Error):
        return False


def _publish(file: Path, keys: list[bytes], place: Callable[[Path, Path], None]) -> None:
    """Write all of it beside, for our eyes only, then put it into place: nobody ever reads half a file."""
    draft = file.with_name(f"{NAME}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(b"".join(key + b"\n" for key in keys))
        out.flush()
        os.fsync(out.fileno())
    try:
        place(draft, file)
    finally:
        draft.unlink(missing_ok=True)
