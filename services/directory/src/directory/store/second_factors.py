"""Second factors, in and out of PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, LargeBinary, Uuid, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.access_tables import recovery_codes, second_factors

_ABOUT = bindparam("about", type_=Uuid)
_COLUMNS = (second_factors.c.secret, second_factors.c.confirmed_at, second_factors.c.last_step)
_FIND = select(*_COLUMNS).where(second_factors.c.person_id == _ABOUT)
_TAKE = _FIND.with_for_update()
_BEGIN = upsert(second_factors)
_BEGIN = _BEGIN.on_conflict_do_update(
    index_elements=[second_factors.c.person_id],
    set_={"secret": _BEGIN.excluded.secret, "begun_at": _BEGIN.excluded.begun_at, "last_step": None},
    where=second_factors.c.confirmed_at.is_(None),
)
_CONFIRM = (
    update(second_factors)
    .where(second_factors.c.person_id == _ABOUT)
    .values(confirmed_at=bindparam("at", type_=DateTime(timezone=True)))
)
_STEP = (
    update(second_factors)
    .where(second_factors.c.person_id == _ABOUT)
    .values(last_step=bindparam("step", type_=BigInteger))
)
_FORGET = delete(second_factors).where(second_factors.c.person_id == _ABOUT)
_FORGET_CODES = delete(recovery_codes).where(recovery_codes.c.person_id == _ABOUT)
_INSERT_CODES = insert(recovery_codes)
_USE_CODE = delete(recovery_codes).where(
    recovery_codes.c.person_id == _ABOUT, recovery_codes.c.code_hash == bindparam("presented", type_=LargeBinary)
)


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """The encrypted secret of somebody's codes, and the last step one was taken of."""

    secret: bytes
    confirmed_at: datetime | None
    last_step: int | None


async def find(connection: AsyncConnection, person_id: UUID) -> SecondFactor | None:
    """Return somebody's second factor, confirmed or just begun, or null."""
    row = (await connection.execute(_FIND, {"about": person_id})).one_or_none()
    return None if row is None else SecondFactor(*row)


async def take(connection: AsyncConnection, person_id: UUID) -> SecondFactor | None:
    """Return somebody's second factor, locked, or null."""
    row = (await connection.execute(_TAKE, {"about": person_id})).one_or_none()
    return None if row is None else SecondFactor(*row)


async def begin(connection: AsyncConnection, person_id: UUID, secret: bytes, *, at: datetime) -> bool:
    """Write a secret that is still to be confirmed; false when there is a confirmed one."""
    return bool((await connection.execute(_BEGIN, {"person_id": person_id, "secret": secret, "begun_at": at})).rowcount)


async def confirm(connection: AsyncConnection, person_id: UUID, code_hashes: Sequence[bytes], *, at: datetime) -> None:
    """Note that the secret has arrived, and write the recovery codes in place of others."""
    await connection.execute(_CONFIRM, {"about": person_id, "at": at})
    await connection.execute(_FORGET_CODES, {"about": person_id})
    await connection.execute(_INSERT_CODES, [{"code_hash": each, "person_id": person_id} for each in code_hashes])


async def note_step(connection: AsyncConnection, person_id: UUID, step: int) -> None:
    """Note of which step a code was taken."""
    await connection.execute(_STEP, {"about": person_id, "step": step})


async def use_recovery_code(connection: AsyncConnection, person_id: UUID, code_hash: bytes) -> bool:
    """Use up a recovery code; false when it is none of theirs."""
    return bool((await connection.execute(_USE_CODE, {"about": person_id, "presented": code_hash})).rowcount)


async def forget(connection: AsyncConnection, person_id: UUID) -> bool:
    """Forget somebody's second factor and recovery codes; false when there was none."""
    await connection.execute(_FORGET_CODES, {"about": person_id})
    return bool((await connection.execute(_FORGET, {"about": person_id})).rowcount)
