"""From `UnitChanged` to the table, and from the table to a tree."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Text, any_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.transaction import Transaction
from contracts.directory import UnitChanged
from unit_tree.noting import newest_of, newest_wins
from unit_tree.tables import known_units
from unit_tree.tree import Tree

_NOTE = newest_wins(known_units)
_STAMP = select(func.count(), func.coalesce(func.sum(known_units.c.version), 0)).select_from(known_units)
_VERSIONS = select(known_units.c.unit_id, known_units.c.version)
_STATES = select(known_units.c.state).where(known_units.c.unit_id == any_(bindparam("unit_ids", type_=ARRAY(Text))))
_ALL_STATES = select(known_units.c.state)


async def note_unit(event: UnitChanged, transaction: Transaction) -> None:
    """Note what a unit is now; an older description never overwrites a newer one."""
    await note_units([event], transaction)


async def note_units(events: Sequence[UnitChanged], transaction: Transaction) -> None:
    """Note what units are now; of several descriptions of one unit the newest counts, in whatever order they come."""
    newest = {event.unit_id: event for event in newest_of(events, lambda each: each.unit_id)}
    # In one order for everyone, so that two workers wait for each other and do not lock up.
    rows: list[dict[str, Any]] = [
        {"unit_id": unit_id, "version": event.version, "state": event.model_dump(mode="json")}
        for unit_id, event in sorted(newest.items())
    ]
    if rows:
        await transaction.connection.execute(_NOTE, rows)


class TreeReader:
    """Reads the tree, and of it again only the units that have changed."""

    def __init__(self) -> None:
        self._stamp: tuple[int, int] | None = None
        self._tree = Tree(())

    async def tree(self, connection: AsyncConnection) -> Tree:
        """Return the tree as this transaction sees it."""
        # Versions only grow and units are never deleted, so these two figures name a state.
        count, versions = (await connection.execute(_STAMP)).one()
        stamp = (int(count), int(versions))
        if stamp != self._stamp:
            self._tree = await self._read_anew(connection) if self._stamp is None else await self._catch_up(connection)
            self._stamp = stamp
        return self._tree

    async def _read_anew(self, connection: AsyncConnection) -> Tree:
        states = (await connection.execute(_ALL_STATES)).scalars()
        return Tree(UnitChanged.model_validate(state) for state in states)

    async def _catch_up(self, connection: AsyncConnection) -> Tree:
        known = {unit.unit_id: unit for unit in self._tree}
        there = {row.unit_id: row.version for row in (await connection.execute(_VERSIONS)).all()}
        stale = [each for each, version in there.items() if each not in known or known[each].version != version]
        states = (await connection.execute(_STATES, {"unit_ids": stale})).scalars()
        fresh = {unit.unit_id: unit for unit in map(UnitChanged.model_validate, states)}
        return Tree((known | fresh)[unit_id] for unit_id in there)
