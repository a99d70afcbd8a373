"""Registers and numbering schemes, in and out of PostgreSQL."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from directives.domain.numbering import NumberingScheme
from directives.tables import directives, numbering_schemes, registers

_KEY = ("issuer_unit_id", "year", "register")
_first = upsert(registers).values(next_number=2)
_DRAW = _first.on_conflict_do_update(index_elements=_KEY, set_={"next_number": registers.c.next_number + 1}).returning(
    registers.c.next_number - 1
)
_given = upsert(registers)
_RAISE = _given.on_conflict_do_update(
    index_elements=_KEY,
    set_={"next_number": _given.excluded.next_number},
    where=registers.c.next_number <= _given.excluded.next_number,
).returning(registers.c.next_number)
_NEXT = select(registers.c.next_number).where(*(registers.c[name] == bindparam(name) for name in _KEY))


async def draw_number(connection: AsyncConnection, issuer_unit_id: str, year: int, register: str) -> int:
    """Return the next number; until this transaction ends no other can draw from the same register."""
    key = {"issuer_unit_id": issuer_unit_id, "year": year, "register": register}
    return int((await connection.execute(_DRAW, key)).scalar_one())


async def raise_register(
    connection: AsyncConnection, issuer_unit_id: str, year: int, register: str, next_number: int
) -> int:
    """Let a register go on with `next_number` unless it is past it; return its next number."""
    key = {"issuer_unit_id": issuer_unit_id, "year": year, "register": register}
    raised = (await connection.execute(_RAISE, {**key, "next_number": next_number})).scalar_one_or_none()
    if raised is None:
        raised = (await connection.execute(_NEXT, key)).scalar_one()
    return int(raised)


# Schemes.

_SCHEME = (
    select(numbering_schemes.c.scheme)
    .where(
        numbering_schemes.c.issuer_unit_id == bindparam("issuer_unit_id"),
        numbering_schemes.c.year <= bindparam("wanted"),
    )
    .order_by(numbering_schemes.c.year.desc())
    .limit(1)
)
_entered = upsert(numbering_schemes)
_PUT_SCHEME = _entered.on_conflict_do_update(
    index_elements=["issuer_unit_id", "year"],
    set_={name: _entered.excluded[name] for name in ("scheme", "entered_by", "entered_at")},
)
_LAST_YEAR = select(func.max(directives.c.number_year)).where(
    directives.c.issuer_unit_id == bindparam("issuer_unit_id")
)
_HOLD = select(func.pg_advisory_xact_lock_shared(func.hashtextextended(bindparam("issuer_unit_id"), 0)))
_HOLD_ALONE = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("issuer_unit_id"), 0)))


async def scheme_of(connection: AsyncConnection, issuer_unit_id: str, year: int) -> NumberingScheme | None:
    """Return how an issuer numbers in a year, which stays so until this transaction ends; null: it never said."""
    key = {"issuer_unit_id": issuer_unit_id}
    await connection.execute(_HOLD, key)
    row: dict[str, Any] | None = (await connection.execute(_SCHEME, {**key, "wanted": year})).scalar_one_or_none()
    return None if row is None else NumberingScheme(**{**row, "shared_types": tuple(row["shared_types"])})


async def last_year_numbered(connection: AsyncConnection, issuer_unit_id: str) -> int | None:
    """Return the last year an issuer gave a number in, once nobody is giving one; null: it never did."""
    key = {"issuer_unit_id": issuer_unit_id}
    await connection.execute(_HOLD_ALONE, key)
    year: int | None = (await connection.execute(_LAST_YEAR, key)).scalar_one()
    return year


async def put_scheme(
    connection: AsyncConnection, issuer_unit_id: str, year: int, scheme: NumberingScheme, *, by: UUID, at: datetime
) -> None:
    """Write how an issuer numbers from a year on."""
    row = {"scheme": asdict(scheme), "entered_by": by, "entered_at": at}
    await connection.execute(_PUT_SCHEME, {"issuer_unit_id": issuer_unit_id, "year": year, **row})
