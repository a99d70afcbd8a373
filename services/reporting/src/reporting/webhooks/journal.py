"""What came of each event that was sent to a subscriber: written by the courier, shown to who subscribed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.transaction import Transaction
from reporting.feed.tables import feed
from reporting.webhooks.domain import Outcome, Plan, Subscription
from reporting.webhooks.tables import deliveries, held_deliveries

KEPT = 500
"""Of each subscription, those that were tried last."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one event, by its last try."""

    position: int
    subject: str
    event_id: UUID | None
    """Null: the feed does not have it any more."""
    state: Literal["delivered", "waiting", "failed"]
    """`waiting`: it is tried again at `next_attempt_at`; `failed`: not as things stand."""
    tries: int
    tried_at: datetime
    status: int | None
    said: str
    answered: str
    next_attempt_at: datetime | None


_INSERT = insert(deliveries)
_WRITE = _INSERT.on_conflict_do_update(
    index_elements=["subscription_id", "position"],
    set_={
        "tries": deliveries.c.tries + 1,
        **{name: _INSERT.excluded[name] for name in ("tried_at", "status", "said", "answered")},
    },
)
_OLD = (
    select(deliveries.c.position)
    .where(deliveries.c.subscription_id == bindparam("its_id"))
    .order_by(deliveries.c.tried_at.desc(), deliveries.c.position.desc())
    .offset(KEPT)
)
_FORGET = delete(deliveries).where(deliveries.c.subscription_id == bindparam("its_id"), deliveries.c.position.in_(_OLD))
_READ = (
    select(*deliveries.c, feed.c.event_id, held_deliveries.c.next_attempt_at)
    .outerjoin_from(deliveries, feed, feed.c.position == deliveries.c.position)
    .outerjoin(
        held_deliveries,
        and_(
            held_deliveries.c.subscription_id == deliveries.c.subscription_id,
            held_deliveries.c.position == deliveries.c.position,
        ),
    )
    .where(deliveries.c.subscription_id == bindparam("its_id"))
    .order_by(deliveries.c.tried_at.desc(), deliveries.c.position.desc())
    .limit(bindparam("most"))
)


async def note(tx: Transaction, subscription_id: UUID, sent: Plan, outcomes: Mapping[int, Outcome]) -> None:
    """Write down what came of what was sent; the oldest is forgotten."""
    rows = [
        {
            "subscription_id": subscription_id,
            "position": due.position,
            "subject": due.subject,
            "tries": 1,
            "tried_at": tx.now,
            "status": outcomes[due.position].status,
            "said": outcomes[due.position].said,
            "answered": outcomes[due.position].answered,
        }
        for lane in sent.lanes
        for due in lane
        if due.position in outcomes
    ]
    if rows:
        await tx.connection.execute(_WRITE, rows)
        await tx.connection.execute(_FORGET, {"its_id": subscription_id})


async def newest(tx: Transaction, subscription: Subscription, *, most: int) -> list[Delivery]:
    """Return what came of the events that were sent last, the last first."""
    found = await tx.connection.execute(_READ, {"its_id": subscription.subscription_id, "most": most})
    return [_delivery(row, subscription) for row in found.mappings()]


def _delivery(row: Mapping[Any, Any], subscription: Subscription) -> Delivery:
    is_delivered = Outcome(row["status"], row["said"]).is_delivered
    # What is held has a time of its own; while a target takes nothing at all, everything waits for the next look at it.
    held = row["next_attempt_at"] or (subscription.next_attempt_at if row["position"] > subscription.position else None)
    is_waiting = not is_delivered and held is not None and subscription.state == "active"
    return Delivery(
        position=row["position"],
        subject=row["subject"],
        event_id=row["event_id"],
        state="delivered" if is_delivered else "waiting" if is_waiting else "failed",
        tries=row["tries"],
        tried_at=row["tried_at"],
        status=row["status"],
        said=row["said"],
        answered=row["answered"],
        next_attempt_at=held if is_waiting else None,
    )
