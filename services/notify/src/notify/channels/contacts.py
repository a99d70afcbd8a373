"""Where letters to a person go: asked of the directory, kept in memory for some minutes, never stored."""

import asyncio
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
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

    person_id: UUID
    email: str = ""


class _Contacts(BaseModel):
    model_config = ConfigDict(extra="ignore")

    contacts: list[_Contact]


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

    async def addresses_of(self, person_ids: Collection[UUID]) -> dict[UUID, str | Exception]:
        """Return where letters to each go, or `NoAddress`, `PersonUnknown` or `DirectoryAway` in its place."""
        now = time.monotonic()
        kept = {each: self._kept[each] for each in person_ids if each in self._kept}
        found: dict[UUID, str | Exception] = {each: address for each, (until, address) in kept.items() if until > now}
        missing = sorted(set(person_ids) - found.keys())
        if not missing:
            return found
        try:
            looked_up = await self._look_up(missing)
        except DirectoryAway as error:
            # Those we know still are told.
            return found | dict.fromkeys(missing, error)
        for person_id in missing:
            found[person_id] = self._keep(person_id, looked_up.get(person_id))
        return found

    def _keep(self, person_id: UUID, address: str | None) -> str | Exception:
        if address is None:
            return PersonUnknown("the directory shows us no such person")
        if not address:
            return NoAddress("the directory keeps no address of this person")
        self._kept[person_id] = (time.monotonic() + self._kept_seconds, address)
        self._kept.move_to_end(person_id)
        if len(self._kept) > KEPT_ADDRESSES:
            self._kept.popitem(last=False)
        return address

    async def _look_up(self, person_ids: Sequence[UUID]) -> dict[UUID, str]:
        asked = {"person_ids": [str(each) for each in person_ids]}
        token = await self._signed_in()
        answer = await self._ask("/people/contacts", asked, token=token)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:  # the directory has changed its key since
            if self._token is not None and self._token[1] is token:  # others who asked with it may have signed in anew
                self._token = None
            answer = await self._ask("/people/contacts", asked, token=await self._signed_in())
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return {}
        if answer.status_code != HTTPStatus.OK:
            raise DirectoryAway(f"the directory answers {answer.status_code} to a question for addresses")
        try:
            return {each.person_id: each.email for each in _Contacts.model_validate_json(answer.content).contacts}
        except ValidationError:
            # Not chained: the error would quote what the directory said of people.
            raise DirectoryAway("the directory answers a question for addresses with something else") from None

    async def _signed_in(self) -> SecretStr:
        async with self._signing_in:
            if self._token is not None and self._token[0] > time.monotonic():
                return self._token[1]
            answer = await self._ask("/sessions", self._credentials)
            if answer.status_code != HTTPStatus.CREATED:
                raise DirectoryAway(f"the directory answers {answer.status_code} to our sign-in")
            try:
                session = _Session.model_validate_json(answer.content)
            except ValidationError as error:
                raise DirectoryAway("the directory answers a sign-in with something else") from error
            self._token = (time.monotonic() + session.expires_in - RENEW_SECONDS, session.access_token)
            return session.access_token

    async def _ask(self, path: str, asked: Mapping[str, object], *, token: SecretStr | None = None) -> httpx.Response:
        if self._client is None:
            raise RuntimeError("the address book is closed")
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        try:
            return await self._client.post(path, json=asked, headers=headers)
        except httpx.HTTPError as error:
            raise DirectoryAway(f"the directory does not answer: {type(error).__name__}") from error
