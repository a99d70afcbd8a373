"""To whom a directive goes when it is issued, beside those who owe an answer to it."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from chassis.clock import today
from chassis.transaction import Transaction
from contracts.directives import Copy, DeliveryMoved, DeliveryPurpose, DirectiveRecalled
from directives import store
from directives.domain.delivery import Delivery, deliveries
from directives.domain.directive import LAST_VERSION, Directive
from directives.operations.audiences import resolve_audience
from directives.problems import ClusterWithoutLead, UnknownUnits
from directives.store.obligations import Obligation
from unit_tree.succession import is_gone, living_successor
from unit_tree.tree import Tree


async def addressed(
    tx: Transaction, directive: Directive, opened: Collection[Obligation], *, issued_on: date, tree: Tree
) -> list[Delivery]:
    """Return where a directive goes: to whoever answers it, and to the units that are meant by its recipients."""
    named: dict[DeliveryPurpose, set[str]] = {}
    for place, each in enumerate(directive.recipients):
        if each.audience is None:
            continue
        meant = await resolve_audience(
            tx, each.audience, tree, as_of=issued_on, issued_on=issued_on, where=f"recipients.{place}.audience"
        )
        if meant.unknown:
            raise UnknownUnits(
                f"Nơi nhận «{each.name}» có đơn vị không tồn tại: {', '.join(meant.unknown)}.",
                f"The recipient “{each.name}” means units that do not exist: {', '.join(meant.unknown)}.",
                units=list(meant.unknown),
            )
        if meant.without_lead:
            raise ClusterWithoutLead(
                f"Nơi nhận «{each.name}» có cụm chưa có cụm trưởng: {', '.join(meant.without_lead)}.",
                f"The recipient “{each.name}” means clusters without a lead: {', '.join(meant.without_lead)}.",
                clusters=list(meant.without_lead),
            )
        named.setdefault(each.purpose, set()).update(unit.answering_unit_id for unit in meant.units)
    return deliveries(directive.id, answering={each.answering_unit_id for each in opened}, named=named)


async def deliver(tx: Transaction, sent: Sequence[Delivery], opened: Collection[Obligation]) -> tuple[Copy, ...]:
    """Write where a directive goes; return those units that get it and owe no answer."""
    await store.deliveries.add(tx.connection, sent)
    answering = {each.answering_unit_id for each in opened}
    return tuple(Copy(unit_id=each.unit_id, purpose=each.purpose) for each in sent if each.unit_id not in answering)


async def deliver_on(tx: Transaction, directive_id: UUID, unit_id: str) -> None:
    """Deliver a directive to a unit that answers it from now on, to act on it."""
    await store.deliveries.add(tx.connection, [Delivery(directive_id=directive_id, unit_id=unit_id, purpose="execute")])


async def move_deliveries(tx: Transaction, *, tree: Tree) -> int:
    """Send on what units have that are no more, to whoever came after them, and tell those; return how much moved.

    Safe to repeat. What nobody came after stays; so does what was refused, or answered and asks for nothing more.
    Call it after the obligations moved: who answers from now on is told by that.
    """
    day = today(tx.now)
    gone = [each for each in await store.deliveries.standing_at(tx.connection) if is_gone(tree, each, day)]
    moved = 0
    for each in await store.deliveries.take_standing(tx.connection, gone) if gone else ():
        to_unit_id = living_successor(tree, each.unit_id, day)
        if to_unit_id is None or not each.moves:
            continue
        moved += 1
        if await store.deliveries.put_moved(tx.connection, each, to_unit_id):
            directive = await store.directives.get(tx.connection, each.directive_id)
            tx.emit(
                DeliveryMoved(
                    occurred_at=tx.now,
                    directive_id=each.directive_id,
                    issuer_unit_id=directive.issuer_unit_id,
                    unit_id=to_unit_id,
                    former_unit_id=each.unit_id,
                    purpose=each.purpose,
                    code=directive.number.code if directive.number else "",
                    subject=directive.subject,
                )
            )
    return moved


async def tell_recalled(tx: Transaction, directive: Directive, told: Collection[str]) -> None:
    """Tell that a directive was taken back; `told` hear of it by what becomes of their obligations."""
    sent = await store.deliveries.of(tx.connection, directive.id)
    tx.emit(
        DirectiveRecalled(
            occurred_at=tx.now,
            directive_id=directive.id,
            version=LAST_VERSION,
            issuer_unit_id=directive.issuer_unit_id,
            code=directive.number.code if directive.number else "",
            subject=directive.subject,
            unit_ids=tuple(each.unit_id for each in sent if each.unit_id not in told),
        )
    )
