"""Passwords, and accounts that are shut and opened again."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction, Transactions
from directory.access import Access
from directory.domain.passwords import REMEMBERED
from directory.domain.people import Delegation, Person, Post
from directory.domain.sessions import AccessRules, is_administrator
from directory.operations.people import see_that_it_is_good_enough
from directory.operations.rights import see_that_one_may_administer
from directory.operations.sessions import turn_away, waiting
from directory.operations.telling import TOLD_FOR, all_posts_of, take_with_borrowers, tell_people_changed
from directory.passwords import Passwords, one_time
from directory.problems import PasswordUsedBefore, WrongCredentials
from directory.store import accounts as store
from directory.store import audit, delegations, people, sessions, units

log = logging.getLogger(__name__)

LOOKED_SECONDS = 3600.0
"""How often dormant accounts are looked for; a day would do."""


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Somebody, the posts they hold, and what they lend and borrow."""

    person: Person
    posts: tuple[Post, ...]
    delegations: tuple[Delegation, ...]


async def show_person(tx: Transaction, person_id: UUID, *, by: Caller) -> PersonShown:
    """Return what is known of somebody, to themselves and to those who administer a unit they have a post at."""
    person = await people.find_person(tx.connection, person_id)
    posts = await people.posts_of(tx.connection, person_id)
    places = {post.unit_id for post in posts} or {PROVINCE}
    above = await units.above(tx.connection, places - {PROVINCE}, today(tx.now))
    is_theirs = any(may(by, Purpose.ADMINISTER, place, above=above.get(place, ())) for place in places)
    if person is None or not (is_theirs or by.id == person_id):
        raise NotFound("Không có người này.", "There is no such person.")
    return PersonShown(person, posts, tuple(await delegations.of_person(tx.connection, person_id)))


async def people_at(tx: Transaction, unit_id: str, *, by: Caller) -> list[PersonShown]:
    """Return who ever held or will hold a post at a unit one administers."""
    above = await units.above(tx.connection, {unit_id} - {PROVINCE}, today(tx.now))
    if not may(by, Purpose.ADMINISTER, unit_id, above=above.get(unit_id, ())):
        raise NotAllowed("Bạn không quản trị đơn vị này.", "You do not administer this unit.")
    return [await show_person(tx, each, by=by) for each in await people.people_at(tx.connection, unit_id)]


async def change_password(transactions: Transactions, *, current: str, new: str, by: Caller, access: Access) -> None:
    """Take another password for oneself; every other session of the caller ends.

    Raises `WeakPassword`, `PasswordUsedBefore`, `WrongCredentials` for a wrong present one, which counts as a wrong
    sign-in, and `TooManyAttempts`. Several transactions, since hashing is slow and a failure has to be remembered.
    """
    see_that_it_is_good_enough(new)
    lockout = access.rules.lockout
    async with transactions.begin() as tx:
        key = await _key_of(tx, by)
        wait = await waiting(tx, key, lockout)
        kept = await people.get_credentials_of(tx.connection, by.id)
        careful = is_administrator(await all_posts_of(tx, by.id))
        past = await store.past_hashes(tx.connection, by.id, at_most=REMEMBERED - 1) if careful else []
    if wait:
        turn_away(wait, lockout)
    if not await access.passwords.match(kept.password_hash, current):
        await _count_wrong(transactions, key, by, access)
    if current == new or await _is_one_of(past, new, access.passwords):
        raise PasswordUsedBefore(
            f"Mật khẩu mới phải khác mật khẩu hiện tại (quản trị: khác {REMEMBERED} mật khẩu gần nhất).",
            f"Take a password other than the present one (an administrator: than the last {REMEMBERED}).",
        )
    after = await access.passwords.hash(new)
    async with transactions.begin() as tx:
        is_set = await store.replace_hash(
            tx.connection, by.id, before=kept.password_hash, after=after, at=tx.now, remember=REMEMBERED
        )
        if is_set:
            await people.forgive_attempts(tx.connection, key)
            await sessions.end_sessions_of(
                tx.connection,
                by.id,
                but=by.session,
                at=tx.now,
                why="password-changed",
                told_until=tx.now + TOLD_FOR,
            )
            await audit.record(tx, "password.changed", by=by, about=str(by.id))
    if not is_set:  # somebody else has just done so; what was presented is the present one no more
        raise _wrong()


async def reset_password(tx: Transaction, person_id: UUID, *, passwords: Passwords, by: Caller | None) -> str:
    """Give somebody a password that is good for choosing another one, and return it; their sessions end.

    By an administrator of all their units, or by nobody: whoever stands at the command line of the service.
    """
    if by is not None:
        await see_that_one_may_administer(tx, person_id, by)
    password = one_time()
    digest = await passwords.hash(password)
    await store.put_one_time_hash(tx.connection, person_id, after=digest, at=tx.now)
    await people.forgive_attempts(tx.connection, await store.account_key_of(tx.connection, person_id))
    await sessions.end_sessions_of(
        tx.connection, person_id, at=tx.now, why="password-changed", told_until=tx.now + TOLD_FOR
    )
    await audit.record(tx, "password.reset", by=by, about=str(person_id))
    return password


async def disable_account(tx: Transaction, person_id: UUID, *, why: str, by: Caller) -> None:
    """Shut somebody out: no sign-in, no session, no post, no loan, within half a minute. Safe to repeat."""
    await see_that_one_may_administer(tx, person_id, by)
    await _disable(tx, person_id, why=why, by=by)


async def enable_account(tx: Transaction, person_id: UUID, *, by: Caller | None) -> None:
    """Let somebody in again, with the posts they had. Safe to repeat. Nobody: at the command line of the service."""
    if by is not None:
        await see_that_one_may_administer(tx, person_id, by)
    told = await take_with_borrowers(tx, person_id)
    if await store.enable(tx.connection, person_id, at=tx.now):
        await audit.record(tx, "account.enabled", by=by, about=str(person_id))
        await tell_people_changed(tx, told)


async def disable_dormant(tx: Transaction, rules: AccessRules) -> Sequence[UUID]:
    """Disable the accounts of people who were not seen for too long, but never that of the last administrator."""
    if rules.dormant_after is None:
        return ()
    dormant = await store.dormant(tx.connection, unseen_since=tx.now - rules.dormant_after, now=tx.now)
    for person_id in dormant:
        await _disable(tx, person_id, why=f"unused for {rules.dormant_after.days} days", by=None)
    return dormant


async def keep_looking_for_dormant(transactions: Transactions, rules: AccessRules) -> None:
    """Disable dormant accounts, as long as the process lives."""
    while True:
        async with transactions.begin() as tx:
            disabled = await disable_dormant(tx, rules)
        if disabled:
            log.info("disabled %d dormant account(s)", len(disabled))
        await asyncio.sleep(LOOKED_SECONDS)


async def _disable(tx: Transaction, person_id: UUID, *, why: str, by: Caller | None) -> None:
    told = await take_with_borrowers(tx, person_id)
    if await store.disable(tx.connection, person_id, at=tx.now, why=why):
        await sessions.end_sessions_of(
            tx.connection, person_id, at=tx.now, why="disabled", told_until=tx.now + TOLD_FOR
        )
        await audit.record(tx, "account.disabled", by=by, about=str(person_id), why=why)
        await tell_people_changed(tx, told)


async def _key_of(tx: Transaction, by: Caller) -> str:
    if await people.find_principal(tx.connection, by.id) is None:
        raise NotFound("Không có người này.", "There is no such person.")
    return await store.account_key_of(tx.connection, by.id)


async def _count_wrong(transactions: Transactions, key: str, by: Caller, access: Access) -> None:
    async with transactions.begin() as tx:
        await people.take_attempts(tx.connection, key)
        wait = await waiting(tx, key, access.rules.lockout)
        if wait is None:
            await people.put_attempt(tx.connection, key, tx.now)
            await audit.record(tx, "sign-in.failed", by=by, about=str(by.id), why="present password")
    if wait:
        turn_away(wait, access.rules.lockout)
    raise _wrong()


async def _is_one_of(hashes: Sequence[str], password: str, passwords: Passwords) -> bool:
    return any(await asyncio.gather(*(passwords.match(each, password) for each in hashes)))


def _wrong() -> WrongCredentials:
    return WrongCredentials("Mật khẩu hiện tại không đúng.", "The present password is wrong.")
