"""Records taken over from national databases, in and out of PostgreSQL."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ARRAY, Text, any_, bindparam, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.domain.records import Taken
from directory.unit_tables import taken_records

_SOME = select(
    taken_records.c.record_id, taken_records.c.unit_id, taken_records.c.version, taken_records.c.event
).where(
    taken_records.c.source == bindparam("of_source", type_=Text),
    taken_records.c.record_id == any_(bindparam("record_ids", type_=ARRAY(Text))),
)
_INSERT = upsert(taken_records)
_PUT = _INSERT.on_conflict_do_update(
    index_elements=[taken_records.c.source, taken_records.c.record_id],
    set_={name: _INSERT.excluded[name] for name in ("unit_id", "version", "event")},
)


async def some(connection: AsyncConnection, source: str, record_ids: Collection[str]) -> dict[str, Taken]:
    """Return what was taken over of these records."""
    found = await connection.execute(_SOME, {"of_source": source, "record_ids": sorted(record_ids)})
    return {row.record_id: Taken(*row) for row in found.all()}


async def put(connection: AsyncConnection, source: str, taken: Iterable[Taken]) -> None:
    """Write that records were taken over."""
    rows: list[dict[str, Any]] = [
        {
            "source": source,
            "record_id": each.record_id,
            "unit_id": each.unit_id,
            "version": each.version,
            "event": each.event,
        }
        for each in taken
    ]
    if rows:
        await connection.execute(_PUT, rows)
