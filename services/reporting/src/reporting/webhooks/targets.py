"""Which addresses we send to: what a subscriber names must not lead us into our own house."""

import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from reporting.webhooks.problems import TargetRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_URL = 500
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 within IPv6, as a translator of the network sees it (RFC 6052)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a subscriber wants to be told."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return what the `Host` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, *, inner: Collection[Network] = ()) -> Target:
    """Read the address of a target; raise `TargetRefused` for whatever is not a plain https address.

    Plain http goes to the networks in `inner` only, which is known for sure when we connect.
    """
    if len(url) > LONGEST_URL or any(not "!" <= sign <= "~" for sign in url):
        raise _refused("có ký tự lạ hoặc quá dài", "it has strange characters or is too long")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _refused("không đọc được", "it cannot be read") from error
    if parts.scheme not in ({"https", "http"} if inner else {"https"}):
        raise _refused("phải là https://", "it must be https://")
    if not host or parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise _refused("chỉ gồm máy chủ, cổng và đường dẫn", "it is a host, a port and a path, nothing else")
    target = Target(
        parts.scheme,
        host,
        port or {"https": 443, "http": 80}[parts.scheme],
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return target
    check_addresses(target, [literal], inner=inner)
    return target


def check_addresses(target: Target, found: Sequence[Address], *, inner: Collection[Network]) -> None:
    """Raise `TargetRefused` unless every address a name stands for may be sent to.

    Every one: a name that stands for an outer and an inner address is a trick, or broken.
    """
    for address in found:
        is_inner = any(address.version == network.version and address in network for network in inner)
        if is_inner:
            continue
        if target.scheme != "https":
            raise _refused("phải là https://", "it must be https://")
        if not is_outside(address):
            raise _refused("là địa chỉ trong mạng nội bộ", "it leads into a private network")
    if not found:
        raise _refused("không có địa chỉ nào", "it stands for no address")


def is_outside(address: Address) -> bool:
    """Say whether an address is one of the open Internet, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in _TRANSLATED:
            wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if not all(is_outside(each) for each in wrapped if each is not None):
            return False
        if address.ipv4_mapped is not None:
            return True
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _refused(vi: str, en: str) -> TargetRefused:
    return TargetRefused(f"Không gửi đến địa chỉ này: {vi}.", f"This address is not sent to: {en}.")
