"""Verbs of open data: opened and closed by a leader, read by anybody."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction, Transactions
from reporting import store as totals
from reporting.domain import TOLD_OUTSIDE, Requirement
from reporting.domain.edition import Edition, Figure
from reporting.exports.heading import heading_of
from reporting.exports.sheet import Heading
from reporting.opendata import store
from reporting.opendata.store import Opening
from reporting.operations.access import Reader, called, nothing_here
from unit_tree.tree import Tree

AT_ONCE = 200
"""Units whose figures are in memory together."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A requirement whose editions anybody may read."""

    requirement: Requirement
    heading: Heading
    editions: Sequence[Edition]


async def set_open(tx: Transaction, requirement_id: UUID, *, is_open: bool, tree: Tree, by: Caller) -> Opening:
    """Open the editions of a requirement to everybody, those to come as well, or close them again. Safe to repeat."""
    requirement = await totals.find_requirement(tx, requirement_id)
    if requirement is None or not Reader(by, requirement, tree, today=today(tx.now)).has_asked:
        raise nothing_here()
    publisher = Reader(by, requirement, tree, today=today(tx.now), purpose=Purpose.PUBLISH)
    if not publisher.acts_for_issuer:
        raise NotAllowed(
            "Chỉ lãnh đạo đơn vị ban hành được mở số liệu cho mọi người.",
            "Only a leader of the unit that issued it opens totals to everybody.",
        )
    found = await store.find_opening(tx, requirement_id)
    if found is not None and found.is_open == is_open:
        return found
    opening = Opening(requirement_id, is_open, by.id, tx.now)
    await store.put_opening(tx, opening)
    return opening


async def read_datasets(tx: Transaction, *, tree: Tree) -> list[Dataset]:
    """Return everything that is open and was published."""
    found = [await _dataset(tx, each, tree) for each in await store.open_requirements(tx)]
    return [each for each in found if each is not None and each.editions]


async def read_dataset(tx: Transaction, requirement_id: UUID, number: int, *, tree: Tree) -> tuple[Dataset, Edition]:
    """Return an edition that is open; `NotFound` where it is not, or not there: the two are told alike."""
    opening = await store.find_opening(tx, requirement_id)
    dataset = await _dataset(tx, requirement_id, tree) if opening is not None and opening.is_open else None
    for each in dataset.editions if dataset is not None else ():
        if dataset is not None and each.number == number:
            return dataset, each
    raise NotFound("Không có số liệu mở này.", "There is no such open data.")


async def _dataset(tx: Transaction, requirement_id: UUID, tree: Tree) -> Dataset | None:
    requirement = await totals.find_requirement(tx, requirement_id)
    if requirement is None:
        return None
    name, _ = called(tree, requirement.issuer_unit_id, requirement.as_of)
    names = {requirement.issuer_unit_id: name}
    heading = await heading_of(tx, requirement, requirement.periods[0], requirement.as_of, names)
    return Dataset(requirement, heading, await totals.editions_of(tx, requirement_id))


async def pages_of(transactions: Transactions, requirement_id: UUID, number: int) -> AsyncIterator[list[Figure]]:
    """Yield the figures of an edition, some units at a time, each in a transaction of its own: a slow line keeps none.

    Of the relations that are told outside only.
    """
    after: Figure | None = None
    while True:
        async with transactions.begin() as tx:
            page = await totals.figures_after(
                tx, requirement_id, number, after=after.key if after else None, relations=TOLD_OUTSIDE, limit=AT_ONCE
            )
        yield page
        if len(page) < AT_ONCE:
            return
        after = page[-1]
