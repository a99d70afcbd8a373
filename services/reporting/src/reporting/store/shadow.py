"""What the streams say, beside what the tables say: temporary tables of the same columns, for one transaction."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import MetaData, Table, insert, select, text
from sqlalchemy.dialects.postgresql import Insert

import unit_tree.tables
from chassis.transaction import Transaction
from contracts.directory import UnitChanged
from reporting.domain.answered import Answer, AnswerValues
from reporting.domain.asked import Obligation, ObligationChange, Requirement
from reporting.domain.heard import Row
from reporting.store.told import insert_new, insert_or_replace, newest, put_rows, rows_like
from reporting.tables import answer_values, answers, obligation_changes, obligations, requirements

_TABLES: Mapping[type[Any], Table] = {
    UnitChanged: unit_tree.tables.known_units,
    Requirement: requirements,
    Obligation: obligations,
    ObligationChange: obligation_changes,
    Answer: answers,
    AnswerValues: answer_values,
}
_SHADOWS = {table: table.to_metadata(MetaData(), name=f"shadow_{table.name}") for table in _TABLES.values()}
_FLYING = {table: table.to_metadata(MetaData(), name=f"flying_{table.name}") for table in _TABLES.values()}
_NOT_COMPARED = frozenset({unit_tree.tables.known_units.c.state})
"""A unit's description is kept as it was once read; its version says which one it is."""


def _add(table: Table) -> Insert:
    given = rows_like(table)
    return insert(table).from_select([each.name for each in table.c], select(*given.c))  # type: ignore[return-value]  # a plain insert will do


_SETTLE = {
    table: insert_new(shadow) if table is answer_values else insert_or_replace(shadow, newer_only=True)
    for table, shadow in _SHADOWS.items()
}
_FLY = {table: _add(flying) for table, flying in _FLYING.items()}


async def see_one_moment(tx: Transaction) -> None:
    """See the database as it is now until the transaction ends. It has to be the first thing asked of it."""
    await tx.connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


async def open_shadow(tx: Transaction) -> None:
    """Make the empty tables that go away with the transaction."""
    for table in _TABLES.values():
        for copy, how in ((_SHADOWS[table], "INCLUDING INDEXES"), (_FLYING[table], "")):
            made = f"CREATE TEMPORARY TABLE {copy.name} (LIKE {table.name} {how}) ON COMMIT DROP"
            await tx.connection.execute(text(made))


async def cast_shadow(tx: Transaction, found: Iterable[Row], *, is_settled: bool) -> None:
    """Note what the streams say: what the tables must know, or what they may not have heard yet."""
    by_table: dict[Table, list[Row]] = {}
    for each in found:
        by_table.setdefault(_TABLES[type(each)], []).append(each)
    for table, told in by_table.items():
        rows = [_row(each) for each in told]
        if is_settled and table is not answer_values:
            rows = newest(rows, [each.name for each in table.primary_key])
        await put_rows(tx, _SETTLE[table] if is_settled else _FLY[table], rows)


def _row(found: Row) -> dict[str, Any]:
    if isinstance(found, UnitChanged):
        return {"unit_id": found.unit_id, "version": found.version, "state": {}}
    return found._asdict()


async def differing_from_shadow(tx: Transaction) -> dict[str, int]:
    """Return by table how many rows are not what the streams say, those left out that are only on their way."""
    found = {}
    for table in _TABLES.values():
        keys = [each.name for each in table.primary_key]
        names = [each.name for each in table.c if each not in _NOT_COMPARED]
        known, shadow, flying = (f"({', '.join(f'{of}.{name}' for name in names)})" for of in ("t", "s", "f"))
        same = " AND ".join(f"f.{key} = t.{key}" for key in keys)
        # Nothing in these statements comes from outside: names of our own tables and columns.
        counted = text(
            f"SELECT count(*) FROM shadow_{table.name} s FULL JOIN {table.name} t USING ({', '.join(keys)}) "
            f"WHERE {known} IS DISTINCT FROM {shadow} AND NOT EXISTS "
            f"(SELECT FROM flying_{table.name} f WHERE {same} AND {flying} IS NOT DISTINCT FROM {known})"
        )
        found[table.name] = int((await tx.connection.execute(counted)).scalar_one())
    return found
