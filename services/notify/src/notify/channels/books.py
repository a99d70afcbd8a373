"""Where letters go that do not go by e-mail: what people have told us themselves."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from chassis.transaction import Transactions
from notify.channels.choosing import Channel, Choice
from notify.channels.port import NoAddress
from notify.store import preferences


@dataclass(frozen=True, slots=True)
class ChosenAddresses:
    """Addresses people have given with their choice of channels."""

    transactions: Transactions
    channel: Channel

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["ChosenAddresses"]:
        """Need nothing."""
        yield self

    async def addresses_of(self, person_ids: Collection[UUID]) -> dict[UUID, str | Exception]:
        """Return a telephone number or a URL for each, or `NoAddress` in its place."""
        async with self.transactions.begin() as tx:
            chosen = await preferences.find_all(tx.connection, person_ids)
        return {each: self._address(chosen.get(each)) for each in person_ids}

    def _address(self, choice: Choice | None) -> str | Exception:
        address = None
        if choice is not None:
            address = choice.webhook_url if self.channel is Channel.WEBHOOK else choice.phone
        return NoAddress(f"no address for {self.channel}") if address is None else address

    async def secret_of(self, person_id: UUID) -> str | None:
        """Return what letters to a person's webhook are signed with."""
        async with self.transactions.begin() as tx:
            return await preferences.secret_of(tx.connection, person_id)
