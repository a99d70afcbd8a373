"""So much at once and so much a second, for each; whose address it is that a request came from."""

from ipaddress import ip_network

import pytest

from portal.pacing import REMEMBERED, Pace, address_of


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_what_is_used_up_comes_back_with_time_and_never_more_than_there_was() -> None:
    clock = Clock()
    pace = Pace(2.0, 3, clock=clock)

    assert [pace.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert pace.wait("b") == 0
    clock.now += 0.5
    assert [pace.wait("a") for _ in range(2)] == [0, 0.5]
    clock.now += 3600
    assert [pace.wait("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_not_more_readers_are_remembered_than_there_is_room_for() -> None:
    pace = Pace(1.0, 1)
    assert pace.wait("first") == 0
    for number in range(REMEMBERED):
        pace.wait(str(number))

    assert pace.wait("first") == 0
    assert pace.wait("first") > 0


@pytest.mark.parametrize(
    ("forwarded", "neighbour", "address"),
    [
        ("", "203.0.113.9", "203.0.113.9"),
        ("198.51.100.7", "203.0.113.9", "203.0.113.9"),  # whoever is no proxy of ours may say what they like
        ("198.51.100.7", "10.0.0.1", "198.51.100.7"),
        ("1.2.3.4, 198.51.100.7, 10.0.0.2", "10.0.0.1", "198.51.100.7"),
        ("", "10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "10.0.0.1", "2001:db8:1:2::/64"),
        ("", "::ffff:203.0.113.9", "203.0.113.9"),
        ("198.51.100.7", "::ffff:10.0.0.1", "198.51.100.7"),
        ("not an address", "10.0.0.1", "not an address"),
    ],
)
def test_it_is_the_last_address_that_is_no_proxy_of_ours(forwarded, neighbour, address) -> None:
    assert address_of(forwarded, neighbour, [ip_network("10.0.0.0/24")]) == address
