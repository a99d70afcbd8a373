"""Who people are at the provider, and who was sent there, in and out of PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, LargeBinary, Text, Uuid, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.access_tables import linked_identities, provider_attempts
from directory.tables import people

_ABOUT = bindparam("about", type_=Uuid)
_INSERT_ATTEMPT = insert(provider_attempts)
_TAKE_ATTEMPT = (
    delete(provider_attempts)
    .where(provider_attempts.c.attempt_hash == bindparam("presented", type_=LargeBinary))
    .returning(
        provider_attempts.c.state_hash,
        provider_attempts.c.nonce,
        provider_attempts.c.code_verifier,
        provider_attempts.c.person_id,
        provider_attempts.c.begun_at,
    )
)
_SWEEP = delete(provider_attempts).where(
    provider_attempts.c.begun_at <= bindparam("until", type_=DateTime(timezone=True))
)
_WHOSE = select(linked_identities.c.person_id).where(
    linked_identities.c.issuer == bindparam("issuer", type_=Text),
    linked_identities.c.subject == bindparam("subject", type_=Text),
)
_LINK = upsert(linked_identities).on_conflict_do_nothing()
_UNLINK = delete(linked_identities).where(linked_identities.c.person_id == _ABOUT)
_RENAME = (
    update(people)
    .where(
        people.c.person_id == _ABOUT,
        or_(people.c.full_name != bindparam("name", type_=Text), people.c.email != bindparam("mail", type_=Text)),
    )
    .values(full_name=bindparam("name", type_=Text), email=bindparam("mail", type_=Text))
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody who was sent to the provider; with a person, to link who they are there."""

    state_hash: bytes
    nonce: str
    code_verifier: str
    person_id: UUID | None
    begun_at: datetime


async def put_attempt(connection: AsyncConnection, attempt_hash: bytes, attempt: Attempt) -> None:
    """Write that somebody is being sent to the provider."""
    await connection.execute(
        _INSERT_ATTEMPT,
        {
            "attempt_hash": attempt_hash,
            "state_hash": attempt.state_hash,
            "nonce": attempt.nonce,
            "code_verifier": attempt.code_verifier,
            "person_id": attempt.person_id,
            "begun_at": attempt.begun_at,
        },
    )


async def take_attempt(connection: AsyncConnection, attempt_hash: bytes) -> Attempt | None:
    """Return an attempt and forget it: one comes back from it once. Null when there is none."""
    row = (await connection.execute(_TAKE_ATTEMPT, {"presented": attempt_hash})).one_or_none()
    return None if row is None else Attempt(*row)


async def sweep_attempts(connection: AsyncConnection, until: datetime) -> None:
    """Forget attempts nobody came back from."""
    await connection.execute(_SWEEP, {"until": until})


async def whose(connection: AsyncConnection, issuer: str, subject: str) -> UUID | None:
    """Return whose account a subject of the provider is linked to, or null."""
    found: UUID | None = (await connection.execute(_WHOSE, {"issuer": issuer, "subject": subject})).scalar_one_or_none()
    return found


async def link(connection: AsyncConnection, issuer: str, subject: str, *, person_id: UUID, at: datetime) -> UUID:
    """Link a subject to somebody unless it is linked; return whom it is linked to then."""
    await connection.execute(_LINK, {"issuer": issuer, "subject": subject, "person_id": person_id, "linked_at": at})
    linked: UUID = (await connection.execute(_WHOSE, {"issuer": issuer, "subject": subject})).scalar_one()
    return linked


async def unlink(connection: AsyncConnection, person_id: UUID) -> bool:
    """Forget who somebody is at the provider; false when nothing was linked."""
    return bool((await connection.execute(_UNLINK, {"about": person_id})).rowcount)


async def rename(connection: AsyncConnection, person_id: UUID, *, full_name: str, email: str) -> bool:
    """Write what the provider calls somebody; false when it is what we call them."""
    return bool((await connection.execute(_RENAME, {"about": person_id, "name": full_name, "mail": email})).rowcount)
