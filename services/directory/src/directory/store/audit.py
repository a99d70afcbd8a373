"""The audit records, in and out of PostgreSQL. There is no way to change one."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Text, bindparam, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.caller import Caller
from chassis.transaction import Transaction, new_id
from directory.access_tables import audit_chain, audit_head, audit_records
from directory.domain.audit import Action, AuditRecord, Head, Link, written
from directory.visiting import client_address

_RECORD = [
    audit_records.c.record_id,
    audit_records.c.recorded_at,
    audit_records.c.action,
    audit_records.c.by,
    audit_records.c.about,
    audit_records.c.client,
    audit_records.c.details,
]
_INSERT = insert(audit_records)
_IS_RECENT = select(
    exists().where(
        audit_records.c.about == bindparam("about", type_=Text),
        audit_records.c.action == bindparam("action", type_=Text),
        audit_records.c.recorded_at > bindparam("since", type_=DateTime(timezone=True)),
    )
)
_AFTER = bindparam("after", type_=BigInteger)
_LINKS = (
    select(audit_chain.c.position, audit_chain.c.hash, *_RECORD)
    .select_from(audit_chain.outerjoin(audit_records, audit_chain.c.record_id == audit_records.c.record_id))
    .where(audit_chain.c.position > _AFTER)
    .order_by(audit_chain.c.position)
)
_HEAD = select(audit_head.c.count.label("links"), audit_head.c.hash)
_UNCHAINED = (
    select(func.count())
    .select_from(audit_records)
    .where(~exists().where(audit_chain.c.record_id == audit_records.c.record_id))
)


async def record(tx: Transaction, action: Action, *, by: Caller | UUID | None, about: str, **details: Any) -> None:
    """Record what this transaction does; it is chained when the transaction commits, and gone when it does not.

    `by` is who does it (null: nobody who has signed in), `about` the id of the person or unit it is done to.
    May be called at any time: the chain is taken only during the commit, so nobody waits for a long transaction.
    """
    said = AuditRecord(
        record_id=new_id(),
        recorded_at=tx.now,
        action=action,
        by=by.id if isinstance(by, Caller) else by,
        about=about,
        client=client_address.get(),
        details=written(details),
    )
    row = {column.name: getattr(said, column.name) for column in _RECORD}
    await tx.connection.execute(_INSERT, {**row, "digest": said.digest()})


async def was_recorded(connection: AsyncConnection, action: Action, *, about: str, since: datetime) -> bool:
    """Say whether this has been recorded of somebody after `since`."""
    found = await connection.execute(_IS_RECENT, {"about": about, "action": action, "since": since})
    return bool(found.scalar_one())


async def links(connection: AsyncConnection, *, after: int = 0, at_most: int | None = None) -> AsyncIterator[Link]:
    """Yield the chain in its order, a few rows at a time in memory."""
    async with connection.stream(_LINKS.limit(at_most), {"after": after}) as rows:
        async for row in rows:
            said = None if row.record_id is None else AuditRecord(*row[2:])
            yield Link(row.position, row.hash, said)


async def find_head(connection: AsyncConnection) -> Head | None:
    """Return how the chain ends, or null when nothing was ever recorded."""
    row = (await connection.execute(_HEAD)).one_or_none()
    return None if row is None else Head(row.links, row.hash)


async def unchained(connection: AsyncConnection) -> int:
    """Count the records that are in no chain: nothing of ours writes such."""
    return int((await connection.execute(_UNCHAINED)).scalar_one())
