"""Verbs of subscriptions: made, shown, changed, replayed and ended by who has them; served by the courier."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotFound
from chassis.transaction import Transaction, new_id
from contracts.reporting import SubscriptionStopped, SubscriptionUnreached
from reporting.feed.operations import check_may_subscribe
from reporting.feed.store import last_position
from reporting.webhooks import domain, journal, signing, store
from reporting.webhooks.domain import Outcome, Plan, Schedule, Subscription
from reporting.webhooks.journal import Delivery
from reporting.webhooks.owners import may_still_subscribe
from reporting.webhooks.problems import NoSuchPosition, TooManySubscriptions
from reporting.webhooks.targets import Network, target_of

log = logging.getLogger(__name__)

MOST_SUBSCRIPTIONS = 10
"""Of one owner."""
FORMER_SECRET_HOLDS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Standing:
    """A subscription with how much is still due to it."""

    subscription: Subscription
    held: int
    behind: int
    """Positions between it and the newest event."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """An event as it is sent."""

    position: int
    event_id: UUID
    body: bytes


@dataclass(frozen=True, slots=True)
class Work:
    """What the courier is to send now."""

    subscription: Subscription
    plan: Plan
    lanes: Sequence[Sequence[Parcel]]
    wait: timedelta | None
    """When there is nothing to send: until something held is due again; null: until something new is told."""


async def subscribe(
    tx: Transaction, *, url: str, after: int | None, inner: Sequence[Network], by: Caller
) -> Subscription:
    """Make a subscription that begins behind a position, or with what is told from now on; its secret is new.

    Raises `TargetRefused`, `NoSuchPosition` and `TooManySubscriptions`.
    """
    check_may_subscribe(by)
    target_of(url, inner=inner)
    await store.take_owner(tx, by.id)
    if len(await store.subscriptions_of(tx, by.id)) >= MOST_SUBSCRIPTIONS:
        raise TooManySubscriptions(
            f"Mỗi tài khoản chỉ có tối đa {MOST_SUBSCRIPTIONS} đăng ký nhận tin.",
            f"An account has at most {MOST_SUBSCRIPTIONS} subscriptions.",
        )
    made = Subscription(
        subscription_id=new_id(),
        owner_id=by.id,
        url=url,
        state="active",
        secret=signing.new_secret(),
        position=await _checked_position(tx, after),
        epoch=1,
        created_at=tx.now,
    )
    await store.put_subscription(tx, made)
    return made


async def read_subscriptions(tx: Transaction, *, by: Caller) -> list[Standing]:
    """Return the caller's subscriptions; to an administrator of the province, those of everybody."""
    is_administrator = may(by, Purpose.ADMINISTER, PROVINCE)
    if not is_administrator:
        check_may_subscribe(by)
    found = await store.subscriptions_of(tx, None if is_administrator else by.id)
    return [await _standing(tx, each) for each in found]


async def read_subscription(tx: Transaction, subscription_id: UUID, *, by: Caller) -> Standing:
    """Return one subscription of the caller's; `NotFound` for anybody else's."""
    found = await store.find_subscription(tx, subscription_id)
    return await _standing(tx, _seen_by(found, by, or_administrator=True))


async def change(
    tx: Transaction,
    subscription_id: UUID,
    *,
    url: str | None,
    state: Literal["active", "paused"] | None,
    inner: Sequence[Network],
    by: Caller,
) -> Standing:
    """Change where a subscription leads, or pause it, or take it up again where it was. Safe to repeat.

    Whoever is told again after a failure is tried at once.
    """
    found = await _taken(tx, subscription_id, by, or_administrator=url is None)
    if url is not None:
        target_of(url, inner=inner)
    changed = replace(
        found,
        url=url or found.url,
        state=state or found.state,
        failures=0,
        failing_since=None,
        next_attempt_at=None,
    )
    await store.retry_now(tx, subscription_id, tx.now)
    await store.change_subscription(tx, changed)
    return await _standing(tx, changed)


async def read_deliveries(tx: Transaction, subscription_id: UUID, *, most: int, by: Caller) -> list[Delivery]:
    """Return what came of the events that were sent last to a subscription of the caller's, the last first."""
    found = await store.find_subscription(tx, subscription_id)
    return await journal.newest(tx, _seen_by(found, by, or_administrator=True), most=most)


async def rotate_secret(tx: Transaction, subscription_id: UUID, *, by: Caller) -> Subscription:
    """Give a subscription a new secret; for a day everything is signed with the former one as well."""
    found = await _taken(tx, subscription_id, by)
    changed = replace(
        found, secret=signing.new_secret(), former_secret=found.secret, former_until=tx.now + FORMER_SECRET_HOLDS
    )
    await store.change_subscription(tx, changed)
    return changed


async def replay(tx: Transaction, subscription_id: UUID, *, after: int, by: Caller) -> Standing:
    """Tell a subscription everything behind a position again, under the same ids; what was held comes with it."""
    found = await _taken(tx, subscription_id, by)
    position = await _checked_position(tx, after)
    changed = replace(found, position=position, failures=0, failing_since=None, next_attempt_at=None)
    await store.release(tx, subscription_id)
    await store.change_subscription(tx, changed)
    return await _standing(tx, changed)


async def unsubscribe(tx: Transaction, subscription_id: UUID, *, by: Caller) -> None:
    """End a subscription for good."""
    await _taken(tx, subscription_id, by, or_administrator=True)
    await store.drop_subscription(tx, subscription_id)


# What the courier does.


async def plan_wave(tx: Transaction, subscription_id: UUID) -> Work | None:
    """Return what to send to a subscription now; null when it is not to be told anything any more."""
    subscription = await store.find_subscription(tx, subscription_id)
    if subscription is None or subscription.state != "active":
        return None
    if not await may_still_subscribe(tx, subscription.owner_id, on=today(tx.now)):
        await _revoke(tx, subscription_id)
        return None
    if subscription.next_attempt_at is not None and tx.now < subscription.next_attempt_at:
        return Work(subscription, Plan((), (), subscription.position), (), subscription.next_attempt_at - tx.now)
    held = await store.held_of(tx, subscription_id)
    fresh = await store.due_after(tx, subscription.position, limit=domain.WAVE)
    plan = domain.plan(subscription, held, fresh, now=tx.now)
    wait = min((each.next_attempt_at - tx.now for each in held), default=None)
    bodies = await store.bodies_of(tx, [due.position for lane in plan.lanes for due in lane])
    lanes = [
        [Parcel(due.position, *bodies[due.position]) for due in lane if due.position in bodies] for lane in plan.lanes
    ]
    return Work(subscription, plan, lanes, wait)


async def _revoke(tx: Transaction, subscription_id: UUID) -> None:
    found = await store.take_subscription(tx, subscription_id)
    if found is None or found.state != "active":
        return
    log.error("subscription %s is switched off: its owner may not subscribe any more", subscription_id)
    said = "switched off: the right to subscribe has ended"
    await store.change_subscription(tx, replace(found, state="switched_off", last_outcome=said))
    tx.emit(
        SubscriptionStopped(
            occurred_at=tx.now,
            subscription_id=subscription_id,
            version=found.epoch,
            because="revoked",
            failing_since=tx.now,
            position=found.position,
            owner_id=found.owner_id,
        )
    )


async def settle_wave(tx: Transaction, work: Work, outcomes: Mapping[int, Outcome], *, schedule: Schedule) -> bool:
    """Note what came of a wave; say whether the subscription was still what it was when the wave began.

    If not, what was sent is sent again by whoever has it now, under the same ids.
    """
    before = work.subscription
    settled = domain.settle(before, work.plan, outcomes, schedule=schedule, now=tx.now)
    if not await store.settle_subscription(tx, before, settled):
        return False
    if settled.released:
        await store.release(tx, before.subscription_id, settled.released)
    await store.put_held(tx, before.subscription_id, settled.held)
    await journal.note(tx, before.subscription_id, work.plan, outcomes)
    if settled.switch_off is not None:
        log.error("subscription %s is switched off: %s", before.subscription_id, settled.last_outcome)
        tx.emit(
            SubscriptionStopped(
                occurred_at=tx.now,
                subscription_id=before.subscription_id,
                version=before.epoch,
                because=settled.switch_off,
                failing_since=_failing_since(work, before) or tx.now,
                position=settled.position,
                owner_id=before.owner_id,
            )
        )
    elif settled.is_trouble:
        tx.emit(
            SubscriptionUnreached(
                occurred_at=tx.now,
                subscription_id=before.subscription_id,
                failing_since=_failing_since(work, before) or tx.now,
                position=settled.position,
                owner_id=before.owner_id,
            )
        )
    return True


def _failing_since(work: Work, before: Subscription) -> datetime | None:
    since = [due.failing_since for lane in work.plan.lanes for due in lane if isinstance(due, domain.Held)]
    if before.failing_since is not None:
        since.append(before.failing_since)
    return min(since, default=None)


async def _taken(tx: Transaction, subscription_id: UUID, by: Caller, *, or_administrator: bool = False) -> Subscription:
    return _seen_by(await store.take_subscription(tx, subscription_id), by, or_administrator=or_administrator)


def _seen_by(found: Subscription | None, by: Caller, *, or_administrator: bool) -> Subscription:
    # An administrator may stop what somebody else takes, but neither take it nor send it elsewhere.
    if found is not None and or_administrator and may(by, Purpose.ADMINISTER, PROVINCE):
        return found
    check_may_subscribe(by)
    if found is None or found.owner_id != by.id:
        raise NotFound("Không có gì ở đây mà bạn được xem.", "There is nothing here that you may see.")
    return found


async def _checked_position(tx: Transaction, after: int | None) -> int:
    newest = await last_position(tx)
    if after is None:
        return newest
    if after > newest:
        raise NoSuchPosition(
            f"Dòng tin mới đến vị trí {newest}.", f"The feed reaches to position {newest}.", newest=newest
        )
    return after


async def _standing(tx: Transaction, subscription: Subscription) -> Standing:
    held = await store.count_held(tx, subscription.subscription_id)
    return Standing(subscription, held, max(0, await last_position(tx) - subscription.position))
