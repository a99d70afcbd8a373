"""Which ways a letter goes, and in which order. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from notify.channels.problems import ChoiceUnfit


class Channel(StrEnum):
    """A way out of the house. The inbox is not one of them: every letter lies there."""

    EMAIL = "email"
    ZNS = "zns"
    SMS = "sms"
    WEBHOOK = "webhook"


SWITCH_AFTER = 4
"""Attempts by one way before the next is tried, where a person has one: about a quarter of an hour."""
_MOBILE = re.compile(r"(?:\+?84|0)([35789]\d{8})")
"""Mobile numbers of Viet Nam since 2018: ten digits with the nought."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person has chosen: the ways, the first of which is taken while it works, and where they lead."""

    channels: tuple[Channel, ...] = (Channel.EMAIL,)
    phone: str | None = None
    """`84` and nine digits."""
    webhook_url: str | None = None


def ways_of(chosen: Sequence[Channel], allowed: Collection[Channel] | None) -> tuple[Channel, ...]:
    """Return the ways of a letter, the first to be taken first; e-mail is always the last resort.

    `allowed` is what the province lets letters of this kind go by; null: all.
    """
    ways = [each for each in chosen if allowed is None or each in allowed]
    return tuple(dict.fromkeys([*ways, Channel.EMAIL]))


def next_way(ways: Sequence[Channel], after: Channel) -> Channel | None:
    """Return the way to try after one that did not work."""
    rest = ways[ways.index(after) + 1 :] if after in ways else ways
    return next(iter(rest), None)


def fit(choice: Choice, *, offered: Collection[Channel], webhook_hosts: Collection[str]) -> Choice:
    """Return the choice as it is kept; raise `ChoiceUnfit` for a way that is not offered or leads nowhere."""
    if not choice.channels or len(set(choice.channels)) < len(choice.channels):
        raise ChoiceUnfit("Chọn ít nhất một kênh, không lặp lại.", "Choose at least one channel, each once.")
    missing = [each for each in choice.channels if each not in offered]
    if missing:
        raise ChoiceUnfit(f"Kênh chưa được cung cấp: {missing[0]}.", f"This channel is not offered: {missing[0]}.")
    phone = choice.phone
    if phone is not None:
        found = _MOBILE.fullmatch(re.sub(r"[ .-]", "", phone))
        if found is None:
            raise ChoiceUnfit("Số điện thoại di động không hợp lệ.", "This is no mobile number of Viet Nam.")
        phone = f"84{found[1]}"
    if phone is None and {Channel.SMS, Channel.ZNS} & set(choice.channels):
        raise ChoiceUnfit("Kênh này cần số điện thoại di động.", "This channel needs a mobile number.")
    if choice.webhook_url is not None and not _is_known(choice.webhook_url, webhook_hosts):
        raise ChoiceUnfit(
            "Địa chỉ webhook phải là https và thuộc danh sách máy chủ được phép.",
            "A webhook is https, and on one of the hosts that are allowed.",
        )
    if choice.webhook_url is None and Channel.WEBHOOK in choice.channels:
        raise ChoiceUnfit("Kênh này cần địa chỉ webhook.", "This channel needs the address of a webhook.")
    return Choice(choice.channels, phone, choice.webhook_url)


def _is_known(url: str, hosts: Collection[str]) -> bool:
    # Only hosts the operator has named: a letter must not be posted to whatever else answers inside the network.
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.username is None and parts.netloc in hosts
