"""Files of one unit that are the same, byte for byte, in and out of PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from chassis.transaction import Transaction
from submissions.domain.media import LIVE, Media
from submissions.file_tables import media
from submissions.store.media import MOST_SHOWN, media_of
from submissions.tables import obligations

_IS_LIKE = and_(
    media.c.digest == bindparam("digest"),
    media.c.part_bytes == bindparam("part_bytes"),
    media.c.byte_count == bindparam("byte_count"),
    media.c.state.in_(sorted(LIVE)),
    # No join: who waits for a row that is carried to another obligation meanwhile would not see it any more.
    media.c.obligation_id.in_(
        select(obligations.c.obligation_id).where(obligations.c.answering_unit_id == bindparam("unit_id"))
    ),
)
_OF_UNIT = select(media).where(_IS_LIKE).order_by(media.c.opened_at, media.c.media_id).limit(MOST_SHOWN)
_TAKE_WITH = (
    select(media)
    .where(or_(media.c.media_id == bindparam("media_id"), _IS_LIKE))
    .order_by(media.c.media_id)  # so that two who want the same ones do not wait for each other
    .with_for_update()
)


async def of_unit(tx: Transaction, unit_id: str, like: Media) -> Sequence[Media]:
    """Return the files of a unit that have the digest of `like`, oldest first: not refused, not given up."""
    if like.digest is None:
        return []
    return [media_of(row) for row in await tx.connection.execute(_OF_UNIT, _said(unit_id, like))]


async def take_with(tx: Transaction, unit_id: str, like: Media) -> Sequence[Media]:
    """Return `like` as it stands and the files of its unit that are the same, locked for a change, by id.

    Whoever wants all of them asks again until nothing new comes: one may have been copied while this waited.
    """
    said = _said(unit_id, like) | {"media_id": like.id}
    return [media_of(row) for row in await tx.connection.execute(_TAKE_WITH, said)]


def _said(unit_id: str, like: Media) -> dict[str, Any]:
    # A file without a digest is like no other: nothing equals null.
    return {
        "digest": like.digest,
        "part_bytes": like.part_bytes,
        "byte_count": like.byte_count,
        "unit_id": unit_id,
    }
