"""Giving and ending posts, and lending them."""

from datetime import date
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import PROVINCE, ROLES, Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction, new_id
from directory.domain.audit import Action
from directory.domain.people import LENDABLE, Delegation, Post, account_key, overlapping
from directory.operations.telling import take_with_borrowers, tell_people_changed
from directory.problems import NothingToLend, PostsOverlap, UnknownRole, UnknownUnit
from directory.store import audit, people, units
from directory.store import delegations as store


async def set_post(tx: Transaction, person_id: UUID, post: Post, *, by: Caller) -> None:
    """Give somebody a post, or another end to one that begins on the same day. Safe to repeat.

    A post that ends today ends at midnight in Vietnam; one whose end lies before today ends at once.
    """
    await _see_that_one_administers(tx, post.unit_id, by)
    if post.role not in ROLES:
        raise UnknownRole(f"Không có vai trò «{post.role}».", f"There is no role '{post.role}'.", role=post.role)
    if post.unit_id != PROVINCE and not await units.known(tx.connection, {post.unit_id}):
        raise UnknownUnit(f"Không có đơn vị «{post.unit_id}».", f"There is no unit '{post.unit_id}'.")
    told = await take_with_borrowers(tx, person_id)
    if person_id not in told:
        raise NotFound("Không có người này.", "There is no such person.")
    held = await people.posts_of(tx.connection, person_id)
    if post in held:
        return
    if overlapping(held, post):
        raise PostsOverlap(
            "Người này đã giữ vai trò đó ở đơn vị đó trong những ngày này.",
            "This person already holds this role at this unit on some of these days.",
        )
    await people.put_post(tx.connection, person_id, post)
    await audit.record(
        tx,
        "post.set",
        by=by,
        about=str(person_id),
        unit_id=post.unit_id,
        role=post.role,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
    )
    await tell_people_changed(tx, told)


async def lend_post(
    tx: Transaction, *, to_account: str, unit_id: str, role: str, valid_from: date, valid_to: date, by: Caller
) -> Delegation:
    """Let somebody else act in a post of one's own, over a span of days and for as long as one holds it.

    What was borrowed cannot be lent on. Raises `NothingToLend`, or `NotFound` for the borrower.
    """
    key = account_key(to_account)
    borrower = (await people.existing(tx.connection, [key])).get(key)
    principal = None if borrower is None else await people.find_principal(tx.connection, borrower)
    if borrower is None or principal is None or principal.kind != "person" or borrower == by.id:
        raise NotFound("Không có người này để ủy quyền.", "There is no such person to lend to.")
    await people.take_people(tx.connection, {by.id, borrower})
    # In the token, so that somebody who has yet to do something first lends nothing; of one's own, so not a loan.
    is_held_now = any((post.unit_id, post.role) == (unit_id, role) for post in by.posts)
    own = await people.posts_of(tx.connection, by.id)
    lasts = any(
        (post.unit_id, post.role) == (unit_id, role)
        and post.valid_from <= valid_to
        and (post.valid_to is None or valid_from <= post.valid_to)
        for post in own
    )
    if by.kind != "person" or role not in LENDABLE or not is_held_now or not lasts or valid_to < today(tx.now):
        raise NothingToLend(
            "Bạn không giữ vai trò này trong thời gian đó, hoặc vai trò này không được ủy quyền.",
            "You do not hold this post over that span, or it cannot be lent.",
        )
    same = [
        each
        for each in await store.of_person(tx.connection, by.id)
        if (each.from_person_id, each.to_person_id, each.unit_id, each.role, each.valid_from, each.valid_to)
        == (by.id, borrower, unit_id, role, valid_from, valid_to)
    ]
    if same:
        return same[0]
    delegation = Delegation(new_id(), by.id, borrower, unit_id, role, valid_from, valid_to)
    await store.put(tx.connection, delegation)
    await _record(tx, "delegation.begun", delegation, by)
    await tell_people_changed(tx, {borrower})
    return delegation


async def end_delegation(tx: Transaction, delegation_id: UUID, *, by: Caller) -> None:
    """End a loan at once: by the lender, the borrower, or an administrator of the unit."""
    delegation = await store.find(tx.connection, delegation_id)
    if delegation is None or not (
        by.id in {delegation.from_person_id, delegation.to_person_id} or await _administers(tx, delegation.unit_id, by)
    ):
        raise NotFound("Không có ủy quyền này.", "There is no such delegation.")
    await people.take_people(tx.connection, {delegation.to_person_id})
    if await store.end(tx.connection, delegation_id, at=tx.now):
        await _record(tx, "delegation.ended", delegation, by)
        await tell_people_changed(tx, {delegation.to_person_id})


async def delegations_of(tx: Transaction, *, by: Caller) -> list[Delegation]:
    """Return what the caller lends and borrows."""
    return await store.of_person(tx.connection, by.id)


async def _record(tx: Transaction, action: Action, delegation: Delegation, by: Caller) -> None:
    await audit.record(
        tx,
        action,
        by=by,
        about=str(delegation.to_person_id),
        delegation_id=delegation.delegation_id,
        from_person_id=delegation.from_person_id,
        unit_id=delegation.unit_id,
        role=delegation.role,
        valid_from=delegation.valid_from,
        valid_to=delegation.valid_to,
    )


async def _see_that_one_administers(tx: Transaction, unit_id: str, by: Caller) -> None:
    if not await _administers(tx, unit_id, by):
        raise NotAllowed("Bạn không được phân vai trò ở đơn vị này.", "You may not give posts at this unit.")


async def _administers(tx: Transaction, unit_id: str, by: Caller) -> bool:
    above = await units.above(tx.connection, {unit_id} - {PROVINCE}, today(tx.now))
    return may(by, Purpose.ADMINISTER, unit_id, above=above.get(unit_id, ()))
