"""Opening a session for somebody who has proved who they are, and renewing and ending it."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from chassis.caller import Caller
from chassis.clock import today
from chassis.identity import Published
from chassis.problems import NotFound
from chassis.transaction import Transaction, Transactions
from directory.access import Access
from directory.domain.keys import ApiKey
from directory.domain.people import Post, Principal
from directory.domain.sessions import Means, Need, held_on, token_end
from directory.operations.rights import see_that_one_may_administer
from directory.operations.telling import TOLD_FOR, all_posts_of
from directory.problems import SessionOver
from directory.store import accounts, audit, people, second_factors
from directory.store import sessions as store
from directory.tokens import Mint
from directory.visiting import client_address

SWEPT_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Session:
    """Proof of who has signed in, and the posts they hold today. Machines get no refresh token: they have a secret."""

    access_token: str
    expires_in: int
    person_id: UUID
    kind: Literal["person", "machine"]
    posts: tuple[Post, ...]
    session_id: UUID | None
    refresh_token: str | None
    needs: tuple[Need, ...]
    """What has to be done first; there are no posts until then."""


async def open_session(
    tx: Transaction, principal: Principal, *, means: Means, access: Access, key: ApiKey | None = None
) -> Session:
    """Open a session; the sign-in is recorded. One that was opened with a key is limited to its scopes and days."""
    with_key = {"key_id": key.key_id} if key else {}
    about = str(principal.person_id)
    await audit.record(tx, "sign-in.succeeded", by=principal.person_id, about=about, means=means, **with_key)
    await accounts.note_sign_in(tx.connection, principal.person_id, at=tx.now)
    session_id = None
    if principal.kind == "person":
        session_id = await store.open_session(tx.connection, principal.person_id, means=means, at=tx.now)
    return await _proof(tx, principal, key.key_id if key else session_id, means, access, key=key)


async def renew(transactions: Transactions, *, refresh_token: str, access: Access) -> Session:
    """Give new tokens for a refresh token, which is good for one use: its second use ends the session for everyone.

    Raises `SessionOver`, whatever the reason: a thief need not know which.
    """
    presented = _hash(refresh_token)
    async with transactions.begin() as tx:
        renewal = await store.take_renewal(tx.connection, presented)
        verdict = "over" if renewal is None else renewal.verdict(tx.now, access.rules)
        if renewal is not None and verdict == "renewed":
            await store.use_refresh_token(tx.connection, presented, at=tx.now)
            principal = await people.get_principal(tx.connection, renewal.person_id)
            assert principal.disabled_at is None  # noqa: S101  disabling an account ends its sessions
            return await _proof(tx, principal, renewal.session_id, renewal.means, access)
        if renewal is not None and verdict == "reused":
            person_id, session_id = renewal.person_id, renewal.session_id
            await store.end_session(
                tx.connection, session_id, person_id=person_id, at=tx.now, why="reused", told_until=tx.now + TOLD_FOR
            )
            await audit.record(tx, "session.token-reused", by=None, about=str(person_id), session_id=session_id)
    raise SessionOver("Phiên làm việc đã kết thúc; vui lòng đăng nhập lại.", "The session is over; sign in again.")


async def sign_out(tx: Transaction, *, by: Caller) -> None:
    """End the session of the caller; its tokens are refused everywhere within half a minute."""
    if by.session is None or not await store.end_session(
        tx.connection, by.session, person_id=by.id, at=tx.now, why="signed-out", told_until=tx.now + TOLD_FOR
    ):
        raise NotFound("Không có phiên làm việc nào để kết thúc.", "There is no session to end.")
    await audit.record(tx, "session.ended", by=by, about=str(by.id), session_id=by.session)


async def end_all_sessions(tx: Transaction, person_id: UUID, *, by: Caller) -> int:
    """End every session of somebody, one's own or that of a person one administers; return how many. Safe to repeat."""
    if by.id != person_id:
        await see_that_one_may_administer(tx, person_id, by)
    ended = await store.end_sessions_of(
        tx.connection, person_id, at=tx.now, why="all-ended", told_until=tx.now + TOLD_FOR
    )
    if ended:
        await audit.record(tx, "session.all-ended", by=by, about=str(person_id), count=ended)
    return ended


async def revocations(tx: Transaction) -> Mapping[str, Any]:
    """Return which tokens were taken back that may still live, as they are published."""
    revoked = await store.revoked(tx.connection, now=tx.now)
    people_changed = [{"person_id": each, "version": version} for each, version in revoked.least_versions.items()]
    return {"sessions": list(revoked.sessions), "people": people_changed}


async def published(transactions: Transactions, mint: Mint) -> Published:
    """Return what the directory itself checks tokens with. Raises `OSError` when the database does not answer."""
    try:
        async with transactions.begin() as tx:
            revoked = await store.revoked(tx.connection, now=tx.now)
    except SQLAlchemyError as error:
        raise OSError("the database does not answer") from error
    return Published(mint.public_keys, frozenset(revoked.sessions), revoked.least_versions)


async def sweep_sessions(tx: Transaction) -> None:
    """Forget sessions that are long over, and revocations nobody needs any more. Safe to repeat."""
    await store.sweep(tx.connection, now=tx.now, opened_until=tx.now - SWEPT_AFTER)


async def _proof(
    tx: Transaction,
    principal: Principal,
    session_id: UUID | None,
    means: str,
    access: Access,
    *,
    key: ApiKey | None = None,
) -> Session:
    # After the version of the principal was read: posts may be newer than the token says, never older.
    posts = await all_posts_of(tx, principal.person_id)
    held = held_on(posts, today(tx.now))
    factor = await second_factors.find(tx.connection, principal.person_id)
    needs = access.rules.needs(
        principal,
        held,
        tx.now,
        means=means,
        has_second_factor=factor is not None and factor.confirmed_at is not None,
        client=client_address.get(),
    )
    if needs:
        held = ()
    end = token_end(posts, tx.now)
    if key is not None:
        end = min(end, key.end)
    token = access.mint.token(
        principal.person_id,
        kind=principal.kind,
        posts=held,
        now=tx.now,
        version=principal.version,
        expires_at=end,
        session_id=session_id,
        scopes=key.scopes if key else None,
    )
    refresh_token = None
    if session_id is not None and key is None:
        refresh_token = secrets.token_urlsafe(32)
        await store.put_refresh_token(tx.connection, session_id, _hash(refresh_token), at=tx.now)
    return Session(
        access_token=token,
        expires_in=_seconds(tx.now, end),
        person_id=principal.person_id,
        kind=principal.kind,
        posts=held,
        session_id=session_id,
        refresh_token=refresh_token,
        needs=needs,
    )


def _seconds(now: datetime, end: datetime) -> int:
    return int(end.timestamp()) - int(now.timestamp())


def _hash(secret: str) -> bytes:
    # Nothing slow is needed: nobody guesses 256 bits.
    return hashlib.sha256(secret.encode()).digest()
