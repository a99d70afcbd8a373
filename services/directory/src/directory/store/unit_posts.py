"""The posts people hold at some units, in and out of PostgreSQL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Date, Text, Uuid, any_, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.tables import posts

_UNITS = bindparam("unit_ids", type_=ARRAY(Text))
_PEOPLE = bindparam("person_ids", type_=ARRAY(Uuid))
_UNIT = bindparam("of_unit", type_=Text)
_LAST = bindparam("last_day", type_=Date)

_HOLDERS = select(posts.c.person_id).where(posts.c.unit_id == any_(_UNITS)).distinct()
_POSTS = (
    select(posts)
    .where(posts.c.person_id == any_(_PEOPLE))
    .order_by(posts.c.person_id, posts.c.unit_id, posts.c.role, posts.c.valid_from)
)
_HELD_AT = select(posts.c.unit_id, posts.c.role, posts.c.valid_from, posts.c.valid_to)
_outlasts = (posts.c.valid_to.is_(None)) | (posts.c.valid_to > _LAST)
_NEVER_BEGIN = delete(posts).where(posts.c.unit_id == _UNIT, posts.c.valid_from > _LAST)
_END = update(posts).where(posts.c.unit_id == _UNIT, _outlasts).values(valid_to=_LAST)


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post with whose it is."""

    person_id: UUID
    unit_id: str
    role: str
    valid_from: date
    valid_to: date | None


async def posts_of_those_at(connection: AsyncConnection, unit_ids: Collection[str]) -> list[HeldPost]:
    """Return every post of everyone who ever holds one at these units, in a fixed order."""
    holders = (await connection.execute(_HOLDERS, {"unit_ids": sorted(unit_ids)})).scalars().all()
    return [HeldPost(*row) for row in (await connection.execute(_POSTS, {"person_ids": list(holders)})).all()]


async def posts_in(connection: AsyncConnection) -> list[tuple[str, str, date, date | None]]:
    """Return unit, role and days of every post; who holds it is not told."""
    return [(*row,) for row in (await connection.execute(_HELD_AT)).all()]


async def end_posts(connection: AsyncConnection, last_days: Mapping[str, date]) -> None:
    """End the posts at units with their last day; those that would begin later never do."""
    for unit_id, last_day in sorted(last_days.items()):
        for statement in (_NEVER_BEGIN, _END):
            await connection.execute(statement, {"of_unit": unit_id, "last_day": last_day})
