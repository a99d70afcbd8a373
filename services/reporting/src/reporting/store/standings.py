"""What is known of obligations and requirements, out of PostgreSQL."""

import json
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Row,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.transaction import Transaction
from reporting.domain import (
    RECKONING,
    Answer,
    AnswerValues,
    Contribution,
    Obligation,
    ObligationChange,
    Place,
    Ratio,
    Requirement,
    Standing,
    Target,
)
from reporting.tables import (
    answer_values,
    answers,
    contributions,
    obligation_changes,
    obligations,
    requirements,
)

AT_ONCE = 500
"""Obligations whose figures are in memory together when all of a requirement is gone through."""
_THESE = bindparam("ids", type_=ARRAY(Uuid))
_UNITS = bindparam("units", type_=ARRAY(Text))

_DOCUMENTS = ("ratios", "divided", "calendar", "targets")
STANDINGS: Select[Any] = (
    select(
        obligations,
        requirements.c.version.label("requirement_version"),
        requirements.c.directive_id,
        *requirements.c["issuer_unit_id", "reviewing_unit_id"],
        requirements.c.kind,
        requirements.c.as_of.label("requirement_as_of"),
        requirements.c.periods,
        requirements.c.indicators,
        *requirements.c["bools", "sensitive"],
        # As they are written: of all the rows of one requirement they are read once.
        *(cast(requirements.c[name], Text).label(name) for name in _DOCUMENTS),
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
        contributions.c.periods.label("recorded_periods"),
        contributions.c.level,
        contributions.c.above,
        contributions.c.clusters,
        contributions.c.number.label("recorded_number"),
        contributions.c.stated.label("recorded_stated"),
        contributions.c.by_level.label("recorded_by_level"),
        contributions.c.assigned.label("recorded_assigned"),
        contributions.c.is_nil.label("recorded_nil"),
        contributions.c.is_late.label("recorded_late"),
        *contributions.c["administrative", "territory", "silent", "is_returned", "is_exempt", "reckoning"],
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
_STANDINGS_OF_THESE = STANDINGS.where(obligations.c.obligation_id == any_(_THESE))
_STANDINGS_OF_REQUIREMENT = STANDINGS.where(obligations.c.requirement_id == bindparam("requirement_id", type_=Uuid))


async def standings_of(tx: Transaction, obligation_ids: Iterable[UUID]) -> list[Standing]:
    """Return what is known of obligations, by id; those whose requirement is not known yet are left out."""
    ids = list(obligation_ids)
    if not ids:
        return []
    return standings_from(await tx.connection.execute(_STANDINGS_OF_THESE, {"ids": ids}))


async def standings_of_requirement(tx: Transaction, requirement_id: UUID) -> list[Standing]:
    """Return what is known of every obligation of a requirement, by id."""
    rows = await tx.connection.execute(_STANDINGS_OF_REQUIREMENT, {"requirement_id": requirement_id})
    return standings_from(rows)


async def standings_in_parts(tx: Transaction, requirement_id: UUID) -> AsyncIterator[list[Standing]]:
    """Yield what is known of every obligation of a requirement, by id, so many at a time that memory stays small."""
    rows = await tx.connection.stream(_STANDINGS_OF_REQUIREMENT, {"requirement_id": requirement_id})
    async for part in rows.partitions(AT_ONCE):
        yield standings_from(part)


def standings_from(rows: Iterable[Row[Any]]) -> list[Standing]:
    """Return what rows of `STANDINGS` say."""
    known: dict[UUID, Requirement] = {}
    found = []
    for row in rows:
        requirement = known.get(row.requirement_id)
        if requirement is None:
            documents = {name: json.loads(getattr(row, name)) for name in _DOCUMENTS}
            requirement = known[row.requirement_id] = _requirement(
                row, documents, version=row.requirement_version, as_of=row.requirement_as_of
            )
        found.append(_standing(row, requirement))
    return found


def _standing(row: Row[Any], requirement: Requirement) -> Standing:
    answer = values = recorded = change = None
    if row.changed_version is not None:
        change = ObligationChange(row.obligation_id, row.changed_version, row.changed_state, row.changed_due_at)
    if row.state is not None:
        answer = Answer(row.obligation_id, row.answer_version, row.number, row.state)
    if row.stated is not None:
        values = AnswerValues(
            row.obligation_id,
            row.number,
            row.is_late,
            row.is_nil,
            row.stated,
            row.submitted_at,
            row.by_level,
            row.media_awaited_until,
            row.is_media_late,
        )
    if row.recorded_periods is not None:
        recorded = Contribution(
            obligation_id=row.obligation_id,
            requirement_id=row.requirement_id,
            periods=tuple(row.recorded_periods),
            place=_place(row),
            number=row.recorded_number,
            stated=row.recorded_stated,
            by_level=row.recorded_by_level,
            assigned=row.recorded_assigned,
            silent=row.silent,
            is_nil=row.recorded_nil,
            is_late=row.recorded_late,
            is_returned=row.is_returned,
            is_exempt=row.is_exempt,
            reckoning=row.reckoning,
        )
    obligation = Obligation(
        obligation_id=row.obligation_id,
        version=row.version,
        requirement_id=row.requirement_id,
        unit_id=row.unit_id,
        answering_unit_id=row.answering_unit_id,
        due_at=row.due_at,
        period=row.period,
        as_of=row.as_of,
        levels=tuple(row.levels),
        assigned=row.assigned,
    )
    return Standing(obligation, requirement, answer, values, recorded, change)


def _place(row: Row[Any]) -> Place:
    return Place(tuple(row.above), tuple(row.clusters), row.level, tuple(row.administrative), tuple(row.territory))


def _requirement(row: Row[Any], documents: Mapping[str, Any], *, version: int, as_of: date) -> Requirement:
    return Requirement(
        requirement_id=row.requirement_id,
        version=version,
        directive_id=row.directive_id,
        issuer_unit_id=row.issuer_unit_id,
        reviewing_unit_id=row.reviewing_unit_id,
        kind=row.kind,
        as_of=as_of,
        periods=tuple(row.periods),
        indicators=tuple(row.indicators),
        ratios=tuple(Ratio(*each) for each in documents["ratios"]),
        bools=tuple(row.bools),
        divided=documents["divided"],
        calendar=tuple((code, date.fromisoformat(first_day)) for code, first_day in documents["calendar"]),
        targets=tuple(Target(*each) for each in documents["targets"]),
        sensitive=tuple(row.sensitive),
    )


_IS_OUTDATED = select(select(contributions).where(contributions.c.reckoning != RECKONING).exists())


async def is_outdated(tx: Transaction) -> bool:
    """Say whether there are contributions that were made by an earlier rule."""
    return bool((await tx.connection.execute(_IS_OUTDATED)).scalar_one())


def _documents(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _DOCUMENTS}


_FIND_REQUIREMENT = select(requirements).where(requirements.c.requirement_id == bindparam("requirement_id", type_=Uuid))
_ALL_REQUIREMENTS = select(requirements).order_by(requirements.c.requirement_id)


async def find_requirement(tx: Transaction, requirement_id: UUID) -> Requirement | None:
    """Return a requirement, or null when it is not known."""
    found = (await tx.connection.execute(_FIND_REQUIREMENT, {"requirement_id": requirement_id})).one_or_none()
    return None if found is None else _requirement(found, _documents(found), version=found.version, as_of=found.as_of)


async def all_requirements(tx: Transaction) -> list[Requirement]:
    """Return every requirement, by id."""
    return [
        _requirement(row, _documents(row), version=row.version, as_of=row.as_of)
        for row in await tx.connection.execute(_ALL_REQUIREMENTS)
    ]


_OBLIGATIONS_OF = select(obligations.c.obligation_id).where(obligations.c.requirement_id == any_(_THESE))


async def obligations_of(tx: Transaction, requirement_ids: Collection[UUID]) -> set[UUID]:
    """Return the ids of all obligations of these requirements."""
    if not requirement_ids:
        return set()
    return set((await tx.connection.execute(_OBLIGATIONS_OF, {"ids": list(requirement_ids)})).scalars())


@dataclass(frozen=True, slots=True)
class Placed:
    """An obligation, and where the totals have it; null while they do not have it."""

    obligation_id: UUID
    unit_id: str
    answering_unit_id: str
    as_of: date
    place: Place | None


_WAYS = ("above", "clusters", "administrative", "territory")
_NEAR_IDS = union(
    select(obligations.c.obligation_id).where(
        or_(obligations.c.unit_id == any_(_UNITS), obligations.c.answering_unit_id == any_(_UNITS))
    ),
    select(contributions.c.obligation_id).where(or_(*(contributions.c[way].overlap(_UNITS) for way in _WAYS))),
)
_PLACED_NEAR = (
    select(
        obligations.c.obligation_id,
        obligations.c.unit_id,
        obligations.c.answering_unit_id,
        func.coalesce(obligations.c.as_of, requirements.c.as_of).label("as_of"),
        contributions.c.level,
        *contributions.c[_WAYS],
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
