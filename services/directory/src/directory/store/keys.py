"""Keys of machines, in and out of PostgreSQL."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, RowMapping, Uuid, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.caller import Scope
from directory.access_tables import api_keys
from directory.domain.keys import ApiKey

_COLUMNS = [column for column in api_keys.c if column.name != "key_hash"]
_ABOUT = bindparam("about", type_=Uuid)
_AT = bindparam("at", type_=DateTime(timezone=True))
_BY_HASH = select(*_COLUMNS).where(api_keys.c.key_hash == bindparam("presented", type_=LargeBinary))
_OF = select(*_COLUMNS).where(api_keys.c.person_id == _ABOUT).order_by(api_keys.c.created_at, api_keys.c.key_id)
_INSERT = insert(api_keys)
_REVOKE = (
    update(api_keys)
    .where(
        api_keys.c.key_id == bindparam("which", type_=Uuid),
        api_keys.c.person_id == _ABOUT,
        api_keys.c.revoked_at.is_(None),
    )
    .values(revoked_at=_AT)
)
_USED = update(api_keys).where(api_keys.c.key_id == _ABOUT).values(last_used_at=_AT)


async def find(connection: AsyncConnection, key_hash: bytes) -> ApiKey | None:
    """Return a key by its hash, whether or not it still opens anything, or null."""
    row = (await connection.execute(_BY_HASH, {"presented": key_hash})).mappings().one_or_none()
    return None if row is None else _key(row)


async def of_machine(connection: AsyncConnection, person_id: UUID) -> list[ApiKey]:
    """Return every key a machine was ever given, oldest first."""
    return [_key(row) for row in (await connection.execute(_OF, {"about": person_id})).mappings()]


async def put(connection: AsyncConnection, key: ApiKey, key_hash: bytes) -> None:
    """Write a new key."""
    row: dict[str, Any] = {column.name: getattr(key, column.name) for column in _COLUMNS}
    scopes = [{"unit_id": scope.unit_id, "purposes": sorted(scope.purposes)} for scope in key.scopes]
    await connection.execute(_INSERT, {**row, "scopes": scopes, "key_hash": key_hash})


async def revoke(connection: AsyncConnection, key_id: UUID, *, person_id: UUID, at: datetime) -> bool:
    """Revoke a key of a machine; false when there is none to revoke."""
    return bool((await connection.execute(_REVOKE, {"which": key_id, "about": person_id, "at": at})).rowcount)


async def note_use(connection: AsyncConnection, key_id: UUID, *, at: datetime) -> None:
    """Note when a key was last used."""
    await connection.execute(_USED, {"about": key_id, "at": at})


def _key(row: RowMapping) -> ApiKey:
    return ApiKey(**dict(row) | {"scopes": tuple(Scope.model_validate(each) for each in row["scopes"])})
