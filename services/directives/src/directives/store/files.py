"""The files of a directive, in and out of PostgreSQL, byte for byte."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from directives.tables import directive_files

FileKind = Literal["signed", "attachment"]


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


_COLUMNS = [each for each in directive_files.c if each.name != "content"]
_OF = (
    select(*_COLUMNS)
    .where(directive_files.c.directive_id == bindparam("directive_id"))
    .order_by(directive_files.c.kept_at, directive_files.c.file_id)
)
_CONTENT = select(directive_files.c.content).where(directive_files.c.file_id == bindparam("file_id"))


async def of_directive(connection: AsyncConnection, directive_id: UUID) -> list[KeptFile]:
    """Return the files of a directive, oldest first."""
    rows = (await connection.execute(_OF, {"directive_id": directive_id})).mappings()
    return [KeptFile(id=row["file_id"], **{name: row[name] for name in row if name != "file_id"}) for row in rows]


async def add(connection: AsyncConnection, file: KeptFile, content: bytes) -> None:
    """Keep a file; the database refuses bytes that do not have its digest."""
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
            content=content,
        )
    )


async def remove(connection: AsyncConnection, file_id: UUID) -> None:
    """Keep a file no longer."""
    await connection.execute(delete(directive_files).where(directive_files.c.file_id == file_id))


async def content_of(connection: AsyncConnection, file_id: UUID) -> bytes:
    """Return the bytes of a file, exactly as they were brought."""
    return bytes((await connection.execute(_CONTENT, {"file_id": file_id})).scalar_one())


async def count_attachments(connection: AsyncConnection, directive_id: UUID) -> int:
    """Return how many attachments a directive has."""
    counted = select(func.count()).where(
        directive_files.c.directive_id == directive_id, directive_files.c.kind == "attachment"
    )
    return int((await connection.execute(counted)).scalar_one())
