"""Secret settings that are stored, encrypted, instead of standing in the environment."""

from orchestrator import clock, settings, vault
from orchestrator.operations.place import OPERATOR, Place
from orchestrator.store import secrets


async def set(here: Place, name: str, value: str) -> None:
    """Store one that the settings know. The server takes it at its next start."""
    settings.stored(name, value)
    await here.tx(secrets.set, here.vault, OPERATOR, name, value, clock.now())


async def remove(here: Place, name: str) -> None:
    await here.tx(secrets.remove, OPERATOR, name)


async def names(here: Place) -> list[str]:
    return await here.read(secrets.names)


async def rotate(here: Place) -> int:
    """Make a new key and encrypt everything with it. Returns how many there were."""
    return await here.tx(secrets.rotate, vault.rotate(here.data), OPERATOR)
