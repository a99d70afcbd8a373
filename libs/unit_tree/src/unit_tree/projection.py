"""From `UnitChanged` to the table, and from the table to a tree."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.transaction import Transaction
from contracts.directory import UnitChanged
from unit_tree.tables import known_units
from unit_tree.tree import Tree


async def note_unit(event: UnitChanged, transaction: Transaction) -> None:
    """Note what a unit is now; an older description never overwrites a newer one."""
    row = insert(known_units).values(unit_id=event.unit_id, version=event.version, state=event.model_dump(mode="json"))
    await transaction.connection.execute(
        row.on_conflict_do_update(
            index_elements=[known_units.c.unit_id],
            set_={"version": row.excluded.version, "state": row.excluded.state},
            where=known_units.c.version < row.excluded.version,
        )
    )


class TreeReader:
    """Reads the tree, and reads it again only when a unit has changed."""

    def __init__(self) -> None:
        self._stamp: tuple[int, int] | None = None
        self._tree = Tree(())

    async def tree(self, connection: AsyncConnection) -> Tree:
        """Return the tree as this transaction sees it."""
        # Versions only grow and units are never deleted, so these two figures name a state.
        query = select(func.count(), func.coalesce(func.sum(known_units.c.version), 0)).select_from(known_units)
        count, versions = (await connection.execute(query)).one()
        stamp = (int(count), int(versions))
        if stamp != self._stamp:
            states = (await connection.execute(select(known_units.c.state))).scalars()
            self._tree = Tree(UnitChanged.model_validate(state) for state in states)
            self._stamp = stamp
        return self._tree
