"""Letters to telephones: Zalo's notification service, and short messages under the name of the house.

The contracts are the providers' own: Zalo's `message/template` of the business API and its table of errors
(zalo.cloud/zns/guidelines), eSMS's `SendMultipleMessage_V4_post_json` and its table of codes (developers.esms.vn).
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from notify.channels.port import Away, LineBroke, Refused, TryLater
from notify.domain import Letter
from notify.words.short import sms_of, zns_of

GATEWAY_SECONDS = 15.0

_ZNS_OURS = frozenset({-101, -102, -103, -104, -105, -106, -115, -124, -126, -135, -144})
"""The application, the account, its money, its token or its share of the day: it would be said of every letter."""
_ZNS_LATER = frozenset({-100, -133})
"""Unknown; not at this hour."""
_SMS_OURS = frozenset({"101", "102", "103", "104", "140"})
_SMS_TAKEN = frozenset({"100", "124"})
"""124: this RequestId came before; it is one letter, however often it is handed over."""


@dataclass(frozen=True, slots=True)
class ZaloService:
    """Zalo's notification service, with one template the province has had approved."""

    url: str
    template_id: str
    token_file: Path
    """Renewed by whoever renews it: a token of Zalo's lives for a day. Read anew for each line."""

    @asynccontextmanager
    async def line(self) -> AsyncIterator["ZaloLine"]:
        """Open a line; raise `Away` without a token."""
        try:
            token = self.token_file.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise Away(f"no token for Zalo: {type(error).__name__}") from error
        async with _client() as client:
            yield ZaloLine(client, self, token)


@dataclass(frozen=True, slots=True)
class ZaloLine:
    """An open line to Zalo."""

    client: httpx.AsyncClient
    service: ZaloService
    token: str = field(repr=False)

    async def hand_over(self, letter: Letter, address: str) -> None:
        """Hand a letter over under its own `tracking_id`."""
        filled = {
            "phone": address,
            "template_id": self.service.template_id,
            "template_data": zns_of(letter),
            "tracking_id": str(letter.letter_id),
        }
        answer = await _post(self.client, self.service.url, filled, {"access_token": self.token})
        error, words = answer.get("error"), str(answer.get("message", ""))[:200]
        said = f"Zalo answers {error} {words}".replace(address, "…")
        if error == 0:
            return
        if error in _ZNS_OURS:
            raise Away(said)
        raise TryLater(said) if error in _ZNS_LATER or not isinstance(error, int) else Refused(said)


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """A gateway for short messages under a registered name."""

    url: str
    brandname: str
    api_key: str = field(repr=False)
    secret_key: str = field(repr=False)

    @asynccontextmanager
    async def line(self) -> AsyncIterator["SmsLine"]:
        """Open a line."""
        async with _client() as client:
            yield SmsLine(client, self)


@dataclass(frozen=True, slots=True)
class SmsLine:
    """An open line to the gateway."""

    client: httpx.AsyncClient
    gateway: SmsGateway

    async def hand_over(self, letter: Letter, address: str) -> None:
        """Hand a letter over under its own `RequestId`, by which the gateway knows it again."""
        asked = {
            "ApiKey": self.gateway.api_key,
            "SecretKey": self.gateway.secret_key,
            "Brandname": self.gateway.brandname,
            "SmsType": "2",
            "IsUnicode": "0",
            "Phone": address,
            "Content": sms_of(letter),
            "RequestId": str(letter.letter_id),
        }
        answer = await _post(self.client, self.gateway.url, asked, {})
        code, words = str(answer.get("CodeResult", "")), str(answer.get("ErrorMessage", ""))[:200]
        said = f"the SMS gateway answers {code} {words}".replace(address, "…")
        if code in _SMS_TAKEN:
            return
        if code in _SMS_OURS:
            raise Away(said)
        raise Refused(said) if code.isdigit() else TryLater(said)


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=GATEWAY_SECONDS, trust_env=False, verify=ssl.create_default_context())


async def _post(client: httpx.AsyncClient, url: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
    answer = await post(client, url, headers=headers, json=body)
    if answer.status_code != HTTPStatus.OK:
        raise TryLater(f"the gateway answers {answer.status_code}")
    try:
        said = answer.json()
    except ValueError:
        raise TryLater("the gateway answers with something else than JSON") from None
    return said if isinstance(said, dict) else {}


async def post(client: httpx.AsyncClient, url: str, **sent: Any) -> httpx.Response:
    """Post to a gateway; raise `Away` when nobody is there, `LineBroke` when nobody knows whether it arrived.

    Not chained: the error of the library carries the whole request, and with it the address.
    """
    try:
        return await client.post(url, **sent)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise Away(f"no line: {type(error).__name__}") from None
    except httpx.HTTPError as error:
        raise LineBroke(type(error).__name__) from None
