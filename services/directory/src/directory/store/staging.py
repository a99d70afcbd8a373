"""Rows of files on their way into the register: in tables of this transaction, since memory may not hold them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import RelationKind
from directory.domain.cycles import Edge
from directory.domain.faults import FILES, IDENTIFIERS, LINKS, RELATIONS, UNITS
from directory.domain.files import Files, Row, Said, Unsound
from directory.domain.units import Identifier, Lineage, Relation, Version
from directory.store.copying import copy_into
from directory.store.units import UNITS_AT_ONCE, version_of

_TABLES = {
    UNITS: (
        "valid_from date, valid_to date, unit_type text, name text, short_name text, abbreviation text, levels text[]"
    ),
    RELATIONS: "kind text, parent_id text, valid_from date, valid_to date",
    LINKS: "kind text, to_unit_id text, effective_date date, legal_basis text",
    IDENTIFIERS: "scheme text, code text, valid_from date, valid_to date",
}
_COLUMNS = {
    file: ("number", "unit_id", "is_sound", *(each.split()[0] for each in columns.split(", ")))
    for file, columns in _TABLES.items()
}
_STRANGERS = {
    RELATIONS: "SELECT number, parent_id AS unit_id FROM staged_relations",
    LINKS: "SELECT number, to_unit_id AS unit_id FROM staged_links",
}


async def prepare(connection: AsyncConnection) -> None:
    """Make the tables; they go with the transaction."""
    for file, columns in _TABLES.items():
        await connection.execute(
            text(
                f"CREATE TEMPORARY TABLE staged_{file} (number integer, unit_id text, is_sound boolean, {columns})"
                " ON COMMIT DROP"
            )
        )


async def enter(connection: AsyncConnection, file: str, rows: Sequence[Row[Said] | Unsound]) -> None:
    """Put rows of a file down."""
    empty = (None,) * (len(_COLUMNS[file]) - 3)
    await copy_into(
        connection,
        f"staged_{file}",
        _COLUMNS[file],
        [
            (row.number, row.unit_id, True, *_values(row.says))
            if isinstance(row, Row)
            else (row.number, row.unit_id, False, *empty)
            for row in rows
        ],
    )


def _values(says: Said) -> tuple[Any, ...]:
    match says:
        case Version():
            return (
                says.valid_from,
                says.valid_to,
                says.unit_type,
                says.name,
                says.short_name,
                says.abbreviation,
                says.levels,
            )
        case Relation():
            return says.kind, says.parent_id, says.valid_from, says.valid_to
        case Lineage():
            return says.kind, says.to_unit_id, says.effective_date, says.legal_basis
        case Identifier():
            return says.scheme, says.code, says.valid_from, says.valid_to


async def arrange(connection: AsyncConnection) -> None:
    """Make what was put down easy to find. Call it once, when everything is there."""
    for file in FILES:
        await connection.execute(text(f"CREATE INDEX ON staged_{file} (unit_id)"))
        await connection.execute(text(f"ANALYZE staged_{file}"))


async def announce(connection: AsyncConnection) -> None:
    """Enter the ids of all new units, with nothing dated yet: what is written first may lead to what comes last."""
    await connection.execute(
        text("INSERT INTO units (unit_id, version) SELECT DISTINCT unit_id, 1 FROM staged_units ON CONFLICT DO NOTHING")
    )


async def next_ids(connection: AsyncConnection, after: str) -> list[str]:
    """Return up to a thousand units the file of units names, those that follow `after`, in the database's order."""
    query = f"SELECT DISTINCT unit_id FROM staged_units WHERE unit_id > :after ORDER BY unit_id LIMIT {UNITS_AT_ONCE}"
    return list((await connection.execute(text(query), {"after": after})).scalars())


async def files_in_turn(
    connection: AsyncConnection, given: Collection[str], silent: frozenset[str]
) -> AsyncIterator[Files]:
    """Yield what the `given` files say of a thousand units, and of the next thousand."""
    ids = await next_ids(connection, "")
    while ids:
        yield await _files_of(connection, ids, given, silent)
        ids = await next_ids(connection, ids[-1])


async def _files_of(
    connection: AsyncConnection, ids: Sequence[str], given: Collection[str], silent: frozenset[str]
) -> Files:
    found: dict[str, Sequence[Any]] = dict.fromkeys(FILES, ())
    for file in given:
        columns = ", ".join(each for each in _COLUMNS[file] if each != "is_sound")
        query = f"SELECT {columns} FROM staged_{file} WHERE unit_id = ANY(:ids) AND is_sound ORDER BY number"
        found[file] = (await connection.execute(text(query), {"ids": list(ids)})).all()
    # The columns of each table are the fields of what they say, in order.
    versions = tuple(Row(number, unit_id, version_of(said)) for number, unit_id, *said in found[UNITS])
    relations = tuple(Row(number, unit_id, Relation(*said)) for number, unit_id, *said in found[RELATIONS])
    links = tuple(Row(number, unit_id, Lineage(*said)) for number, unit_id, *said in found[LINKS])
    identifiers = tuple(Row(number, unit_id, Identifier(*said)) for number, unit_id, *said in found[IDENTIFIERS])
    return Files(
        versions,
        relations,
        links if LINKS in given else None,
        identifiers if IDENTIFIERS in given else None,
        frozenset(ids),
        silent,
    )


async def not_named(connection: AsyncConnection) -> AsyncIterator[tuple[str, int, str]]:
    """Yield file, row and unit of each row about a unit that the file of units does not name."""
    for file in (RELATIONS, LINKS, IDENTIFIERS):
        query = (
            f"SELECT number, unit_id FROM staged_{file} s WHERE is_sound"
            " AND NOT EXISTS (SELECT FROM staged_units u WHERE u.unit_id = s.unit_id)"
        )
        async for row in await connection.stream(text(query)):
            yield file, row.number, row.unit_id


async def leading_nowhere(connection: AsyncConnection) -> AsyncIterator[tuple[str, int, str]]:
    """Yield file, row and unit of each row that leads to a unit nobody knows."""
    for file, rows in _STRANGERS.items():
        query = (
            f"SELECT number, unit_id FROM ({rows} WHERE is_sound) s"
            " WHERE NOT EXISTS (SELECT FROM staged_units u WHERE u.unit_id = s.unit_id)"
            " AND NOT EXISTS (SELECT FROM units u WHERE u.unit_id = s.unit_id)"
        )
        async for row in await connection.stream(text(query)):
            yield file, row.number, row.unit_id


async def edges(connection: AsyncConnection, kind: RelationKind) -> AsyncIterator[Edge]:
    """Yield the edges of one kind there would be: those of the files, and those of units the files do not name."""
    query = """
        SELECT number, unit_id, parent_id, valid_from, valid_to FROM staged_relations WHERE kind = :kind AND is_sound
        UNION ALL
        SELECT 0, unit_id, parent_id, valid_from, valid_to FROM unit_relations r WHERE kind = :kind
            AND NOT EXISTS (SELECT FROM staged_units u WHERE u.unit_id = r.unit_id)
    """
    async for row in await connection.stream(text(query), {"kind": kind}):
        yield Edge(row.unit_id, row.parent_id, row.valid_from, row.valid_to, row.number)


async def codes_met_twice(connection: AsyncConnection) -> AsyncIterator[list[Row[Identifier]]]:
    """Yield, code by code, who would hold it, where that is more than one row; row 0 is what is known already."""
    query = """
        SELECT number, unit_id, scheme, code, valid_from, valid_to FROM (
            SELECT *, count(*) OVER (PARTITION BY scheme, code) AS rows FROM (
                SELECT number, unit_id, scheme, code, valid_from, valid_to FROM staged_identifiers WHERE is_sound
                UNION ALL
                SELECT 0, unit_id, scheme, code, valid_from, valid_to FROM unit_identifiers i
                WHERE (scheme, code) IN (SELECT scheme, code FROM staged_identifiers)
                    AND NOT EXISTS (SELECT FROM staged_units u WHERE u.unit_id = i.unit_id)
            ) held
        ) counted WHERE rows > 1 ORDER BY scheme, code
    """
    together: dict[tuple[str, str], list[Row[Identifier]]] = defaultdict(list)
    async for row in await connection.stream(text(query)):
        if (row.scheme, row.code) not in together:
            for rows in together.values():
                yield rows
            together.clear()
        held = Identifier(row.scheme, row.code, row.valid_from, row.valid_to)
        together[row.scheme, row.code].append(Row(row.number, row.unit_id, held))
    for rows in together.values():
        yield rows
