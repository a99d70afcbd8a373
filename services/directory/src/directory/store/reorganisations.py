"""Reorganisations in and out of PostgreSQL."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.unit_tables import reorganisations

_ID = bindparam("of_id", type_=Uuid)
_BY_ID = select(reorganisations).where(reorganisations.c.reorganisation_id == _ID)
_TAKE = _BY_ID.with_for_update()
_ALL = select(reorganisations).order_by(reorganisations.c.reorganisation_id.desc()).limit(1000)
_INSERT = insert(reorganisations)
_APPLIED = update(reorganisations).where(reorganisations.c.reorganisation_id == _ID)
_REMOVE = delete(reorganisations).where(reorganisations.c.reorganisation_id == _ID)


@dataclass(frozen=True, slots=True)
class Reorganisation:
    """Many changes prepared as one. `draft` is `{"steps": [...]}` or `{"files": {file: CSV}}`."""

    reorganisation_id: UUID
    title: str
    legal_basis: str
    effective_date: date
    state: str
    draft: dict[str, Any]
    prepared_by: UUID
    prepared_at: datetime
    applied_by: UUID | None = None
    applied_at: datetime | None = None
    digest: str | None = None
    plan: dict[str, Any] | None = None


async def put_new(connection: AsyncConnection, new: Reorganisation) -> None:
    """Write a draft."""
    row = {name: getattr(new, name) for name in reorganisations.columns.keys()}  # noqa: SIM118  not a mapping
    await connection.execute(_INSERT, row)


async def find(connection: AsyncConnection, reorganisation_id: UUID) -> Reorganisation | None:
    """Return a reorganisation, or null."""
    row = (await connection.execute(_BY_ID, {"of_id": reorganisation_id})).mappings().one_or_none()
    return None if row is None else Reorganisation(**row)


async def take(connection: AsyncConnection, reorganisation_id: UUID) -> Reorganisation | None:
    """Return a reorganisation, or null; nobody else changes it until this transaction ends."""
    row = (await connection.execute(_TAKE, {"of_id": reorganisation_id})).mappings().one_or_none()
    return None if row is None else Reorganisation(**row)


async def newest(connection: AsyncConnection) -> list[Reorganisation]:
    """Return the newest thousand, newest first."""
    return [Reorganisation(**row) for row in (await connection.execute(_ALL)).mappings().all()]


async def put_applied(connection: AsyncConnection, applied: Reorganisation) -> None:
    """Write that a reorganisation was applied."""
    names = ("state", "applied_by", "applied_at", "digest", "plan")
    values = {name: getattr(applied, name) for name in names}
    await connection.execute(_APPLIED.values(**values), {"of_id": applied.reorganisation_id})


async def remove(connection: AsyncConnection, reorganisation_id: UUID) -> None:
    """Forget a draft."""
    await connection.execute(_REMOVE, {"of_id": reorganisation_id})
