"""Where requests come from: the neighbour on the line, or whom a proxy of ours names."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from fastapi import Request

from directory.visiting import client_address

Network = IPv4Network | IPv6Network


def address_of(neighbour: str | None, forwarded: str, trusted: Sequence[Network]) -> str | None:
    """Return the address a request was sent from, or null when it cannot be known.

    `forwarded` is the header `X-Forwarded-For`. Each proxy adds its own neighbour at the end, so it is read from there,
    for as long as the ones who speak are proxies of ours: what stands before was written by a stranger.
    """
    said = [part.strip() for part in forwarded.split(",") if part.strip()]
    address = _parsed(neighbour)
    while address is not None and said and is_within(address, trusted):
        address = _parsed(said.pop())
    return None if address is None else str(address)


def is_within(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    """Say whether an address belongs to one of the networks."""
    return any(address.version == network.version and address in network for network in networks)


def _parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return None
    # A server that listens on both kinds sees IPv4 neighbours under an IPv6 address.
    return getattr(parsed, "ipv4_mapped", None) or parsed


async def note_client(request: Request) -> None:
    """Note for the records where this request comes from."""
    trusted: Sequence[Network] = request.app.state.trusted_proxies
    neighbour = request.client.host if request.client else None
    client_address.set(address_of(neighbour, request.headers.get("x-forwarded-for", ""), trusted))
