"""Messages we gave up on: kept, counted, shown, and tried again when a person says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nats.aio.msg import Msg
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.tables import parked_messages
from chassis.transaction import Transaction

if TYPE_CHECKING:
    from chassis.consuming import EventDesk


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked message, as people see it."""

    id: int
    durable: str
    subject: str
    body: bytes
    reason: str
    deliveries: int
    parked_at: datetime


class NoSuchParkedMessage(LookupError):
    """No message is parked under this number."""


async def park(transaction: Transaction, durable: str, message: Msg, *, reason: str) -> None:
    """Keep a message we gave up on."""
    headers = message.headers or {}
    await transaction.connection.execute(
        insert(parked_messages).values(
            durable=durable,
            subject=message.subject,
            body=message.data,
            traceparent=headers.get("traceparent"),
            reason=reason[:2000],
            deliveries=message.metadata.num_delivered,
        )
    )


_SHOWN = [column for column in parked_messages.c if column.name != "traceparent"]


async def all_parked(connection: AsyncConnection) -> Sequence[Parked]:
    """Return what is parked, oldest first."""
    found = await connection.execute(select(*_SHOWN).order_by(parked_messages.c.id))
    return [Parked(**row) for row in found.mappings()]


async def get_parked(connection: AsyncConnection, number: int, *, lock: bool = False) -> Parked:
    """Return one parked message; raise `NoSuchParkedMessage`."""
    query = select(*_SHOWN).where(parked_messages.c.id == number)
    row: Any = (await connection.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    if row is None:
        raise NoSuchParkedMessage(str(number))
    return Parked(**row)


async def replay(desk: "EventDesk", number: int) -> None:
    """Take a parked message in again: its effect and its leaving the parking lot are one transaction.

    Raises what the handler raises, or `Unreadable`; the message then stays parked. Safe to repeat, and safe when the
    event was taken in by another way meanwhile: the inbox knows.
    """
    from chassis.consuming import Letter, Unreadable, read_event, take_in_letters

    async with desk.transactions.begin() as transaction:
        parked = await get_parked(transaction.connection, number, lock=True)
        box = desk.boxes.get(parked.durable)
        if box is None:
            raise Unreadable(f"no durable {parked.durable!r} in this service any more")
        envelope, event = read_event(box, parked.body)
        await take_in_letters(transaction, box, [Letter(envelope.id, event, parked.body)])
        await transaction.connection.execute(delete(parked_messages).where(parked_messages.c.id == number))
