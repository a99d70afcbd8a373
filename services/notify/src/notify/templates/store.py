"""Templates in and out of the database; every version stays."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notify.domain import Kind
from notify.tables import letter_templates
from notify.templates.filling import Template

_NEWEST = (
    select(letter_templates)
    .ext(distinct_on(letter_templates.c.kind))
    .order_by(letter_templates.c.kind, letter_templates.c.version.desc())
)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the template of a kind."""

    kind: Kind
    version: int
    template: Template
    changed_by: UUID
    changed_at: datetime


async def newest(connection: AsyncConnection, kinds: Collection[Kind] | None = None) -> dict[Kind, Version]:
    """Return the newest version of each kind that has one."""
    query = _NEWEST if kinds is None else _NEWEST.where(letter_templates.c.kind.in_(kinds))
    return {(found := _version(row)).kind: found for row in await connection.execute(query)}


async def versions_of(connection: AsyncConnection, kind: Kind) -> list[Version]:
    """Return every version of a kind, newest first."""
    query = select(letter_templates).where(letter_templates.c.kind == kind).order_by(letter_templates.c.version.desc())
    return [_version(row) for row in await connection.execute(query)]


async def put(connection: AsyncConnection, kind: Kind, template: Template, *, by: UUID, now: datetime) -> Version:
    """Keep another version. Of two at once one is refused by the key, and its caller may ask again."""
    last = select(func.coalesce(func.max(letter_templates.c.version), 0)).where(letter_templates.c.kind == kind)
    version = (await connection.execute(last)).scalar_one() + 1
    row = {"kind": kind, "version": version, "texts": asdict(template), "changed_by": by, "changed_at": now}
    await connection.execute(insert(letter_templates).values(**row))
    return Version(kind, version, template, by, now)


def _version(row: Row[*tuple[Any, ...]]) -> Version:
    return Version(Kind(row.kind), row.version, Template(**row.texts), row.changed_by, row.changed_at)
