"""Sessions, their refresh tokens, and what was taken back, in and out of PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    DateTime,
    LargeBinary,
    Text,
    Uuid,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.transaction import new_id
from directory.access_tables import refresh_tokens, revocations, sessions
from directory.domain.sessions import EndedWhy, Renewal

_NOW = bindparam("now", type_=DateTime(timezone=True))
_PERSON = bindparam("about", type_=Uuid)
_SESSION = bindparam("which", type_=Uuid)
_HASH = bindparam("presented", type_=LargeBinary)
_INSERT_SESSION = insert(sessions)
_INSERT_TOKEN = insert(refresh_tokens)
# The session first: whoever ends it waits for whoever renews it, and the other way round.
_TAKE_SESSION = (
    select(sessions.c.session_id)
    .where(
        sessions.c.session_id
        == select(refresh_tokens.c.session_id).where(refresh_tokens.c.token_hash == _HASH).scalar_subquery()
    )
    .with_for_update()
)
_RENEWAL = (
    select(
        sessions.c.session_id,
        sessions.c.person_id,
        sessions.c.opened_at,
        refresh_tokens.c.issued_at,
        refresh_tokens.c.used_at,
        sessions.c.ended_at,
        sessions.c.means,
    )
    .join_from(refresh_tokens, sessions, refresh_tokens.c.session_id == sessions.c.session_id)
    .where(refresh_tokens.c.token_hash == _HASH)
)
_STRENGTHEN = update(sessions).where(sessions.c.session_id == _SESSION).values(means=bindparam("means", type_=Text))
_USE = update(refresh_tokens).where(refresh_tokens.c.token_hash == _HASH).values(used_at=_NOW)
_END = (
    update(sessions).values(ended_at=_NOW, ended_why=bindparam("why", type_=Text)).where(sessions.c.ended_at.is_(None))
)
_END_ONE = _END.where(sessions.c.session_id == _SESSION, sessions.c.person_id == _PERSON).returning(
    sessions.c.session_id
)
_END_ALL = _END.where(sessions.c.person_id == _PERSON, sessions.c.session_id.is_distinct_from(_SESSION)).returning(
    sessions.c.session_id
)
_INSERT_REVOCATIONS = insert(revocations)
_REVOKED = select(revocations.c.session_id, revocations.c.person_id, revocations.c.version).where(
    revocations.c.told_until > _NOW
)
_SWEEP_REVOCATIONS = delete(revocations).where(revocations.c.told_until <= _NOW)
_SWEEP_SESSIONS = delete(sessions).where(sessions.c.opened_at <= _NOW)
_SWEEP_TOKENS = delete(refresh_tokens).where(
    refresh_tokens.c.session_id.in_(select(sessions.c.session_id).where(sessions.c.opened_at <= _NOW))
)


@dataclass(frozen=True, slots=True)
class Revoked:
    """Which tokens were taken back that may still live."""

    sessions: Sequence[UUID]
    least_versions: Mapping[UUID, int]


async def open_session(connection: AsyncConnection, person_id: UUID, *, means: str, at: datetime) -> UUID:
    """Write a new session; return its id."""
    session_id = new_id()
    await connection.execute(
        _INSERT_SESSION, {"session_id": session_id, "person_id": person_id, "means": means, "opened_at": at}
    )
    return session_id


async def strengthen(connection: AsyncConnection, session_id: UUID, *, means: str) -> None:
    """Note that whoever holds the session has proved more since."""
    await connection.execute(_STRENGTHEN, {"which": session_id, "means": means})


async def put_refresh_token(connection: AsyncConnection, session_id: UUID, token_hash: bytes, *, at: datetime) -> None:
    """Write the hash of a refresh token that was just given out."""
    await connection.execute(
        _INSERT_TOKEN, {"token_hash": token_hash, "session_id": session_id, "issued_at": at, "used_at": None}
    )


async def take_renewal(connection: AsyncConnection, token_hash: bytes) -> Renewal | None:
    """Return what is known of a refresh token, its session locked; null when it is none of ours."""
    await connection.execute(_TAKE_SESSION, {"presented": token_hash})
    row = (await connection.execute(_RENEWAL, {"presented": token_hash})).one_or_none()
    return None if row is None else Renewal(*row)


async def use_refresh_token(connection: AsyncConnection, token_hash: bytes, *, at: datetime) -> None:
    """Note that a refresh token was presented: a second time it betrays a thief."""
    await connection.execute(_USE, {"presented": token_hash, "now": at})


async def end_session(
    connection: AsyncConnection, session_id: UUID, *, person_id: UUID, at: datetime, why: EndedWhy, told_until: datetime
) -> bool:
    """End a session of somebody and tell everyone until its tokens are dead; false when there is none to end."""
    given = {"which": session_id, "about": person_id, "now": at, "why": why}
    ended = list((await connection.execute(_END_ONE, given)).scalars())
    await _tell(connection, ended, told_until)
    return bool(ended)


async def end_sessions_of(
    connection: AsyncConnection,
    person_id: UUID,
    *,
    but: UUID | None = None,
    at: datetime,
    why: EndedWhy,
    told_until: datetime,
) -> int:
    """End every session of somebody, one of them excepted; return how many."""
    given = {"about": person_id, "which": but, "now": at, "why": why}
    ended = list((await connection.execute(_END_ALL, given)).scalars())
    await _tell(connection, ended, told_until)
    return len(ended)


async def revoke_versions_below(
    connection: AsyncConnection, person_id: UUID, version: int, *, told_until: datetime
) -> None:
    """Take back every token that was made of an earlier version of somebody."""
    await connection.execute(
        _INSERT_REVOCATIONS,
        {
            "revocation_id": new_id(),
            "session_id": None,
            "person_id": person_id,
            "version": version,
            "told_until": told_until,
        },
    )


async def revoke_session(connection: AsyncConnection, session_id: UUID, *, told_until: datetime) -> None:
    """Take back every token of a session that is none of a person's: that of a key."""
    await _tell(connection, [session_id], told_until)


async def revoked(connection: AsyncConnection, *, now: datetime) -> Revoked:
    """Return which tokens were taken back that may still live at `now`."""
    rows = (await connection.execute(_REVOKED, {"now": now})).all()
    versions: dict[UUID, int] = {}
    for row in rows:
        if row.person_id is not None:
            versions[row.person_id] = max(row.version, versions.get(row.person_id, 0))
    return Revoked([row.session_id for row in rows if row.session_id is not None], versions)


async def sweep(connection: AsyncConnection, *, now: datetime, opened_until: datetime) -> None:
    """Forget revocations nobody needs any more, and sessions that were opened so long ago that they are over."""
    await connection.execute(_SWEEP_REVOCATIONS, {"now": now})
    await connection.execute(_SWEEP_TOKENS, {"now": opened_until})
    await connection.execute(_SWEEP_SESSIONS, {"now": opened_until})


async def _tell(connection: AsyncConnection, session_ids: Sequence[UUID], until: datetime) -> None:
    if session_ids:
        await connection.execute(
            _INSERT_REVOCATIONS,
            [
                {
                    "revocation_id": new_id(),
                    "session_id": session_id,
                    "person_id": None,
                    "version": None,
                    "told_until": until,
                }
                for session_id in session_ids
            ],
        )
