"""Subscriptions and what is held for them, in and out of PostgreSQL."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Row, Uuid, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from chassis.transaction import Transaction
from reporting.feed.store import ring
from reporting.feed.tables import feed
from reporting.webhooks.domain import Due, Held, Settlement, Subscription
from reporting.webhooks.tables import held_deliveries, subscriptions

ACTIVE = "SELECT subscription_id FROM subscriptions WHERE state = 'active'"
"""Whoever is to be told; for the driver, on the line that holds the courier's lock."""
_HAS_ACTIVE = text(f"SELECT EXISTS ({ACTIVE})")
OWNERS_LOCK = 0x5B5C
"""With the owner's id, the advisory lock of whoever adds to an owner's subscriptions."""


async def has_active(tx: Transaction) -> bool:
    """Say whether anybody is to be told."""
    return bool((await tx.connection.execute(_HAS_ACTIVE)).scalar())


async def put_subscription(tx: Transaction, subscription: Subscription) -> None:
    """Write a new subscription."""
    await tx.connection.execute(insert(subscriptions).values(**asdict(subscription)))
    await ring(tx)


async def take_subscription(tx: Transaction, subscription_id: UUID) -> Subscription | None:
    """Return a subscription and lock it; null when there is none."""
    query = select(subscriptions).where(subscriptions.c.subscription_id == subscription_id).with_for_update()
    row = (await tx.connection.execute(query)).one_or_none()
    return None if row is None else _subscription(row)


_FIND = select(subscriptions).where(subscriptions.c.subscription_id == bindparam("subscription_id", type_=Uuid))


async def find_subscription(tx: Transaction, subscription_id: UUID) -> Subscription | None:
    """Return a subscription; null when there is none."""
    row = (await tx.connection.execute(_FIND, {"subscription_id": subscription_id})).one_or_none()
    return None if row is None else _subscription(row)


async def subscriptions_of(tx: Transaction, owner_id: UUID | None) -> list[Subscription]:
    """Return the subscriptions of an owner, or all, oldest first."""
    query = select(subscriptions).order_by(subscriptions.c.created_at, subscriptions.c.subscription_id)
    if owner_id is not None:
        query = query.where(subscriptions.c.owner_id == owner_id)
    return [_subscription(row) for row in await tx.connection.execute(query)]


async def take_owner(tx: Transaction, owner_id: UUID) -> None:
    """Be the only one who adds to the subscriptions of an owner, until the transaction ends."""
    lock = text("SELECT pg_advisory_xact_lock(:ours, hashtext(:owner))")
    await tx.connection.execute(lock, {"ours": OWNERS_LOCK, "owner": str(owner_id)})


async def change_subscription(tx: Transaction, changed: Subscription) -> None:
    """Write a subscription that was taken, in a new epoch: what a courier is finding out about the former one is void.

    Whoever delivers is woken.
    """
    values = asdict(changed) | {"epoch": subscriptions.c.epoch + 1}
    query = update(subscriptions).where(subscriptions.c.subscription_id == changed.subscription_id)
    await tx.connection.execute(query.values(**values))
    await ring(tx)


async def drop_subscription(tx: Transaction, subscription_id: UUID) -> None:
    """Forget a subscription and what is held for it."""
    await tx.connection.execute(delete(subscriptions).where(subscriptions.c.subscription_id == subscription_id))


_SETTLE = (
    update(subscriptions)
    .where(
        subscriptions.c.subscription_id == bindparam("its_id", type_=Uuid),
        subscriptions.c.epoch == bindparam("its_epoch"),
        subscriptions.c.position == bindparam("its_position", type_=BigInteger),
        subscriptions.c.state == "active",
    )
    .values(
        position=bindparam("to_position", type_=BigInteger),
        failures=bindparam("to_failures"),
        failing_since=bindparam("to_failing_since", type_=subscriptions.c.failing_since.type),
        next_attempt_at=bindparam("to_next_attempt_at", type_=subscriptions.c.next_attempt_at.type),
        last_outcome=bindparam("to_last_outcome"),
        state=bindparam("to_state"),
    )
)


async def settle_subscription(tx: Transaction, before: Subscription, settled: Settlement) -> bool:
    """Write what became of a wave, unless the subscription is no longer what it was when the wave began."""
    found = await tx.connection.execute(
        _SETTLE,
        {
            "its_id": before.subscription_id,
            "its_epoch": before.epoch,
            "its_position": before.position,
            "to_position": settled.position,
            "to_failures": settled.failures,
            "to_failing_since": settled.failing_since,
            "to_next_attempt_at": settled.next_attempt_at,
            "to_last_outcome": settled.last_outcome,
            "to_state": "active" if settled.switch_off is None else "switched_off",
        },
    )
    return found.rowcount == 1


_HELD = (
    select(held_deliveries)
    .where(held_deliveries.c.subscription_id == bindparam("subscription_id", type_=Uuid))
    .order_by(held_deliveries.c.position)
)


async def held_of(tx: Transaction, subscription_id: UUID) -> list[Held]:
    """Return everything that is held for a subscription, in order."""
    rows = await tx.connection.execute(_HELD, {"subscription_id": subscription_id})
    return [Held(row.position, row.subject, row.failures, row.next_attempt_at, row.failing_since) for row in rows]


async def count_held(tx: Transaction, subscription_id: UUID) -> int:
    """Return how many events are held for a subscription."""
    query = select(func.count()).where(held_deliveries.c.subscription_id == subscription_id)
    return int((await tx.connection.execute(query)).scalar_one())


_UPSERT = upsert(held_deliveries)
_PUT_HELD = _UPSERT.on_conflict_do_update(
    index_elements=["subscription_id", "position"],
    set_={name: _UPSERT.excluded[name] for name in ("failures", "next_attempt_at", "failing_since")},
)


async def put_held(tx: Transaction, subscription_id: UUID, held: Sequence[Held]) -> None:
    """Write what is held."""
    if held:
        await tx.connection.execute(_PUT_HELD, [asdict(each) | {"subscription_id": subscription_id} for each in held])


async def release(tx: Transaction, subscription_id: UUID, positions: Sequence[int] | None = None) -> None:
    """Hold these positions no more; or none at all."""
    query = delete(held_deliveries).where(held_deliveries.c.subscription_id == subscription_id)
    if positions is not None:
        query = query.where(
            held_deliveries.c.position == func.any(bindparam("some", list(positions), ARRAY(BigInteger)))
        )
    await tx.connection.execute(query)


async def retry_now(tx: Transaction, subscription_id: UUID, now: datetime) -> None:
    """Let what is held be tried again at once, as if it had never failed."""
    query = update(held_deliveries).where(held_deliveries.c.subscription_id == subscription_id)
    await tx.connection.execute(query.values(failures=0, next_attempt_at=now, failing_since=now))


_FRESH = (
    select(feed.c.position, feed.c.subject)
    .where(feed.c.position > bindparam("after", type_=BigInteger))
    .order_by(feed.c.position)
    .limit(bindparam("limit"))
)
_BODIES = select(feed.c.position, feed.c.event_id, feed.c.body).where(
    feed.c.position == func.any(bindparam("positions", type_=ARRAY(BigInteger)))
)


async def due_after(tx: Transaction, position: int, *, limit: int) -> list[Due]:
    """Return what the feed has behind a position, without its bodies."""
    rows = await tx.connection.execute(_FRESH, {"after": position, "limit": limit})
    return [Due(row.position, row.subject) for row in rows]


async def bodies_of(tx: Transaction, positions: Sequence[int]) -> dict[int, tuple[UUID, bytes]]:
    """Return id and envelope of the events at these positions."""
    rows = await tx.connection.execute(_BODIES, {"positions": list(positions)})
    return {row.position: (row.event_id, bytes(row.body)) for row in rows}


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(**row._mapping)  # noqa: SLF001  the documented way to a row as a mapping
