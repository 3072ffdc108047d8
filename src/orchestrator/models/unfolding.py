"""Reads a text out of a JSON object while the object is still being written."""

import json
import re

_SAFE = re.compile(
    r'(?:[^"\\\ud800-\udfff]|\\["\\/bfnrt]|\\u(?![dD][89abAB])[0-9a-fA-F]{4}|\\u[dD][89abAB]..\\u[dD][c-fC-F]..)*'
)


class Unfolding:
    """The text of the first field. Anything else of the object, or an object that begins otherwise, gives nothing."""

    def __init__(self, field: str) -> None:
        self._begins = re.compile(rf'\s*\{{\s*"{re.escape(field)}"\s*:\s*"')
        self._rest = ""
        self._inside = self._over = False
        self.text = ""

    def feed(self, piece: str) -> str:
        """What became known of the text by this piece."""
        if self._over:
            return ""
        self._rest += piece
        if not self._inside:
            found = self._begins.match(self._rest)
            if not found:
                return ""
            self._inside, self._rest = True, self._rest[found.end() :]
        return self._more()

    def _more(self) -> str:
        found = _SAFE.match(self._rest)
        whole = found[0] if found else ""
        self._rest = self._rest[len(whole) :]
        self._over = self._rest.startswith('"')
        new: str = json.loads(f'"{whole}"', strict=False)
        self.text += new
        return new
