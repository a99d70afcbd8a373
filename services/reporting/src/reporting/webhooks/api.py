"""The front door of subscriptions: who is told by webhook, where, and from which position."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.http import may_raise
from chassis.identity import Calling
from chassis.problems import Malformed, NotFound, NotSignedIn
from chassis.transaction import OpenTransaction
from reporting.webhooks import operations
from reporting.webhooks.domain import State, Subscription
from reporting.webhooks.operations import Standing
from reporting.webhooks.problems import NoSuchPosition, TargetRefused, TooManySubscriptions
from reporting.webhooks.targets import LONGEST_URL, Network

router = APIRouter(tags=["city"])

Position = Annotated[int, Field(ge=0, le=(1 << 63) - 1)]
Url = Annotated[str, Field(min_length=1, max_length=LONGEST_URL)]


class SubscriptionIn(BaseModel):
    """Where to tell, and from where on."""

    model_config = ConfigDict(extra="forbid")

    url: Url
    after: Position | None = None
    """A position of the feed; 0 for everything there is; left out for what is told from now on."""


class ChangeIn(BaseModel):
    """What is to be otherwise; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    url: Url | None = None
    state: Literal["active", "paused"] | None = None


class ReplayIn(BaseModel):
    """From where everything is to be told again."""

    model_config = ConfigDict(extra="forbid")

    after: Position


class SubscriptionOut(BaseModel):
    """A subscription and how it goes."""

    subscription_id: UUID
    url: str
    state: State
    position: int
    """Everything up to here was delivered, or is among what is held."""
    behind: int
    """Positions up to the newest event."""
    held: int
    """Events that were not taken while others were, and those of the same things after them."""
    failing_since: datetime | None
    next_attempt_at: datetime | None
    last_outcome: str | None
    created_at: datetime


class SubscriptionsOut(BaseModel):
    """Subscriptions, oldest first."""

    subscriptions: list[SubscriptionOut]


class DeliveryOut(BaseModel):
    """What came of one event, by its last try."""

    model_config = ConfigDict(from_attributes=True)

    position: int
    subject: str
    event_id: UUID | None
    state: Literal["delivered", "waiting", "failed"]
    tries: int
    tried_at: datetime
    status: int | None
    said: str
    answered: str
    """The beginning of what the target answered, where it did not take the event."""
    next_attempt_at: datetime | None


class DeliveriesOut(BaseModel):
    """What was sent last, the last first."""

    deliveries: list[DeliveryOut]


class MadeOut(BaseModel):
    """A new subscription."""

    subscription_id: UUID
    position: int
    secret: str
    """`whsec_…`, shown once: with it the subscriber checks signatures."""


class SecretOut(BaseModel):
    """A new secret."""

    secret: str
    former_until: datetime
    """Until then everything is signed with the former secret as well."""


def _inner(request: Request) -> tuple[Network, ...]:
    settings = request.app.state.frame.settings
    return tuple(settings.webhook_inner_networks)


@router.post(
    "/subscriptions",
    status_code=201,
    responses=may_raise(NotFound, NotSignedIn, Malformed, TargetRefused, TooManySubscriptions, NoSuchPosition),
)
async def subscribe(body: SubscriptionIn, request: Request, caller: Calling, tx: OpenTransaction) -> MadeOut:
    """Be told by webhook, signed by the Standard Webhooks specification, of every aggregate in order."""
    made = await operations.subscribe(tx, url=body.url, after=body.after, inner=_inner(request), by=caller)
    return MadeOut(subscription_id=made.subscription_id, position=made.position, secret=made.secret)


@router.get("/subscriptions", responses=may_raise(NotFound, NotSignedIn))
async def read_subscriptions(caller: Calling, tx: OpenTransaction) -> SubscriptionsOut:
    """Return the caller's subscriptions; an administrator sees everybody's."""
    return SubscriptionsOut(subscriptions=[_out(each) for each in await operations.read_subscriptions(tx, by=caller)])


@router.get("/subscriptions/{subscription_id}", responses=may_raise(NotFound, NotSignedIn, Malformed))
async def read_subscription(subscription_id: UUID, caller: Calling, tx: OpenTransaction) -> SubscriptionOut:
    """Return a subscription, and how it goes."""
    return _out(await operations.read_subscription(tx, subscription_id, by=caller))


@router.get("/subscriptions/{subscription_id}/deliveries", responses=may_raise(NotFound, NotSignedIn, Malformed))
async def read_deliveries(
    subscription_id: UUID, caller: Calling, tx: OpenTransaction, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> DeliveriesOut:
    """Return what came of each event that was sent, as far as it is remembered."""
    found = await operations.read_deliveries(tx, subscription_id, most=limit, by=caller)
    return DeliveriesOut(deliveries=[DeliveryOut.model_validate(each) for each in found])


@router.patch("/subscriptions/{subscription_id}", responses=may_raise(NotFound, NotSignedIn, Malformed, TargetRefused))
async def change(
    subscription_id: UUID, body: ChangeIn, request: Request, caller: Calling, tx: OpenTransaction
) -> SubscriptionOut:
    """Tell elsewhere, pause, or take up again where it was; what failed before is tried at once."""
    found = await operations.change(
        tx, subscription_id, url=body.url, state=body.state, inner=_inner(request), by=caller
    )
    return _out(found)


@router.post("/subscriptions/{subscription_id}/secret", responses=may_raise(NotFound, NotSignedIn, Malformed))
async def rotate_secret(subscription_id: UUID, caller: Calling, tx: OpenTransaction) -> SecretOut:
    """Get a new secret; the former one signs as well for a day, so that the subscriber can change over."""
    changed = await operations.rotate_secret(tx, subscription_id, by=caller)
    assert changed.former_until is not None  # noqa: S101  a rotation leaves a former secret
    return SecretOut(secret=changed.secret, former_until=changed.former_until)


@router.post(
    "/subscriptions/{subscription_id}/replay", responses=may_raise(NotFound, NotSignedIn, Malformed, NoSuchPosition)
)
async def replay(subscription_id: UUID, body: ReplayIn, caller: Calling, tx: OpenTransaction) -> SubscriptionOut:
    """Be told everything behind a position again, under the same ids."""
    return _out(await operations.replay(tx, subscription_id, after=body.after, by=caller))


@router.delete(
    "/subscriptions/{subscription_id}", status_code=204, responses=may_raise(NotFound, NotSignedIn, Malformed)
)
async def unsubscribe(subscription_id: UUID, caller: Calling, tx: OpenTransaction) -> Response:
    """Be told nothing any more."""
    await operations.unsubscribe(tx, subscription_id, by=caller)
    return Response(status_code=204)


def _out(found: Standing) -> SubscriptionOut:
    subscription: Subscription = found.subscription
    return SubscriptionOut(
        subscription_id=subscription.subscription_id,
        url=subscription.url,
        state=subscription.state,
        position=subscription.position,
        behind=found.behind,
        held=found.held,
        failing_since=subscription.failing_since,
        next_attempt_at=subscription.next_attempt_at,
        last_outcome=subscription.last_outcome,
        created_at=subscription.created_at,
    )
