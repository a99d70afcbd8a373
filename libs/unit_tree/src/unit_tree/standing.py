"""Who stands above a few units, asked of the table: for a service that asks seldom and keeps no tree in memory."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, Date, Text, bindparam, column, text

from chassis.strokes import Stroke, Strokes
from chassis.transaction import Transaction
from contracts.directory import RelationKind


class Above(NamedTuple):
    """A unit that stands above another one, by which kind of relation and on which day."""

    kind: str
    day: date
    unit_id: str


Standings = Mapping[str, Collection[Above]]
"""Who stands above each unit, itself first of all; a unit that nobody told of is not in it."""

# What `Tree.ancestors` says of each of the units, kinds and days. A ring ends where it closes: no row comes twice.
# That each unit stands above itself tells one with nobody above from one nobody told of.
_STANDING = (
    text(
        """
        WITH RECURSIVE standing (unit_id, kind, day, above_id) AS (
            SELECT known_units.unit_id, kinds.kind, days.day, known_units.unit_id
            FROM known_units, unnest(:kinds) AS kinds (kind), unnest(:days) AS days (day)
            WHERE known_units.unit_id = ANY (:unit_ids)
          UNION
            SELECT standing.unit_id, standing.kind, standing.day, relation ->> 'parent_id'
            FROM standing
            JOIN known_units ON known_units.unit_id = standing.above_id
            CROSS JOIN jsonb_array_elements(known_units.state -> 'relations') AS relation
            WHERE relation ->> 'kind' = standing.kind
              AND CAST(relation ->> 'valid_from' AS date) <= standing.day
              AND coalesce(CAST(relation ->> 'valid_to' AS date), 'infinity') >= standing.day
        )
        SELECT unit_id, kind, day, above_id FROM standing
        """
    )
    .bindparams(
        bindparam("unit_ids", type_=ARRAY(Text)),
        bindparam("kinds", type_=ARRAY(Text)),
        bindparam("days", type_=ARRAY(Date)),
    )
    .columns(column("unit_id", Text), column("kind", Text), column("day", Date), column("above_id", Text))
)
_READ_STANDING = Stroke(_STANDING)


async def find_standings(
    tx: Transaction, unit_ids: Collection[str], kinds: Collection[RelationKind], days: Collection[date]
) -> Standings:
    """Return who stands above these units by these kinds of relations, on each of these days."""
    rows = await tx.connection.execute(_STANDING, _said(unit_ids, kinds, days))
    return _standings(rows.mappings())


async def read_standings(
    strokes: Strokes, unit_ids: Collection[str], kinds: Collection[RelationKind], days: Collection[date]
) -> Standings:
    """Return what `find_standings` does, in one stroke."""
    return _standings(await strokes.rows(_READ_STANDING, **_said(unit_ids, kinds, days)))


def _said(unit_ids: Collection[str], kinds: Collection[RelationKind], days: Collection[date]) -> dict[str, Any]:
    return {"unit_ids": sorted(set(unit_ids)), "kinds": sorted(set(kinds)), "days": sorted(set(days))}


def _standings(rows: Iterable[Mapping[Any, Any]]) -> Standings:
    found: dict[str, list[Above]] = {}
    for row in rows:
        found.setdefault(row["unit_id"], []).append(Above(row["kind"], row["day"], row["above_id"]))
    return found
