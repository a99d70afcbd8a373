"""Whether the totals are what was told, while everything runs: nothing is locked, nothing is changed.

Two questions, both asked of one moment. Do the totals follow from the facts in the tables? A moment of the database is
enough to say, for facts and totals change together. Are the facts in the tables those of the streams? There the tables
may be behind, but by no more than what is on its way: what a durable has acknowledged was committed before, and what
the tables hold has been published before.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from chassis.transaction import Transaction
from contracts.event import Event
from reporting import store
from reporting.domain.heard import Row, rows_of
from reporting.operations.rebuilding import Correction, recount
from unit_tree.projection import TreeReader


@dataclass(frozen=True, slots=True)
class Published:
    """A fact as it lies in its stream."""

    event: Event | None
    """Null when it cannot be read; it is parked then, for a person to look at."""
    is_settled: bool
    """It was acknowledged before anybody looked, so the tables must know it."""


class Streams(Protocol):
    """The streams reporting listens to, from their beginning."""

    def read(self) -> AsyncIterator[Sequence[Published]]:
        """Yield all there is, up to the moment of the call, some at a time."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared, and what was not as it should be."""

    requirements: int
    obligations: int
    facts: int
    """Read from the streams; nought when they were not asked."""
    unreadable: int
    """Of the facts; each is parked."""
    misrecorded: int
    """Obligations whose recorded contribution does not follow from the facts."""
    corrections: Sequence[Correction] = ()
    """Aggregates that do not follow from the facts."""
    unfounded: Mapping[str, int] = field(default_factory=dict)
    """By table: rows that are not what the streams say."""

    @property
    def is_true(self) -> bool:
        """Say whether everything is as it should be."""
        return not (self.misrecorded or self.corrections or any(self.unfounded.values()))


async def verify(tx: Transaction, streams: Streams | None = None) -> Verification:
    """Hold the totals against the facts, and the facts against the streams; change nothing and hold nobody up.

    The transaction has to be fresh: it sees one moment from here on. The streams have to have been opened before it, so
    that whatever had been acknowledged then is in what it sees.
    """
    await store.see_one_moment(tx)
    tree = await TreeReader().tree(tx.connection)
    found = [await recount(tx, each, tree, is_kept=False) for each in await store.all_requirements(tx)]
    facts, unreadable, unfounded = (0, 0, {}) if streams is None else await _hold_against(tx, streams)
    return Verification(
        requirements=len(found),
        obligations=sum(each.obligations for each in found),
        facts=facts,
        unreadable=unreadable,
        misrecorded=sum(each.misrecorded for each in found),
        corrections=[correction for each in found for correction in each.corrections],
        unfounded=unfounded,
    )


async def _hold_against(tx: Transaction, streams: Streams) -> tuple[int, int, dict[str, int]]:
    await store.open_shadow(tx)
    facts = unreadable = 0
    async for published in streams.read():
        facts += len(published)
        unreadable += sum(each.event is None for each in published)
        for is_settled in (True, False):
            rows = [row for each in published if each.is_settled is is_settled for row in _rows(each)]
            await store.cast_shadow(tx, rows, is_settled=is_settled)
    return facts, unreadable, await store.differing_from_shadow(tx)


def _rows(published: Published) -> list[Row]:
    return [] if published.event is None else rows_of(published.event)
