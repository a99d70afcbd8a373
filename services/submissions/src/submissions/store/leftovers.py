"""What the sweep finds of files, in and out of PostgreSQL: uploads nobody completed, bytes nobody wants."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select, update

from chassis.transaction import Transaction
from submissions.domain.media import WITHHOLD_AGAIN_AFTER, Media
from submissions.file_tables import media
from submissions.store.media import MOST_AT_ONCE, media_of


async def abandon_opened_before(tx: Transaction, moment: datetime) -> int:
    """Give up the uploads that were opened before `moment` and never completed; return how many."""
    changed = await tx.connection.execute(
        update(media).where(media.c.state == "uploading", media.c.opened_at < moment).values(state="abandoned")
    )
    return changed.rowcount


async def completing_since_before(tx: Transaction, moment: datetime) -> Sequence[Media]:
    """Return files whose completion began before `moment` and was cut off."""
    rows = await tx.connection.execute(
        select(media).where(media.c.state == "completing", media.c.completing_since < moment).limit(MOST_AT_ONCE)
    )
    return [media_of(row) for row in rows]


async def to_clear(tx: Transaction, *, ready_before: datetime, rejected_before: datetime) -> Sequence[Media]:
    """Return files that still lie in the quarantine and are no longer wanted there."""
    wanted = or_(
        media.c.state == "abandoned",
        and_(media.c.state == "ready", media.c.inspected_at < ready_before),
        and_(media.c.state == "rejected", media.c.inspected_at < rejected_before),
    )
    # The list of states is the predicate of the index `media_to_clear`.
    states = media.c.state.in_(("ready", "rejected", "abandoned"))
    rows = await tx.connection.execute(
        select(media).where(media.c.cleared_at.is_(None), states, wanted).limit(MOST_AT_ONCE)
    )
    return [media_of(row) for row in rows]


async def to_withhold(tx: Transaction) -> Sequence[Media]:
    """Return withdrawn files whose bytes may still lie where a link leads."""
    again = media.c.cleared_at < media.c.withdrawn_at + WITHHOLD_AGAIN_AFTER
    due = or_(media.c.cleared_at.is_(None), and_(again, media.c.withdrawn_at < tx.now - WITHHOLD_AGAIN_AFTER))
    rows = await tx.connection.execute(select(media).where(media.c.state == "withdrawn", due).limit(MOST_AT_ONCE))
    return [media_of(row) for row in rows]
