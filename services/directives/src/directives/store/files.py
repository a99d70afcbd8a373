"""The files of a directive as rows; their bytes lie in the store, and `stored_files` says which of those are wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.transaction import new_id
from directives.file_tables import directive_files, stored_files

FileKind = Literal["signed", "attachment", "document"]
"""A document is one by which a unit carries the directive out; the others are the issuer's."""
SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file that is kept with a directive; its content is fetched apart."""

    id: UUID
    directive_id: UUID
    kind: FileKind
    name: str
    content_type: str
    byte_count: int
    sha256: str
    signature: dict[str, Any] | None
    kept_by: UUID
    kept_at: datetime
    stored_id: UUID | None
    """Where its bytes lie in the store; null while they wait in the row to be moved there."""
    unit_id: str | None = None
    """The unit whose document it is; null: it is the issuer's."""


_COLUMNS = [each for each in directive_files.c if each.name != "content"]
_OF = (
    select(*_COLUMNS)
    .where(directive_files.c.directive_id == bindparam("directive_id"), directive_files.c.unit_id.is_(None))
    .order_by(directive_files.c.kept_at, directive_files.c.file_id)
)
_IN_ROW = select(*_COLUMNS).where(directive_files.c.content.is_not(None)).order_by(directive_files.c.file_id).limit(1)
_OF_DOCUMENT = select(*_COLUMNS).where(
    directive_files.c.directive_id == bindparam("directive_id"), directive_files.c.unit_id == bindparam("unit_id")
)
_CONTENT = select(directive_files.c.content).where(directive_files.c.file_id == bindparam("file_id"))


async def of_directive(connection: AsyncConnection, directive_id: UUID) -> list[KeptFile]:
    """Return the files its issuer keeps with a directive, oldest first."""
    rows = (await connection.execute(_OF, {"directive_id": directive_id})).mappings()
    return [_read(row) for row in rows]


async def find_document(connection: AsyncConnection, directive_id: UUID, unit_id: str) -> KeptFile | None:
    """Return the file of the document by which a unit carries a directive out, or null."""
    key = {"directive_id": directive_id, "unit_id": unit_id}
    row = (await connection.execute(_OF_DOCUMENT, key)).mappings().one_or_none()
    return None if row is None else _read(row)


async def add(connection: AsyncConnection, file: KeptFile) -> None:
    """Keep a file."""
    await connection.execute(
        insert(directive_files).values(
            file_id=file.id,
            directive_id=file.directive_id,
            kind=file.kind,
            name=file.name,
            content_type=file.content_type,
            byte_count=file.byte_count,
            sha256=file.sha256,
            signature=file.signature,
            kept_by=file.kept_by,
            kept_at=file.kept_at,
            stored_id=file.stored_id,
            unit_id=file.unit_id,
        )
    )


async def remove(connection: AsyncConnection, file: KeptFile, *, now: datetime) -> None:
    """Keep a file no longer; what lies in the store for it is wanted by nobody."""
    await connection.execute(delete(directive_files).where(directive_files.c.file_id == file.id))
    if file.stored_id is not None:
        await let_go(connection, file.stored_id, now=now)


async def count_attachments(connection: AsyncConnection, directive_id: UUID) -> int:
    """Return how many attachments a directive has."""
    counted = select(func.count()).where(
        directive_files.c.directive_id == directive_id, directive_files.c.kind == "attachment"
    )
    return int((await connection.execute(counted)).scalar_one())


# What lies in the store.


async def expect(connection: AsyncConnection, *, now: datetime) -> UUID:
    """Write down that bytes are about to be sent to the store; return the id they will lie under."""
    stored_id = new_id()
    await connection.execute(insert(stored_files).values(stored_id=stored_id, state="arriving", since=now))
    return stored_id


async def settle(connection: AsyncConnection, stored_id: UUID, *, now: datetime) -> bool:
    """Note that what arrived is wanted. False: it took so long that it was given up, and may be gone."""
    arrived = (
        update(stored_files)
        .where(stored_files.c.stored_id == stored_id, stored_files.c.state == "arriving")
        .values(state="kept", since=now)
    )
    return (await connection.execute(arrived)).rowcount == 1


async def let_go(connection: AsyncConnection, stored_id: UUID, *, now: datetime) -> None:
    """Note that nobody wants what lies in the store under an id."""
    await connection.execute(
        update(stored_files).where(stored_files.c.stored_id == stored_id).values(state="unwanted", since=now)
    )


async def give_up_arriving(connection: AsyncConnection, *, before: datetime, now: datetime) -> None:
    """Give up what began to arrive before a moment: whoever sent it is gone."""
    await connection.execute(
        update(stored_files)
        .where(stored_files.c.state == "arriving", stored_files.c.since < before)
        .values(state="unwanted", since=now)
    )


async def unwanted(connection: AsyncConnection) -> list[UUID]:
    """Return some of what nobody wants, oldest first."""
    found = (
        select(stored_files.c.stored_id)
        .where(stored_files.c.state == "unwanted")
        .order_by(stored_files.c.since)
        .limit(SWEPT_AT_ONCE)
    )
    return list((await connection.execute(found)).scalars())


async def known_of(connection: AsyncConnection, stored_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these ids that a row speaks of, whether or not it is wanted."""
    found = select(stored_files.c.stored_id).where(stored_files.c.stored_id == any_(bindparam("these", ARRAY(Uuid))))
    return set((await connection.execute(found, {"these": list(stored_ids)})).scalars())


async def forget(connection: AsyncConnection, stored_id: UUID) -> None:
    """Forget what was unwanted and is removed from the store."""
    await connection.execute(
        delete(stored_files).where(stored_files.c.stored_id == stored_id, stored_files.c.state == "unwanted")
    )


# What was kept in rows, before there was a store.


async def find_in_row(connection: AsyncConnection) -> KeptFile | None:
    """Return a file whose bytes still lie in its row."""
    row = (await connection.execute(_IN_ROW)).mappings().one_or_none()
    return None if row is None else _read(row)


async def content_of(connection: AsyncConnection, file_id: UUID) -> bytes | None:
    """Return the bytes in the row of a file; null when they were moved, or the file is gone."""
    found: bytes | None = (await connection.execute(_CONTENT, {"file_id": file_id})).scalar_one_or_none()
    return found


async def put_moved(connection: AsyncConnection, file_id: UUID, stored_id: UUID) -> bool:
    """Note that the bytes of a file lie in the store. False: somebody else moved them, or the file is gone."""
    moved = (
        update(directive_files)
        .where(directive_files.c.file_id == file_id, directive_files.c.content.is_not(None))
        .values(content=None, stored_id=stored_id)
    )
    return (await connection.execute(moved)).rowcount == 1


def _read(row: Any) -> KeptFile:
    return KeptFile(id=row["file_id"], **{name: row[name] for name in row if name != "file_id"})
