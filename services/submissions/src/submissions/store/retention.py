"""How long files are kept, in and out of PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select, update

from chassis.transaction import Transaction
from submissions.domain.media import Lock, Media
from submissions.file_tables import media
from submissions.store.media import MOST_AT_ONCE, media_of


async def put_held(tx: Transaction, media_id: UUID, *, by: UUID, reason: str) -> None:
    """Note that a file is kept whatever the rule says."""
    await tx.connection.execute(
        update(media)
        .where(media.c.media_id == media_id)
        .values(held_at=tx.now, held_by=by, hold_reason=reason, lock="wanted")
    )


async def put_let_go(tx: Transaction, media_id: UUID) -> None:
    """Note that the rule decides again; a copy that is locked, or about to be, is to be released first."""
    await tx.connection.execute(
        update(media)
        .where(media.c.media_id == media_id)
        .values(
            held_at=None,
            held_by=None,
            hold_reason=None,
            lock=case((media.c.lock.in_(("wanted", "locked", "releasing")), "releasing"), else_=None),
        )
    )


async def ask_anew(tx: Transaction) -> None:
    """Note that the store is to lock what it could not when that was held: it offers it now."""
    await tx.connection.execute(update(media).where(media.c.lock == "not-offered").values(lock="wanted"))


async def put_locked(tx: Transaction, media_id: UUID, *, lock: Lock) -> bool:
    """Note what became of the lock; false when the file was let go meanwhile."""
    changed = await tx.connection.execute(
        update(media).where(media.c.media_id == media_id, media.c.lock == "wanted").values(lock=lock)
    )
    return changed.rowcount == 1


async def put_released(tx: Transaction, media_id: UUID) -> None:
    """Note that no copy is locked any more; when the file was held again meanwhile, that one is to be locked anew."""
    await tx.connection.execute(
        update(media)
        .where(media.c.media_id == media_id, media.c.lock.in_(("releasing", "locked")))
        .values(lock=case((media.c.lock == "locked", "wanted"), else_=None))
    )


async def to_lock(tx: Transaction) -> Sequence[Media]:
    """Return files whose copies are to be locked or released."""
    rows = await tx.connection.execute(
        select(media).where(media.c.lock.in_(("wanted", "releasing"))).order_by(media.c.media_id).limit(MOST_AT_ONCE)
    )
    return [media_of(row) for row in rows]


async def delete_due(tx: Transaction, *, ready_before: datetime, withdrawn_before: datetime) -> None:
    """Say of files that were kept long enough that they are deleted, and by which rule; those that are held, or not
    released yet, stay.
    """
    ready = (media.c.state == "ready") & (media.c.inspected_at < ready_before)
    withdrawn = (media.c.state == "withdrawn") & (media.c.withdrawn_at < withdrawn_before)
    due = (
        select(media.c.media_id)
        .where(media.c.held_at.is_(None), media.c.lock.is_(None), ready | withdrawn)
        .order_by(media.c.media_id)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await tx.connection.execute(
        update(media)
        .where(media.c.media_id.in_(due))
        .values(
            state="deleted",
            version=media.c.version + 1,
            deleted_at=tx.now,
            deletion_rule=case((media.c.state == "ready", "kept-long-enough"), else_="withdrawn"),
            rendition=None,
            render_at=None,
        )
    )


async def unconfirmed(tx: Transaction) -> Sequence[Media]:
    """Return deleted files of which bytes may still lie in the store."""
    rows = await tx.connection.execute(
        select(media)
        .where(media.c.state == "deleted", media.c.deletion_confirmed_at.is_(None))
        .order_by(media.c.deleted_at)
        .limit(MOST_AT_ONCE)
    )
    return [media_of(row) for row in rows]


async def put_confirmed(tx: Transaction, media_id: UUID) -> None:
    """Note that the store holds nothing of a file any more."""
    await tx.connection.execute(
        update(media).where(media.c.media_id == media_id).values(deletion_confirmed_at=tx.now, cleared_at=tx.now)
    )
