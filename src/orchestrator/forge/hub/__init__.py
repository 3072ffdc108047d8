"""Repositories, issues and pull requests on GitHub: a client, and functions by subject that take it."""

from orchestrator.forge.hub.client import Client, client
from orchestrator.forge.hub.troubles import Later, Refused

__all__ = ["Client", "Later", "Refused", "client"]
