"""The courier: one process carries the feed to every subscriber, as far as each of them takes it."""

import asyncio
import logging
import ssl
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import asyncpg
from prometheus_client import Counter

from chassis.telemetry import Metrics
from chassis.transaction import Transactions
from contracts.event import CONTENT_TYPE
from reporting.feed.bell import LOOK_ANYWAY_SECONDS, Bell
from reporting.webhooks import operations, signing, store
from reporting.webhooks.domain import Outcome, Schedule, Subscription
from reporting.webhooks.line import Lines
from reporting.webhooks.operations import Parcel, Work
from reporting.webhooks.problems import TargetRefused
from reporting.webhooks.targets import Network, target_of

log = logging.getLogger(__name__)

COURIER_LOCK = 0xC0_0217
"""Advisory lock of the one courier of a database; the others stand by."""
LOOK_SECONDS = 1.0
"""How long the first who subscribes waits at most until somebody carries."""
AT_ONCE = 16
"""Lines to one target."""


def count_deliveries(metrics: Metrics) -> Counter:
    """Register the count of deliveries by what became of them."""
    return Counter("congvan_webhooks", "events sent to subscribers", ["outcome"], registry=metrics.registry)


def trust_of(ca_file: Path | None) -> ssl.SSLContext:
    """Return what certificates we believe: those the system does, and those of one more authority."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


@dataclass
class Courier:
    """Carries what is told to those who subscribed; what dies with it is sent again, nothing is lost."""

    transactions: Transactions
    database_url: str
    bell: Bell
    outcomes: Counter
    schedule: Schedule
    inner: Collection[Network] = ()
    """Networks of ours that may be sent to all the same."""
    ca_file: Path | None = None
    """Certificates believed beside the system's."""
    _trust: ssl.SSLContext | None = None
    _rounds: dict[UUID, asyncio.Task[None]] = field(default_factory=dict)

    async def work(self) -> None:
        """Carry until cancelled, if nobody else does. While nobody subscribes, no line is kept to PostgreSQL."""
        while True:
            async with self.transactions.begin() as tx:
                is_wanted = await store.has_active(tx)
            if is_wanted:
                await self._carry()
            await asyncio.sleep(LOOK_SECONDS)

    async def _carry(self) -> None:
        line = await asyncpg.connect(self.database_url, timeout=5, command_timeout=30)
        try:
            while not await line.fetchval("SELECT pg_try_advisory_lock($1)", COURIER_LOCK):  # noqa: ASYNC110  the lock is the database's, it cannot ring
                await asyncio.sleep(LOOK_ANYWAY_SECONDS)
            await self._lead(line)
        finally:
            await self._stop()
            line.terminate()

    async def _lead(self, line: asyncpg.Connection) -> None:
        async with self.bell.listening() as ear:
            while True:
                ear.clear()
                # On the line that holds the lock: who has lost it must not go on.
                active = {each["subscription_id"] for each in await line.fetch(store.ACTIVE)}
                if not active and not self._rounds:
                    return
                for subscription_id in active - self._rounds.keys():
                    task = asyncio.create_task(self._go_round(subscription_id), name=f"round {subscription_id}")
                    self._rounds[subscription_id] = task
                    task.add_done_callback(partial(self._forget, subscription_id))
                await ear.wait(LOOK_ANYWAY_SECONDS)

    def _forget(self, subscription_id: UUID, _ended: "asyncio.Task[None]") -> None:
        self._rounds.pop(subscription_id, None)

    async def _stop(self) -> None:
        rounds = list(self._rounds.values())
        for each in rounds:
            each.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)

    async def _go_round(self, subscription_id: UUID) -> None:
        lines: tuple[str, Lines] | None = None
        try:
            async with self.bell.listening() as ear:
                while True:
                    ear.clear()
                    async with self.transactions.begin() as tx:
                        work = await operations.plan_wave(tx, subscription_id)
                    if work is None:
                        return
                    if not work.lanes and not work.plan.behind:
                        wait = work.wait.total_seconds() if work.wait is not None else LOOK_ANYWAY_SECONDS
                        await ear.wait(max(wait, 0.01))
                        continue
                    try:
                        if lines is None or lines[0] != work.subscription.url:
                            lines = self._lines_to(work.subscription, lines)
                        outcomes = await self._send(work, lines[1])
                    except TargetRefused as error:  # what may be sent to has changed since it subscribed
                        outcomes = {lane[0].position: Outcome(None, error.en) for lane in work.lanes}
                    async with self.transactions.begin() as tx:
                        await operations.settle_wave(tx, work, outcomes, schedule=self.schedule)
        except Exception:  # one subscriber's round must not end the others'; it is begun again within seconds
            log.exception("the round to subscription %s ended", subscription_id)
        finally:
            if lines is not None:
                lines[1].close()

    def _lines_to(self, subscription: Subscription, former: tuple[str, Lines] | None) -> tuple[str, Lines]:
        if former is not None:
            former[1].close()
        target = target_of(subscription.url, inner=self.inner)
        if self._trust is None and target.scheme == "https":
            self._trust = trust_of(self.ca_file)  # a megabyte of certificates, for those who have a subscriber
        return subscription.url, Lines(target, inner=self.inner, trust=self._trust)

    async def _send(self, work: Work, lines: Lines) -> dict[int, Outcome]:
        found: dict[int, Outcome] = {}
        room = asyncio.Semaphore(AT_ONCE)

        async def go_along(lane: list[Parcel]) -> None:
            async with room:
                for parcel in lane:
                    outcome = await lines.post(_headers(work.subscription, parcel), parcel.body)
                    found[parcel.position] = outcome
                    self.outcomes.labels("delivered" if outcome.is_delivered else "failed").inc()
                    if not outcome.is_delivered:
                        return  # what follows of this thing must not overtake it

        async with asyncio.TaskGroup() as group:
            for lane in work.lanes:
                group.create_task(go_along(list(lane)))
        return found


def _headers(subscription: Subscription, parcel: Parcel) -> dict[str, str]:
    now = time.time()
    message_id, timestamp = str(parcel.event_id), int(now)
    keys = subscription.secrets_at(datetime.fromtimestamp(now, UTC))
    return {
        "user-agent": "Congvan",
        "content-type": CONTENT_TYPE,
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signing.signature_header(keys, message_id, timestamp, parcel.body),
        "congvan-position": str(parcel.position),
    }
