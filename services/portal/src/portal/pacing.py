"""How fast one reader may ask: so much at once, and then so much a second; beyond that they are asked to wait."""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network

OF_SESSION = (10.0, 120)
"""Requests a second, and at once. A page that saves what is typed and sends a film asks for two or three a second."""
OF_ADDRESS = (60.0, 600)
"""A school, or a whole office, may sit behind one address; this is about what one portal answers altogether."""
REMEMBERED = 20_000
IPV6_PREFIX = 64
"""One line has that many addresses of its own."""


class Pace:
    """A bucket for each key: it holds so much, and fills so fast. Whoever was forgotten begins with a full one."""

    def __init__(self, per_second: float, at_once: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._at_once = float(at_once)
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Return nought and count one request, or return the seconds until there is room for one."""
        now = self._clock()
        left, since = self._left.pop(key, (self._at_once, now))
        left = min(self._at_once, left + (now - since) * self._per_second)
        is_room = left >= 1
        self._left[key] = (left - is_room, now)
        while len(self._left) > REMEMBERED:
            self._left.popitem(last=False)
        return 0.0 if is_room else (1 - left) / self._per_second


def address_of(forwarded: str, neighbour: str, trusted: Sequence[Network]) -> str:
    """Return whose address a request came from: the last one that is no proxy of ours, of IPv6 its line."""
    behind = [each.strip() for each in forwarded.split(",") if each.strip()]
    address = neighbour
    while behind and _is_within(address, trusted):
        address = behind.pop()
    found = _parsed(address)
    if found is None:
        return address[:64]
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, IPV6_PREFIX), strict=False))
    return str(found)


def _is_within(address: str, networks: Sequence[Network]) -> bool:
    found = _parsed(address)
    return found is not None and any(found in network for network in networks)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    # A server that listens on both kinds sees IPv4 neighbours under an IPv6 address.
    return getattr(found, "ipv4_mapped", None) or found
