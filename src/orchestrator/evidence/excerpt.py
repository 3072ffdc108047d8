"""The part of a log that helps: its last lines, without the places of the machine where it was written."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

LINES = 40
LONGEST = 4_000
WIDEST = 300

# Only below the folders of a system: an address of the app, like /api/v1/meals, is what a reader needs.
ELSEWHERE = re.compile(
    r"(?<![\w./:])/(?:usr|home|root|tmp|var|opt|srv|mnt|private|Users|nix|lib|lib64|proc|run)/(?:[^\s/\"':,()<>]+/)*"
)


def excerpt(log: Iterable[str], places: Mapping[str, str]) -> str:
    """The last lines, runs of empty ones as one."""
    kept: list[str] = []
    for line in log:
        if line or (kept and kept[-1]):
            kept.append(line)
    return without_places("\n".join(line[:WIDEST] for line in kept[-LINES:]).strip(), places)[-LONGEST:]


def without_places(text: str, places: Mapping[str, str]) -> str:
    """`places` says what to write for the folders that we know; of others only the last name is kept."""
    for place, word in places.items():
        text = text.replace(f"{place}/", word).replace(place, word or ".")
    return ELSEWHERE.sub("…/", text)


def known(folders: Mapping[Path, str]) -> dict[str, str]:
    """The folders as they may be written, the longest first, so that one within another is found."""
    spelled = {str(way): word for folder, word in folders.items() for way in (folder, folder.resolve())}
    return dict(sorted(spelled.items(), key=lambda pair: -len(pair[0])))
