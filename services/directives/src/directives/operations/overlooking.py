"""Looking over the directives of an issuer."""

from uuid import UUID

from chassis.caller import Caller
from chassis.transaction import Transaction
from directives import store
from directives.operations.access import not_allowed, writes_for
from directives.store.overview import Glance


async def directives_of(
    tx: Transaction, *, issuer_unit_id: str, before: UUID | None, most: int, by: Caller
) -> list[Glance]:
    """Return the directives a unit issues, owns or reviews, newest first, drafts too, to whoever writes for it."""
    if not writes_for(by, issuer_unit_id):
        raise not_allowed()
    return await store.overview.of_desk(tx.connection, issuer_unit_id, before=before, most=most, now=tx.now)
