"""Letters, in and out of inboxes."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notify.domain import Kind, Letter, Text
from notify.store import preferences
from notify.tables import deliveries, letters

CHANNEL = "letters"
"""What PostgreSQL is told on when a letter is written or read; the payload says whose."""
AT_ONCE = 200
"""People in one word of it: PostgreSQL takes 8,000 bytes."""
_RING = text("SELECT pg_notify(:channel, :people)")

_PUT_LETTER = insert(letters).on_conflict_do_nothing().returning(letters.c.letter_id)
_PUT_DELIVERY = insert(deliveries)


async def put_letters(connection: AsyncConnection, written: Mapping[UUID, tuple[UUID, Letter]]) -> int:
    """Put letters, each under its id with the id of what it tells, into inboxes and on their way; return how many
    were new."""
    if not written:
        return 0
    rows = [_letter_row(due_id, letter) for due_id, letter in written.values()]
    new = (await connection.execute(_PUT_LETTER, rows)).scalars().all()
    if new:
        addressed = {letter_id: (written[letter_id][1].kind, written[letter_id][1].person_id) for letter_id in new}
        ways = await preferences.ways(connection, addressed)
        on_their_way = [
            {"letter_id": each, "channel": ways[each][0], "next_attempt_at": written[each][1].created_at}
            for each in new
        ]
        await connection.execute(_PUT_DELIVERY, on_their_way)
        await ring(connection, {written[each][1].person_id for each in new})
    return len(new)


async def ring(connection: AsyncConnection, people: Collection[UUID]) -> None:
    """Let those who wait for letters of these people look, once this transaction is done."""
    names = sorted(map(str, people))
    for start in range(0, len(names), AT_ONCE):
        await connection.execute(_RING, {"channel": CHANNEL, "people": ",".join(names[start : start + AT_ONCE])})


async def written_since(
    connection: AsyncConnection, person_id: UUID, *, since: datetime, without: Collection[UUID], limit: int
) -> list[Letter]:
    """Return a person's letters from a moment on, oldest first, but for these."""
    query = (
        select(letters)
        .where(letters.c.person_id == person_id, letters.c.created_at >= since, letters.c.letter_id.not_in(without))
        .order_by(letters.c.created_at, letters.c.letter_id)
        .limit(limit)
    )
    return [letter_of(row) for row in await connection.execute(query)]


async def inbox_of(
    connection: AsyncConnection, person_id: UUID, *, unread_only: bool, before: Letter | None, limit: int
) -> list[Letter]:
    """Return a person's letters, newest first, those after `before` in that order."""
    query = (
        select(letters)
        .where(letters.c.person_id == person_id)
        .order_by(letters.c.created_at.desc(), letters.c.letter_id.desc())
        .limit(limit)
    )
    if unread_only:
        query = query.where(letters.c.read_at.is_(None))
    if before is not None:
        place = tuple_(letters.c.created_at, letters.c.letter_id)
        query = query.where(place < tuple_(before.created_at, before.letter_id))
    return [letter_of(row) for row in await connection.execute(query)]


async def count_unread(connection: AsyncConnection, person_id: UUID) -> int:
    """Return how many letters of a person are unread."""
    query = (
        select(func.count()).select_from(letters).where(letters.c.person_id == person_id, letters.c.read_at.is_(None))
    )
    return (await connection.execute(query)).scalar_one()


async def find_letter(connection: AsyncConnection, letter_id: UUID, *, person_id: UUID) -> Letter | None:
    """Return a letter of this person, or null."""
    query = select(letters).where(letters.c.letter_id == letter_id, letters.c.person_id == person_id)
    row = (await connection.execute(query)).one_or_none()
    return letter_of(row) if row is not None else None


async def mark_read(connection: AsyncConnection, letter_id: UUID, *, person_id: UUID, now: datetime) -> Letter | None:
    """Note when a letter of this person was read, unless it was before; return it, or null when there is none."""
    row = await connection.execute(
        update(letters)
        .where(letters.c.letter_id == letter_id, letters.c.person_id == person_id)
        .values(read_at=func.coalesce(letters.c.read_at, now))
        .returning(*letters.c)
    )
    found = row.one_or_none()
    if found is not None:
        await ring(connection, {person_id})  # their other windows count anew
    return letter_of(found) if found is not None else None


def _letter_row(due_id: UUID, letter: Letter) -> dict[str, Any]:
    return {
        "letter_id": letter.letter_id,
        "due_id": due_id,
        "person_id": letter.person_id,
        "kind": letter.kind,
        **asdict(letter.text),
        "directive_id": letter.directive_id,
        "obligation_id": letter.obligation_id,
        "created_at": letter.created_at,
    }


def letter_of(row: Row[*tuple[Any, ...]]) -> Letter:
    """Return the letter in a row that holds all columns of `letters`."""
    return Letter(
        letter_id=row.letter_id,
        person_id=row.person_id,
        kind=Kind(row.kind),
        text=Text(row.subject_vi, row.body_vi, row.subject_en, row.body_en, row.sms, row.zns),
        directive_id=row.directive_id,
        obligation_id=row.obligation_id,
        created_at=row.created_at,
        read_at=row.read_at,
    )
