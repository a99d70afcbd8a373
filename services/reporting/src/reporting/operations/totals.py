"""Totals with their coverage, as they are or on the tree of another day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.transaction import Transaction
from reporting import store
from reporting.domain import TOLD_OUTSIDE, Aggregate, Relation, Requirement
from reporting.domain.restating import restate
from reporting.operations.access import Reader, called, nothing_here
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class NamedAggregate:
    """An aggregate with what its unit was called on the day the totals stand on."""

    aggregate: Aggregate
    name: str
    unit_type: str
    before: Aggregate | None
    """That of the period before, at the same unit."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The aggregates of a requirement that a caller may read."""

    requirement: Requirement
    stand_on: date
    aggregates: Sequence[NamedAggregate]
    units_unplaced: int
    """How many units owe an answer and stand nowhere in the tree of that day."""


async def read_totals(
    tx: Transaction,
    requirement_id: UUID,
    *,
    period: str | None,
    restated_on: date | None,
    relations: Sequence[Relation] = TOLD_OUTSIDE,
    programme: str | None = None,
    unit_ids: Sequence[str] | None = None,
    tree: Tree,
    by: Caller,
) -> Totals:
    """Return the totals of a requirement for one period or all; or the same answers on the tree of another day.

    Counted are those who stand below by one of the relations, and shown are the figures of a programme, or of all;
    at some units, or at all.

    Whoever may not read a single one of them learns nothing: `NotFound`.
    """
    requirement = await store.find_requirement(tx, requirement_id)
    if requirement is None or (programme is not None and programme not in requirement.programmes):
        raise nothing_here()
    unplaced: list[str] = []
    if restated_on is None:
        found = await store.aggregates_of(tx, requirement_id, unit_ids=unit_ids)
    else:
        standings = await store.standings_of_requirement(tx, requirement_id)
        counted = [(each.obligation, each.recorded) for each in standings if each.recorded is not None]
        found, unplaced = restate(counted, day=restated_on, tree=tree)
        order = {"reporting": 0, "cluster": 1, "administrative": 2, "territory": 3}
        found.sort(key=lambda each: (each.key.period, order[each.relation], each.key.unit_id))
    if programme is not None:
        requirement = requirement.of_programme(programme)
    found = [
        each for each in found if each.relation in relations and (unit_ids is None or each.key.unit_id in unit_ids)
    ]
    reader = Reader(by, requirement, tree, today=today(tx.now))
    readable = [each for each in found if period in (None, each.key.period) and reader.may_read(each)]
    if not readable:
        raise nothing_here()
    known = {each.key: each for each in found}
    named = []
    for each in readable:
        earlier = requirement.before(each.key.period)
        before = known.get(each.key._replace(period=earlier)) if earlier is not None else None
        named.append(_named(each, before, tree, restated_on or requirement.day_of(each.key.period)))
    return Totals(requirement, restated_on or requirement.as_of, named, len(unplaced))


def _named(aggregate: Aggregate, before: Aggregate | None, tree: Tree, day: date) -> NamedAggregate:
    name, unit_type = called(tree, aggregate.key.unit_id, day)
    return NamedAggregate(aggregate, name, unit_type, before)
