"""People, their posts and their wrong passwords, in and out of PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.transaction import new_id
from directory.access_tables import accounts
from directory.domain.people import Contact, Credentials, NewAccount, Person, Post, Principal
from directory.tables import people, posts, wrong_passwords

_KEY = bindparam("key", type_=Text)
_PERSON = bindparam("person_id", type_=Uuid)
_ABOUT = bindparam("about", type_=Uuid)
_key_of = func.lower(people.c.account)

_PRINCIPAL_COLUMNS = (
    people.c.person_id,
    people.c.kind,
    people.c.version,
    accounts.c.must_change_password,
    accounts.c.password_set_at,
    accounts.c.disabled_at,
)
_with_account = people.join(accounts, accounts.c.person_id == people.c.person_id)
_CREDENTIALS = select(*_PRINCIPAL_COLUMNS, people.c.password_hash).select_from(_with_account).where(_key_of == _KEY)
_CREDENTIALS_OF = (
    select(*_PRINCIPAL_COLUMNS, people.c.password_hash).select_from(_with_account).where(people.c.person_id == _PERSON)
)
_PRINCIPAL = select(*_PRINCIPAL_COLUMNS).select_from(_with_account).where(people.c.person_id == _PERSON)
_PERSON_SHOWN = (
    select(
        people.c.person_id,
        people.c.account,
        people.c.full_name,
        people.c.email,
        people.c.kind,
        people.c.version,
        accounts.c.must_change_password,
        accounts.c.last_signed_in_at,
        accounts.c.disabled_at,
        accounts.c.disabled_why,
    )
    .select_from(_with_account)
    .where(people.c.person_id == _PERSON)
)
_AT_UNIT = (
    select(posts.c.person_id)
    .where(posts.c.unit_id == bindparam("unit_id", type_=Text))
    .distinct()
    .order_by("person_id")
)
_TAKE_PEOPLE = (
    select(people.c.person_id)
    .where(people.c.person_id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(people.c.person_id)
    .with_for_update()
)
_NEXT_VERSION = (
    update(people).where(people.c.person_id == _ABOUT).values(version=people.c.version + 1).returning(people.c.version)
)
_PUT_POST = upsert(posts)
_PUT_POST = _PUT_POST.on_conflict_do_update(
    index_elements=[posts.c.person_id, posts.c.unit_id, posts.c.role, posts.c.valid_from],
    set_={"valid_to": _PUT_POST.excluded.valid_to},
)
_EXISTING = select(_key_of.label("key"), people.c.person_id).where(
    _key_of == any_(bindparam("keys", type_=ARRAY(Text)))
)
_CONTACTS = select(people.c.person_id, people.c.full_name, people.c.email).where(
    people.c.person_id == any_(bindparam("ids", type_=ARRAY(Uuid))), people.c.kind == "person"
)
_POSTS = (
    select(posts.c.unit_id, posts.c.role, posts.c.valid_from, posts.c.valid_to)
    .where(posts.c.person_id == _PERSON)
    .order_by(posts.c.unit_id, posts.c.role, posts.c.valid_from)
)
_POSTS_OF_ALL = select(posts.c.person_id, posts.c.unit_id, posts.c.role, posts.c.valid_from, posts.c.valid_to).where(
    posts.c.person_id == any_(bindparam("ids", type_=ARRAY(Uuid)))
)
_INSERT_POSTS = insert(posts)
_INSERT_ACCOUNTS = insert(accounts)

# A key of 64 bits made from the name: also of one that is nobody's, since it has no row to lock.
_TAKE_ATTEMPTS = select(func.pg_advisory_xact_lock(func.hashtextextended(_KEY, cast(literal(0), BigInteger))))
_since = bindparam("since", type_=DateTime(timezone=True))
_ATTEMPTS = (
    select(wrong_passwords.c.tried_at)
    .where(wrong_passwords.c.account == _KEY, wrong_passwords.c.tried_at > _since)
    .order_by(wrong_passwords.c.tried_at)
)
_INSERT_ATTEMPT = insert(wrong_passwords)
_FORGIVE = delete(wrong_passwords).where(wrong_passwords.c.account == _KEY)
_SWEEP = delete(wrong_passwords).where(wrong_passwords.c.tried_at <= _since)


async def existing(connection: AsyncConnection, keys: Collection[str]) -> dict[str, UUID]:
    """Return whose the accounts with these keys are, as far as there are any."""
    rows = await connection.execute(_EXISTING, {"keys": sorted(keys)})
    return {row.key: row.person_id for row in rows.all()}


async def put_new(
    connection: AsyncConnection, accounts_: Sequence[tuple[NewAccount, str]], *, at: datetime
) -> dict[str, UUID]:
    """Write accounts with their password hashes and posts; return the ids by key.

    Leaves out accounts somebody else has made meanwhile; waits for those who are about to.
    """
    # In one order for everyone, so that two who write the same accounts wait for each other and do not lock up.
    rows = [
        {
            "person_id": new_id(),
            "version": 1,
            "account": each.account,
            "kind": each.kind,
            "full_name": each.full_name,
            "email": each.email,
            "password_hash": password_hash,
        }
        for each, password_hash in sorted(accounts_, key=lambda pair: pair[0].key)
    ]
    if not rows:
        return {}
    written = await connection.execute(
        upsert(people)
        .values(rows)
        .on_conflict_do_nothing(index_elements=[_key_of])
        .returning(people.c.person_id, _key_of.label("key"))
    )
    ids = {row.key: row.person_id for row in written.all()}
    opened = [
        {
            "person_id": ids[each.key],
            "must_change_password": each.must_change_password,
            "password_set_at": at,
            "active_since": at,
        }
        for each, _ in accounts_
        if each.key in ids
    ]
    if opened:
        await connection.execute(_INSERT_ACCOUNTS, opened)
    held = [
        {
            "person_id": ids[each.key],
            "unit_id": post.unit_id,
            "role": post.role,
            "valid_from": post.valid_from,
            "valid_to": post.valid_to,
        }
        for each, _ in accounts_
        if each.key in ids
        for post in each.posts
    ]
    if held:
        await connection.execute(_INSERT_POSTS, held)
    return ids


async def find_credentials(connection: AsyncConnection, key: str) -> Credentials | None:
    """Return what a sign-in to an account is checked against, or null when there is no such account."""
    row = (await connection.execute(_CREDENTIALS, {"key": key})).one_or_none()
    return None if row is None else Credentials(Principal(*row[:-1]), row.password_hash)


async def get_credentials_of(connection: AsyncConnection, person_id: UUID) -> Credentials:
    """Return what a password of somebody who is known to exist is checked against."""
    row = (await connection.execute(_CREDENTIALS_OF, {"person_id": person_id})).one()
    return Credentials(Principal(*row[:-1]), row.password_hash)


async def find_person(connection: AsyncConnection, person_id: UUID) -> Person | None:
    """Return somebody as those see them who administer their account, or null."""
    row = (await connection.execute(_PERSON_SHOWN, {"person_id": person_id})).mappings().one_or_none()
    return None if row is None else Person(**row)


async def people_at(connection: AsyncConnection, unit_id: str) -> list[UUID]:
    """Return who ever held or will hold a post at a unit."""
    return list((await connection.execute(_AT_UNIT, {"unit_id": unit_id})).scalars())


async def take_people(connection: AsyncConnection, ids: Collection[UUID]) -> set[UUID]:
    """Lock these people, in one order for everyone; return those who exist."""
    return set((await connection.execute(_TAKE_PEOPLE, {"ids": list(ids)})).scalars())


async def next_version(connection: AsyncConnection, person_id: UUID) -> int:
    """Count one more change of what somebody may do; return the new version."""
    return int((await connection.execute(_NEXT_VERSION, {"about": person_id})).scalar_one())


async def put_post(connection: AsyncConnection, person_id: UUID, post: Post) -> None:
    """Write a post, or another end of one that begins on the same day."""
    row = {"unit_id": post.unit_id, "role": post.role, "valid_from": post.valid_from, "valid_to": post.valid_to}
    await connection.execute(_PUT_POST, {"person_id": person_id, **row})


async def find_principal(connection: AsyncConnection, person_id: UUID) -> Principal | None:
    """Return somebody who may sign in, or null when there is nobody of this id."""
    row = (await connection.execute(_PRINCIPAL, {"person_id": person_id})).one_or_none()
    return None if row is None else Principal(*row)


async def get_principal(connection: AsyncConnection, person_id: UUID) -> Principal:
    """Return somebody who may sign in and is known to exist."""
    return Principal(*(await connection.execute(_PRINCIPAL, {"person_id": person_id})).one())


async def find_contact(connection: AsyncConnection, person_id: UUID) -> Contact | None:
    """Return where letters to a person go, or null when there is no such person (a machine is none)."""
    return (await contacts(connection, [person_id])).get(person_id)


async def contacts(connection: AsyncConnection, person_ids: Collection[UUID]) -> dict[UUID, Contact]:
    """Return where letters to these people go; whoever is nobody, or a machine, is not there."""
    rows = (await connection.execute(_CONTACTS, {"ids": list(person_ids)})).all()
    return {row.person_id: Contact(row.person_id, row.full_name, row.email) for row in rows}


async def posts_of(connection: AsyncConnection, person_id: UUID) -> tuple[Post, ...]:
    """Return every post somebody held, holds and will hold."""
    rows = await connection.execute(_POSTS, {"person_id": person_id})
    return tuple(Post(row.unit_id, row.role, row.valid_from, row.valid_to) for row in rows.all())


async def posts_of_all(connection: AsyncConnection, person_ids: Collection[UUID]) -> list[tuple[UUID, Post]]:
    """Return every post each of these people held, holds and will hold."""
    rows = await connection.execute(_POSTS_OF_ALL, {"ids": list(person_ids)})
    return [(row.person_id, Post(row.unit_id, row.role, row.valid_from, row.valid_to)) for row in rows.all()]


async def take_attempts(connection: AsyncConnection, key: str) -> None:
    """Let nobody else count attempts at this account until this transaction ends."""
    await connection.execute(_TAKE_ATTEMPTS, {"key": key})


async def attempts_since(connection: AsyncConnection, key: str, since: datetime) -> list[datetime]:
    """Return the moments of the wrong passwords for an account after `since`, oldest first."""
    return list((await connection.execute(_ATTEMPTS, {"key": key, "since": since})).scalars())


async def put_attempt(connection: AsyncConnection, key: str, at: datetime) -> None:
    """Note a wrong password."""
    await connection.execute(_INSERT_ATTEMPT, {"account": key, "tried_at": at})


async def forgive_attempts(connection: AsyncConnection, key: str) -> None:
    """Forget the wrong passwords of an account."""
    await connection.execute(_FORGIVE, {"key": key})


async def sweep_attempts(connection: AsyncConnection, until: datetime) -> None:
    """Forget the wrong passwords of everyone up to `until`."""
    await connection.execute(_SWEEP, {"since": until})
