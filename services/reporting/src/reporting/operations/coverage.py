"""Who has answered and who still owes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.transaction import Transaction
from reporting import store
from reporting.domain import COUNTING, Standing
from reporting.operations.access import Reader, called, nothing_here
from unit_tree.tree import Tree


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
    media_awaited_until: datetime | None
    """It is reported, and files it asks for may follow until then; null: nothing is awaited."""
    is_media_late: bool
    """Files came after they could follow; or did not come, and the time is over."""


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """Where the answers of some units stand."""

    units: list[Coverage]
    next_after: str | None
    """After which unit the next page begins; null: this is the last."""


async def read_coverage(
    tx: Transaction, requirement_id: UUID, *, after: str = "", limit: int | None = None, tree: Tree, by: Caller
) -> CoveragePage:
    """Return where the answer of every unit stands that owes one still and that the caller may read, by id.

    With a limit it is those of so many units, beginning after one; of them who owes nothing any more is left out.
    """
    requirement = await store.find_requirement(tx, requirement_id)
    if requirement is None:
        raise nothing_here()
    reader = Reader(by, requirement, tree, today=today(tx.now))
    if reader.has_asked:
        more = None if limit is None else limit + 1
        units = await store.units_asked(tx, requirement_id, after=after, limit=more)
        is_known = bool(units or after)
    else:
        # Few are theirs, and the tree says which.
        known = await store.units_asked(tx, requirement_id, after="", limit=None)
        theirs = sorted(each for each in known if reader.may_read_unit(each))
        is_known = bool(theirs)
        units = [each for each in theirs if each > after]
    if not is_known:
        raise nothing_here()
    page = units if limit is None else units[:limit]
    standings = await store.coverage_of(tx, requirement, page)
    owed = sorted((each for each in standings if each.is_owed), key=_by_unit_and_period)
    return CoveragePage([_coverage(each, tree, tx.now) for each in owed], page[-1] if len(page) < len(units) else None)


def _by_unit_and_period(standing: Standing) -> tuple[str, int]:
    period = standing.obligation.period
    periods = standing.requirement.periods
    return standing.obligation.unit_id, periods.index(period) if period in periods else 0


def _coverage(standing: Standing, tree: Tree, now: datetime) -> Coverage:
    obligation, answer, values = standing.obligation, standing.answer, standing.values
    name, unit_type = called(tree, obligation.unit_id, obligation.as_of or standing.requirement.as_of)
    is_answered = answer is not None and answer.state in COUNTING
    awaited = values.media_awaited_until if is_answered and values is not None else None
    is_overdue = awaited is not None and now > awaited
    return Coverage(
        unit_id=obligation.unit_id,
        answering_unit_id=obligation.answering_unit_id,
        name=name,
        unit_type=unit_type,
        state=answer.state if answer is not None else "none",
        is_late=is_late(standing, now),
        due_at=standing.due_at,
        submitted_at=values.submitted_at if values is not None else None,
        period=obligation.period,
        media_awaited_until=awaited,
        is_media_late=values is not None and is_answered and (values.is_media_late or is_overdue),
    )


def is_late(standing: Standing, now: datetime) -> bool:
    """Say whether an answer came after its deadline, or is still owed and the deadline has passed."""
    answer, values = standing.answer, standing.values
    if not standing.is_owed:
        return False
    if answer is not None and answer.state in COUNTING:
        return values is not None and values.is_late
    return now > standing.due_at
