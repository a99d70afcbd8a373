"""Whether and how people may sign in, in and out of PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, Integer, Text, Uuid, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import today
from chassis.policy import PROVINCE
from directory.access_tables import accounts, past_passwords
from directory.domain.people import account_key
from directory.tables import people, posts

_ABOUT = bindparam("about", type_=Uuid)
_AT = bindparam("at", type_=DateTime(timezone=True))
_SIGNED_IN = update(accounts).where(accounts.c.person_id == _ABOUT).values(last_signed_in_at=_AT)
_SET_HASH = (
    update(people)
    .where(people.c.person_id == _ABOUT, people.c.password_hash == bindparam("before", type_=Text))
    .values(password_hash=bindparam("after", type_=Text))
)
_SET_ANY_HASH = update(people).where(people.c.person_id == _ABOUT).values(password_hash=bindparam("after", type_=Text))
_PASSWORD_SET = (
    update(accounts)
    .where(accounts.c.person_id == _ABOUT)
    .values(must_change_password=bindparam("must_change"), password_set_at=_AT)
)
_INSERT_PAST = insert(past_passwords)
_PAST = (
    select(past_passwords.c.password_hash)
    .where(past_passwords.c.person_id == _ABOUT)
    .order_by(past_passwords.c.replaced_at.desc())
    .limit(bindparam("at_most", type_=Integer))
)
_kept = (
    select(past_passwords.c.replaced_at)
    .where(past_passwords.c.person_id == _ABOUT)
    .order_by(past_passwords.c.replaced_at.desc())
    .limit(bindparam("at_most", type_=Integer))
)
_FORGET_PAST = delete(past_passwords).where(
    past_passwords.c.person_id == _ABOUT, past_passwords.c.replaced_at.not_in(_kept)
)
_DISABLE = (
    update(accounts)
    .where(accounts.c.person_id == _ABOUT, accounts.c.disabled_at.is_(None))
    .values(disabled_at=_AT, disabled_why=bindparam("why", type_=Text))
)
_ENABLE = (
    update(accounts)
    .where(accounts.c.person_id == _ABOUT, accounts.c.disabled_at.is_not(None))
    .values(disabled_at=None, disabled_why=None, active_since=_AT)
)
_last_seen = func.greatest(accounts.c.last_signed_in_at, accounts.c.active_since)
_DORMANT = (
    select(accounts.c.person_id)
    .join(people, people.c.person_id == accounts.c.person_id)
    .where(accounts.c.disabled_at.is_(None), people.c.kind == "person", _last_seen < _AT)
    .order_by(accounts.c.person_id)
)
_day = bindparam("day", type_=Date)
_LAST_ADMINISTRATOR = (
    select(accounts.c.person_id)
    .join(people, people.c.person_id == accounts.c.person_id)
    .join(posts, posts.c.person_id == accounts.c.person_id)
    .where(
        accounts.c.disabled_at.is_(None),
        people.c.kind == "person",
        posts.c.unit_id == PROVINCE,
        posts.c.role == "administrator",
        posts.c.valid_from <= _day,
        or_(posts.c.valid_to.is_(None), posts.c.valid_to >= _day),
    )
    .order_by(_last_seen.desc(), accounts.c.person_id)
    .limit(1)
)
_ACCOUNT = select(people.c.account).where(people.c.person_id == _ABOUT)


async def note_sign_in(connection: AsyncConnection, person_id: UUID, *, at: datetime) -> None:
    """Note when somebody was last here."""
    await connection.execute(_SIGNED_IN, {"about": person_id, "at": at})


async def account_key_of(connection: AsyncConnection, person_id: UUID) -> str:
    """Return the name under which somebody signs in, as names are compared."""
    return account_key((await connection.execute(_ACCOUNT, {"about": person_id})).scalar_one())


async def past_hashes(connection: AsyncConnection, person_id: UUID, *, at_most: int) -> list[str]:
    """Return the hashes of the last passwords somebody gave up, newest first."""
    return list((await connection.execute(_PAST, {"about": person_id, "at_most": at_most})).scalars())


async def replace_hash(
    connection: AsyncConnection, person_id: UUID, *, before: str, after: str, at: datetime, remember: int
) -> bool:
    """Write the hash of a password somebody has chosen; false when another one was written meanwhile."""
    written = await connection.execute(_SET_HASH, {"about": person_id, "before": before, "after": after})
    if not written.rowcount:
        return False
    await connection.execute(_INSERT_PAST, {"person_id": person_id, "replaced_at": at, "password_hash": before})
    await connection.execute(_FORGET_PAST, {"about": person_id, "at_most": remember})
    await connection.execute(_PASSWORD_SET, {"about": person_id, "at": at, "must_change": False})
    return True


async def put_one_time_hash(connection: AsyncConnection, person_id: UUID, *, after: str, at: datetime) -> None:
    """Write the hash of a password that is good for choosing another one only."""
    await connection.execute(_SET_ANY_HASH, {"about": person_id, "after": after})
    await connection.execute(_PASSWORD_SET, {"about": person_id, "at": at, "must_change": True})


async def disable(connection: AsyncConnection, person_id: UUID, *, at: datetime, why: str) -> bool:
    """Disable an account; false when it was already."""
    return bool((await connection.execute(_DISABLE, {"about": person_id, "at": at, "why": why})).rowcount)


async def enable(connection: AsyncConnection, person_id: UUID, *, at: datetime) -> bool:
    """Enable an account again, as one that is in use from now on; false when it was not disabled."""
    return bool((await connection.execute(_ENABLE, {"about": person_id, "at": at})).rowcount)


async def dormant(connection: AsyncConnection, *, unseen_since: datetime, now: datetime) -> list[UUID]:
    """Return people whose accounts nobody has used since a moment, but for the province's last administrator."""
    last = (await connection.execute(_LAST_ADMINISTRATOR, {"day": today(now)})).scalar_one_or_none()
    return [each for each in (await connection.execute(_DORMANT, {"at": unseen_since})).scalars() if each != last]
