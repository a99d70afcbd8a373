"""Which letters are to remind whom of what, in and out of PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    DateTime,
    Row,
    TableValuedAlias,
    Text,
    and_,
    any_,
    bindparam,
    column,
    func,
    or_,
    select,
    update,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from chassis.transaction import new_id
from notify.reminding.ladder import Audience
from notify.reminding.store.owing import Owed
from notify.reminding.tables import answers, digest_lines, digests, reminders
from notify.tables import directives, people, posts, requirements

TOGETHER = UUID(int=0)
"""A digest of everything there is to say of a step; others are of one reminder, or one nudge, alone."""
_MOMENT = DateTime(timezone=True)


@dataclass(frozen=True, slots=True)
class Told:
    """Something that is owed, which step of it is told, and at which unit those are who are told of it."""

    owed: Owed
    step: str
    audience: Audience
    at_unit_id: str
    alone: UUID = TOGETHER


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a post by which they are told."""

    audience: Audience
    at_unit_id: str
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Digest:
    """A letter that is to remind somebody."""

    digest_id: UUID
    person_id: UUID
    step: str
    alone: UUID


@dataclass(frozen=True, slots=True)
class Line:
    """What a reminder says of one thing that is owed still. Nothing in it names a person."""

    reminder_id: UUID
    awaited: str
    audience: Audience
    directive_id: UUID
    requirement_id: UUID | None
    code: str
    subject: str
    requirement: str | None
    unit_id: str
    answering_unit_id: str
    counted_from: datetime
    is_returned: bool


_HOLDERS = (
    select(posts.c.unit_id, posts.c.person_id)
    .distinct()
    .select_from(
        posts.join(
            people,
            and_(people.c.person_id == posts.c.person_id, people.c.version == posts.c.version, people.c.is_active),
        )
    )
    .where(
        posts.c.unit_id == any_(bindparam("units", type_=ARRAY(Text()))),
        posts.c.role == any_(bindparam("roles", type_=ARRAY(Text()))),
        posts.c.valid_from <= bindparam("day"),
        or_(posts.c.valid_to.is_(None), posts.c.valid_to >= bindparam("day")),
    )
)


async def holders(
    connection: AsyncConnection, unit_ids: Collection[str], roles: Collection[str], *, on: date
) -> dict[str, list[UUID]]:
    """Return who holds one of these roles on a day, by unit."""
    found: dict[str, list[UUID]] = {}
    if unit_ids:
        asked = {"units": sorted(unit_ids), "roles": sorted(roles), "day": on}
        for row in (await connection.execute(_HOLDERS, asked)).all():
            found.setdefault(row.unit_id, []).append(row.person_id)
    return found


def _rows(name: str, **kinds: TypeEngine[Any]) -> TableValuedAlias:
    """Return lists of values, one for each column, as a table."""
    values = [bindparam(each, type_=ARRAY(kind)) for each, kind in kinds.items()]
    columns = [column(each, kind) for each, kind in kinds.items()]
    return func.unnest(*values).table_valued(*columns).render_derived(name=name)


_told = _rows(
    "told", reminder_id=UuidType(), counted_from=_MOMENT, answering_unit_id=Text(), step=Text(), audience=Text(),
    at_unit_id=Text(), alone=UuidType(),
)  # fmt: skip
_held = _rows("held", held_audience=Text(), held_unit_id=Text(), person_id=UuidType())
_PUT_LINES = (
    insert(digest_lines)
    .from_select(
        ["digest_id", "reminder_id", "audience", "counted_from", "answering_unit_id"],
        select(
            digests.c.digest_id, *_told.c["reminder_id", "audience", "counted_from", "answering_unit_id"]
        ).select_from(
            _told.join(
                _held,
                and_(_held.c.held_audience == _told.c.audience, _held.c.held_unit_id == _told.c.at_unit_id),
            ).join(
                digests,
                and_(
                    digests.c.person_id == _held.c.person_id,
                    digests.c.step == _told.c.step,
                    digests.c.alone == _told.c.alone,
                    digests.c.written_at.is_(None),
                ),
            )
        ),
    )
    .on_conflict_do_nothing()
)
_OPEN = insert(digests).on_conflict_do_nothing()
_keys = _rows("keys", key_person_id=UuidType(), key_step=Text(), key_alone=UuidType())
_STILL_OPEN = select(digests.c.person_id, digests.c.step, digests.c.alone).select_from(
    _keys.join(
        digests,
        and_(
            digests.c.person_id == _keys.c.key_person_id,
            digests.c.step == _keys.c.key_step,
            digests.c.alone == _keys.c.key_alone,
            digests.c.written_at.is_(None),
        ),
    )
)
Key = tuple[UUID, str, UUID]
"""Whom a digest goes to, of which step, and whether of all or of one thing alone."""


async def open_digests(
    connection: AsyncConnection, keys: Collection[Key], *, on_day: date, not_before: datetime
) -> set[Key]:
    """Begin a digest for each key that has none that waits to be written; return the keys that had theirs that day."""
    if not keys:
        return set()
    in_order = sorted(keys)
    await connection.execute(
        _OPEN,
        [
            {
                "digest_id": new_id(),
                "person_id": person_id,
                "step": step,
                "alone": alone,
                "on_day": on_day,
                "not_before": not_before,
            }
            for person_id, step, alone in in_order
        ],
    )
    wanted = {
        "key_person_id": [key[0] for key in in_order],
        "key_step": [key[1] for key in in_order],
        "key_alone": [key[2] for key in in_order],
    }
    waiting = {(row.person_id, row.step, row.alone) for row in (await connection.execute(_STILL_OPEN, wanted)).all()}
    return set(in_order) - waiting


async def put_lines(connection: AsyncConnection, told: Sequence[Told], held: Sequence[Holder]) -> None:
    """Put what is told into the digests that wait, of everyone who holds a post by which they are told."""
    if not told or not held:
        return
    await connection.execute(
        _PUT_LINES,
        {
            "reminder_id": [each.owed.reminder_id for each in told],
            "counted_from": [each.owed.pending.counted_from for each in told],
            "answering_unit_id": [each.owed.answering_unit_id for each in told],
            "step": [each.step for each in told],
            "audience": [each.audience for each in told],
            "at_unit_id": [each.at_unit_id for each in told],
            "alone": [each.alone for each in told],
            "held_audience": [each.audience for each in held],
            "held_unit_id": [each.at_unit_id for each in held],
            "person_id": [each.person_id for each in held],
        },
    )


_UNWRITTEN = (
    select(digests)
    .where(digests.c.written_at.is_(None), digests.c.not_before <= bindparam("now", type_=_MOMENT))
    .order_by(digests.c.not_before, digests.c.digest_id)
    .limit(bindparam("limit"))
)
_OF_DIGESTS = digest_lines.c.digest_id == any_(bindparam("ids", type_=ARRAY(UuidType())))
_STANDING = (
    select(
        *digest_lines.c["digest_id", "reminder_id", "audience", "counted_from", "answering_unit_id"],
        *reminders.c["awaited", "directive_id", "requirement_id", "unit_id"],
        *directives.c["code", "subject"],
        requirements.c.title,
        func.coalesce(answers.c.state == "returned", False).label("is_returned"),
    )
    .select_from(
        digest_lines.join(
            reminders,
            and_(
                reminders.c.reminder_id == digest_lines.c.reminder_id,
                reminders.c.is_owed,
                reminders.c.counted_from == digest_lines.c.counted_from,
                reminders.c.answering_unit_id == digest_lines.c.answering_unit_id,
            ),
        )
        .join(directives, directives.c.directive_id == reminders.c.directive_id)
        .outerjoin(requirements, requirements.c.requirement_id == reminders.c.requirement_id)
        .outerjoin(answers, answers.c.obligation_id == reminders.c.reminder_id)
    )
    .where(_OF_DIGESTS)
    .order_by(digest_lines.c.counted_from, directives.c.code, requirements.c.title, reminders.c.unit_id)
)
_COUNT_LINES = select(func.count()).select_from(digest_lines).where(_OF_DIGESTS)
_WRITTEN = (
    update(digests)
    .where(digests.c.digest_id == any_(bindparam("ids", type_=ARRAY(UuidType()))))
    .values(written_at=bindparam("now", type_=_MOMENT), on_day=bindparam("day"))
)


async def unwritten(connection: AsyncConnection, *, now: datetime, limit: int) -> list[Digest]:
    """Return digests that may be written now, at most so many."""
    rows = await connection.execute(_UNWRITTEN, {"now": now, "limit": limit})
    return [Digest(row.digest_id, row.person_id, row.step, row.alone) for row in rows.all()]


async def standing_lines(connection: AsyncConnection, digest_ids: Collection[UUID]) -> dict[UUID, list[Line]]:
    """Return what of these digests is owed still, as it was when it was decided to tell of it."""
    found: dict[UUID, list[Line]] = {}
    for row in (await connection.execute(_STANDING, {"ids": list(digest_ids)})).all():
        found.setdefault(row.digest_id, []).append(_line(row))
    return found


async def of_one(connection: AsyncConnection, alone: UUID) -> list[Digest]:
    """Return the digests of one nudge."""
    rows = await connection.execute(select(digests).where(digests.c.alone == alone, digests.c.step == "nudge"))
    return [Digest(row.digest_id, row.person_id, row.step, row.alone) for row in rows.all()]


async def count_lines(connection: AsyncConnection, digest_id: UUID) -> int:
    """Return how many things a digest was to tell of."""
    return int((await connection.execute(_COUNT_LINES, {"ids": [digest_id]})).scalar_one())


async def mark_written(connection: AsyncConnection, digest_ids: Collection[UUID], *, now: datetime, day: date) -> None:
    """Note that these digests are done with: each is a letter now, or nothing in it was owed any more."""
    await connection.execute(_WRITTEN, {"ids": list(digest_ids), "now": now, "day": day})


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    return Line(
        reminder_id=row.reminder_id,
        awaited=row.awaited,
        audience=row.audience,
        directive_id=row.directive_id,
        requirement_id=row.requirement_id,
        code=row.code,
        subject=row.subject,
        requirement=row.title,
        unit_id=row.unit_id,
        answering_unit_id=row.answering_unit_id,
        counted_from=row.counted_from,
        is_returned=row.is_returned,
    )
