"""To whom a directive goes when it is issued, beside those who owe an answer to it."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from chassis.transaction import Transaction
from contracts.directives import Copy, DeliveryPurpose, DirectiveRecalled
from directives import store
from directives.domain.delivery import Delivery, deliveries
from directives.domain.directive import LAST_VERSION, Directive
from directives.operations.audiences import resolve_audience
from directives.problems import ClusterWithoutLead, UnknownUnits
from directives.store.obligations import Obligation
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
