"""What stands in a file as somebody would read it: unpacked where it is packed, one byte a letter where it was two."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable

MOST = 64 << 20  # bytes that come of one file
Readable = gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile
PACKS: tuple[tuple[bytes, Callable[[io.BytesIO], Readable]], ...] = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ", lzma.LZMAFile),
)
CLOSED = (b"7z\xbc\xaf", b"(\xb5/\xfd", b"Rar!")  # kinds of packs that we cannot open
BROKEN = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)


def within(raw: bytes) -> list[bytes] | None:
    """The texts in a file; None where it is packed in a way that we cannot open, or holds too much."""
    if raw.startswith(CLOSED):
        return None
    try:
        if raw.startswith(b"PK\x03\x04"):
            return _members(raw)
        for mark, opened in PACKS:
            if raw.startswith(mark):
                return _whole(opened(io.BytesIO(raw)))
    except BROKEN:
        return None
    return [plain(raw)]


def _members(raw: bytes) -> list[bytes] | None:
    texts: list[bytes] = []
    with zipfile.ZipFile(io.BytesIO(raw)) as pack:
        for one in pack.infolist():
            with pack.open(one) as file:
                texts.append(plain(file.read(MOST + 1)))
            if sum(map(len, texts)) > MOST:
                return None
    return texts


def _whole(file: Readable) -> list[bytes] | None:
    text = file.read(MOST + 1)
    return [plain(text)] if len(text) <= MOST else None


def plain(raw: bytes) -> bytes:
    """The same text in one byte a letter."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace").encode()
    return raw
