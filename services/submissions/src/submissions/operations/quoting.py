"""Hold the parts of added-up figures against what is known here: whose units they are, and what those stated."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose, may
from chassis.problems import Unavailable
from chassis.strokes import Strokes
from chassis.transaction import Transaction
from contracts.directory import RelationKind
from submissions import store
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.consolidated import Consolidated
from submissions.domain.fault import Fault
from submissions.domain.own_units import BELOW_BY, days_of, units_in
from submissions.domain.own_units import faults_of as foreign_faults
from submissions.domain.quoted import Quoted, Source, sources_in
from submissions.domain.quoted import faults_of as quoted_faults
from submissions.operations.rights import may_read
from submissions.store.quoted import Found
from unit_tree.standing import Standings, find_standings, read_standings

REPORTS_TO: RelationKind = "reporting"
"""The relation by which whoever reads a subtree reads it."""


async def find_faults(
    tx: Transaction,
    obligation: Obligation,
    requirement: Requirement,
    consolidates: Sequence[Consolidated],
    *,
    by: Caller,
) -> list[Fault]:
    """Return what is wrong with the parts of an answer, as far as the caller may know; nothing is asked without any."""
    if not consolidates:
        return []
    units = {obligation.unit_id} | units_in(consolidates)
    standings = await find_standings(tx, units, BELOW_BY, days_of(obligation, requirement, tx.now))
    sources = sources_in(consolidates)
    found = await store.quoted.find_quoted(tx, sources) if sources else {}
    return _faults(obligation, consolidates, standings, _seen(found, standings, by, tx.now))


async def read_faults(
    strokes: Strokes,
    obligation: Obligation,
    requirement: Requirement,
    consolidates: Sequence[Consolidated],
    *,
    by: Caller,
    now: datetime,
) -> list[Fault]:
    """Return what `find_faults` does, of an answer that is sent; raise `Unavailable` while its unit is not known."""
    units = {obligation.unit_id} | units_in(consolidates)
    standings = await read_standings(strokes, units, BELOW_BY, days_of(obligation, requirement, now))
    if obligation.unit_id not in standings:
        raise Unavailable(
            "Danh mục đơn vị trực thuộc chưa đến nơi; vui lòng thử lại sau ít giây.",
            "Which units stand below this one has not arrived yet; try again in a few seconds.",
        )
    sources = sources_in(consolidates)
    found = await store.quoted.read_quoted(strokes, sources) if sources else {}
    return _faults(obligation, consolidates, standings, _seen(found, standings, by, now))


async def find_quoted(tx: Transaction, consolidates: Sequence[Consolidated], *, by: Caller) -> Mapping[Source, Quoted]:
    """Return the versions behind these figures that the caller may read. Nothing is asked where none is named."""
    sources = sources_in(consolidates)
    if not sources:
        return {}
    found = await store.quoted.find_quoted(tx, sources)
    units = {quoted.unit_id for _, quoted in found.values()}
    return _seen(found, await find_standings(tx, units, [REPORTS_TO], [today(tx.now)]), by, tx.now)


def _faults(
    obligation: Obligation,
    consolidates: Sequence[Consolidated],
    standings: Standings,
    seen: Mapping[Source, Quoted],
) -> list[Fault]:
    above = {unit_id: {each.unit_id for each in there} for unit_id, there in standings.items()}
    return [*foreign_faults(obligation.unit_id, consolidates, above), *quoted_faults(consolidates, seen)]


def _seen(found: Found, standings: Standings, by: Caller, now: datetime) -> Mapping[Source, Quoted]:
    # What may not be seen is as if it were not there: else one could ask until a guess is right. Whoever reads a
    # subtree is shown by `reporting`, unit by unit, what each stated.
    return {
        source: quoted
        for source, (obligation, quoted) in found.items()
        if may_read(by, obligation) or _reads_above(quoted.unit_id, standings, by, now)
    }


def _reads_above(unit_id: str, standings: Standings, by: Caller, now: datetime) -> bool:
    above = {
        each.unit_id
        for each in standings.get(unit_id, ())
        if (each.kind, each.day) == (REPORTS_TO, today(now)) and each.unit_id != unit_id
    }
    return may(by, Purpose.READ_SUBMISSION, unit_id, above=above)
