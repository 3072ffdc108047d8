"""The key file of an installation: what encrypts stored secrets, and what other keys are derived from."""

import contextlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from orchestrator.errors import NotPossible, WrongSetting

NAME: Final = "secret.key"


@dataclass(frozen=True, slots=True)
class Vault:
    """The first key encrypts, all decrypt. The last one is the root: what is derived survives a rotation."""

    keys: tuple[bytes, ...] = field(repr=False)

    def seal(self, plain: bytes) -> bytes:
        return self._fernet().encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        try:
            return self._fernet().decrypt(sealed)
        except InvalidToken:
            raise NotPossible(
                f"A stored secret cannot be read: the file {NAME} in the data folder is not the one it was made with."
            ) from None

    def derive(self, purpose: str) -> bytes:
        """Make the 32 bytes that belong to this purpose and to no other."""
        return HKDF(SHA256(), 32, salt=None, info=f"orchestrator/{purpose}".encode()).derive(self.keys[-1])

    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.keys])


def load(data: Path) -> Vault:
    """Read the key file in the data folder, made at the first start. Of two first starts at once both get the same."""
    file = data / NAME
    if not file.exists():
        with contextlib.suppress(FileExistsError):  # the other one was faster: its keys are as good
            _publish(file, [Fernet.generate_key()], os.link)
    with contextlib.suppress(OSError):  # a folder mounted read-only keeps the permissions that it was given
        file.chmod(0o600)
    return Vault(_keys(file))


def rotate(data: Path) -> Vault:
    """Put a new key first. The old ones go on decrypting until they are taken out of the file by hand."""
    keys = [Fernet.generate_key(), *load(data).keys]
    _publish(data / NAME, keys, os.rename)
    return Vault(tuple(keys))


def _keys(file: Path) -> tuple[bytes, ...]:
    keys = tuple(line.strip() for line in file.read_bytes().splitlines() if line.strip())
    try:
        MultiFernet([Fernet(key) for key in keys]).encrypt(b"")
    except (ValueError, IndexError):
        raise WrongSetting(f"{file} is not a key file: each of its lines must be a key that we wrote.") from None
    return keys


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
