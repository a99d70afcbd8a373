"""Whose figures a unit may add up: its own, and those of the units that stand below it in the dated tree."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from chassis.clock import today
from contracts.directory import RelationKind
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.consolidated import Consolidated
from submissions.domain.fault import Fault

BELOW_BY: tuple[RelationKind, ...] = ("reporting", "administrative", "cluster")
"""By which relations a unit is another one's: not by where it lies, nor a cluster that of the school that leads it."""


def units_in(consolidates: Sequence[Consolidated]) -> set[str]:
    """Return the units behind these figures."""
    return {part.unit_id for each in consolidates for part in each.parts}


def days_of(obligation: Obligation, requirement: Requirement, now: datetime) -> set[date]:
    """Return the days on one of which a unit must stand below the one that adds it up.

    That on whose tree it is asked, as totals are; that on which it is due, which lies near the period of one that is
    asked again and again; and the one on which it is sent. So a school that was moved meanwhile may be added up by
    either, and one that ended is not lost.
    """
    return {requirement.as_of, today(obligation.due_at), today(now)}


def faults_of(
    unit_id: str, consolidates: Sequence[Consolidated], above: Mapping[str, Collection[str]]
) -> Iterator[Fault]:
    """Give the parts of units that are not those of the unit that adds them up.

    `above` says who stands above each unit that is known, itself among them. Nothing is given while the unit itself is
    not: then those below it are not known either.
    """
    if unit_id not in above:
        return
    for place, each in enumerate(consolidates):
        for at, part in enumerate(each.parts):
            if unit_id not in above.get(part.unit_id, ()):
                yield Fault(
                    f"consolidates[{place}].parts[{at}]",
                    each.indicator,
                    f"{part.unit_id} không phải là đơn vị trực thuộc của {unit_id}.",
                    f"{part.unit_id} is not a unit below {unit_id}.",
                )
