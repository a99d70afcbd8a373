"""Who stands behind a total, out of PostgreSQL."""

from collections.abc import Collection, Mapping
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, Uuid, and_, any_, bindparam, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.transaction import Transaction
from reporting.domain import Relation, Standing
from reporting.store.standings import STANDINGS, standings_from
from reporting.tables import aggregates, contributions, obligations, requirements

Which = Literal["due", "reported", "missing", "nil", "late", "returned", "exempt"]
"""Those who are counted under one of the figures beside a total; `missing` are those who owe and have not reported."""
_WAYS: Mapping[Relation, ColumnElement[list[str]]] = {
    "reporting": contributions.c.above,
    "cluster": contributions.c.clusters,
    "administrative": contributions.c.administrative,
    "territory": contributions.c.territory,
}
_AMONG: Mapping[Which, ColumnElement[bool]] = {
    "due": not_(contributions.c.is_exempt),
    "reported": contributions.c.number.is_not(None),
    "missing": and_(contributions.c.number.is_(None), not_(contributions.c.is_exempt)),
    "nil": contributions.c.is_nil,
    "late": contributions.c.is_late,
    "returned": contributions.c.is_returned,
    "exempt": contributions.c.is_exempt,
}
assert _AMONG.keys() == set(get_args(Which))  # noqa: S101  each has its list
_AFTER = bindparam("after", type_=Text)


async def standings_behind(
    tx: Transaction,
    requirement_id: UUID,
    unit_id: str,
    *,
    relation: Relation,
    period: str,
    which: Which | None,
    after: str,
    limit: int,
) -> list[Standing]:
    """Return those counted in an aggregate, by the id of their unit, beginning after one.

    For a period a unit owes once: the unit alone says where a page ends (`obligations_unit_once` of directives).
    """
    statement = STANDINGS.where(
        obligations.c.requirement_id == bindparam("requirement_id", type_=Uuid),
        # Containment, which the index answers; `= ANY` of a column it does not.
        _WAYS[relation].op("@>")(bindparam("unit_ids", type_=ARRAY(Text))),
        contributions.c.periods.op("@>")(bindparam("periods", type_=ARRAY(Text))),
        obligations.c.unit_id > _AFTER,
    )
    if which is not None:
        statement = statement.where(_AMONG[which])
    rows = await tx.connection.execute(
        statement.order_by(None)
        .order_by(obligations.c.unit_id, obligations.c.obligation_id)
        .limit(bindparam("how_many", type_=Integer)),
        {
            "requirement_id": requirement_id,
            "unit_ids": [unit_id],
            "periods": [period],
            "after": after,
            "how_many": limit,
        },
    )
    return await standings_from(tx, rows.all())


_PASSED_ON = (
    select(requirements.c.issuer_unit_id, requirements.c.requirement_id)
    .join_from(
        requirements,
        aggregates,
        and_(
            aggregates.c.requirement_id == requirements.c.requirement_id,
            aggregates.c.unit_id == requirements.c.issuer_unit_id,
            aggregates.c.relation == "reporting",
        ),
    )
    .where(
        requirements.c.issuer_unit_id == any_(bindparam("unit_ids", type_=ARRAY(Text))),
        requirements.c.indicators.op("&&")(bindparam("indicators", type_=ARRAY(Text))),
        aggregates.c.period == bindparam("period", type_=Text),
        or_(aggregates.c.units_due > 0, aggregates.c.units_exempt > 0),
    )
    .order_by(requirements.c.issuer_unit_id, requirements.c.requirement_id)
)


async def passed_on_by(
    tx: Transaction, unit_ids: Collection[str], *, indicators: Collection[str], period: str
) -> dict[str, list[UUID]]:
    """Return by unit the requirements by which it asks those below it for the same figures of the same period."""
    asked = {"unit_ids": list(unit_ids), "indicators": list(indicators), "period": period}
    found: dict[str, list[UUID]] = {}
    for row in await tx.connection.execute(_PASSED_ON, asked):
        found.setdefault(row.issuer_unit_id, []).append(row.requirement_id)
    return found
