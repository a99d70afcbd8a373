"""Files and where they stand, in and out of PostgreSQL. The row is the truth, the object its payload."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Update, Uuid, any_, bindparam, func, insert, select, update

from chassis.parts import StatedPart
from chassis.strokes import Stroke, Strokes
from chassis.transaction import Transaction
from submissions.domain.asked import Obligation
from submissions.domain.evidence import SentFile
from submissions.domain.media import LIVE, ON_THE_WAY, Media, MediaState
from submissions.file_tables import media
from submissions.store.asked import OBLIGATION_COLUMNS, get_obligation, obligation_of
from submissions.tables import obligations

MOST_AT_ONCE = 200
"""What one round of the sweep takes on; the next one takes more."""
MOST_SHOWN = 1000
"""An obligation asks for some files; nobody reads a longer list."""

_FIND = select(media).where(media.c.media_id == bindparam("wanted"))
_TAKE = _FIND.with_for_update()
_OWED = [column for column in OBLIGATION_COLUMNS if column.name != "obligation_id"]
_FIND_OWED = _FIND.add_columns(*_OWED).join(obligations, obligations.c.obligation_id == media.c.obligation_id)
_TAKE_OWED = _FIND_OWED.with_for_update(of=media)
_SENT_OF = Stroke(
    select(*media.c["media_id", "state", "format", "byte_count", "duration_ms"]).where(
        media.c.media_id == any_(bindparam("wanted", type_=ARRAY(Uuid))),
        media.c.obligation_id == bindparam("obligation_id"),
    )
)
_TAKEN_OF = (
    select(
        func.coalesce(func.sum(media.c.byte_count), 0),
        func.count().filter(media.c.obligation_id == bindparam("obligation_id"), media.c.state.in_(sorted(ON_THE_WAY))),
    )
    .join(obligations, obligations.c.obligation_id == media.c.obligation_id)
    .where(obligations.c.answering_unit_id == bindparam("unit_id"), media.c.state.in_(sorted(LIVE)))
)


async def put_new(tx: Transaction, new: Media) -> None:
    """Write a file whose upload has just been opened, or that was copied from one the unit had sent before."""
    await tx.connection.execute(
        insert(media).values(
            media_id=new.id,
            obligation_id=new.obligation_id,
            uploaded_by=new.uploaded_by,
            file_name=new.file_name,
            content_type=new.content_type,
            byte_count=new.byte_count,
            part_bytes=new.part_bytes,
            store_upload_id=new.store_upload_id,
            state=new.state,
            version=new.version,
            opened_at=new.opened_at,
            digest=new.digest,
            part_digests=None if new.part_digests is None else list(new.part_digests),
            etag=new.etag,
            received_at=new.received_at,
            look_at=new.received_at,
        )
    )


async def find(tx: Transaction, media_id: UUID) -> Media | None:
    """Return a file, or null."""
    row = (await tx.connection.execute(_FIND, {"wanted": media_id})).one_or_none()
    return None if row is None else media_of(row)


async def states_in(tx: Transaction, media_ids: Collection[UUID], *, obligation_id: UUID) -> dict[UUID, MediaState]:
    """Return where those of the named files stand that belong to an obligation."""
    query = select(media.c.media_id, media.c.state).where(
        media.c.media_id.in_(media_ids), media.c.obligation_id == obligation_id
    )
    return {row.media_id: row.state for row in await tx.connection.execute(query)}


async def take(tx: Transaction, media_id: UUID) -> Media | None:
    """Return a file, locked for a change, or null."""
    row = (await tx.connection.execute(_TAKE, {"wanted": media_id})).one_or_none()
    return None if row is None else media_of(row)


async def find_owed(tx: Transaction, media_id: UUID) -> tuple[Media, Obligation] | None:
    """Return a file with the obligation it was sent for, or null."""
    row = (await tx.connection.execute(_FIND_OWED, {"wanted": media_id})).one_or_none()
    return None if row is None else (media_of(row), obligation_of(row._mapping))  # noqa: SLF001  public in all but name


async def take_owed(tx: Transaction, media_id: UUID) -> tuple[Media, Obligation] | None:
    """Return a file, locked for a change, with the obligation it was sent for, or null."""
    row = (await tx.connection.execute(_TAKE_OWED, {"wanted": media_id})).one_or_none()
    if row is not None:
        return media_of(row), obligation_of(row._mapping)  # noqa: SLF001  public in all but name
    # There is none; or it was carried to another obligation while this waited, and the two do not belong together.
    taken = await take(tx, media_id)
    return None if taken is None else (taken, await get_obligation(tx, taken.obligation_id))


async def get_taken_owed(tx: Transaction, media_id: UUID) -> tuple[Media, Obligation]:
    """Return a file that exists, locked for a change, with the obligation it was sent for."""
    taken = await take_owed(tx, media_id)
    if taken is None:
        raise LookupError(f"no file {media_id}")
    return taken


async def all_of(tx: Transaction, media_ids: Collection[UUID]) -> dict[UUID, Media]:
    """Return those of the named files that exist, by id."""
    rows = await tx.connection.execute(select(media).where(media.c.media_id.in_(media_ids)))
    return {row.media_id: media_of(row) for row in rows}


async def sent_of(strokes: Strokes, media_ids: Collection[UUID], *, obligation_id: UUID) -> dict[UUID, SentFile]:
    """Return what is known of those files that belong to an obligation; of others nothing."""
    rows = await strokes.rows(_SENT_OF, wanted=media_ids, obligation_id=obligation_id)
    return {
        row["media_id"]: SentFile(row["state"], row["format"], row["byte_count"], row["duration_ms"]) for row in rows
    }


async def of_obligation(tx: Transaction, obligation_id: UUID) -> Sequence[Media]:
    """Return the files of an obligation, given-up uploads left out, oldest first."""
    rows = await tx.connection.execute(
        select(media)
        .where(media.c.obligation_id == obligation_id, media.c.state != "abandoned")
        .order_by(media.c.opened_at, media.c.media_id)
        .limit(MOST_SHOWN)
    )
    return [media_of(row) for row in rows]


async def take_ready_of(tx: Transaction, obligation_id: UUID) -> Sequence[Media]:
    """Return the files of an obligation that passed, oldest first, none of which is withdrawn before this is over."""
    rows = await tx.connection.execute(
        select(media)
        .where(media.c.obligation_id == obligation_id, media.c.state == "ready")
        .order_by(media.c.media_id)
        .limit(MOST_SHOWN)
        .with_for_update(read=True)
    )
    return [media_of(row) for row in rows]


async def of_directive(tx: Transaction, directive_id: UUID) -> Sequence[Media]:
    """Return the files sent for a directive that passed their inspection, by unit, as they came in."""
    rows = await tx.connection.execute(
        select(media)
        .join(obligations, obligations.c.obligation_id == media.c.obligation_id)
        .where(obligations.c.directive_id == directive_id, media.c.state == "ready")
        .order_by(obligations.c.unit_id, media.c.opened_at, media.c.media_id)
    )
    return [media_of(row) for row in rows]


async def all_after(tx: Transaction, media_id: UUID | None, *, limit: int) -> Sequence[Media]:
    """Return the files that come after one of them by id, in that order; from the first without."""
    chosen = select(media).order_by(media.c.media_id).limit(limit)
    rows = await tx.connection.execute(chosen if media_id is None else chosen.where(media.c.media_id > media_id))
    return [media_of(row) for row in rows]


async def put_crc32(tx: Transaction, media_id: UUID, crc32: int) -> None:
    """Note the checksum of a file that was just read whole."""
    await tx.connection.execute(update(media).where(media.c.media_id == media_id).values(crc32=crc32))


async def taken_of(tx: Transaction, unit_id: str, obligation_id: UUID) -> tuple[int, int]:
    """Return how many bytes the files of a unit take, those on their way as they will, and how many uploads are under
    way for the obligation, which is one of its own.
    """
    byte_count, on_the_way = (
        await tx.connection.execute(_TAKEN_OF, {"unit_id": unit_id, "obligation_id": obligation_id})
    ).one()
    return int(byte_count), int(on_the_way)


# On the way.


async def put_completing(tx: Transaction, media_id: UUID, stated: Sequence[StatedPart]) -> None:
    """Note that the parts are being joined, and which: so another may finish what this process begins."""
    await tx.connection.execute(
        _change(media_id, *ON_THE_WAY).values(
            state="completing",
            completing_since=tx.now,
            stated_parts=[[part.number, part.etag] for part in stated],
        )
    )


async def put_uploading_again(tx: Transaction, media_id: UUID) -> None:
    """Let parts be sent again; does nothing when somebody else completed the upload meanwhile."""
    await tx.connection.execute(_change(media_id, "completing").values(state="uploading"))


async def put_abandoned(tx: Transaction, media_id: UUID) -> None:
    """Give up an upload that the store has lost; does nothing when somebody else completed it meanwhile."""
    await tx.connection.execute(_change(media_id, *ON_THE_WAY).values(state="abandoned"))


async def put_received(tx: Transaction, media_id: UUID, *, etag: str, version: int) -> None:
    """Note that the store holds the file whole; the inspector may take it from now on."""
    await tx.connection.execute(
        _change(media_id, *ON_THE_WAY).values(
            state="received", etag=etag, version=version, received_at=tx.now, look_at=tx.now
        )
    )


# Inspection.


async def claim(tx: Transaction, *, lease: timedelta, attempts: int) -> Media | None:
    """Take the file that has waited longest, for `lease`; whoever else asks meanwhile gets another one.

    A file whose lease has run out waits again: its inspector died. One that was tried `attempts` times is left alone.
    """
    waiting = (
        select(media.c.media_id)
        .where(media.c.state.in_(("received", "inspecting")), media.c.look_at <= tx.now, media.c.attempts < attempts)
        .order_by(media.c.look_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claimed = await tx.connection.execute(
        update(media)
        .where(media.c.media_id == waiting)
        .values(state="inspecting", attempts=media.c.attempts + 1, look_at=tx.now + lease)
        .returning(media)
    )
    row = claimed.one_or_none()
    return None if row is None else media_of(row)


async def put_ready(tx: Transaction, claimed: Media, **found: Any) -> bool:
    """Note that a file passed and what it is; false when the claim ran out and somebody else has the file."""
    return await _put_outcome(tx, claimed, state="ready", **found)


async def put_rejected(
    tx: Transaction, claimed: Media, *, version: int, refusal: str, measured: int | None, allowed: int | None
) -> bool:
    """Note that a file was refused, and why; false when the claim ran out and somebody else has the file."""
    return await _put_outcome(
        tx, claimed, state="rejected", version=version, refusal=refusal, measured=measured, allowed=allowed
    )


async def _put_outcome(tx: Transaction, claimed: Media, **outcome: Any) -> bool:
    changed = await tx.connection.execute(
        _held(claimed).values(inspected_at=tx.now, look_at=None, last_error=None, **outcome)
    )
    return changed.rowcount == 1


async def put_back(tx: Transaction, claimed: Media, *, error: str, look_at: datetime) -> None:
    """Let a file wait until `look_at` after an inspection without a verdict."""
    await tx.connection.execute(_held(claimed).values(state="received", last_error=error, look_at=look_at))


async def put_back_exhausted(tx: Transaction, *, attempts: int) -> None:
    """Put back the files whose last attempt was cut off; nobody claims them any more."""
    await tx.connection.execute(
        update(media)
        .where(media.c.state == "inspecting", media.c.look_at <= tx.now, media.c.attempts >= attempts)
        .values(state="received", last_error="the last inspection was cut off")
    )


async def count_given_up(tx: Transaction, *, attempts: int) -> int:
    """Return how many files wait for a person, because no inspection came to a verdict."""
    counted = await tx.connection.execute(
        select(func.count()).select_from(media).where(media.c.state == "received", media.c.attempts >= attempts)
    )
    return counted.scalar_one()


async def put_withdrawn(tx: Transaction, media_id: UUID, *, version: int, by: UUID, reason: str) -> None:
    """Note that a file is withdrawn: nobody is shown it, and nobody goes on with it, from now on."""
    await tx.connection.execute(
        update(media)
        .where(media.c.media_id == media_id)
        .values(
            state="withdrawn",
            version=version,
            withdrawn_at=tx.now,
            withdrawn_by=by,
            withdrawal_reason=reason,
            look_at=None,
            rendition=None,
            render_at=None,
            cleared_at=None,
        )
    )


async def put_cleared(tx: Transaction, media_id: UUID) -> None:
    """Note that nothing of a file lies in the quarantine any more."""
    await tx.connection.execute(update(media).where(media.c.media_id == media_id).values(cleared_at=tx.now))


def _change(media_id: UUID, *states: MediaState) -> Update:
    return update(media).where(media.c.media_id == media_id, media.c.state.in_(states))


def _held(claimed: Media) -> Update:
    # The count of attempts tells this claim from any later one.
    return update(media).where(
        media.c.media_id == claimed.id, media.c.state == "inspecting", media.c.attempts == claimed.attempts
    )


def media_of(row: Row[*tuple[Any, ...]]) -> Media:
    """Return the file a row speaks of."""
    stated = row.stated_parts
    return Media(
        id=row.media_id,
        obligation_id=row.obligation_id,
        uploaded_by=row.uploaded_by,
        file_name=row.file_name,
        content_type=row.content_type,
        byte_count=row.byte_count,
        part_bytes=row.part_bytes,
        store_upload_id=row.store_upload_id,
        state=row.state,
        version=row.version,
        opened_at=row.opened_at,
        digest=row.digest,
        part_digests=None if row.part_digests is None else tuple(row.part_digests),
        stated_parts=None if stated is None else [StatedPart(number, etag) for number, etag in stated],
        etag=row.etag,
        received_at=row.received_at,
        inspected_at=row.inspected_at,
        attempts=row.attempts,
        last_error=row.last_error,
        duration_ms=row.duration_ms,
        width=row.width,
        height=row.height,
        format=row.format,
        page_count=row.page_count,
        scan=row.scan,
        looks_like_pupils=row.looks_like_pupils,
        has_poster=row.has_poster,
        has_thumbnail=row.has_thumbnail,
        sha256=row.sha256,
        shown_type=row.shown_type,
        rendition=row.rendition,
        rendition_percent=row.rendition_percent,
        render_attempts=row.render_attempts,
        crc32=row.crc32,
        cleared_at=row.cleared_at,
        refusal=row.refusal,
        measured=row.measured,
        allowed=row.allowed,
        held_at=row.held_at,
        hold_reason=row.hold_reason,
        lock=row.lock,
        deleted_at=row.deleted_at,
        deletion_rule=row.deletion_rule,
        deletion_confirmed_at=row.deletion_confirmed_at,
        withdrawn_at=row.withdrawn_at,
        withdrawal_reason=row.withdrawal_reason,
    )
