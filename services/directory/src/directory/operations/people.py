"""Giving people accounts and posts, and telling where letters to them go."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import PROVINCE, ROLES, Purpose, may, units_for
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction
from directory.domain.passwords import missing
from directory.domain.people import Contact, NewAccount
from directory.domain.people_file import read_people
from directory.domain.sessions import held_on
from directory.letters import SignInLetter
from directory.operations.telling import person_changed
from directory.passwords import Passwords, one_time
from directory.problems import AccountTaken, AccountTwice, ImportRejected, UnknownRole, UnknownUnit, WeakPassword
from directory.store import audit, delegations, units
from directory.store import people as store

FAULTS_SHOWN = 100
ANSWERING_ROLES = ("unit_head", "commune_officer", "reporter")
"""Who is called about what a unit owes, in this order."""


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
    before = await store.existing(tx.connection, [account.key for account in accounts])
    for account in accounts:
        if not account.must_change_password and account.key not in before:
            see_that_it_is_good_enough(account.password, account=account.account)
    return await _enrol(tx, accounts, passwords=passwords, by=by)


async def import_people(
    tx: Transaction, content: bytes, *, passwords: Passwords, by: Caller
) -> tuple[Enrolled, list[SignInLetter]]:
    """Give accounts to the people of a CSV file, all or none; return the letters to those who got one. Safe to repeat.

    A letter holds a one-time password that is kept nowhere else: whoever was given one before gets none again.
    """
    reading = await asyncio.to_thread(read_people, content)
    known = await units.known(tx.connection, reading.rows_of_units.keys() - {PROVINCE})
    for unit_id, row in reading.rows_of_units.items():
        if unit_id != PROVINCE and unit_id not in known:
            reading.blame(row, "unit_id", f"Không có đơn vị «{unit_id}».", f"There is no unit '{unit_id}'.")
    if not units_for(by, Purpose.ADMINISTER):
        raise NotAllowed("Bạn không được cấp tài khoản.", "You may not give accounts.")
    if reading.faults:
        raise ImportRejected(
            f"Tệp có {len(reading.faults)} lỗi, chưa có gì thay đổi; xem danh sách «errors».",
            f"The file has {len(reading.faults)} fault(s) and nothing was changed; see `errors`.",
            error_count=len(reading.faults),
            errors=[{"file": "people", **asdict(fault)} for fault in reading.faults[:FAULTS_SHOWN]],
        )
    accounts = [replace(each, password=one_time()) for each in reading.accounts.values()]
    enrolled = await enrol_people(tx, accounts, passwords=passwords, by=by)
    letters = [
        SignInLetter(each.account, each.full_name, each.email, each.password)
        for each in accounts
        if each.account in enrolled.created
    ]
    return enrolled, letters


async def found_accounts(tx: Transaction, accounts: Sequence[NewAccount], *, passwords: Passwords) -> Enrolled:
    """Give a new installation its first accounts; leave those that exist exactly as they are. Safe to repeat."""
    return await _enrol(tx, accounts, passwords=passwords, by=None)


async def contact_of(tx: Transaction, person_id: UUID, *, by: Caller) -> Contact:
    """Return where letters to a person go. Who may not know is told that there is no such person."""
    return (await contacts_of(tx, [person_id], by=by))[0]


async def contacts_of(tx: Transaction, person_ids: Collection[UUID], *, by: Caller) -> list[Contact]:
    """Return where letters to these people go; left out is who may not be known to the caller, as if nobody.

    Raises `NotFound` where that leaves none.
    """
    held = [
        *await store.posts_of_all(tx.connection, person_ids),
        *await delegations.borrowed_by_all(tx.connection, person_ids),
    ]
    above = await units.above(tx.connection, {post.unit_id for _, post in held}, today(tx.now))
    shown = {
        person_id
        for person_id, post in held
        if may(by, Purpose.READ_CONTACT, post.unit_id, above=above.get(post.unit_id, ()))
    }
    contacts = await store.contacts(tx.connection, person_ids)
    found = [each for person_id, each in contacts.items() if person_id in shown or person_id == by.id]
    if not found:
        raise NotFound("Không có người này.", "There is no such person.")
    return found


@dataclass(frozen=True, slots=True)
class Answering:
    """Somebody who answers for a unit, and in which role."""

    contact: Contact
    role: str


async def answering_at(tx: Transaction, unit_id: str, *, by: Caller) -> list[Answering]:
    """Return whom to call about what a unit owes: its people of today, for those who read what it sends.

    Who may not know is told that there is no such unit.
    """
    day = today(tx.now)
    above = await units.above(tx.connection, {unit_id}, day)
    if not may(by, Purpose.READ_SUBMISSION, unit_id, above=above.get(unit_id, ())):
        raise NotFound("Không có đơn vị này.", "There is no such unit.")
    found = []
    for person_id in await store.people_at(tx.connection, unit_id):
        posts = held_on(await store.posts_of(tx.connection, person_id), day)
        roles = {post.role for post in posts if post.unit_id == unit_id}
        person = await store.find_person(tx.connection, person_id)
        contact = await store.find_contact(tx.connection, person_id)
        role = next((each for each in ANSWERING_ROLES if each in roles), None)
        if role is not None and contact is not None and person is not None and person.disabled_at is None:
            found.append(Answering(contact, role))
    return sorted(found, key=lambda each: (ANSWERING_ROLES.index(each.role), each.contact.full_name))


def see_that_it_is_good_enough(password: str, **more: str) -> None:
    """Raise `WeakPassword` for a password nobody should keep."""
    lacks = missing(password)
    if lacks:
        raise WeakPassword(
            "Mật khẩu phải có ít nhất 8 ký tự, gồm chữ thường, chữ hoa, chữ số và ký tự đặc biệt.",
            "A password has at least 8 characters: lower and upper case letters, digits and special ones.",
            missing=lacks,
            **more,
        )


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
    created = await store.put_new(tx.connection, list(zip(new, hashes, strict=True)), at=tx.now)
    if len(created) < len(new):
        before = await store.existing(tx.connection, [account.key for account in accounts])
    for account in new:
        if account.key in created:
            about = str(created[account.key])
            posts = [asdict(post) for post in account.posts]
            await audit.record(tx, "person.enrolled", by=by, about=about, account=account.account, posts=posts)
        # Nobody writes letters to a machine, so nobody needs to hear of its posts.
        if account.key in created and account.kind == "person":
            tx.emit(person_changed(tx, created[account.key], account.posts, version=1, is_active=True))
    return Enrolled(
        created={account.account: created[account.key] for account in accounts if account.key in created},
        existing={account.account: before[account.key] for account in accounts if account.key not in created},
    )
