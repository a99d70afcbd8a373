"""Editions, in and out of PostgreSQL: written once."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Text, Uuid, bindparam, func, insert, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.transaction import Transaction
from reporting.domain.aggregate import AggregateKey, Tally
from reporting.domain.contribution import Relation
from reporting.domain.edition import Edition, Figure, Source
from reporting.edition_tables import edition_figures, edition_sources, editions
from reporting.store.told import insert_new, put_rows
from reporting.tables import contributions, obligations

_OF = bindparam("requirement_id", type_=Uuid)
_NUMBER = bindparam("edition", type_=Integer)
_PUT_FIGURES = insert_new(edition_figures)
_COPY_SOURCES = insert(edition_sources).from_select(
    [each.name for each in edition_sources.c],
    select(
        contributions.c.requirement_id,
        func.cast(_NUMBER, Integer),
        contributions.c.obligation_id,
        obligations.c.unit_id,
        contributions.c.number,
        contributions.c.periods,
        contributions.c.above,
        contributions.c.clusters,
        contributions.c.administrative,
        contributions.c.territory,
        contributions.c.stated,
        contributions.c.is_nil,
        contributions.c.is_exempt,
    )
    .join_from(contributions, obligations, contributions.c.obligation_id == obligations.c.obligation_id)
    .where(contributions.c.requirement_id == _OF, func.cardinality(contributions.c.periods) > 0),
)


Ways = dict[str, dict[str, tuple[str, ...]]]
"""By period and unit: who stands above it by reporting, nearest first."""


async def ways_of(tx: Transaction, requirement_id: UUID, number: int | None = None) -> Ways:
    """Return along which units the totals of a requirement add up: as an edition found them, else as they are now.

    Of every unit that has totals of its own. What the tree says may have been corrected since.
    """
    table = contributions if number is None else edition_sources
    statement = (
        select(func.unnest(table.c.periods).label("period"), table.c.above)
        .where(table.c.requirement_id == requirement_id)
        .distinct()
    )
    if number is not None:
        statement = statement.where(table.c.number == number)
    found: Ways = {}
    for period, above in await tx.connection.execute(statement):
        for place, unit_id in enumerate(above, start=1):
            found.setdefault(period, {})[unit_id] = tuple(above[place:])
    return found


async def put_edition(tx: Transaction, edition: Edition, figures: Sequence[Figure]) -> None:
    """Write an edition, with its figures and, from the contributions as they are now, what stands behind them."""
    await tx.connection.execute(insert(editions), asdict(edition))
    rows = [
        {
            **each.key._asdict(),
            "number": edition.number,
            "name": each.name,
            "unit_type": each.unit_type,
            "figures": {level: _document(tally) for level, tally in each.figures.items()},
            "is_withheld": each.is_withheld,
        }
        for each in figures
    ]
    await put_rows(tx, _PUT_FIGURES, rows)
    await tx.connection.execute(_COPY_SOURCES, {"requirement_id": edition.requirement_id, "edition": edition.number})


def _document(tally: Tally) -> dict[str, Any]:
    return {name: value for name, value in tally._asdict().items() if value}


_EDITIONS = select(editions).where(editions.c.requirement_id == _OF).order_by(editions.c.number.desc())


async def editions_of(tx: Transaction, requirement_id: UUID) -> list[Edition]:
    """Return the editions of a requirement, newest first."""
    rows = await tx.connection.execute(_EDITIONS, {"requirement_id": requirement_id})
    return [Edition(**row._mapping) for row in rows]  # noqa: SLF001  SQLAlchemy's public name for it


_FIGURES = (
    select(edition_figures)
    .where(edition_figures.c.requirement_id == _OF, edition_figures.c.number == _NUMBER)
    .order_by(edition_figures.c.period, edition_figures.c.relation.desc(), edition_figures.c.unit_id)
)


async def figures_of(tx: Transaction, requirement_id: UUID, number: int) -> list[Figure]:
    """Return every figure of an edition: by period, then by unit."""
    rows = await tx.connection.execute(_FIGURES, {"requirement_id": requirement_id, "edition": number})
    return [_figure(row) for row in rows]


async def figures_after(
    tx: Transaction,
    requirement_id: UUID,
    number: int,
    *,
    after: AggregateKey | None,
    relations: Sequence[Relation],
    limit: int,
) -> list[Figure]:
    """Return some figures of an edition by unit, period and relation, beginning after one."""
    columns = edition_figures.c["unit_id", "period", "relation"]
    place = tuple_(*columns)
    statement = (
        select(edition_figures)
        .where(
            edition_figures.c.requirement_id == _OF,
            edition_figures.c.number == _NUMBER,
            edition_figures.c.relation.in_(relations),
        )
        .order_by(*columns)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(
            place > tuple_(literal(after.unit_id), literal(after.period), literal(after.relation))
        )
    rows = await tx.connection.execute(statement, {"requirement_id": requirement_id, "edition": number})
    return [_figure(row) for row in rows]


def _figure(row: Row[Any]) -> Figure:
    return Figure(
        AggregateKey(row.requirement_id, row.unit_id, row.period, row.relation),
        row.name,
        row.unit_type,
        {level: Tally(**tally) for level, tally in row.figures.items()},
        row.is_withheld,
    )


_WAYS = {
    "reporting": edition_sources.c.above,
    "cluster": edition_sources.c.clusters,
    "administrative": edition_sources.c.administrative,
    "territory": edition_sources.c.territory,
}


async def sources_of(tx: Transaction, key: AggregateKey, number: int, *, after: str, limit: int) -> list[Source]:
    """Return who stood behind a figure of an edition, by unit, beginning after one."""
    relation: Relation = key.relation
    statement = (
        select(edition_sources)
        .where(
            edition_sources.c.requirement_id == _OF,
            edition_sources.c.number == _NUMBER,
            _WAYS[relation].op("@>")(bindparam("unit_ids", type_=ARRAY(Text))),
            edition_sources.c.periods.op("@>")(bindparam("periods", type_=ARRAY(Text))),
            edition_sources.c.unit_id > bindparam("after", type_=Text),
        )
        .order_by(edition_sources.c.unit_id, edition_sources.c.obligation_id)
        .limit(literal(limit))
    )
    asked = {"requirement_id": key.requirement_id, "edition": number, "unit_ids": [key.unit_id]}
    rows = await tx.connection.execute(statement, asked | {"periods": [key.period], "after": after})
    return [
        Source(row.obligation_id, row.unit_id, row.submission_number, row.stated, row.is_nil, row.is_exempt)
        for row in rows
    ]
