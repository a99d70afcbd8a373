"""What a unit does with a directive it was sent: it takes or refuses it, and says who in it sees to an answer."""

from dataclasses import dataclass, replace
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import RIGHTS, Purpose, may
from chassis.problems import NotAllowed
from chassis.transaction import Transaction, new_id
from contracts.acknowledging import DeliveryAcknowledged
from contracts.directives import DeliveryRefused, ObligationAssigned
from directives import store
from directives.domain.delivery import Delivery, Waiting, waiting
from directives.domain.directive import Directive
from directives.domain.obligation import Duty
from directives.operations.access import no_directive, reads_any, see, sees_whole
from directives.operations.changing import take_duty
from directives.problems import NotOfTheUnit
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Where a directive was sent, as far as the caller may see it, and until when a word is waited for."""

    deliveries: list[Delivery]
    waiting: Waiting | None
    """Null while it is not issued, and once nothing is expected of it any more."""


async def read_deliveries(tx: Transaction, *, directive_id: UUID, tree: Tree, by: Caller) -> Deliveries:
    """Return where a directive was sent: all to its issuer, to others their own units."""
    directive = await see(tx, directive_id, tree=tree, by=by)
    sent = await store.deliveries.of(tx.connection, directive_id)
    found = [replace(each, is_over=directive.is_over) for each in sent]
    if not sees_whole(tx, directive, tree=tree, by=by):
        found = [each for each in found if reads_any(tx, (each.unit_id,), tree=tree, by=by)]
    if directive.issue is None or directive.is_over:
        return Deliveries(found, None)
    calendar = await store.calendars.working_calendar(tx.connection)
    return Deliveries(found, waiting(directive.issue.sent.at, calendar))


async def acknowledge(tx: Transaction, *, directive_id: UUID, unit_id: str, tree: Tree, by: Caller) -> Delivery:
    """Take a directive in the name of a unit it was sent to."""
    directive, delivery = await take_delivery(tx, directive_id, unit_id, tree=tree, by=by)
    after = delivery.acknowledged(by.id, tx.now)
    if after != delivery:
        await store.deliveries.put(tx.connection, after)
        tx.emit(
            DeliveryAcknowledged(
                occurred_at=tx.now,
                directive_id=directive_id,
                issuer_unit_id=directive.issuer_unit_id,
                unit_id=unit_id,
            )
        )
    return after


async def refuse(tx: Transaction, *, directive_id: UUID, unit_id: str, reason: str, tree: Tree, by: Caller) -> Delivery:
    """Refuse a directive in the name of a unit it was sent to. What it owes stays until the issuer has decided."""
    directive, delivery = await take_delivery(tx, directive_id, unit_id, tree=tree, by=by)
    after = delivery.refused(reason, by.id, tx.now)
    if after != delivery:
        await store.deliveries.put(tx.connection, after)
        tx.emit(
            DeliveryRefused(
                occurred_at=tx.now,
                directive_id=directive_id,
                issuer_unit_id=directive.issuer_unit_id,
                unit_id=unit_id,
                code=directive.number.code if directive.number else "",
                subject=directive.subject,
            )
        )
    return after


async def assign(tx: Transaction, *, obligation_id: UUID, person_id: UUID | None, tree: Tree, by: Caller) -> Duty:
    """Say who in the answering unit sees to an obligation; null: nobody any more. The person is told.

    Raises `NotOfTheUnit` for somebody who may not answer for the unit today.
    """
    duty = await take_duty(tx, obligation_id, tree=tree, by=by)
    if not may(by, Purpose.ASSIGN, duty.answering_unit_id):
        raise NotAllowed(
            "Chỉ thủ trưởng của đơn vị trả lời mới phân công được.",
            "Only the head of the answering unit may assign its work.",
        )
    if duty.assigned_to == person_id:
        return duty
    duty.refuse_settled()
    if person_id is not None and not await _may_answer(tx, person_id, duty.answering_unit_id):
        raise NotOfTheUnit(
            "Người này hiện không có nhiệm vụ báo cáo ở đơn vị.",
            "This person may not answer for the unit today.",
        )
    assignment_id = new_id()
    await store.duties.put_assignee(tx.connection, duty, person_id, assignment_id=assignment_id, by=by.id, at=tx.now)
    if person_id is not None:
        tx.emit(
            ObligationAssigned(
                occurred_at=tx.now,
                assignment_id=assignment_id,
                obligation_id=duty.id,
                directive_id=duty.directive_id,
                requirement_id=duty.requirement_id,
                unit_id=duty.unit_id,
                answering_unit_id=duty.answering_unit_id,
                person_id=person_id,
            )
        )
    return duty.seen_to_by(person_id)


async def _may_answer(tx: Transaction, person_id: UUID, unit_id: str) -> bool:
    day = today(tx.now)
    return any(
        post.unit_id == unit_id
        and Purpose.SUBMIT in RIGHTS.get(post.role, {})
        and post.valid_from <= day
        and (post.valid_to is None or day <= post.valid_to)
        for post in await store.staff.posts_of(tx.connection, person_id)
    )


async def take_delivery(
    tx: Transaction, directive_id: UUID, unit_id: str, *, tree: Tree, by: Caller
) -> tuple[Directive, Delivery]:
    """Return a directive that is in force and its delivery at a unit the caller acts for, locked for change."""
    directive = await see(tx, directive_id, tree=tree, by=by)
    delivery = await store.deliveries.take(tx.connection, directive_id, unit_id)
    sees = reads_any(tx, (unit_id,), tree=tree, by=by) or sees_whole(tx, directive, tree=tree, by=by)
    if delivery is None or not sees:
        raise no_directive()
    if not may(by, Purpose.SUBMIT, unit_id):
        raise NotAllowed(
            "Chỉ người của đơn vị nhận mới làm được việc này.", "Only the people of the receiving unit may do this."
        )
    directive.refuse_not_in_force()
    return directive, delivery
