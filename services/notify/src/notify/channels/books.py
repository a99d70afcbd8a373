"""Where letters go that do not go by e-mail: what people have told us themselves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from chassis.transaction import Transactions
from notify.channels.choosing import Channel
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

    async def address_of(self, person_id: UUID) -> str:
        """Return a telephone number or a URL; raise `NoAddress`."""
        async with self.transactions.begin() as tx:
            choice = await preferences.find(tx.connection, person_id)
        address = None
        if choice is not None:
            address = choice.webhook_url if self.channel is Channel.WEBHOOK else choice.phone
        if address is None:
            raise NoAddress(f"no address for {self.channel}")
        return address

    async def secret_of(self, person_id: UUID) -> str | None:
        """Return what letters to a person's webhook are signed with."""
        async with self.transactions.begin() as tx:
            return await preferences.secret_of(tx.connection, person_id)
