"""Signing in, and making those wait who guess."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, NoReturn
from uuid import UUID

from chassis.clock import today
from chassis.transaction import Transaction, Transactions
from directory.domain.people import ATTEMPTS, WINDOW, Post, account_key, waiting_time
from directory.passwords import Passwords
from directory.problems import TooManyAttempts, WrongCredentials
from directory.store import people as store
from directory.tokens import Mint


@dataclass(frozen=True, slots=True)
class Session:
    """Proof of who has signed in, and the posts they hold today."""

    access_token: str
    person_id: UUID
    kind: Literal["person", "machine"]
    posts: tuple[Post, ...]


async def sign_in(
    transactions: Transactions, *, account: str, password: str, passwords: Passwords, mint: Mint
) -> Session:
    """Return a session for the right password.

    Raises `WrongCredentials`, alike for an unknown account, or `TooManyAttempts`. Two transactions, since the slow
    comparison must hold neither a lock nor a connection, and since a failure has to be remembered.
    """
    key = account_key(account)
    async with transactions.begin() as tx:
        wait = await _waiting(tx, key)
        credentials = None if wait else await store.find_credentials(tx.connection, key)
    if wait:
        _turn_away(wait)
    is_right = await passwords.match(credentials.password_hash if credentials else None, password)
    async with transactions.begin() as tx:
        # Told only when counted, one at a time: a thousand guesses at once learn no more than ten in a row.
        await store.take_attempts(tx.connection, key)
        wait = await _waiting(tx, key)
        if wait is None and credentials is not None and is_right:
            await store.forgive_attempts(tx.connection, key)
            posts = await store.posts_on(tx.connection, credentials.person_id, today(tx.now))
            token = mint.token(credentials.person_id, kind=credentials.kind, posts=posts, now=tx.now)
            return Session(token, credentials.person_id, credentials.kind, posts)
        if wait is None:
            await store.put_attempt(tx.connection, key, tx.now)
    if wait:
        _turn_away(wait)
    raise WrongCredentials("Sai tài khoản hoặc mật khẩu.", "The account or the password is wrong.")


async def sweep_attempts(tx: Transaction) -> None:
    """Forget wrong passwords that no longer count. Safe to repeat."""
    await store.sweep_attempts(tx.connection, tx.now - WINDOW)


async def keep_sweeping(transactions: Transactions) -> None:
    """Forget wrong passwords that no longer count, as long as the process lives."""
    while True:
        async with transactions.begin() as tx:
            await sweep_attempts(tx)
        await asyncio.sleep(WINDOW.total_seconds())


async def _waiting(tx: Transaction, key: str) -> timedelta | None:
    return waiting_time(await store.attempts_since(tx.connection, key, tx.now - WINDOW), tx.now)


def _turn_away(wait: timedelta) -> NoReturn:
    minutes = -(-wait // timedelta(minutes=1))
    raise TooManyAttempts(
        f"Sai mật khẩu {ATTEMPTS} lần; vui lòng thử lại sau {minutes} phút.",
        f"{ATTEMPTS} wrong passwords; try again in {minutes} minute(s).",
        retry_after=wait,
    )
