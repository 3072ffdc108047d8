"""Addresses of repositories elsewhere: cleaned of secrets, and what git needs to be let speak with one. Pure."""

import re
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from orchestrator.errors import NotPossible

SHORT = re.compile(r"(?:[\w.-]+@)?(?P<host>[\w.-]+\.[\w-]+):(?!//)(?P<path>.+)")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
UNSAFE = "“{host}” is reached without encryption, so we send nothing there. Change its address to https."
STRANGE = "We cannot send to an origin with such an address. It must begin with https:// or be a folder."


def clean(url: str) -> str:
    """The same place by https or as a folder, without a name or a secret in it."""
    if url.startswith("/"):
        return Path(url).as_uri()
    if short := SHORT.fullmatch(url):
        return f"https://{short['host']}/{short['path'].lstrip('/')}"
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "ssh":
        return urlunsplit(("https", host, parts.path, "", ""))
    if parts.scheme == "http" and host not in LOOPBACK:
        raise NotPossible(UNSAFE.format(host=host))
    if parts.scheme not in {"http", "https", "file"}:
        raise NotPossible(STRANGE)
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"{host}{port}", parts.path, "", ""))


def path(url: str) -> Path:
    """The folder that a file address names."""
    return Path(unquote(urlsplit(url).path))


def environment(url: str, passes: Mapping[str, str]) -> dict[str, str]:
    """For git: this kind of address and no other, with our pass for that host where we have one.

    It is handed over in the environment: what stands in a command line can be read by every program on the machine.
    """
    parts = urlsplit(url)
    allowed = {"GIT_ALLOW_PROTOCOL": parts.scheme}
    if parts.scheme == "file" or not (secret := passes.get(parts.hostname or "")):
        return allowed
    shown = b64encode(f"x-access-token:{secret}".encode()).decode()
    base = urlunsplit((parts.scheme, parts.netloc, "/", "", ""))
    return allowed | {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{base}.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {shown}",
    }
