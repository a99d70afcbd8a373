"""Service accounts, their keys, and coming in with one."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis.caller import Caller, Scope
from chassis.clock import today
from chassis.policy import PROVINCE
from chassis.problems import Malformed, NotFound
from chassis.transaction import Transaction, Transactions, new_id
from directory.access import Access
from directory.domain.keys import ApiKey
from directory.operations.opening import Session, open_session
from directory.operations.rights import see_that_one_may_administer
from directory.operations.telling import TOLD_FOR
from directory.problems import UnknownUnit, WrongCredentials
from directory.store import audit, people, sessions, units
from directory.store import keys as store
from directory.visiting import client_address

PREFIX = "congvan_"
"""So that a key that was published by mistake can be searched for."""
NOTED_AGAIN = timedelta(minutes=1)
"""Strings that are no keys are recorded once in this time from one address: they cost whoever sends them nothing."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key, this once."""

    key: ApiKey
    secret: str


async def give_key(
    tx: Transaction,
    person_id: UUID,
    *,
    label: str,
    scopes: Sequence[Scope],
    valid_from: date | None,
    valid_to: date,
    by: Caller,
) -> NewKey:
    """Give a machine one more key, limited to its scopes as well as to the machine's posts; return it, this once.

    Without a first day it is good from today on.
    """
    await _see_that_it_is_a_machine(tx, person_id, by)
    places = {scope.unit_id for scope in scopes} - {PROVINCE}
    unknown = sorted(places - await units.known(tx.connection, places))
    if unknown:
        raise UnknownUnit(f"Không có đơn vị «{unknown[0]}».", f"There is no unit '{unknown[0]}'.", unit_id=unknown[0])
    secret = PREFIX + secrets.token_urlsafe(32)
    first = valid_from or today(tx.now)
    if valid_to < first:
        raise Malformed(
            f"Khóa hết hạn ({valid_to}) trước khi có hiệu lực ({first}).",
            f"The key would end ({valid_to}) before it begins ({first}).",
        )
    key = ApiKey(new_id(), person_id, label, tuple(scopes), first, valid_to, tx.now, None, None)
    await store.put(tx.connection, key, _hash(secret))
    said = [{"unit_id": scope.unit_id, "purposes": sorted(scope.purposes)} for scope in scopes]
    await audit.record(
        tx, "key.given", by=by, about=str(person_id), key_id=key.key_id, label=label, scopes=said, valid_to=valid_to
    )
    return NewKey(key, secret)


async def revoke_key(tx: Transaction, person_id: UUID, key_id: UUID, *, by: Caller) -> None:
    """Take a key back; its tokens are refused everywhere within half a minute."""
    await _see_that_it_is_a_machine(tx, person_id, by)
    if not await store.revoke(tx.connection, key_id, person_id=person_id, at=tx.now):
        raise NotFound("Không có khóa này.", "There is no such key.")
    await sessions.revoke_session(tx.connection, key_id, told_until=tx.now + TOLD_FOR)
    await audit.record(tx, "key.revoked", by=by, about=str(person_id), key_id=key_id)


async def keys_of(tx: Transaction, person_id: UUID, *, by: Caller) -> list[ApiKey]:
    """Return every key a machine was ever given."""
    await _see_that_it_is_a_machine(tx, person_id, by)
    return await store.of_machine(tx.connection, person_id)


async def come_in_with_key(transactions: Transactions, *, secret: str, access: Access) -> Session:
    """Return a short session for a key. Raises `WrongCredentials`, whatever is wrong with it."""
    async with transactions.begin() as tx:
        key = await store.find(tx.connection, _hash(secret))
        if key is None:
            await _record_stranger(tx)
        else:
            principal = await people.get_principal(tx.connection, key.person_id)
            if key.opens_on(today(tx.now)) and principal.disabled_at is None:
                await store.note_use(tx.connection, key.key_id, at=tx.now)
                return await open_session(tx, principal, means="key", access=access, key=key)
            await audit.record(tx, "sign-in.failed", by=None, about=str(key.person_id), why="key", key_id=key.key_id)
    raise WrongCredentials("Khóa không đúng hoặc không còn hiệu lực.", "The key is wrong or no longer valid.")


async def _record_stranger(tx: Transaction) -> None:
    about = f"key-from:{client_address.get()}"
    if not await audit.was_recorded(tx.connection, "sign-in.failed", about=about, since=tx.now - NOTED_AGAIN):
        await audit.record(tx, "sign-in.failed", by=None, about=about, why="key")


async def _see_that_it_is_a_machine(tx: Transaction, person_id: UUID, by: Caller) -> None:
    await see_that_one_may_administer(tx, person_id, by)
    if (await people.get_principal(tx.connection, person_id)).kind != "machine":
        raise NotFound("Không có tài khoản dịch vụ này.", "There is no such service account.")


def _hash(secret: str) -> bytes:
    # Nothing slow is needed: nobody guesses 256 bits.
    return hashlib.sha256(secret.encode()).digest()
