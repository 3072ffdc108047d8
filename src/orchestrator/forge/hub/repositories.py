"""Repositories: found, or made."""

import re

from orchestrator.errors import NotUnderstood
from orchestrator.forge.hub.client import Client
from orchestrator.forge.hub.troubles import NOT_THERE, Refused
from orchestrator.forge.hub.values import Repository, one

SLUG = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
STRANGE = "A repository on GitHub is called owner/name, such as nadia/supper."
NOT_THERE_SAID = "There is no repository “{slug}” on GitHub that our key can see."
NO_APP = "A GitHub App can make repositories for organizations only. Make “{slug}” on GitHub, and link that."
READ_ONLY = "On GitHub we may only read “{slug}”. Our key has to be allowed to write there."
ARCHIVED = "“{slug}” is archived on GitHub, so nothing can be changed there."


def slug(said: str) -> str:
    """owner/name, as people write it: also the address of its page. Raises NotUnderstood."""
    found = re.sub(r"^(https?://)?[^/\s]+\.[^/\s]+/(?=[^/]+/[^/]+/?$)", "", said.strip()).strip("/")
    found = found.removesuffix(".git")
    if not SLUG.fullmatch(found):
        raise NotUnderstood(STRANGE, field="hub")
    return found


async def find(client: Client, slug: str) -> Repository | None:
    try:
        return one(Repository, (await client.get(f"/repos/{slug}")).data)
    except Refused as refused:
        if refused.code == NOT_THERE:
            return None
        raise


async def usable(client: Client, slug: str) -> Repository:
    """One in which we may work. Raises Refused with the reason where we may not."""
    found = await find(client, slug)
    if found is None:
        raise Refused(NOT_THERE_SAID.format(slug=slug), NOT_THERE)
    if found.archived:
        raise Refused(ARCHIVED.format(slug=slug))
    if found.permissions and not found.permissions.get("push"):
        raise Refused(READ_ONLY.format(slug=slug))
    return found


async def made(client: Client, slug: str, description: str) -> Repository:
    """A private one without anything in it; the one that is there already, if it is empty."""
    if known := await find(client, slug):
        return known
    owner, name = slug.split("/")
    given = {"name": name, "private": True, "description": description[:300], "auto_init": False}
    own = client.app is None and owner.lower() == (await client.login()).lower()
    path = "/user/repos" if own else f"/orgs/{owner}/repos"
    try:
        return one(Repository, await client.send("POST", path, owner=owner, **given))
    except Refused as refused:
        if client.app and refused.code == NOT_THERE:
            raise Refused(NO_APP.format(slug=slug), refused.code, refused.said) from refused
        if known := await find(client, slug):  # somebody, or a try of ours that was cut short, was faster
            return known
        raise


def address(client: Client, slug: str) -> str:
    """Where git finds it."""
    return f"{client.web}/{slug}.git"
