"""Keeping what was told: of several descriptions of one thing the newest counts, in whatever order they come."""

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TypeVar

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert


class Versioned(Protocol):
    """A description of a thing; versions only grow."""

    @property
    def version(self) -> int:
        """Return which one it is."""


V = TypeVar("V", bound=Versioned)


def newest_of(told: Sequence[V], thing: Callable[[V], Hashable]) -> list[V]:
    """Return the newest description of each thing."""
    newest: dict[Hashable, V] = {}
    for each in told:
        known = newest.get(thing(each))
        if known is None or known.version < each.version:
            newest[thing(each)] = each
    return list(newest.values())


def newest_wins(table: Table) -> Insert:
    """Return the statement that writes a row unless a newer one is there; the table has a column `version`."""
    keys = [column.name for column in table.primary_key]
    new = insert(table)
    return new.on_conflict_do_update(
        index_elements=keys,
        set_={column.name: new.excluded[column.name] for column in table.c if column.name not in keys},
        where=table.c.version < new.excluded.version,
    )
