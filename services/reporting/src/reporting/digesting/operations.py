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
    return {each.subject: each.text for each in (await reckon(tx)).values()}


async def reckon(tx: Transaction) -> Lines:
    """Return the line of every aggregate that was told outside, as each is when it is looked at."""
    found: Lines = {}
    for requirement in await store.all_requirements(tx):
        there = await store.aggregates_of(tx, requirement.requirement_id)
        for place, each in enumerate(there):
            if place % AT_ONCE == 0:
                await asyncio.sleep(0)  # whoever shares this process waits for so many only
            if each.relation in TOLD_OUTSIDE:
                found[each.key] = _line(each, requirement, tx.now)
    return found


async def _brought_up_to_now(tx: Transaction, lines: Lines) -> dict[str, str]:
    """Return the lines of this moment by subject, those of changed aggregates made anew; nobody folds meanwhile."""
    requirements = {each.requirement_id: each for each in await store.all_requirements(tx)}
    found: dict[str, str] = {}
    changed: dict[UUID, set[str]] = {}
    for key, version in await store.versions_of(tx, relations=TOLD_OUTSIDE):
        line, asked = lines.get(key), requirements.get(key.requirement_id)
        if line is not None and asked is not None and (line.version, line.asked) == (version, asked.version):
            found[line.subject] = line.text
        else:
            changed.setdefault(key.requirement_id, set()).add(key.unit_id)
            lines.pop(key, None)
    for requirement_id, units in changed.items():
        there = await store.aggregates_of(tx, requirement_id, unit_ids=sorted(units))
        asked = requirements.get(requirement_id)
        if asked is not None:
            anew = [each for each in there if each.relation in TOLD_OUTSIDE and each.key not in lines]
            found |= {each.subject: each.text for each in (_line(one, asked, tx.now) for one in anew)}
    return found


def _line(aggregate: Aggregate, requirement: Requirement, now: datetime) -> Line:
    event = told(aggregate, requirement, at=now)
    return Line(aggregate.version, requirement.version, event.about, digest_line(event))


async def tell_digest(tx: Transaction) -> bool | None:
    """Tell the digest of today; false when it was told or there is nothing to tell, null while events are on their way.

    It is told behind everything it speaks of: nobody folds meanwhile, and the outbox is empty. Nearly all of it is
    reckoned before: who folds waits for the rest only, however much there is.
    """
    day = tx.now.astimezone(VIETNAM).date()
    if await _is_told(tx, day):
        return False
    if await _is_on_its_way(tx):
        return None
    lines = await reckon(tx)
    await store.take_ground(tx)
    if await _is_on_its_way(tx):
        return None
    if await _is_told(tx, day):  # by another process, while this one waited for the ground
        return False
    now = await _brought_up_to_now(tx, lines)
    if not now:
        return False
    row = {"day": day, "aggregates": len(now), "digest": digest_of(now.values())}
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
    while True:
        wait = LOOK_SECONDS
        try:
            async with transactions.begin() as tx:
                if is_time(tx.now, at_hour) and await tell_digest(tx) is None:
                    wait = BUSY_SECONDS
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("no digest while a server is away: %r", error)
        await asyncio.sleep(wait)


def is_time(now: datetime, at_hour: int) -> bool:
    """Say whether it is so late in the province that the digest of the day should have been told."""
    return now.astimezone(VIETNAM).hour >= at_hour
