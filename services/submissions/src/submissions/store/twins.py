"""Files of one unit that are the same, byte for byte, in and out of PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from chassis.transaction import Transaction
from submissions.domain.media import LIVE, Media
from submissions.file_tables import media
from submissions.store.media import MOST_SHOWN, media_of
from submissions.tables import obligations


async def of_unit(tx: Transaction, unit_id: str, like: Media) -> Sequence[Media]:
    """Return the files of a unit that have the digest of `like`, oldest first: not refused, not given up."""
    if like.digest is None:
        return []
    rows = await tx.connection.execute(
        _joined().where(_is_like(like, unit_id)).order_by(media.c.opened_at, media.c.media_id).limit(MOST_SHOWN)
    )
    return [media_of(row) for row in rows]


async def take_with(tx: Transaction, unit_id: str, like: Media) -> Sequence[Media]:
    """Return `like` as it stands and the files of its unit that are the same, locked for a change, by id.

    Whoever wants all of them asks again until nothing new comes: one may have been copied while this waited.
    """
    chosen = media.c.media_id == like.id
    rows = await tx.connection.execute(
        _joined()
        .where(chosen if like.digest is None else or_(chosen, _is_like(like, unit_id)))
        .order_by(media.c.media_id)  # so that two who want the same ones do not wait for each other
        .with_for_update(of=media)
    )
    return [media_of(row) for row in rows]


def _joined() -> Select[Any]:
    return select(media).join(obligations, obligations.c.obligation_id == media.c.obligation_id)


def _is_like(like: Media, unit_id: str) -> ColumnElement[bool]:
    return and_(
        media.c.digest == like.digest,
        media.c.part_bytes == like.part_bytes,
        media.c.byte_count == like.byte_count,
        media.c.state.in_(sorted(LIVE)),
        obligations.c.answering_unit_id == unit_id,
    )
