"""What people ask of reporting: totals with their coverage, who still owes, and whether the totals are true."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose, may
from chassis.problems import NotFound
from chassis.transaction import Transaction
from reporting import projections, store
from reporting.contributing import contribution_of
from reporting.domain import (
    COUNTING,
    Aggregate,
    AggregateKey,
    Change,
    Contribution,
    Figures,
    Requirement,
    Standing,
    Tally,
    add_figures,
    changes_between,
    place_of,
)
from reporting.restating import living_on, restate
from unit_tree.projection import TreeReader
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


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where the answer of one unit stands."""

    unit_id: str
    answering_unit_id: str
    name: str
    unit_type: str
    state: Literal["none", "submitted", "returned", "accepted", "withdrawn"]
    is_late: bool
    """Answered after the deadline; or not answered, or returned, and the deadline has passed."""
    due_at: datetime
    submitted_at: datetime | None
    period: str | None
    """The one period it owes the answer of; null: the requirement is asked once."""


async def read_totals(
    tx: Transaction,
    requirement_id: UUID,
    *,
    period: str | None,
    restated_on: date | None,
    tree: Tree,
    by: Caller,
) -> Totals:
    """Return the totals of a requirement for one period or all; or the same answers on the tree of another day.

    Whoever may not read a single one of them learns nothing: `NotFound`.
    """
    requirement = await store.find_requirement(tx, requirement_id)
    if requirement is None:
        raise _nothing_here()
    unplaced: list[str] = []
    if restated_on is None:
        found = await store.aggregates_of(tx, requirement_id)
    else:
        standings = await store.standings_of_requirement(tx, requirement_id)
        counted = [(each.obligation, each.recorded) for each in standings if each.recorded is not None]
        found, unplaced = restate(counted, day=restated_on, tree=tree)
        found.sort(key=lambda each: (each.key.period, each.relation == "cluster", each.key.unit_id))
    reader = _Reader(by, requirement, tree, today=today(tx.now))
    readable = [each for each in found if period in (None, each.key.period) and reader.may_read(each)]
    if not readable:
        raise _nothing_here()
    known = {each.key: each for each in found}
    named = []
    for each in readable:
        earlier = requirement.before(each.key.period)
        before = known.get(each.key._replace(period=earlier)) if earlier is not None else None
        named.append(_named(each, before, tree, restated_on or requirement.day_of(each.key.period)))
    return Totals(requirement, restated_on or requirement.as_of, named, len(unplaced))


async def read_coverage(tx: Transaction, requirement_id: UUID, *, tree: Tree, by: Caller) -> list[Coverage]:
    """Return where the answer of every unit stands that owes one still and that the caller may read, by id."""
    standings = await store.standings_of_requirement(tx, requirement_id)
    if not standings:
        raise _nothing_here()
    reader = _Reader(by, standings[0].requirement, tree, today=today(tx.now))
    readable = [each for each in standings if reader.may_read_unit(each.obligation.unit_id)]
    if not readable:
        raise _nothing_here()
    owed = sorted((each for each in readable if each.is_owed), key=_by_unit_and_period)
    return [_coverage(each, tree, tx.now) for each in owed]


def _by_unit_and_period(standing: Standing) -> tuple[str, int]:
    period = standing.obligation.period
    periods = standing.requirement.periods
    return standing.obligation.unit_id, periods.index(period) if period in periods else 0


def _coverage(standing: Standing, tree: Tree, now: datetime) -> Coverage:
    obligation, answer, values = standing.obligation, standing.answer, standing.values
    name, unit_type = _called(tree, obligation.unit_id, obligation.as_of or standing.requirement.as_of)
    is_answered = answer is not None and answer.state in COUNTING
    is_late = values.is_late if is_answered and values is not None else not is_answered and now > standing.due_at
    return Coverage(
        unit_id=obligation.unit_id,
        answering_unit_id=obligation.answering_unit_id,
        name=name,
        unit_type=unit_type,
        state=answer.state if answer is not None else "none",
        is_late=is_late,
        due_at=standing.due_at,
        submitted_at=values.submitted_at if values is not None else None,
        period=obligation.period,
    )


@dataclass(frozen=True, slots=True)
class Correction:
    """An aggregate that was not what the answers add up to."""

    key: AggregateKey
    recorded: Figures
    rebuilt: Figures


async def rebuild(tx: Transaction) -> list[Correction]:
    """Compute every contribution and aggregate anew from what was told; correct, tell of and return what differed.

    Nothing differs unless the tables were touched by another hand. Holds up the intake of events until it is done.
    """
    await store.take_ground(tx)
    tree = await TreeReader().tree(tx.connection)
    corrections: list[Correction] = []
    for requirement in await store.all_requirements(tx):
        standings = await store.standings_of_requirement(tx, requirement.requirement_id)
        desired = [contribution_of(standing, place_of(standing, tree)) for standing in standings]
        pairs = zip(standings, desired, strict=True)
        await store.put_contributions(tx, [each for standing, each in pairs if each != standing.recorded])
        corrections += await _correct(tx, requirement, desired)
    return corrections


async def _correct(tx: Transaction, requirement: Requirement, desired: Iterable[Contribution]) -> list[Correction]:
    due = changes_between((None, each) for each in desired)
    live = {each.key: each for each in await store.aggregates_of(tx, requirement.requirement_id)}
    corrections, changes = [], {}
    for key in due.keys() | live.keys():
        rebuilt = due[key].figures if key in due else {}
        recorded = add_figures(live[key].figures, {}) if key in live else {}
        if rebuilt != recorded:
            relation = due[key].relation if key in due else live[key].relation
            corrections.append(Correction(key, recorded, rebuilt))
            changes[key] = Change(relation, _difference(rebuilt, recorded))
    await projections.apply_changes(tx, changes, {requirement.requirement_id: requirement})
    return sorted(corrections, key=lambda each: each.key)


def _difference(rebuilt: Figures, recorded: Figures) -> Figures:
    change: dict[str, Tally] = defaultdict(Tally)
    for figures, times in ((rebuilt, 1), (recorded, -1)):
        for level, tally in figures.items():
            change[level] = change[level].plus(tally, times)
    return change


class _Reader:
    """What a caller may read of one requirement: all of it at the unit that asked, else what is theirs in the tree."""

    def __init__(self, caller: Caller, requirement: Requirement, tree: Tree, *, today: date) -> None:
        self._caller = caller
        self._tree = tree
        self._today = today
        self._has_asked = self._may_read_at(requirement.issuer_unit_id)

    def _may_read_at(self, unit_id: str) -> bool:
        # A unit that has ceased is read by those who stand above what it has become.
        living = living_on(self._today, self._tree, unit_id) or unit_id
        above = self._tree.ancestors(living, "reporting", self._today)
        return may(self._caller, Purpose.READ_TOTALS, unit_id, above=above)

    def may_read_unit(self, unit_id: str) -> bool:
        return self._has_asked or self._may_read_at(unit_id)

    def may_read(self, aggregate: Aggregate) -> bool:
        return self.may_read_unit(aggregate.key.unit_id)


def _named(aggregate: Aggregate, before: Aggregate | None, tree: Tree, day: date) -> NamedAggregate:
    name, unit_type = _called(tree, aggregate.key.unit_id, day)
    return NamedAggregate(aggregate, name, unit_type, before)


def _called(tree: Tree, unit_id: str, day: date) -> tuple[str, str]:
    # A unit we have not heard of yet still has its id.
    version = tree.version(unit_id, day)
    return (version.name, version.unit_type) if version is not None else (unit_id, "")


def _nothing_here() -> NotFound:
    return NotFound(
        "Không có số liệu tổng hợp nào mà bạn được xem ở đây.", "There are no totals here that you may see."
    )
