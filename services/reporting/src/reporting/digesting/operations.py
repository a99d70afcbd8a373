"""Verbs of digests: what all aggregates are is reckoned, told once a day, and held against what was told of them."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, insert, select

from chassis.clock import VIETNAM
from chassis.outages import is_outage
from chassis.tables import outbox
from chassis.transaction import Transaction, Transactions
from contracts.event import Envelope
from contracts.reporting import AggregatesDigested, AggregateUpdated, digest_line, digest_of
from reporting import store
from reporting.digesting.tables import digests
from reporting.domain import TOLD_OUTSIDE, Aggregate, AggregateKey, Requirement
from reporting.domain.telling import told
from reporting.feed.store import entries_after

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
BUSY_SECONDS = 2.0
PAGE = 1000
AT_ONCE = 500
"""Aggregates whose lines are made without a pause."""


class Line(NamedTuple):
    """The line of one aggregate, and of which state of it."""

    version: int
    asked: int
    """The version of its requirement."""
    subject: str
    text: str


Lines = dict[AggregateKey, Line]


async def lines_now(tx: Transaction) -> dict[str, str]:
    """Return the line of every aggregate that was told outside, by its subject."""
    lines: Lines = {}
    await bring_up_to_now(tx, lines)
    return {each.subject: each.text for each in lines.values()}


async def bring_up_to_now(tx: Transaction, lines: Lines) -> None:
    """Make `lines` those of all that is told outside now; those of aggregates that have changed are made anew."""
    requirements = {each.requirement_id: each for each in await store.all_requirements(tx)}
    there: set[AggregateKey] = set()
    changed: dict[UUID, set[str]] = {}
    for key, version in await store.versions_of(tx, relations=TOLD_OUTSIDE):
        asked, line = requirements.get(key.requirement_id), lines.get(key)
        if asked is not None:
            there.add(key)
            if line is None or (line.version, line.asked) != (version, asked.version):
                changed.setdefault(key.requirement_id, set()).add(key.unit_id)
    for key in lines.keys() - there:
        del lines[key]
    for requirement_id, units in changed.items():
        found = await store.aggregates_of(tx, requirement_id, unit_ids=sorted(units))
        for place, each in enumerate(found):
            if place % AT_ONCE == 0:
                await asyncio.sleep(0)  # whoever shares this process waits for so many only
            if each.relation in TOLD_OUTSIDE:
                lines[each.key] = _line(each, requirements[requirement_id], tx.now)


def _line(aggregate: Aggregate, requirement: Requirement, now: datetime) -> Line:
    event = told(aggregate, requirement, at=now)
    return Line(aggregate.version, requirement.version, event.about, digest_line(event))


async def tell_digest(tx: Transaction, lines: Lines) -> bool | None:
    """Tell the digest of today; false when it was told or there is nothing to tell, null while events are on their way.

    It is told behind everything it speaks of: nobody folds meanwhile, and the outbox is empty. Nearly all of it is
    reckoned before, into `lines`: who folds waits for the rest only, however much there is. `lines` are those of an
    attempt that came to nothing, or none; they need not be so any more.
    """
    day = tx.now.astimezone(VIETNAM).date()
    if await _is_told(tx, day):
        return False
    if await _is_on_its_way(tx):
        return None
    await bring_up_to_now(tx, lines)
    await store.take_ground(tx)
    if await _is_on_its_way(tx):
        return None
    if await _is_told(tx, day):  # by another process, while this one waited for the ground
        return False
    await bring_up_to_now(tx, lines)
    if not lines:
        return False
    row = {"day": day, "aggregates": len(lines), "digest": digest_of(each.text for each in lines.values())}
    await tx.connection.execute(insert(digests).values(**row, told_at=tx.now))
    tx.emit(AggregatesDigested(occurred_at=tx.now, **row))
    return True


async def _is_on_its_way(tx: Transaction) -> bool:
    return bool((await tx.connection.execute(select(exists().select_from(outbox)))).scalar_one())


async def _is_told(tx: Transaction, day: date) -> bool:
    return bool((await tx.connection.execute(select(exists().where(digests.c.day == day)))).scalar_one())


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the totals are, held against what the feed told of them last."""

    aggregates: int
    digest: str
    missing: Sequence[str]
    """Subjects the feed has told nothing of, or another state."""
    unfounded: Sequence[str]
    """Subjects the feed has told of and that are no aggregates."""


async def compare(tx: Transaction) -> Comparison:
    """Hold the totals against the newest that the feed told of each."""
    await tx.connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    now = await lines_now(tx)
    fed: dict[str, str] = {}
    position = 0
    while entries := await entries_after(tx, position, limit=PAGE, newest_only=True):
        position = entries[-1].position
        for each in entries:
            envelope = Envelope.model_validate_json(each.body)
            if envelope.type == AggregateUpdated.type:
                fed[envelope.subject] = digest_line(AggregateUpdated.model_validate(envelope.data))
    return Comparison(
        aggregates=len(now),
        digest=digest_of(now.values()),
        missing=sorted(subject for subject, line in now.items() if fed.get(subject) != line),
        unfounded=sorted(fed.keys() - now.keys()),
    )


async def keep_telling(transactions: Transactions, *, at_hour: int) -> None:
    """Tell the digest of each day from this hour on, for ever."""
    lines: Lines = {}
    while True:
        wait = LOOK_SECONDS
        try:
            async with transactions.begin() as tx:
                if is_time(tx.now, at_hour) and await tell_digest(tx, lines) is None:
                    wait = BUSY_SECONDS
                else:
                    lines.clear()
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("no digest while a server is away: %r", error)
        await asyncio.sleep(wait)


def is_time(now: datetime, at_hour: int) -> bool:
    """Say whether it is so late in the province that the digest of the day should have been told."""
    return now.astimezone(VIETNAM).hour >= at_hour
