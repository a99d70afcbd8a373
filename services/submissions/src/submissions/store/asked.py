"""What directives told us, in and out of PostgreSQL; rules are also kept in memory, for they hardly ever change."""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert

from chassis.strokes import Stroke, Strokes
from chassis.transaction import Transaction
from contracts.directives import (
    DirectiveIssued,
    ObligationChanged,
    ObligationOpened,
    ObligationTransferred,
    RequirementIssued,
)
from submissions.domain.asked import Obligation, Particulars, Requirement
from submissions.tables import obligations, particulars, requirements

ObligationEvent = ObligationOpened | ObligationTransferred | ObligationChanged

REMEMBERED_REQUIREMENTS = 512
"""A busy year has some hundred requirements; each takes a few kilobytes."""

_GET_REQUIREMENT = select(requirements.c.version, requirements.c.rules).where(
    requirements.c.requirement_id == bindparam("wanted")
)
_READ_REQUIREMENT = Stroke(_GET_REQUIREMENT)


def columns_of(owed: FromClause) -> list[ColumnElement[Any]]:
    """Return what an obligation is read from, of the table or an alias of it."""
    asked = requirements.alias("asked")
    return [
        *(column for column in owed.c if column.name not in ("version", "state")),
        owed.c.state.label("obligation_state"),
        # Null too while the directive has not been told: until then only the issuer's own desk is known.
        select(asked.c.reviewing_unit_id)
        .where(asked.c.requirement_id == owed.c.requirement_id)
        .correlate(owed)
        .scalar_subquery()
        .label("reviewing_unit_id"),
    ]


def at_desks(units: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that one of these units is a desk of an obligation, as `Obligation.desks` has it."""
    reviewed = select(requirements.c.requirement_id).where(requirements.c.reviewing_unit_id.in_(units))
    return or_(obligations.c.issuer_unit_id.in_(units), obligations.c.requirement_id.in_(reviewed))


OBLIGATION_COLUMNS = columns_of(obligations)
PARTICULAR_COLUMNS = [*particulars.c["period", "levels", "assigned"]]
_FIND_OBLIGATION = (
    select(*OBLIGATION_COLUMNS, *PARTICULAR_COLUMNS)
    .outerjoin_from(obligations, particulars, particulars.c.obligation_id == obligations.c.obligation_id)
    .where(obligations.c.obligation_id == bindparam("wanted"))
)
# Answers refer to the obligation with a key-share lock, which this one lets pass.
_TAKE_OBLIGATION = _FIND_OBLIGATION.with_for_update(of=obligations, key_share=True)

_FIND_DESKS = (
    select(obligations.c.issuer_unit_id, requirements.c.reviewing_unit_id)
    .outerjoin_from(obligations, requirements, requirements.c.requirement_id == obligations.c.requirement_id)
    .where(obligations.c.requirement_id == bindparam("wanted"))
    .limit(1)
)

_put_requirements = insert(requirements)
_PUT_REQUIREMENTS = _put_requirements.on_conflict_do_update(
    index_elements=[requirements.c.requirement_id],
    set_={column.name: _put_requirements.excluded[column.name] for column in requirements.c if not column.primary_key},
    where=requirements.c.version < _put_requirements.excluded.version,
)
_put_obligations = insert(obligations)
_PUT_OBLIGATIONS = _put_obligations.on_conflict_do_update(
    index_elements=[obligations.c.obligation_id],
    set_={column.name: _put_obligations.excluded[column.name] for column in obligations.c if not column.primary_key},
    where=obligations.c.version < _put_obligations.excluded.version,
)


_NOTE_PARTICULARS = insert(particulars).on_conflict_do_nothing()


class RuleBook:
    """The requirements this process has read, by id and version, so that an answer need not read them again."""

    def __init__(self, strokes: Strokes) -> None:
        self._strokes = strokes
        self._known: OrderedDict[UUID, tuple[int, Requirement]] = OrderedDict()

    async def requirement(self, requirement_id: UUID, version: int) -> Requirement:
        """Return a requirement that exists, at least as new as `version`."""
        known = self._known.get(requirement_id)
        if known is not None and known[0] >= version:
            return known[1]
        [row] = await self._strokes.rows(_READ_REQUIREMENT, wanted=requirement_id)
        requirement = Requirement.issued(RequirementIssued.model_validate_json(row["rules"]))
        self._known[requirement_id] = (row["version"], requirement)
        if len(self._known) > REMEMBERED_REQUIREMENTS:
            self._known.popitem(last=False)
        return requirement


async def find_requirement(tx: Transaction, requirement_id: UUID) -> Requirement | None:
    """Return a requirement, or null while its directive has not been told."""
    row = (await tx.connection.execute(_GET_REQUIREMENT, {"wanted": requirement_id})).one_or_none()
    return None if row is None else Requirement.issued(RequirementIssued.model_validate(row.rules))


async def find_issued(tx: Transaction, requirement_id: UUID) -> RequirementIssued | None:
    """Return a requirement as it was issued, or null while its directive has not been told."""
    row = (await tx.connection.execute(_GET_REQUIREMENT, {"wanted": requirement_id})).one_or_none()
    return None if row is None else RequirementIssued.model_validate(row.rules)


async def get_requirement(tx: Transaction, requirement_id: UUID) -> Requirement:
    """Return a requirement that exists."""
    row = (await tx.connection.execute(_GET_REQUIREMENT, {"wanted": requirement_id})).one()
    return Requirement.issued(RequirementIssued.model_validate(row.rules))


async def find_obligation(tx: Transaction, obligation_id: UUID) -> Obligation | None:
    """Return an obligation, or null when it was not told (yet)."""
    row = (await tx.connection.execute(_FIND_OBLIGATION, {"wanted": obligation_id})).mappings().one_or_none()
    return None if row is None else obligation_of(row)


async def get_obligation(tx: Transaction, obligation_id: UUID) -> Obligation:
    """Return an obligation that exists."""
    return obligation_of((await tx.connection.execute(_FIND_OBLIGATION, {"wanted": obligation_id})).mappings().one())


async def obligations_of(tx: Transaction, directive_id: UUID) -> dict[UUID, Obligation]:
    """Return all obligations of a directive, by id."""
    found = select(*OBLIGATION_COLUMNS).where(obligations.c.directive_id == directive_id)
    return {row["obligation_id"]: obligation_of(row) for row in (await tx.connection.execute(found)).mappings()}


async def desks_of(tx: Transaction, requirement_id: UUID) -> tuple[str, ...]:
    """Return the units whose desks review what answers a requirement: none while nobody is known to owe it."""
    row = (await tx.connection.execute(_FIND_DESKS, {"wanted": requirement_id})).one_or_none()
    return () if row is None else tuple(each for each in row if each is not None)


async def take_obligation(tx: Transaction, obligation_id: UUID) -> Obligation | None:
    """Return an obligation, locked so that what belongs to it can be counted; answers to it are not held up."""
    row = (await tx.connection.execute(_TAKE_OBLIGATION, {"wanted": obligation_id})).mappings().one_or_none()
    return None if row is None else obligation_of(row)


async def put_requirements(tx: Transaction, told: Sequence[tuple[DirectiveIssued, RequirementIssued]]) -> None:
    """Keep the newest version of each requirement; `told` names each at most once, with its directive."""
    rows = [
        {
            "requirement_id": each.requirement_id,
            "version": directive.version,
            "rules": each.model_dump(mode="json"),
            "reviewing_unit_id": each.reviewing_unit_id,
            "issuer_unit_id": directive.issuer_unit_id,
        }
        for directive, each in told
    ]
    if rows:
        await tx.connection.execute(_PUT_REQUIREMENTS, rows)


async def put_obligations(tx: Transaction, told: Sequence[ObligationEvent]) -> None:
    """Keep the newest version of each obligation; `told` names each at most once."""
    rows = [
        {
            "obligation_id": each.obligation_id,
            "version": each.version,
            "directive_id": each.directive_id,
            "requirement_id": each.requirement_id,
            "issuer_unit_id": each.issuer_unit_id,
            "unit_id": each.unit_id,
            "answering_unit_id": each.answering_unit_id,
            "due_at": each.due_at,
            "closes_at": each.closes_at,
            "state": each.state if isinstance(each, ObligationChanged) else "open",
        }
        for each in told
    ]
    if rows:
        await tx.connection.execute(_PUT_OBLIGATIONS, rows)


async def note_particulars(tx: Transaction, told: Sequence[ObligationOpened]) -> None:
    """Note what obligations ask of their units beside their requirements. Only their first version says so."""
    rows = [
        {
            "obligation_id": each.obligation_id,
            "requirement_id": each.requirement_id,
            "unit_id": each.unit_id,
            "period": each.period,
            "levels": list(each.levels),
            "assigned": [[target.indicator, target.period, target.value] for target in each.assigned],
        }
        for each in told
        if each.period or each.levels or each.assigned
    ]
    if rows:
        await tx.connection.execute(_NOTE_PARTICULARS, rows)


def _particulars_of(row: Mapping[Any, Any]) -> Particulars | None:
    if row.get("levels") is None:
        return None
    assigned = json.loads(row["assigned"]) if isinstance(row["assigned"], str) else row["assigned"]
    return Particulars(row["period"], tuple(row["levels"]), tuple(tuple(each) for each in assigned))


def obligation_of(row: Mapping[Any, Any]) -> Obligation:
    """Return the obligation a row speaks of, whichever of the two ways to PostgreSQL it came by.

    With what it asks of its unit beside its requirement, where the row says so (`PARTICULAR_COLUMNS`).
    """
    return Obligation(
        id=row["obligation_id"],
        directive_id=row["directive_id"],
        requirement_id=row["requirement_id"],
        issuer_unit_id=row["issuer_unit_id"],
        unit_id=row["unit_id"],
        answering_unit_id=row["answering_unit_id"],
        due_at=row["due_at"],
        closes_at=row["closes_at"],
        state=row["obligation_state"],
        reviewing_unit_id=row["reviewing_unit_id"],
        particulars=_particulars_of(row),
    )
