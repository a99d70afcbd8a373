"""Who stands behind a total, and with what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import Purpose
from chassis.transaction import Transaction
from reporting import store
from reporting.domain import Mark, Relation, Requirement, Standing
from reporting.operations.access import Reader, called, nothing_here
from reporting.operations.coverage import is_late
from reporting.store.behind import Which
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class Behind:
    """One unit that is counted in a total, as it stands."""

    obligation_id: UUID
    unit_id: str
    answering_unit_id: str
    name: str
    unit_type: str
    state: str
    """`exempt`, or where its answer stands; `none` while there is none."""
    is_late: bool
    due_at: datetime
    submitted_at: datetime | None
    number: int | None
    """The version that counts; null while none does."""
    is_nil: bool
    values: Mapping[str, int | None]
    marks: Mapping[str, Mark]
    passed_on: Sequence[UUID]
    """By which requirements the unit asked those below it for the same figures: who stands behind its own."""


async def read_behind(
    tx: Transaction,
    requirement_id: UUID,
    unit_id: str,
    *,
    relation: Relation,
    period: str,
    which: Which | None,
    after: str,
    limit: int,
    tree: Tree,
    by: Caller,
) -> list[Behind]:
    """Return some of those counted at a unit, in the order of their ids, or only those under one of the counts.

    Whoever may read totals learns sums; this takes the right to read what the units themselves submitted.
    """
    requirement = await store.find_requirement(tx, requirement_id)
    if requirement is None or period not in requirement.periods:
        raise nothing_here()
    reader = Reader(by, requirement, tree, today=today(tx.now), purpose=Purpose.READ_SUBMISSION)
    if not reader.may_read_unit(unit_id):
        raise nothing_here()
    found = await store.standings_behind(
        tx, requirement_id, unit_id, relation=relation, period=period, which=which, after=after, limit=limit
    )
    units = {each.obligation.unit_id for each in found}
    passed_on = await store.passed_on_by(tx, units, indicators=requirement.indicators, period=period)
    return [_behind(each, requirement, period, passed_on, tree, tx.now) for each in found]


def _behind(
    standing: Standing,
    requirement: Requirement,
    period: str,
    passed_on: Mapping[str, Sequence[UUID]],
    tree: Tree,
    now: datetime,
) -> Behind:
    obligation, recorded, values = standing.obligation, standing.recorded, standing.values
    name, unit_type = called(tree, obligation.unit_id, obligation.as_of or requirement.as_of)
    state = standing.answer.state if standing.answer is not None else "none"
    counts = recorded is not None and recorded.number is not None
    stated = recorded.stated.get(period, {}) if recorded is not None else {}
    told = {each: stated.get(each) for each in requirement.indicators}
    return Behind(
        obligation_id=obligation.obligation_id,
        unit_id=obligation.unit_id,
        answering_unit_id=obligation.answering_unit_id,
        name=name,
        unit_type=unit_type,
        state="exempt" if recorded is not None and recorded.is_exempt else state,
        is_late=is_late(standing, now),
        due_at=standing.due_at,
        submitted_at=values.submitted_at if values is not None else None,
        number=recorded.number if recorded is not None else None,
        is_nil=recorded is not None and recorded.is_nil,
        values=told,
        marks={
            each: _mark(standing, requirement, each, is_nil=counts and recorded is not None and recorded.is_nil)
            for each, value in told.items()
            if value is None
        },
        passed_on=passed_on.get(obligation.unit_id, ()),
    )


def _mark(standing: Standing, requirement: Requirement, indicator: str, *, is_nil: bool) -> Mark:
    asked, taught = requirement.divided.get(indicator), standing.obligation.levels
    if asked and taught and not set(asked) & set(taught):
        return "not_applicable"
    return "nil" if is_nil else "blank"
