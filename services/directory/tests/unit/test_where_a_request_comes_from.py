"""A stranger cannot say of himself where he is; only proxies of ours are believed, each about its own neighbour."""

from ipaddress import ip_network

import pytest

from directory.api.clients import address_of

OURS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("neighbour", "forwarded", "address"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "10.1.1.1", "203.0.113.9"),  # a stranger who says he is of the office
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "10.1.1.1, 203.0.113.9", "203.0.113.9"),  # the same, through our proxy
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),  # two proxies of ours
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", None),
        ("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("fd00::1", "203.0.113.9,", "203.0.113.9"),
        (None, "203.0.113.9", None),
        ("unix-socket", "203.0.113.9", None),
    ],
)
def test_only_proxies_of_ours_are_believed(neighbour, forwarded, address):
    assert address_of(neighbour, forwarded, OURS) == address
