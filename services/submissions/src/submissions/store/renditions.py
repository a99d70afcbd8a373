"""Which films still have to be made playable, and how far that is, in and out of PostgreSQL."""

from datetime import datetime, timedelta

from sqlalchemy import Update, select, update

from chassis.transaction import Transaction
from submissions.domain.media import Media
from submissions.file_tables import media
from submissions.store.media import media_of


async def claim(tx: Transaction, *, lease: timedelta, attempts: int) -> Media | None:
    """Take the film that has waited longest, for `lease`; whoever else asks meanwhile gets another one."""
    waiting = (
        select(media.c.media_id)
        .where(
            media.c.rendition.in_(("waiting", "making")),
            media.c.state == "ready",
            media.c.render_at <= tx.now,
            media.c.render_attempts < attempts,
        )
        .order_by(media.c.render_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claimed = await tx.connection.execute(
        update(media)
        .where(media.c.media_id == waiting)
        .values(
            rendition="making",
            rendition_percent=0,
            render_attempts=media.c.render_attempts + 1,
            render_at=tx.now + lease,
        )
        .returning(media)
    )
    row = claimed.one_or_none()
    return None if row is None else media_of(row)


async def put_percent(tx: Transaction, claimed: Media, *, percent: int) -> None:
    """Note how far it is."""
    await tx.connection.execute(_held(claimed).values(rendition_percent=percent))


async def put_back(tx: Transaction, claimed: Media, *, error: str, render_at: datetime) -> None:
    """Let a film wait until `render_at` after an attempt that came to nothing."""
    await tx.connection.execute(_held(claimed).values(rendition="waiting", last_error=error, render_at=render_at))


async def put_outcome(tx: Transaction, claimed: Media, *, outcome: str, error: str | None) -> bool:
    """Note what became of it; false when the film was withdrawn or taken by another one meanwhile."""
    changed = await tx.connection.execute(
        _held(claimed).values(
            rendition=outcome,
            rendition_percent=100,
            render_at=None,
            last_error=None if error is None else error[:500],
            shown_type="video/mp4" if outcome == "made" else None,
        )
    )
    return changed.rowcount == 1


async def give_up_exhausted(tx: Transaction, *, attempts: int) -> None:
    """Give up the films whose last attempt was cut off; nobody claims them any more."""
    await tx.connection.execute(
        update(media)
        .where(media.c.rendition == "making", media.c.render_at <= tx.now, media.c.render_attempts >= attempts)
        .values(rendition="failed", render_at=None, last_error="the last attempt was cut off")
    )


def _held(claimed: Media) -> Update:
    # The count of attempts tells this claim from any later one.
    return update(media).where(
        media.c.media_id == claimed.id,
        media.c.state == "ready",
        media.c.rendition == "making",
        media.c.render_attempts == claimed.render_attempts,
    )
