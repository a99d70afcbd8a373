"""What a subscriber names leads out of our house; what we send can be checked by anybody's library."""

import base64
from ipaddress import ip_address, ip_network

import pytest

from reporting.webhooks import signing
from reporting.webhooks.problems import TargetRefused
from reporting.webhooks.targets import Target, check_addresses, is_outside, target_of

INNER = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104  an address like the others here
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "2002:c0a8:101::",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
]
OUTER = ["203.162.0.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", INNER)
def test_nothing_of_ours_is_outside(address):
    assert not is_outside(ip_address(address))


@pytest.mark.parametrize("address", OUTER)
def test_the_open_internet_is(address):
    assert is_outside(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *(f"https://[{each}]/" if ":" in each else f"https://{each}/" for each in INNER),
        "http://city.example/",
        "ftp://city.example/",
        "https://",
        "https:///path",
        "https://user@city.example/",
        "https://user:secret@city.example/",
        "https://city.example/#part",
        "https://city.example:0/",
        "https://city.example:99999/",
        "https://city.example/a b",
        "https://city.example/\r\nx: y",
        "https://thành-phố.example/",
        "https://[::1/",
        "https://city.example/" + 500 * "x",
        "city.example",
        "file:///etc/passwd",
    ],
)
def test_what_is_no_plain_address_outside_is_refused(url):
    with pytest.raises(TargetRefused):
        target_of(url)


def test_a_target_is_read():
    assert target_of("https://city.example:8443/hook?of=us") == Target("https", "city.example", 8443, "/hook?of=us")
    assert target_of("https://city.example").authority == "city.example"
    assert target_of("https://[2606:4700::1111]:444/x").authority == "[2606:4700::1111]:444"


def test_one_inner_address_among_outer_ones_is_enough_to_refuse():
    target = target_of("https://city.example/")

    check_addresses(target, [ip_address("8.8.8.8")], inner=())
    with pytest.raises(TargetRefused):
        check_addresses(target, [ip_address("8.8.8.8"), ip_address("10.0.0.1")], inner=())
    with pytest.raises(TargetRefused):
        check_addresses(target, [], inner=())


def test_what_is_named_in_the_settings_may_be_sent_to_and_nothing_beside_it():
    inner = (ip_network("10.9.0.0/16"),)
    plain = target_of("http://office.example/", inner=inner)

    check_addresses(plain, [ip_address("10.9.1.1")], inner=inner)
    for address in ("10.8.1.1", "8.8.8.8"):  # what is not encrypted stays in the networks that were named
        with pytest.raises(TargetRefused):
            check_addresses(plain, [ip_address(address)], inner=inner)


def test_a_signature_is_that_of_the_specification():
    """The example its authors' own libraries are tested with."""
    header = signing.signature_header(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )

    assert header == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_a_secret_is_changed_both_sign():
    first, second = signing.new_secret(), signing.new_secret()

    both = signing.signature_header([first, second], "id", 1, b"{}")

    each = [signing.signature_header([secret], "id", 1, b"{}") for secret in (first, second)]
    assert both == " ".join(each)
    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32
