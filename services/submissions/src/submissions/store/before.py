"""What a unit's accepted answer of the period before states, out of PostgreSQL."""

from sqlalchemy import and_, bindparam, select

from chassis.transaction import Transaction
from submissions.domain.answer import Stated
from submissions.domain.asked import Obligation, Requirement
from submissions.tables import particulars, submission_versions, submissions

_ACCEPTED = (
    select(submission_versions.c.stated)
    .join_from(particulars, submissions, submissions.c.obligation_id == particulars.c.obligation_id)
    .join(
        submission_versions,
        and_(
            submission_versions.c.submission_id == submissions.c.submission_id,
            submission_versions.c.number == submissions.c.number,
        ),
    )
    .where(
        particulars.c.requirement_id == bindparam("requirement"),
        particulars.c.unit_id == bindparam("unit"),
        particulars.c.period == bindparam("before"),
        submissions.c.state == "accepted",
    )
)


async def find_before(tx: Transaction, obligation: Obligation, requirement: Requirement) -> dict[str, int]:
    """Return the figures of the period before, whole, by indicator; empty where there is none that was accepted."""
    period = obligation.particulars.period if obligation.particulars is not None else None
    place = requirement.calendar.index(period) if period in requirement.calendar else 0
    if not place or not any(each.kind == "previous" for each in requirement.targets):
        return {}
    asked = {
        "requirement": obligation.requirement_id,
        "unit": obligation.unit_id,
        "before": requirement.calendar[place - 1],
    }
    stated = (await tx.connection.execute(_ACCEPTED, asked)).scalar()
    found: dict[str, int] = {}
    for each in (Stated(*row) for row in stated or ()):
        if not isinstance(each.value, bool):
            found[each.indicator] = found.get(each.indicator, 0) + each.value
    return found
