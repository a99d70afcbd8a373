"""Aggregates, in and out of PostgreSQL."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from asyncpg import Record
from sqlalchemy import (
    Row,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.rendered import Rendered
from chassis.transaction import Transaction
from reporting.domain import (
    ALL_LEVELS,
    Aggregate,
    AggregateKey,
    Contribution,
    Figures,
    Relation,
    Tally,
)
from reporting.store.told import (
    PUT_CONTRIBUTIONS,
    document,
    insert_or_replace,
    rows_like,
    rows_of_contributions,
)
from reporting.tables import (
    aggregates,
    contributions,
)

_PUT_AGGREGATES = Rendered(insert_or_replace(aggregates))


async def put_aggregates(tx: Transaction, found: Iterable[Aggregate]) -> None:
    """Write aggregates that were taken, or are new."""
    rows = []
    for each in found:
        whole = each.all_units
        rows.append(
            each.key._asdict()
            | {
                "version": each.version,
                "units_due": whole.due,
                "units_reported": whole.reported,
                "sums": whole.sums,
                "assigned": whole.assigned,
                "silent": whole.silent,
                "units_nil": whole.nil,
                "units_late": whole.late,
                "units_returned": whole.returned,
                "units_exempt": whole.exempt,
                "levels": {level: _document(tally) for level, tally in each.by_level.items()},
            }
        )
    if rows:
        await tx.rows(_PUT_AGGREGATES, rows=document(rows))


def _document(tally: Tally) -> dict[str, Any]:
    # What is nought is left out: most of a tally is.
    return {name: value for name, value in tally._asdict().items() if value}


_KEYS = rows_like(aggregates, *AggregateKey._fields)
_TAKE_AGGREGATES = (
    select(aggregates)
    .join(_KEYS, and_(*(aggregates.c[name] == _KEYS.c[name] for name in AggregateKey._fields)))
    .order_by(*aggregates.primary_key)
    .with_for_update(of=aggregates)
)
_RECORD = Rendered(_TAKE_AGGREGATES.add_cte(PUT_CONTRIBUTIONS.cte("recorded")))
_AGGREGATES_OF = (
    select(aggregates)
    .where(aggregates.c.requirement_id == bindparam("requirement_id", type_=Uuid))
    .order_by(aggregates.c.period, aggregates.c.relation.desc(), aggregates.c.unit_id)
)


async def record(
    tx: Transaction, contributions: Iterable[Contribution], keys: Iterable[AggregateKey]
) -> dict[AggregateKey, Aggregate]:
    """Record what obligations add to the totals; return and lock those of the aggregates above them that exist.

    Everyone locks aggregates in the order of their keys.
    """
    rows = await tx.rows(
        _RECORD,
        contributions=document(rows_of_contributions(contributions)),
        rows=document([key._asdict() for key in keys]),
    )
    taken = [_aggregate(row) for row in rows]
    return {each.key: each for each in taken}


_AGGREGATES_AT = _AGGREGATES_OF.where(aggregates.c.unit_id == any_(bindparam("unit_ids", type_=ARRAY(Text))))


async def aggregates_of(
    tx: Transaction, requirement_id: UUID, *, unit_ids: Sequence[str] | None = None
) -> list[Aggregate]:
    """Return every aggregate of a requirement, or those of some units: by period, units before clusters, by id."""
    statement = _AGGREGATES_OF if unit_ids is None else _AGGREGATES_AT
    asked = {"requirement_id": requirement_id} | ({} if unit_ids is None else {"unit_ids": list(unit_ids)})
    rows = await tx.connection.execute(statement, asked)
    return [_aggregate(row) for row in rows]


async def versions_of(tx: Transaction, *, relations: Sequence[Relation]) -> list[tuple[AggregateKey, int]]:
    """Return the version of every aggregate by these relations."""
    columns = aggregates.c["requirement_id", "unit_id", "period", "relation", "version"]
    rows = await tx.connection.execute(select(*columns).where(aggregates.c.relation.in_(relations)))
    return [(AggregateKey(*each[:4]), each.version) for each in rows]


def _aggregate(row: Row[Any] | Record) -> Aggregate:
    # All at once, in the order of the table: a burst reads thousands.
    (
        requirement_id, unit_id, period, relation, version,
        due, reported, sums, levels, assigned, silent, nil, late, returned, exempt,
    ) = tuple(row)  # fmt: skip
    whole = Tally(due, reported, sums, assigned, silent, nil, late, returned, exempt)
    figures: Figures = {level: Tally(**tally) for level, tally in levels.items()} | {ALL_LEVELS: whole}
    return Aggregate(AggregateKey(requirement_id, unit_id, period, relation), version, figures)


_COUNTED = (
    select(
        func.count().filter(contributions.c.number.is_not(None)).label("reported"),
        func.count().filter(~contributions.c.is_exempt).label("due"),
    )
    .select_from(contributions)
    .where(
        contributions.c.requirement_id == bindparam("requirement_id", type_=Uuid),
        func.cardinality(contributions.c.periods) > 0,
    )
)


async def counted_in(tx: Transaction, requirement_id: UUID) -> tuple[int, int]:
    """Return of how many obligations of a requirement an answer counts, and of how many one is owed."""
    found = (await tx.connection.execute(_COUNTED, {"requirement_id": requirement_id})).one()
    return found.reported, found.due
