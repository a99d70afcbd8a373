"""Signing in, and making those wait who guess."""

import asyncio
import hashlib
from datetime import timedelta
from typing import Literal, NoReturn
from uuid import UUID

from chassis.problems import NotSignedIn
from chassis.transaction import Transaction, Transactions
from directory.access import Access
from directory.domain.people import Credentials, Lockout, account_key, waiting_time
from directory.operations.opening import Session, open_session, sweep_sessions
from directory.operations.proving import proved_by
from directory.problems import AccountDisabled, SecondFactorNeeded, TooManyAttempts, WrongCredentials
from directory.store import audit
from directory.store import people as store

NOTED_AGAIN = timedelta(minutes=1)
"""An account that is made to wait is recorded as such once in this time, however often it is tried."""

Refused = Literal["password", "code", "no code", "disabled"]


async def sign_in(
    transactions: Transactions, *, account: str, password: str, code: str | None, access: Access
) -> Session:
    """Return a session for the right password.

    Raises `WrongCredentials`, alike for an unknown account, or `TooManyAttempts`; to those who know the password
    `AccountDisabled` or `SecondFactorNeeded`. Two transactions, since the slow comparison must hold neither a lock nor
    a connection, and since a failure has to be remembered.
    """
    key = account_key(account)
    async with transactions.begin() as tx:
        wait = await waiting(tx, key, access.rules.lockout)
        credentials = await store.find_credentials(tx.connection, key)
        if wait:
            await _record_turned_away(tx, key, credentials)
    if wait:
        turn_away(wait, access.rules.lockout)
    is_right = await access.passwords.match(credentials.password_hash if credentials else None, password)
    refused: Refused = "password"
    async with transactions.begin() as tx:
        # Told only when counted, one at a time: a thousand guesses at once learn no more than ten in a row.
        await store.take_attempts(tx.connection, key)
        wait = await waiting(tx, key, access.rules.lockout)
        if wait:
            await _record_turned_away(tx, key, credentials)
        else:
            if credentials is not None and is_right:
                outcome = await _let_in(tx, key, credentials.person_id, code, access)
                if isinstance(outcome, Session):
                    return outcome
                refused = outcome
            if refused in {"password", "code"}:
                await store.put_attempt(tx.connection, key, tx.now)
            await audit.record(tx, "sign-in.failed", by=None, about=_whom(key, credentials), why=refused)
    if wait:
        turn_away(wait, access.rules.lockout)
    raise _refusal(refused)


async def _let_in(tx: Transaction, key: str, person_id: UUID, code: str | None, access: Access) -> Session | Refused:
    # Read again: somebody may have been shut out while the password was compared.
    principal = await store.get_principal(tx.connection, person_id)
    if principal.disabled_at is not None:
        return "disabled"
    means = await proved_by(tx, person_id, code, access.safe)
    if means == "needed":
        return "no code"
    if means == "wrong":
        return "code"
    await store.forgive_attempts(tx.connection, key)
    return await open_session(tx, principal, means=means, access=access)


def _refusal(refused: Refused) -> NotSignedIn:
    match refused:
        case "disabled":
            return AccountDisabled(
                "Tài khoản đã bị khóa; hãy liên hệ quản trị.", "The account is disabled; ask an administrator."
            )
        case "no code":
            return SecondFactorNeeded(
                "Cần mã xác thực thứ hai.", "A code of the second factor is needed; send it as `code`."
            )
        case "code":
            return WrongCredentials("Mã xác thực không đúng.", "The code is wrong.")
    return WrongCredentials("Sai tài khoản hoặc mật khẩu.", "The account or the password is wrong.")


async def sweep_attempts(tx: Transaction, lockout: Lockout) -> None:
    """Forget wrong passwords that no longer count. Safe to repeat."""
    await store.sweep_attempts(tx.connection, tx.now - lockout.window)


async def keep_sweeping(transactions: Transactions, lockout: Lockout) -> None:
    """Forget wrong passwords that no longer count, and sessions that are over, as long as the process lives."""
    while True:
        async with transactions.begin() as tx:
            await sweep_attempts(tx, lockout)
            await sweep_sessions(tx)
        await asyncio.sleep(lockout.window.total_seconds())


async def waiting(tx: Transaction, key: str, lockout: Lockout) -> timedelta | None:
    """Return how long an account still has to wait, or null."""
    return waiting_time(await store.attempts_since(tx.connection, key, tx.now - lockout.window), tx.now, lockout)


async def _record_turned_away(tx: Transaction, key: str, credentials: Credentials | None) -> None:
    # Nothing was compared and it costs the guesser nothing, so it must not cost us a row each time either.
    about = _whom(key, credentials)
    if not await audit.was_recorded(tx.connection, "sign-in.turned-away", about=about, since=tx.now - NOTED_AGAIN):
        await audit.record(tx, "sign-in.turned-away", by=None, about=about)


def _whom(key: str, credentials: Credentials | None) -> str:
    if credentials is not None:
        return str(credentials.person_id)
    # Not the name itself: people type passwords into the wrong field. Enough to see that it is the same name again.
    return f"unknown:{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def turn_away(wait: timedelta, lockout: Lockout) -> NoReturn:
    """Raise `TooManyAttempts`."""
    minutes = -(-wait // timedelta(minutes=1))
    raise TooManyAttempts(
        f"Sai mật khẩu {lockout.attempts} lần; vui lòng thử lại sau {minutes} phút.",
        f"{lockout.attempts} wrong passwords; try again in {minutes} minute(s).",
        retry_after=wait,
    )
