"""What is asked, out of PostgreSQL."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.transaction import Transaction
from reporting.domain import Ratio, Requirement, Rule, Target
from reporting.tables import obligations, requirements

_THESE = bindparam("ids", type_=ARRAY(Uuid))
_ALL_REQUIREMENTS = select(requirements).order_by(requirements.c.requirement_id)
_THESE_REQUIREMENTS = select(requirements).where(requirements.c.requirement_id == any_(_THESE))


async def find_requirement(tx: Transaction, requirement_id: UUID) -> Requirement | None:
    """Return a requirement, or null when it is not known."""
    return (await requirements_by_id(tx, [requirement_id])).get(requirement_id)


async def requirements_by_id(tx: Transaction, requirement_ids: Collection[UUID]) -> dict[UUID, Requirement]:
    """Return those of these requirements that are known."""
    if not requirement_ids:
        return {}
    rows = await tx.connection.execute(_THESE_REQUIREMENTS, {"ids": list(requirement_ids)})
    return {row.requirement_id: _requirement(row) for row in rows}


async def all_requirements(tx: Transaction) -> list[Requirement]:
    """Return every requirement, by id."""
    return [_requirement(row) for row in await tx.connection.execute(_ALL_REQUIREMENTS)]


def _requirement(row: Row[Any]) -> Requirement:
    return Requirement(
        requirement_id=row.requirement_id,
        version=row.version,
        directive_id=row.directive_id,
        issuer_unit_id=row.issuer_unit_id,
        reviewing_unit_id=row.reviewing_unit_id,
        kind=row.kind,
        as_of=row.as_of,
        periods=tuple(row.periods),
        indicators=tuple(row.indicators),
        ratios=tuple(Ratio(*each) for each in row.ratios),
        bools=tuple(row.bools),
        divided=row.divided,
        calendar=tuple((code, date.fromisoformat(first_day)) for code, first_day in row.calendar),
        targets=tuple(Target(*each) for each in row.targets),
        sensitive=tuple(row.sensitive),
        rules=tuple(Rule(*each) for each in row.rules),
    )


_OBLIGATIONS_OF = select(obligations.c.obligation_id).where(obligations.c.requirement_id == any_(_THESE))


async def obligations_of(tx: Transaction, requirement_ids: Collection[UUID]) -> set[UUID]:
    """Return the ids of all obligations of these requirements."""
    if not requirement_ids:
        return set()
    return set((await tx.connection.execute(_OBLIGATIONS_OF, {"ids": list(requirement_ids)})).scalars())
