"""What the units below one stated of what it passed on to them, out of PostgreSQL."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ARRAY, Text, and_, bindparam, or_, select

from chassis.strokes import Stroke, Strokes
from chassis.transaction import Transaction
from submissions.domain.answer import Stated
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.consolidated import NOBODY, StatedBelow
from submissions.tables import obligations, requirements, submission_versions, submissions

_STATED = (
    select(obligations.c.unit_id, submission_versions.c.stated)
    .join_from(requirements, obligations, obligations.c.requirement_id == requirements.c.requirement_id)
    .join(submissions, submissions.c.obligation_id == obligations.c.obligation_id)
    .join(
        submission_versions,
        and_(
            submission_versions.c.submission_id == submissions.c.submission_id,
            submission_versions.c.number == submissions.c.number,
        ),
    )
    .where(
        requirements.c.issuer_unit_id == bindparam("unit"),
        requirements.c.rules["periods"].op("?|")(bindparam("periods", type_=ARRAY(Text))),
        obligations.c.unit_id != bindparam("unit"),
        obligations.c.state == "open",
        or_(submissions.c.state == "submitted", submissions.c.state == "accepted"),
    )
)
_READ_STATED = Stroke(_STATED)


async def find_stated(tx: Transaction, obligation: Obligation, requirement: Requirement) -> StatedBelow:
    """Return by figure and period which units stated it of what this one asked them; nobody where nothing is summed."""
    if not requirement.answering.is_consolidated:
        return NOBODY
    return _by_figure((await tx.connection.execute(_STATED, _asked(obligation, requirement))).mappings(), requirement)


async def read_stated(strokes: Strokes, obligation: Obligation, requirement: Requirement) -> StatedBelow:
    """Return what `find_stated` does, in one stroke."""
    if not requirement.answering.is_consolidated:
        return NOBODY
    rows = await strokes.rows(_READ_STATED, **_asked(obligation, requirement))
    return _by_figure(({**row, "stated": json.loads(row["stated"])} for row in rows), requirement)


def _asked(obligation: Obligation, requirement: Requirement) -> dict[str, Any]:
    return {"unit": obligation.unit_id, "periods": list(requirement.periods)}


def _by_figure(rows: Iterable[Mapping[Any, Any]], requirement: Requirement) -> StatedBelow:
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        for each in (Stated(*one) for one in row["stated"]):
            asked = requirement.indicators.get(each.indicator)
            is_sum = asked is not None and asked.type != "bool" and not isinstance(each.value, bool)
            if is_sum and each.period in requirement.periods:
                found.setdefault((each.indicator, each.period), set()).add(row["unit_id"])
    return found
