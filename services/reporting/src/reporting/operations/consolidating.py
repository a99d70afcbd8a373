"""What a unit that reports for those below it can begin with, and which of their figures somebody should look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose
from chassis.transaction import Transaction
from reporting import store
from reporting.domain import AggregateKey, Requirement, Tally
from reporting.domain.flow import BrokenFlow, broken_flows
from reporting.domain.plausibility import Oddity, odd_among
from reporting.operations.access import Reader, nothing_here
from unit_tree.tree import Tree

AT_ONCE = 1000
"""Units whose figures are read together."""


@dataclass(frozen=True, slots=True)
class Consolidated:
    """What those below a unit add up to, of what it is asked itself: one period, from one requirement."""

    period: str
    source_requirement_id: UUID
    """The requirement they answered: the same one, or the one by which the unit asked them."""
    totals: Mapping[str, int | None]
    tally: Tally


async def read_consolidation(
    tx: Transaction, requirement_id: UUID, unit_id: str, *, tree: Tree, by: Caller
) -> list[Consolidated]:
    """Return the sums a unit's own report can begin with, by period: of those below it who answered the same
    requirement, else of those it passed the same figures on to.

    Narratives are no figures and never come here: who stands behind the sums is read next to them, and what they wrote
    where they submitted it.
    """
    requirement = await store.find_requirement(tx, requirement_id)
    if requirement is None or not _reader(tx, requirement, tree, by).may_read_unit(unit_id):
        raise nothing_here()
    found = []
    for period in requirement.periods:
        passed_on = await store.passed_on_by(tx, [unit_id], indicators=requirement.indicators, period=period)
        for source in (requirement_id, *(each for each in passed_on.get(unit_id, ()) if each != requirement_id)):
            consolidated = await _of(tx, requirement, source, unit_id, period)
            if consolidated is not None:
                found.append(consolidated)
                break
    return found


async def _of(
    tx: Transaction, requirement: Requirement, source: UUID, unit_id: str, period: str
) -> Consolidated | None:
    asked = await store.find_requirement(tx, source)
    there = {each.key: each for each in await store.aggregates_of(tx, source, unit_ids=[unit_id])}
    aggregate = there.get(AggregateKey(source, unit_id, period))
    if asked is None or aggregate is None or not aggregate.all_units.due:
        return None
    shared = [each for each in requirement.indicators if each in asked.indicators]
    return Consolidated(period, source, aggregate.all_units.totals(shared), aggregate.all_units)


@dataclass(frozen=True, slots=True)
class Oddities:
    """What somebody should look at among the figures counted at a unit."""

    figures: Sequence[Oddity]
    flows: Sequence[BrokenFlow]


async def read_oddities(
    tx: Transaction, requirement_id: UUID, unit_id: str, *, period: str, tree: Tree, by: Caller
) -> Oddities:
    """Return figures of those counted at a unit that are far from what the unit told before, or from the others';
    and flows between units whose two sides do not agree.
    """
    requirement = await store.find_requirement(tx, requirement_id)
    if requirement is None or period not in requirement.periods:
        raise nothing_here()
    if not _reader(tx, requirement, tree, by).may_read_unit(unit_id):
        raise nothing_here()
    earlier = requirement.before(period)
    now = await _figures(tx, requirement_id, unit_id, period)
    before = await _figures(tx, requirement_id, unit_id, earlier) if earlier is not None else {}
    counted: Sequence[str] = [each for each in requirement.indicators if each not in requirement.bools]
    return Oddities(list(odd_among(now, before, counted)), list(broken_flows(requirement.rules, now)))


async def _figures(tx: Transaction, requirement_id: UUID, unit_id: str, period: str) -> dict[str, Mapping[str, int]]:
    found: dict[str, Mapping[str, int]] = {}
    after = ""
    while True:
        part = await store.standings_behind(
            tx,
            requirement_id,
            unit_id,
            relation="reporting",
            period=period,
            which="reported",
            after=after,
            limit=AT_ONCE,
        )
        for each in part:
            if each.recorded is not None:
                found[each.obligation.unit_id] = each.recorded.stated.get(period, {})
        if len(part) < AT_ONCE:
            return found
        after = part[-1].obligation.unit_id


def _reader(tx: Transaction, requirement: Requirement, tree: Tree, by: Caller) -> Reader:
    return Reader(by, requirement, tree, today=today(tx.now), purpose=Purpose.READ_SUBMISSION)
