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
    request = urllib.request.Request(f"{INDEX}/pip/", headers={"Accept": JSON})
    with urllib.request.urlopen(request) as answer:
        files = json.load(answer)["files"]
    wheels = [file for file in files if re.fullmatch(r"pip-[\d.]+-py3-none-any\.whl", file["filename"])]
    newest = max(wheels, key=lambda file: [int(part) for part in file["filename"].split("-")[1].split(".")])
    with urllib.request.urlopen(urllib.parse.urljoin(f"{INDEX}/pip/", newest["url"])) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != newest["hashes"]["sha256"]:
        sys.exit("What the package index sent for pip does not match its own hash, so it was not used.")
    wheel = folder / newest["filename"]
    wheel.write_bytes(content)
    return wheel


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
