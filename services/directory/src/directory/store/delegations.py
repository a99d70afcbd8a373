"""Posts that are lent, in and out of PostgreSQL."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Uuid, and_, any_, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.access_tables import accounts, delegations
from directory.domain.people import Delegation, Post
from directory.tables import posts

_ABOUT = bindparam("about", type_=Uuid)
_COLUMNS = [
    delegations.c.delegation_id,
    delegations.c.from_person_id,
    delegations.c.to_person_id,
    delegations.c.unit_id,
    delegations.c.role,
    delegations.c.valid_from,
    delegations.c.valid_to,
]
_INSERT = insert(delegations)
_first = func.greatest(delegations.c.valid_from, posts.c.valid_from)
_last = func.least(delegations.c.valid_to, posts.c.valid_to)  # null is no end: PostgreSQL leaves it out
_BORROWED = (
    select(
        delegations.c.to_person_id,
        delegations.c.unit_id,
        delegations.c.role,
        _first.label("first"),
        _last.label("last"),
    )
    .join(
        posts,
        and_(
            posts.c.person_id == delegations.c.from_person_id,
            posts.c.unit_id == delegations.c.unit_id,
            posts.c.role == delegations.c.role,
        ),
    )
    .join(accounts, accounts.c.person_id == delegations.c.from_person_id)
    .where(
        delegations.c.to_person_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        delegations.c.ended_at.is_(None),
        accounts.c.disabled_at.is_(None),
        _first <= _last,
    )
    .order_by(delegations.c.unit_id, delegations.c.role, _first)
)
_BORROWERS = (
    select(delegations.c.to_person_id)
    .where(delegations.c.from_person_id == _ABOUT, delegations.c.ended_at.is_(None))
    .distinct()
)
_OF = (
    select(*_COLUMNS)
    .where(
        or_(delegations.c.from_person_id == _ABOUT, delegations.c.to_person_id == _ABOUT),
        delegations.c.ended_at.is_(None),
    )
    .order_by(delegations.c.valid_from, delegations.c.delegation_id)
)
_FIND = select(*_COLUMNS).where(delegations.c.delegation_id == _ABOUT, delegations.c.ended_at.is_(None))
_END = (
    update(delegations)
    .where(delegations.c.delegation_id == _ABOUT, delegations.c.ended_at.is_(None))
    .values(ended_at=bindparam("at", type_=DateTime(timezone=True)))
)


async def borrowed_by(connection: AsyncConnection, person_id: UUID) -> tuple[Post, ...]:
    """Return the posts somebody may act in for others, for as long as the loan and the post last, and the lender."""
    return tuple(post for _, post in await borrowed_by_all(connection, [person_id]))


async def borrowed_by_all(connection: AsyncConnection, person_ids: Collection[UUID]) -> list[tuple[UUID, Post]]:
    """Return the posts each of these people may act in for others."""
    rows = (await connection.execute(_BORROWED, {"ids": list(person_ids)})).all()
    return [(row.to_person_id, Post(row.unit_id, row.role, row.first, row.last)) for row in rows]


async def borrowers_of(connection: AsyncConnection, person_id: UUID) -> set[UUID]:
    """Return to whom somebody lends posts."""
    return set((await connection.execute(_BORROWERS, {"about": person_id})).scalars())


async def put(connection: AsyncConnection, delegation: Delegation) -> None:
    """Write a new delegation."""
    await connection.execute(_INSERT, {column.name: getattr(delegation, column.name) for column in _COLUMNS})


async def find(connection: AsyncConnection, delegation_id: UUID) -> Delegation | None:
    """Return a delegation that was not ended, or null."""
    row = (await connection.execute(_FIND, {"about": delegation_id})).one_or_none()
    return None if row is None else Delegation(*row)


async def of_person(connection: AsyncConnection, person_id: UUID) -> list[Delegation]:
    """Return what somebody lends and borrows, and has not ended, in the order of days."""
    return [Delegation(*row) for row in (await connection.execute(_OF, {"about": person_id})).all()]


async def end(connection: AsyncConnection, delegation_id: UUID, *, at: datetime) -> bool:
    """End a delegation at once; false when it was ended before."""
    return bool((await connection.execute(_END, {"about": delegation_id, "at": at})).rowcount)
