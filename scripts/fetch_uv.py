"""Put uv into a folder by pip, also where Python came without pip, as on a bare Debian."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

UV = "uv>=0.9,<1"
INDEX = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
JSON = "application/vnd.pypi.simple.v1+json"
# As for pip itself: this machine, and what somebody vouches for.
TRUSTED = {"localhost", "127.0.0.1", "::1", *os.environ.get("PIP_TRUSTED_HOST", "").split()}
SPOKEN = (
    urllib.request.HTTPSHandler,
    urllib.request.ProxyHandler,
    urllib.request.HTTPRedirectHandler,
    urllib.request.HTTPErrorProcessor,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.UnknownHandler,  # says so where something else is asked for
)


def main(target: str) -> int:
    """Try the pip that is there, then the one on the package index."""
    with tempfile.TemporaryDirectory() as folder:
        pip = ["-m", "pip"] if has("pip") else [str(downloaded(Path(folder)) / "pip")]
        options = ["--quiet", "--root-user-action=ignore", "--target", target]
        return subprocess.call([sys.executable, *pip, "install", *options, UV])


def has(module: str) -> bool:
    """Whether it really works: some systems split it off, and leave a stub."""
    ran = subprocess.run([sys.executable, "-m", module, "--version"], capture_output=True, check=False)
    return ran.returncode == 0


def downloaded(folder: Path) -> Path:
    """The newest pip as the index has it, checked against the hash that the index states."""
    files = json.loads(fetched(f"{INDEX}/pip/"))["files"]
    wheels = [file for file in files if re.fullmatch(r"pip-[\d.]+-py3-none-any\.whl", file["filename"])]
    newest = max(wheels, key=lambda file: [int(part) for part in file["filename"].split("-")[1].split(".")])
    content = fetched(urllib.parse.urljoin(f"{INDEX}/pip/", newest["url"]))
    if hashlib.sha256(content).hexdigest() != newest["hashes"]["sha256"]:
        sys.exit("What the package index sent for pip does not match its own hash, so it was not used.")
    wheel = folder / str(newest["filename"])
    wheel.write_bytes(content)
    return wheel


def fetched(address: str) -> bytes:
    """What is there. Only https is spoken, wherever an index or its answer leads; http where the index is trusted."""
    at = urllib.parse.urlsplit(INDEX)
    plain = at.scheme == "http" and bool({at.hostname, at.netloc} & TRUSTED)
    if at.scheme != "https" and not plain:
        sys.exit("PIP_INDEX_URL has to begin with https://, so that nobody can change what it sends on the way.")
    web = urllib.request.OpenerDirector()
    for handler in (*SPOKEN, urllib.request.HTTPHandler) if plain else SPOKEN:
        web.add_handler(handler())
    with web.open(urllib.request.Request(address, headers={"Accept": f"{JSON}, */*;q=0.1"})) as answer:
        return bytes(answer.read())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
