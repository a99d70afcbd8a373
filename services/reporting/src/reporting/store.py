"""Rows in and out. The text of a statement does not depend on how many rows it takes, so it is compiled once.

Rows go in as one JSON document, which PostgreSQL unfolds with `jsonb_to_recordset`.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    Row,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    column,
    func,
    or_,
    select,
    text,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Insert, insert
from sqlalchemy.sql.selectable import TableValuedAlias

from chassis.transaction import Transaction
from reporting.domain import (
    ALL_LEVELS,
    Aggregate,
    AggregateKey,
    Answer,
    AnswerValues,
    Contribution,
    Figures,
    Obligation,
    ObligationChange,
    Place,
    Ratio,
    Requirement,
    Standing,
    Tally,
)
from reporting.tables import (
    aggregates,
    answer_values,
    answers,
    contributions,
    obligation_changes,
    obligations,
    requirements,
)

Versioned = TypeVar("Versioned", Requirement, Obligation, ObligationChange, Answer)

GROUND_LOCK = 0xC09_9E0
"""Advisory lock on the tree, the requirements and the obligations: what decides where an answer counts."""

_TAKE_GROUND = text(f"SELECT pg_advisory_xact_lock({GROUND_LOCK})")
_STAND_ON_GROUND = text(f"SELECT pg_advisory_xact_lock_shared({GROUND_LOCK})")


async def take_ground(tx: Transaction) -> None:
    """Have the ground to oneself until the transaction ends; everybody else sees it before or after, never between."""
    await tx.connection.execute(_TAKE_GROUND)


async def stand_on_ground(tx: Transaction) -> None:
    """Keep the ground as it is until the transaction ends; others may stand on it too."""
    await tx.connection.execute(_STAND_ON_GROUND)


# Rows in.


def _rows_like(table: Table, *names: str) -> TableValuedAlias:
    columns = [column(each.name, each.type) for each in table.c if not names or each.name in names]
    document = cast(bindparam("rows", type_=Text), JSONB)
    return func.jsonb_to_recordset(document).table_valued(*columns, name="given").render_derived(with_types=True)


def _insert(table: Table) -> Insert:
    # In the order of the key, so that two who write the same rows wait for each other and do not lock up.
    given = _rows_like(table)
    ordered = select(*given.c).order_by(*(given.c[each.name] for each in table.primary_key))
    return insert(table).from_select([each.name for each in table.c], ordered)


def _insert_or_replace(table: Table, *, newer_only: bool = False) -> Insert:
    put = _insert(table)
    return put.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={each.name: put.excluded[each.name] for each in table.c if not each.primary_key},
        where=table.c.version < put.excluded.version if newer_only else None,
    )


_PUT_REQUIREMENTS = _insert_or_replace(requirements, newer_only=True)
_PUT_OBLIGATIONS = _insert_or_replace(obligations, newer_only=True)
_PUT_OBLIGATION_CHANGES = _insert_or_replace(obligation_changes, newer_only=True)
_PUT_ANSWERS = _insert_or_replace(answers, newer_only=True)
_PUT_ANSWER_VALUES = _insert(answer_values).on_conflict_do_nothing()
_PUT_CONTRIBUTIONS = _insert_or_replace(contributions)
_PUT_AGGREGATES = _insert_or_replace(aggregates)


async def _put(tx: Transaction, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        # `str` writes UUIDs, days and moments as PostgreSQL reads them.
        await tx.connection.execute(statement, {"rows": json.dumps(rows, default=str)})


def _newest(found: Iterable[Versioned], key: str) -> list[dict[str, Any]]:
    # One statement may not write a row twice.
    newest: dict[UUID, Versioned] = {}
    for each in found:
        known = newest.setdefault(getattr(each, key), each)
        if known.version < each.version:
            newest[getattr(each, key)] = each
    return [asdict(each) for each in newest.values()]


async def put_requirements(tx: Transaction, found: Iterable[Requirement]) -> None:
    """Note what is asked; an older version never overwrites a newer one."""
    await _put(tx, _PUT_REQUIREMENTS, _newest(found, "requirement_id"))


async def put_obligations(tx: Transaction, found: Iterable[Obligation]) -> None:
    """Note who owes; an older version never overwrites a newer one."""
    await _put(tx, _PUT_OBLIGATIONS, _newest(found, "obligation_id"))


async def put_obligation_changes(tx: Transaction, found: Iterable[ObligationChange]) -> None:
    """Write what obligations have become; a newer version known already stays."""
    await _put(tx, _PUT_OBLIGATION_CHANGES, _newest(found, "obligation_id"))


async def put_answers(tx: Transaction, found: Iterable[Answer]) -> None:
    """Note where answers stand; an older version never overwrites a newer one. Locks every row it was given."""
    await _put(tx, _PUT_ANSWERS, _newest(found, "obligation_id"))


async def put_answer_values(tx: Transaction, found: Iterable[AnswerValues]) -> None:
    """Note what submission versions state. A version that is known never states anything else later."""
    await _put(tx, _PUT_ANSWER_VALUES, [asdict(each) for each in found])


async def put_contributions(tx: Transaction, found: Iterable[Contribution]) -> None:
    """Record what obligations add to the totals."""
    rows = []
    for each in found:
        row = asdict(each)
        place = row.pop("place")
        rows.append(row | place)
    await _put(tx, _PUT_CONTRIBUTIONS, rows)


async def put_aggregates(tx: Transaction, found: Iterable[Aggregate]) -> None:
    """Write aggregates that were taken, or are new."""
    rows = []
    for each in found:
        whole = each.all_units
        rows.append(
            each.key._asdict()
            | {
                "relation": each.relation,
                "version": each.version,
                "units_due": whole.due,
                "units_reported": whole.reported,
                "sums": dict(whole.sums),
                "levels": {level: asdict(tally) for level, tally in each.by_level.items()},
            }
        )
    await _put(tx, _PUT_AGGREGATES, rows)


# Rows out.

_THESE = bindparam("ids", type_=ARRAY(Uuid))
_UNITS = bindparam("units", type_=ARRAY(Text))

_STANDINGS: Select[Any] = (
    select(
        obligations,
        requirements.c.version.label("requirement_version"),
        requirements.c.directive_id,
        requirements.c.issuer_unit_id,
        requirements.c.kind,
        requirements.c.as_of,
        requirements.c.periods,
        requirements.c.indicators,
        requirements.c.ratios,
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
        contributions.c.periods.label("recorded_periods"),
        contributions.c.level,
        contributions.c.above,
        contributions.c.clusters,
        contributions.c.number.label("recorded_number"),
        contributions.c.stated.label("recorded_stated"),
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
_STANDINGS_OF_THESE = _STANDINGS.where(obligations.c.obligation_id == any_(_THESE))
_STANDINGS_OF_REQUIREMENT = _STANDINGS.where(obligations.c.requirement_id == bindparam("requirement_id", type_=Uuid))


async def standings_of(tx: Transaction, obligation_ids: Iterable[UUID]) -> list[Standing]:
    """Return what is known of obligations, by id; those whose requirement is not known yet are left out."""
    ids = list(obligation_ids)
    if not ids:
        return []
    return [_standing(row) for row in await tx.connection.execute(_STANDINGS_OF_THESE, {"ids": ids})]


async def standings_of_requirement(tx: Transaction, requirement_id: UUID) -> list[Standing]:
    """Return what is known of every obligation of a requirement, by id."""
    rows = await tx.connection.execute(_STANDINGS_OF_REQUIREMENT, {"requirement_id": requirement_id})
    return [_standing(row) for row in rows]


def _standing(row: Row[Any]) -> Standing:
    answer = values = recorded = change = None
    if row.changed_version is not None:
        change = ObligationChange(row.obligation_id, row.changed_version, row.changed_state, row.changed_due_at)
    if row.state is not None:
        answer = Answer(row.obligation_id, row.answer_version, row.number, row.state)
    if row.stated is not None:
        values = AnswerValues(row.obligation_id, row.number, row.is_late, row.is_nil, row.stated, row.submitted_at)
    if row.recorded_periods is not None:
        recorded = Contribution(
            obligation_id=row.obligation_id,
            requirement_id=row.requirement_id,
            periods=tuple(row.recorded_periods),
            place=Place(tuple(row.above), tuple(row.clusters), row.level),
            number=row.recorded_number,
            stated=row.recorded_stated,
        )
    obligation = Obligation(
        row.obligation_id, row.version, row.requirement_id, row.unit_id, row.answering_unit_id, row.due_at
    )
    return Standing(obligation, _requirement(row, version=row.requirement_version), answer, values, recorded, change)


def _requirement(row: Row[Any], *, version: int) -> Requirement:
    return Requirement(
        requirement_id=row.requirement_id,
        version=version,
        directive_id=row.directive_id,
        issuer_unit_id=row.issuer_unit_id,
        kind=row.kind,
        as_of=row.as_of,
        periods=tuple(row.periods),
        indicators=tuple(row.indicators),
        ratios=tuple(Ratio(*each) for each in row.ratios),
    )


_FIND_REQUIREMENT = select(requirements).where(requirements.c.requirement_id == bindparam("requirement_id", type_=Uuid))
_ALL_REQUIREMENTS = select(requirements).order_by(requirements.c.requirement_id)


async def find_requirement(tx: Transaction, requirement_id: UUID) -> Requirement | None:
    """Return a requirement, or null when it is not known."""
    found = (await tx.connection.execute(_FIND_REQUIREMENT, {"requirement_id": requirement_id})).one_or_none()
    return None if found is None else _requirement(found, version=found.version)


async def all_requirements(tx: Transaction) -> list[Requirement]:
    """Return every requirement, by id."""
    return [_requirement(row, version=row.version) for row in await tx.connection.execute(_ALL_REQUIREMENTS)]


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


_NEAR_IDS = union(
    select(obligations.c.obligation_id).where(
        or_(obligations.c.unit_id == any_(_UNITS), obligations.c.answering_unit_id == any_(_UNITS))
    ),
    select(contributions.c.obligation_id).where(
        or_(contributions.c.above.overlap(_UNITS), contributions.c.clusters.overlap(_UNITS))
    ),
)
_PLACED_NEAR = (
    select(
        obligations.c.obligation_id,
        obligations.c.unit_id,
        obligations.c.answering_unit_id,
        requirements.c.as_of,
        contributions.c.above,
        contributions.c.clusters,
        contributions.c.level,
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
            place=None if row.level is None else Place(tuple(row.above), tuple(row.clusters), row.level),
        )
        for row in rows
    ]


_KEYS = _rows_like(aggregates, *AggregateKey._fields)
_TAKE_AGGREGATES = (
    select(aggregates)
    .join(_KEYS, and_(*(aggregates.c[name] == _KEYS.c[name] for name in AggregateKey._fields)))
    .order_by(*aggregates.primary_key)
    .with_for_update(of=aggregates)
)
_AGGREGATES_OF = (
    select(aggregates)
    .where(aggregates.c.requirement_id == bindparam("requirement_id", type_=Uuid))
    .order_by(aggregates.c.period, aggregates.c.relation.desc(), aggregates.c.unit_id)
)


async def take_aggregates(tx: Transaction, keys: Iterable[AggregateKey]) -> dict[AggregateKey, Aggregate]:
    """Return and lock those of these aggregates that exist; everyone locks them in the order of their keys."""
    rows = json.dumps([key._asdict() for key in keys], default=str)
    taken = [_aggregate(row) for row in await tx.connection.execute(_TAKE_AGGREGATES, {"rows": rows})]
    return {each.key: each for each in taken}


async def aggregates_of(tx: Transaction, requirement_id: UUID) -> list[Aggregate]:
    """Return every aggregate of a requirement: by period, units before clusters, by id."""
    rows = await tx.connection.execute(_AGGREGATES_OF, {"requirement_id": requirement_id})
    return [_aggregate(row) for row in rows]


def _aggregate(row: Row[Any]) -> Aggregate:
    figures: Figures = {level: Tally(**tally) for level, tally in row.levels.items()} | {
        ALL_LEVELS: Tally(row.units_due, row.units_reported, row.sums)
    }
    return Aggregate(AggregateKey(row.requirement_id, row.unit_id, row.period), row.relation, row.version, figures)
