"""Editions: publish the totals as they are, and read what was published."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose
from chassis.problems import NotAllowed
from chassis.transaction import Transaction
from contracts.reporting import EditionPublished
from reporting import store
from reporting.domain import ALL_LEVELS, AggregateKey, Relation, Requirement
from reporting.domain.edition import (
    Difference,
    Edition,
    Figure,
    Source,
    differences,
    digest_of,
    say_the_same,
    withheld_in,
)
from reporting.operations.access import Reader, called, nothing_here
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class Published:
    """An edition with those of its figures the caller may read."""

    requirement: Requirement
    edition: Edition
    figures: Sequence[Figure]


async def publish_edition(
    tx: Transaction, requirement_id: UUID, *, note: str, tree: Tree, by: Caller
) -> tuple[Edition, bool]:
    """Freeze the totals of a requirement as its next edition; say whether there is a new one.

    As long as the totals are those of the last edition, that one is the answer, however often it is asked for.
    """
    requirement, _ = await _readable(tx, requirement_id, tree, by)
    publisher = Reader(by, requirement, tree, today=today(tx.now), purpose=Purpose.PUBLISH)
    if not publisher.acts_for_issuer:
        raise NotAllowed(
            "Chỉ lãnh đạo đơn vị ban hành được công bố số liệu.", "Only a leader of the unit that issued it publishes."
        )
    # Nothing moves while the totals and what stands behind them are copied.
    await store.take_ground(tx)
    # What it asks may have changed until here: which figures are sensitive, on which day's tree it stands.
    requirement, _ = await _readable(tx, requirement_id, tree, by)
    earlier = await store.editions_of(tx, requirement_id)
    last = earlier[0] if earlier else None
    figures = await figures_now(tx, requirement, tree)
    before = await store.figures_of(tx, requirement_id, last.number) if last is not None else []
    if last is not None and say_the_same(before, figures):
        return last, False
    digest = digest_of(requirement, figures)
    reported, due = await store.counted_in(tx, requirement_id)
    edition = Edition(
        requirement_id=requirement_id,
        number=last.number + 1 if last is not None else 1,
        published_at=tx.now,
        published_by=by.id,
        note=note,
        stands_on=requirement.as_of,
        digest=digest,
        changed_figures=sum(1 for _ in differences(requirement, before, figures)),
        units_reported=reported,
        units_due=due,
    )
    await store.put_edition(tx, edition, figures)
    tx.emit(
        EditionPublished(
            occurred_at=tx.now,
            directive_id=requirement.directive_id,
            requirement_id=requirement_id,
            issuer_unit_id=requirement.issuer_unit_id,
            number=edition.number,
            as_of=edition.stands_on,
            digest=digest,
            changed_figures=edition.changed_figures,
            units_reported=reported,
            units_due=due,
        )
    )
    return edition, True


async def figures_now(tx: Transaction, requirement: Requirement, tree: Tree) -> list[Figure]:
    """Return the totals as an edition of this moment would have them, with what of them is kept back."""
    earlier: list[list[Figure]] = []
    if requirement.sensitive:
        editions = await store.editions_of(tx, requirement.requirement_id)
        earlier = [await store.figures_of(tx, requirement.requirement_id, each.number) for each in editions]
    found = [
        each for each in await store.aggregates_of(tx, requirement.requirement_id) if not each.all_units.is_nothing
    ]
    above = await store.ways_of(tx, requirement.requirement_id) if requirement.sensitive else {}
    kept = withheld_in(requirement, {each.key: each.figures for each in found}, above, earlier)
    return [
        Figure(
            each.key,
            *called(tree, each.key.unit_id, requirement.day_of(each.key.period)),
            {ALL_LEVELS: each.all_units, **each.by_level},
            each.key in kept,
        )
        for each in found
    ]


async def read_editions(tx: Transaction, requirement_id: UUID, *, tree: Tree, by: Caller) -> list[Edition]:
    """Return the editions of a requirement, newest first, to whoever may read one of its totals."""
    await _readable(tx, requirement_id, tree, by)
    return await store.editions_of(tx, requirement_id)


async def read_edition(tx: Transaction, requirement_id: UUID, number: int, *, tree: Tree, by: Caller) -> Published:
    """Return an edition as it was published, with the figures the caller may read."""
    requirement, reader = await _readable(tx, requirement_id, tree, by)
    edition = await edition_of(tx, requirement_id, number)
    figures = await store.figures_of(tx, requirement_id, number)
    return Published(requirement, edition, [each for each in figures if reader.may_read_unit(each.key.unit_id)])


async def read_differences(
    tx: Transaction, requirement_id: UUID, number: int, *, against: int | None, tree: Tree, by: Caller
) -> list[Difference]:
    """Return what differs between two editions, the one before when none is named, as far as the caller may read."""
    requirement, reader = await _readable(tx, requirement_id, tree, by)
    edition = await edition_of(tx, requirement_id, number)
    earlier = edition.number - 1 if against is None else against
    before = await store.figures_of(tx, requirement_id, earlier) if earlier else []
    if earlier and not before:
        await edition_of(tx, requirement_id, earlier)
    found = differences(requirement, before, await store.figures_of(tx, requirement_id, number))
    return [each for each in found if reader.may_read_unit(each.unit_id)]


async def read_sources(
    tx: Transaction,
    requirement_id: UUID,
    number: int,
    unit_id: str,
    *,
    relation: Relation,
    period: str,
    after: str,
    limit: int,
    tree: Tree,
    by: Caller,
) -> list[Source]:
    """Return the submission versions behind a figure of an edition. It takes the right to read what units submit."""
    requirement, _ = await _readable(tx, requirement_id, tree, by)
    reader = Reader(by, requirement, tree, today=today(tx.now), purpose=Purpose.READ_SUBMISSION)
    if not reader.may_read_unit(unit_id):
        raise nothing_here()
    await edition_of(tx, requirement_id, number)
    key = AggregateKey(requirement_id, unit_id, period, relation)
    return await store.sources_of(tx, key, number, after=after, limit=limit)


async def _readable(tx: Transaction, requirement_id: UUID, tree: Tree, by: Caller) -> tuple[Requirement, Reader]:
    requirement = await store.find_requirement(tx, requirement_id)
    if requirement is None:
        raise nothing_here()
    reader = Reader(by, requirement, tree, today=today(tx.now))
    if not reader.has_asked and not any(
        reader.may_read(each) for each in await store.aggregates_of(tx, requirement_id)
    ):
        raise nothing_here()
    return requirement, reader


async def edition_of(tx: Transaction, requirement_id: UUID, number: int) -> Edition:
    """Return an edition; `NotFound` where there is none of that number. It asks nobody whether they may see it."""
    for each in await store.editions_of(tx, requirement_id):
        if each.number == number:
            return each
    raise nothing_here()
