"""Where a request really comes from, also behind proxies that we were told to trust."""

import ipaddress
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from starlette.requests import HTTPConnection

from orchestrator.errors import WrongSetting

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]


def networks(names: Iterable[str]) -> Networks:
    """Read the setting: addresses, or networks such as 10.0.0.0/8."""
    try:
        return tuple(ipaddress.ip_network(name, strict=False) for name in names)
    except ValueError as wrong:
        raise WrongSetting(f"ORCHESTRATOR_TRUSTED_PROXIES cannot be used: {wrong}.") from None


def listed(text: str) -> Networks:
    """The networks of a setting that was checked already."""
    return networks(name.strip() for name in text.split(",") if name.strip())


def client(request: HTTPConnection, trusted: Networks) -> str:
    """By what somebody is counted: the address, or all of a household."""
    found = sender(request, trusted)
    return _grouped(found) if found else "local"


def among(request: HTTPConnection, trusted: Networks, allowed: Networks) -> bool:
    """Whether it comes from one of these; what has no address does not."""
    found = sender(request, trusted)
    return found is not None and _within(found, allowed)


def sender(request: HTTPConnection, trusted: Networks) -> Address | None:
    """The last address on the way to us that is not one of our own proxies; what stands before it may be made up."""
    peer = _parsed(request.client.host) if request.client else None
    said = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
    while peer and said and _within(peer, trusted):
        before = _parsed(said.pop().strip())
        if before is None:
            break
        peer = before
    return peer


def https(request: HTTPConnection, trusted: Networks) -> bool:
    """Whether it came by https, at the last proxy. One on this machine is believed: it could not gain by a lie."""
    peer = _parsed(request.client.host) if request.client else None
    if peer is None or peer.is_loopback or _within(peer, trusted):
        said = request.headers.get("x-forwarded-proto", request.url.scheme)
        return said.split(",")[-1].strip().lower() == "https"
    return request.url.scheme == "https"


def _within(address: Address, trusted: Networks) -> bool:
    return any(address in network for network in trusted)


def _grouped(address: Address) -> str:
    """One household has one IPv4 address, but a whole /64 of IPv6."""
    if isinstance(address, IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def _parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
