"""What is known of obligations and requirements, out of PostgreSQL."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from asyncpg import Record
from sqlalchemy import (
    ColumnElement,
    Label,
    Row,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    or_,
    select,
    type_coerce,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import NullType

from chassis.rendered import Rendered
from chassis.transaction import Transaction
from reporting.domain import (
    RECKONING,
    Answer,
    AnswerValues,
    Contribution,
    Obligation,
    ObligationChange,
    Place,
    Requirement,
    Standing,
)
from reporting.store.asked import requirements_by_id
from reporting.tables import (
    answer_values,
    answers,
    contributions,
    obligation_changes,
    obligations,
    requirements,
)

WAYS = ("above", "clusters", "administrative", "territory")
AT_ONCE = 500
"""Obligations whose figures are in memory together when all of a requirement is gone through."""
_THESE = bindparam("ids", type_=ARRAY(Uuid))
_UNITS = bindparam("units", type_=ARRAY(Text))


def _as_given(given: ColumnElement[Any], name: str | None = None) -> Label[Any]:
    # An array comes from the driver as a list already; going through each of them once more takes longer than all else.
    return type_coerce(given, NullType()).label(name or given.key)


STANDINGS: Select[Any] = (
    select(
        *(each for each in obligations.c if each is not obligations.c.levels),
        _as_given(obligations.c.levels),
        obligation_changes.c.version.label("changed_version"),
        obligation_changes.c.state.label("changed_state"),
        obligation_changes.c.due_at.label("changed_due_at"),
        answers.c.version.label("answer_version"),
        answers.c.number,
        answers.c.state,
        answer_values.c.is_late,
        answer_values.c.is_nil,
        answer_values.c.stated,
        answer_values.c.submitted_at,
        answer_values.c.by_level,
        answer_values.c.media_awaited_until,
        answer_values.c.is_media_late,
        _as_given(contributions.c.periods, "recorded_periods"),
        contributions.c.level,
        *(_as_given(contributions.c[way]) for way in WAYS),
        contributions.c.number.label("recorded_number"),
        contributions.c.stated.label("recorded_stated"),
        contributions.c.by_level.label("recorded_by_level"),
        contributions.c.assigned.label("recorded_assigned"),
        contributions.c.is_nil.label("recorded_nil"),
        contributions.c.is_late.label("recorded_late"),
        *contributions.c["silent", "is_returned", "is_exempt", "reckoning"],
    )
    .join_from(obligations, requirements, obligations.c.requirement_id == requirements.c.requirement_id)
    .outerjoin(obligation_changes, obligation_changes.c.obligation_id == obligations.c.obligation_id)
    .outerjoin(answers, answers.c.obligation_id == obligations.c.obligation_id)
    .outerjoin(
        answer_values,
        and_(answer_values.c.obligation_id == answers.c.obligation_id, answer_values.c.number == answers.c.number),
    )
    .outerjoin(contributions, contributions.c.obligation_id == obligations.c.obligation_id)
    .order_by(obligations.c.obligation_id)
)
_STANDINGS_OF_THESE = Rendered(STANDINGS.where(obligations.c.obligation_id == any_(_THESE)))
_STANDINGS_OF_REQUIREMENT = STANDINGS.where(obligations.c.requirement_id == bindparam("requirement_id", type_=Uuid))

_REQUIREMENT = [each.name for each in STANDINGS.selected_columns].index("requirement_id")


async def standings_of(tx: Transaction, obligation_ids: Iterable[UUID]) -> list[Standing]:
    """Return what is known of obligations, by id; those whose requirement is not known yet are left out."""
    ids = list(obligation_ids)
    if not ids:
        return []
    return await standings_from(tx, await tx.rows(_STANDINGS_OF_THESE, ids=ids))


async def standings_of_requirement(tx: Transaction, requirement_id: UUID) -> list[Standing]:
    """Return what is known of every obligation of a requirement, by id."""
    rows = await tx.connection.execute(_STANDINGS_OF_REQUIREMENT, {"requirement_id": requirement_id})
    return await standings_from(tx, rows.all())


async def standings_in_parts(tx: Transaction, requirement: Requirement) -> AsyncIterator[list[Standing]]:
    """Yield what is known of every obligation of a requirement, by id, so many at a time that memory stays small."""
    rows = await tx.connection.stream(_STANDINGS_OF_REQUIREMENT, {"requirement_id": requirement.requirement_id})
    async for part in rows.partitions(AT_ONCE):
        yield [_standing(row, requirement) for row in part]


async def standings_from(tx: Transaction, rows: Sequence[Row[Any] | Record]) -> list[Standing]:
    """Return what rows of `STANDINGS` say, each with its requirement."""
    known = await requirements_by_id(tx, {row[_REQUIREMENT] for row in rows})
    return [_standing(row, known[row[_REQUIREMENT]]) for row in rows]


def _standing(row: Row[Any] | Record, requirement: Requirement) -> Standing:
    # All at once, in the order of `STANDINGS`: to ask for each by its name takes longer than what is done with it.
    (
        obligation_id, version, requirement_id, unit_id, answering_unit_id, due_at, period, as_of, assigned, levels,
        changed_version, changed_state, changed_due_at,
        answer_version, number, state,
        is_late, is_nil, stated, submitted_at, by_level, media_awaited_until, is_media_late,
        recorded_periods, level, above, clusters, administrative, territory,
        recorded_number, recorded_stated, recorded_by_level, recorded_assigned, recorded_nil, recorded_late,
        silent, is_returned, is_exempt, reckoning,
    ) = tuple(row)  # fmt: skip
    answer = values = recorded = change = None
    if changed_version is not None:
        change = ObligationChange(obligation_id, changed_version, changed_state, changed_due_at)
    if state is not None:
        answer = Answer(obligation_id, answer_version, number, state)
    if stated is not None:
        values = AnswerValues(
            obligation_id,
            number,
            is_late,
            is_nil,
            stated,
            submitted_at,
            by_level,
            media_awaited_until,
            is_media_late,
        )
    if recorded_periods is not None:
        recorded = Contribution(
            obligation_id=obligation_id,
            requirement_id=requirement_id,
            periods=tuple(recorded_periods),
            place=Place(tuple(above), tuple(clusters), level, tuple(administrative), tuple(territory)),
            number=recorded_number,
            stated=recorded_stated,
            by_level=recorded_by_level,
            assigned=recorded_assigned,
            silent=silent,
            is_nil=recorded_nil,
            is_late=recorded_late,
            is_returned=is_returned,
            is_exempt=is_exempt,
            reckoning=reckoning,
        )
    obligation = Obligation(
        obligation_id=obligation_id,
        version=version,
        requirement_id=requirement_id,
        unit_id=unit_id,
        answering_unit_id=answering_unit_id,
        due_at=due_at,
        period=period,
        as_of=as_of,
        levels=tuple(levels),
        assigned=assigned,
    )
    return Standing(obligation, requirement, answer, values, recorded, change)


def _place(row: Row[Any]) -> Place:
    return Place(tuple(row.above), tuple(row.clusters), row.level, tuple(row.administrative), tuple(row.territory))


_IS_OUTDATED = select(select(contributions).where(contributions.c.reckoning != RECKONING).exists())


async def is_outdated(tx: Transaction) -> bool:
    """Say whether there are contributions that were made by an earlier rule."""
    return bool((await tx.connection.execute(_IS_OUTDATED)).scalar_one())


@dataclass(frozen=True, slots=True)
class Placed:
    """An obligation, and where the totals have it; null while they do not have it."""

    obligation_id: UUID
    unit_id: str
    answering_unit_id: str
    as_of: date
    place: Place | None


_NEAR_IDS = union(
    select(obligations.c.obligation_id).where(
        or_(obligations.c.unit_id == any_(_UNITS), obligations.c.answering_unit_id == any_(_UNITS))
    ),
    select(contributions.c.obligation_id).where(or_(*(contributions.c[way].overlap(_UNITS) for way in WAYS))),
)
_PLACED_NEAR = (
    select(
        obligations.c.obligation_id,
        obligations.c.unit_id,
        obligations.c.answering_unit_id,
        func.coalesce(obligations.c.as_of, requirements.c.as_of).label("as_of"),
        contributions.c.level,
        *contributions.c[WAYS],
    )
    .join_from(obligations, requirements, obligations.c.requirement_id == requirements.c.requirement_id)
    .outerjoin(contributions, contributions.c.obligation_id == obligations.c.obligation_id)
    .where(obligations.c.obligation_id.in_(_NEAR_IDS))
)


async def placed_near(tx: Transaction, unit_ids: Collection[str]) -> list[Placed]:
    """Return the obligations that these units owe or answer, or that stand below them.

    When these units change, no other obligation can stand elsewhere: where the way up parts from the old one, the
    unit at the parting has changed, and it is on the old way too.
    """
    rows = await tx.connection.execute(_PLACED_NEAR, {"units": list(unit_ids)})
    return [
        Placed(
            obligation_id=row.obligation_id,
            unit_id=row.unit_id,
            answering_unit_id=row.answering_unit_id,
            as_of=row.as_of,
            place=None if row.level is None else _place(row),
        )
        for row in rows
    ]
