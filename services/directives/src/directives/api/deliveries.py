"""Directives at the units they were sent to, at the front door."""

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import NotAllowed, NotFound
from chassis.text import UnitId
from chassis.transaction import OpenTransaction
from contracts.directives import DeliveryPurpose
from directives.api.trees import KnownTree
from directives.domain.delivery import Delivery, DeliveryState
from directives.operations import receiving
from directives.problems import NotInForce, ReceivedAlready
from directives.requests import ReasonIn

router = APIRouter()


class DeliveryOut(BaseModel):
    """A directive at a unit: what for, and whether it was taken; `reason` is why it was refused."""

    directive_id: UUID
    unit_id: str
    purpose: DeliveryPurpose
    state: DeliveryState
    reason: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    moved_to: str | None
    """The unit that has it since this one is no more."""
    has_answered: bool
    is_awaited: bool
    """Only whoever is to act is waited for, and never who gets it to know."""


class DeliveriesOut(BaseModel):
    """Where a directive was sent, and how many are waited for until when."""

    deliveries: list[DeliveryOut]
    awaited: int
    acknowledge_by: datetime | None
    """The end of the first working day after it was sent out."""
    chase_from: date | None
    """The second working day."""


@router.get("/directives/{directive_id}/deliveries", responses=may_raise(NotFound))
async def read_deliveries(caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID) -> DeliveriesOut:
    """List where a directive was sent, and who has taken or refused it."""
    found = await receiving.read_deliveries(tx, directive_id=directive_id, tree=tree, by=caller)
    return DeliveriesOut(
        deliveries=[_out(each) for each in found.deliveries],
        awaited=sum(each.is_awaited for each in found.deliveries),
        acknowledge_by=found.waiting.acknowledge_by if found.waiting else None,
        chase_from=found.waiting.chase_from if found.waiting else None,
    )


@router.post(
    "/directives/{directive_id}/deliveries/{unit_id}/acknowledge", responses=may_raise(NotFound, NotAllowed, NotInForce)
)
async def acknowledge(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, unit_id: UnitId
) -> DeliveryOut:
    """Take a directive for a unit."""
    return _out(await receiving.acknowledge(tx, directive_id=directive_id, unit_id=unit_id, tree=tree, by=caller))


@router.post(
    "/directives/{directive_id}/deliveries/{unit_id}/refuse",
    responses=may_raise(NotFound, NotAllowed, NotInForce, ReceivedAlready),
)
async def refuse(
    caller: Calling, tx: OpenTransaction, tree: KnownTree, directive_id: UUID, unit_id: UnitId, asked: ReasonIn
) -> DeliveryOut:
    """Refuse a directive for a unit, with a reason."""
    return _out(
        await receiving.refuse(
            tx, directive_id=directive_id, unit_id=unit_id, reason=asked.reason, tree=tree, by=caller
        )
    )


def _out(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut.model_validate(delivery, from_attributes=True)
