"""Signing in with the province's provider, and linking who one is there: on purpose, by its subject."""

import hashlib
import hmac
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from chassis.caller import Caller
from chassis.problems import NotFound
from chassis.text import Line
from chassis.transaction import Transaction, Transactions
from directory.access import Access
from directory.domain.names import Email
from directory.domain.sessions import Means
from directory.identity import Identity, IdentityProvider
from directory.operations.opening import Session, open_session
from directory.operations.rights import see_that_one_may_administer
from directory.problems import AccountDisabled, IdentityRefused, IdentityTaken, IdentityUnknown, NoProvider
from directory.store import audit, people
from directory.store import identities as store
from directory.store.identities import Attempt

log = logging.getLogger(__name__)

ATTEMPT_LIFE = timedelta(minutes=10)
_line: TypeAdapter[str] = TypeAdapter(Line)
_email: TypeAdapter[str] = TypeAdapter(Email)


@dataclass(frozen=True, slots=True)
class Sent:
    """Where to send somebody, and what they have to bring back beside what the provider gives them."""

    address: str
    attempt: str


async def begin(transactions: Transactions, *, provider: IdentityProvider | None, by: Caller | None) -> Sent:
    """Send somebody to the provider: to sign in, or, when they are signed in, to link who they are there."""
    if provider is None:
        raise NoProvider("Chưa kết nối hệ thống xác thực của tỉnh.", "This installation has no provider.")
    attempt, state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(4))
    address = await provider.address(state=state, nonce=nonce, code_verifier=verifier)
    async with transactions.begin() as tx:
        await _see_that_it_is_a_person(tx, by)
        await store.sweep_attempts(tx.connection, tx.now - ATTEMPT_LIFE)
        begun = Attempt(_hash(state), nonce, verifier, by.id if by else None, tx.now)
        await store.put_attempt(tx.connection, _hash(attempt), begun)
    return Sent(address, attempt)


async def sign_in(
    transactions: Transactions,
    *,
    attempt: str,
    state: str,
    code: str,
    provider: IdentityProvider | None,
    access: Access,
) -> Session:
    """Return a session for whoever came back from the provider, if an account is linked to who they are there.

    Raises `IdentityRefused`, `IdentityUnknown`, `AccountDisabled` or `ProviderAway`. Nothing is held while the provider
    is asked.
    """
    identity = await _came_back(transactions, attempt, state, code, provider, by=None)
    async with transactions.begin() as tx:
        person_id = await store.whose(tx.connection, identity.issuer, identity.subject)
        principal = None if person_id is None else await people.get_principal(tx.connection, person_id)
        if principal is not None and principal.disabled_at is None:
            await _take_over_names(tx, principal.person_id, identity)
            means: Means = "oidc+mfa" if identity.has_proved_twice else "oidc"
            return await open_session(tx, principal, means=means, access=access)
        about = f"unknown:{_hash(identity.subject).hex()[:16]}" if principal is None else str(principal.person_id)
        await audit.record(
            tx, "sign-in.failed", by=None, about=about, why="provider" if principal is None else "disabled"
        )
    if principal is None:
        raise IdentityUnknown(
            "Danh tính này chưa gắn với tài khoản nào; hãy đăng nhập bằng mật khẩu rồi gắn.",
            "No account is linked to this identity; sign in with your password and link it.",
        )
    raise AccountDisabled(
        "Tài khoản đã bị khóa; hãy liên hệ quản trị.", "The account is disabled; ask an administrator."
    )


async def link(
    transactions: Transactions, *, attempt: str, state: str, code: str, provider: IdentityProvider | None, by: Caller
) -> Identity:
    """Link the caller's account to who they are at the provider. Safe to repeat with another attempt."""
    identity = await _came_back(transactions, attempt, state, code, provider, by=by)
    async with transactions.begin() as tx:
        before = await store.whose(tx.connection, identity.issuer, identity.subject)
        linked = await store.link(tx.connection, identity.issuer, identity.subject, person_id=by.id, at=tx.now)
        if linked != by.id:
            raise IdentityTaken(
                "Danh tính này đã gắn với tài khoản khác.", "Another account is linked to this identity."
            )
        if before is None:
            await audit.record(tx, "identity.linked", by=by, about=str(by.id), issuer=identity.issuer)
    return identity


async def unlink(tx: Transaction, person_id: UUID, *, by: Caller) -> None:
    """Forget who somebody is at the provider: oneself, or a person one administers. Safe to repeat."""
    if by.id != person_id:
        await see_that_one_may_administer(tx, person_id, by)
    if await store.unlink(tx.connection, person_id):
        await audit.record(tx, "identity.unlinked", by=by, about=str(person_id))


async def _came_back(
    transactions: Transactions,
    attempt: str,
    state: str,
    code: str,
    provider: IdentityProvider | None,
    *,
    by: Caller | None,
) -> Identity:
    if provider is None:
        raise NoProvider("Chưa kết nối hệ thống xác thực của tỉnh.", "This installation has no provider.")
    async with transactions.begin() as tx:
        # Forgotten whatever comes of it, so that nobody tries twice with one.
        begun = await store.take_attempt(tx.connection, _hash(attempt))
        now = tx.now
    if (
        begun is None
        or now - begun.begun_at > ATTEMPT_LIFE
        or begun.person_id != (by.id if by else None)
        or not hmac.compare_digest(begun.state_hash, _hash(state))
    ):
        raise IdentityRefused(
            "Lượt đăng nhập này không còn hiệu lực.", "This attempt is not yours or too old; begin again."
        )
    return await provider.identity(code=code, code_verifier=begun.code_verifier, nonce=begun.nonce)


async def _take_over_names(tx: Transaction, person_id: UUID, identity: Identity) -> None:
    person = await people.find_person(tx.connection, person_id)
    if person is None or (identity.full_name is None and identity.email is None):
        return
    try:
        name = _line.validate_python(identity.full_name or person.full_name)
        email = _email.validate_python(identity.email or person.email)
    except ValidationError:
        log.warning("the provider calls %s something we cannot write down", person_id)
        return
    if await store.rename(tx.connection, person_id, full_name=name, email=email):
        await audit.record(tx, "person.renamed", by=None, about=str(person_id), as_said_by=identity.issuer)


async def _see_that_it_is_a_person(tx: Transaction, by: Caller | None) -> None:
    if by is not None:
        principal = await people.find_principal(tx.connection, by.id)
        if principal is None or principal.kind != "person":
            raise NotFound("Không có người này.", "There is no such person.")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
