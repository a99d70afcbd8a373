"""Where letters to a person go: asked of the directory, kept in memory for some minutes, never stored."""

import asyncio
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from notify.channels.port import Away, NoAddress, PersonUnknown

KEPT_SECONDS = 300.0
"""Somebody who corrects their address gets the next letters there within this time."""
KEPT_ADDRESSES = 5_000
RENEW_SECONDS = 60.0
"""A token that ends this soon is renewed first."""
DIRECTORY_SECONDS = 5.0


class DirectoryAway(Away):
    """The directory does not answer, or not to us; no address can be looked up now."""


class _Session(BaseModel):
    model_config = ConfigDict(extra="ignore")

    access_token: SecretStr
    expires_in: int


class _Contact(BaseModel):
    model_config = ConfigDict(extra="ignore")

    email: str


class AddressBook:
    """Looks up e-mail addresses with notify's own machine account."""

    def __init__(
        self,
        directory_url: str,
        *,
        account: str,
        secret: str,
        kept_seconds: float = KEPT_SECONDS,
    ) -> None:
        self._directory_url = directory_url
        self._credentials = {"account": account, "password": secret}
        self._kept_seconds = kept_seconds
        self._kept: OrderedDict[UUID, tuple[float, str]] = OrderedDict()
        self._token: tuple[float, SecretStr] | None = None
        self._signing_in = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["AddressBook"]:
        """Keep connections to the directory for as long as the book is open."""
        async with httpx.AsyncClient(
            base_url=self._directory_url,
            timeout=DIRECTORY_SECONDS,
            trust_env=False,  # a neighbour is not reached through the proxy meant for the world outside
            verify=ssl.create_default_context(),
        ) as client:
            self._client = client
            try:
                yield self
            finally:
                self._client = None

    async def address_of(self, person_id: UUID) -> str:
        """Return where letters to a person go; raise `NoAddress`, `PersonUnknown` or `DirectoryAway`."""
        kept = self._kept.get(person_id)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        address = await self._look_up(person_id)
        self._kept[person_id] = (time.monotonic() + self._kept_seconds, address)
        self._kept.move_to_end(person_id)
        if len(self._kept) > KEPT_ADDRESSES:
            self._kept.popitem(last=False)
        return address

    async def _look_up(self, person_id: UUID) -> str:
        token = await self._signed_in()
        answer = await self._ask("GET", f"/people/{person_id}/contact", token=token)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:  # the directory has changed its key since
            if self._token is not None and self._token[1] is token:  # others who asked with it may have signed in anew
                self._token = None
            answer = await self._ask("GET", f"/people/{person_id}/contact", token=await self._signed_in())
        if answer.status_code == HTTPStatus.NOT_FOUND:
            raise PersonUnknown("the directory shows us no such person")
        if answer.status_code != HTTPStatus.OK:
            raise DirectoryAway(f"the directory answers {answer.status_code} to a question for an address")
        try:
            return _Contact.model_validate_json(answer.content).email
        except ValidationError:
            # Not chained: the error would quote what the directory said of the person.
            raise NoAddress("the directory keeps no address of this person") from None

    async def _signed_in(self) -> SecretStr:
        async with self._signing_in:
            if self._token is not None and self._token[0] > time.monotonic():
                return self._token[1]
            answer = await self._ask("POST", "/sessions", json=self._credentials)
            if answer.status_code != HTTPStatus.CREATED:
                raise DirectoryAway(f"the directory answers {answer.status_code} to our sign-in")
            try:
                session = _Session.model_validate_json(answer.content)
            except ValidationError as error:
                raise DirectoryAway("the directory answers a sign-in with something else") from error
            self._token = (time.monotonic() + session.expires_in - RENEW_SECONDS, session.access_token)
            return session.access_token

    async def _ask(
        self, method: str, path: str, *, token: SecretStr | None = None, json: dict[str, str] | None = None
    ) -> httpx.Response:
        if self._client is None:
            raise RuntimeError("the address book is closed")
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        try:
            return await self._client.request(method, path, json=json, headers=headers)
        except httpx.HTTPError as error:
            raise DirectoryAway(f"the directory does not answer: {type(error).__name__}") from error
