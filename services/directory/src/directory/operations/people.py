"""Giving people accounts and posts, and telling where letters to them go."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import PROVINCE, ROLES, Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction
from contracts import directory as contract
from directory.domain.people import Contact, NewAccount
from directory.passwords import Passwords
from directory.problems import AccountTaken, AccountTwice, UnknownRole, UnknownUnit
from directory.store import audit, units
from directory.store import people as store


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Who has an account now: those who got it, and those who had it before, by account as it was asked for."""

    created: dict[str, UUID]
    existing: dict[str, UUID]


async def enrol_person(tx: Transaction, account: NewAccount, *, passwords: Passwords, by: Caller) -> UUID:
    """Give somebody an account and posts; return their id. Raises `AccountTaken` when repeated."""
    enrolled = await enrol_people(tx, [account], passwords=passwords, by=by)
    if enrolled.existing:
        raise AccountTaken(
            f"Tài khoản «{account.account}» đã có người dùng.", f"The account '{account.account}' is taken."
        )
    return enrolled.created[account.account]


async def enrol_people(
    tx: Transaction, accounts: Sequence[NewAccount], *, passwords: Passwords, by: Caller
) -> Enrolled:
    """Give people accounts and posts; leave those who have an account exactly as they are. Safe to repeat."""
    await _see_that_it_is_allowed(tx, accounts, by)
    return await _enrol(tx, accounts, passwords=passwords, by=by)


async def found_accounts(tx: Transaction, accounts: Sequence[NewAccount], *, passwords: Passwords) -> Enrolled:
    """Give a new installation its first accounts; leave those that exist exactly as they are. Safe to repeat."""
    return await _enrol(tx, accounts, passwords=passwords, by=None)


async def contact_of(tx: Transaction, person_id: UUID, *, by: Caller) -> Contact:
    """Return where letters to a person go. Who may not know is told that there is no such person."""
    contact = await store.find_contact(tx.connection, person_id)
    held = await store.posts_of(tx.connection, person_id)
    above = await units.above(tx.connection, {post.unit_id for post in held}, today(tx.now))
    may_know = any(may(by, Purpose.READ_CONTACT, post.unit_id, above=above.get(post.unit_id, ())) for post in held)
    if contact is None or not (may_know or by.id == person_id):
        raise NotFound("Không có người này.", "There is no such person.")
    return contact


async def _see_that_it_is_allowed(tx: Transaction, accounts: Sequence[NewAccount], by: Caller) -> None:
    keys = [account.key for account in accounts]
    for account in accounts:
        if keys.count(account.key) > 1:
            raise AccountTwice(
                f"Tài khoản «{account.account}» xuất hiện hai lần trong một yêu cầu.",
                f"The account '{account.account}' appears twice in one request.",
            )
    held = [post for account in accounts for post in account.posts]
    unit_ids = {post.unit_id for post in held} - {PROVINCE}
    above = await units.above(tx.connection, unit_ids, today(tx.now))
    for unit_id in {post.unit_id for post in held}:
        if not may(by, Purpose.ADMINISTER, unit_id, above=above.get(unit_id, ())):
            raise NotAllowed("Bạn không được cấp tài khoản ở đơn vị này.", "You may not give accounts at this unit.")
    unknown = sorted(unit_ids - await units.known(tx.connection, unit_ids))
    if unknown:
        raise UnknownUnit(f"Không có đơn vị «{unknown[0]}».", f"There is no unit '{unknown[0]}'.", unit_id=unknown[0])
    for post in held:
        if post.role not in ROLES:
            raise UnknownRole(f"Không có vai trò «{post.role}».", f"There is no role '{post.role}'.", role=post.role)


async def _enrol(
    tx: Transaction, accounts: Sequence[NewAccount], *, passwords: Passwords, by: Caller | None
) -> Enrolled:
    before = await store.existing(tx.connection, [account.key for account in accounts])
    new = [account for account in accounts if account.key not in before]
    # Slow, and done before anything is locked.
    hashes = await asyncio.gather(*(passwords.hash(account.password) for account in new))
    created = await store.put_new(tx.connection, list(zip(new, hashes, strict=True)))
    if len(created) < len(new):
        before = await store.existing(tx.connection, [account.key for account in accounts])
    for account in new:
        if account.key in created:
            about = str(created[account.key])
            posts = [asdict(post) for post in account.posts]
            await audit.record(tx, "person.enrolled", by=by, about=about, account=account.account, posts=posts)
        # Nobody writes letters to a machine, so nobody needs to hear of its posts.
        if account.key in created and account.kind == "person":
            tx.emit(_changed(tx, created[account.key], account))
    return Enrolled(
        created={account.account: created[account.key] for account in accounts if account.key in created},
        existing={account.account: before[account.key] for account in accounts if account.key not in created},
    )


def _changed(tx: Transaction, person_id: UUID, account: NewAccount) -> contract.PersonChanged:
    return contract.PersonChanged(
        occurred_at=tx.now,
        person_id=person_id,
        version=1,
        is_active=True,
        posts=tuple(
            contract.Post(unit_id=post.unit_id, role=post.role, valid_from=post.valid_from, valid_to=post.valid_to)
            for post in account.posts
        ),
    )
