"""What a unit stated before, out of PostgreSQL: of the same figures, and of the period before."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from chassis.strokes import Stroke, Strokes
from chassis.transaction import Transaction
from submissions.domain.answer import Stated
from submissions.domain.asked import Obligation, Requirement
from submissions.domain.earlier import Former
from submissions.tables import obligations, particulars, submission_versions, submissions

LOOKED_BACK = 100
"""So many answers of a unit are looked through for what it stated before: some years of them."""

_NEWEST = and_(
    submission_versions.c.submission_id == submissions.c.submission_id,
    submission_versions.c.number == submissions.c.number,
)
_ACCEPTED = (
    select(submission_versions.c.stated)
    .join_from(particulars, submissions, submissions.c.obligation_id == particulars.c.obligation_id)
    .join(submission_versions, _NEWEST)
    .where(
        particulars.c.requirement_id == bindparam("requirement"),
        particulars.c.unit_id == bindparam("unit"),
        particulars.c.period == bindparam("before"),
        submissions.c.state == "accepted",
    )
)
_READ_ACCEPTED = Stroke(_ACCEPTED)
_STANDING = (
    select(*submission_versions.c["stated", "submitted_at"], obligations.c.obligation_id)
    .join_from(obligations, submissions, submissions.c.obligation_id == obligations.c.obligation_id)
    .join(submission_versions, _NEWEST)
    .where(
        obligations.c.unit_id == bindparam("unit"),
        obligations.c.obligation_id != bindparam("but_for"),
        or_(submissions.c.state == "submitted", submissions.c.state == "accepted"),
        submissions.c.carried_to.is_(None),
    )
    .order_by(submission_versions.c.submitted_at.desc())
    .limit(LOOKED_BACK)
)
_READ_STANDING = Stroke(_STANDING)


async def find_before(tx: Transaction, obligation: Obligation, requirement: Requirement) -> dict[str, int]:
    """Return the figures of the period before, whole, by indicator; empty where there is none that was accepted."""
    asked = _period_before(obligation, requirement)
    return {} if asked is None else _whole((await tx.connection.execute(_ACCEPTED, asked)).scalar())


async def read_before(strokes: Strokes, obligation: Obligation, requirement: Requirement) -> dict[str, int]:
    """Return what `find_before` does, in one stroke."""
    asked = _period_before(obligation, requirement)
    rows = [] if asked is None else await strokes.rows(_READ_ACCEPTED, **asked)
    return _whole(json.loads(rows[0]["stated"])) if rows else {}


async def stated_before(tx: Transaction, obligation: Obligation, codes: Collection[str]) -> Sequence[Former]:
    """Return what the unit stated of these figures for other obligations and what stands of it, newest first.

    Of each figure and period the newest one only, over all its levels; and of answers so long ago that a hundred others
    came since, none.
    """
    if not codes:
        return []
    about = {"unit": obligation.unit_id, "but_for": obligation.id}
    return _formers((await tx.connection.execute(_STANDING, about)).mappings(), codes)


async def read_stated_before(strokes: Strokes, obligation: Obligation, codes: Collection[str]) -> Sequence[Former]:
    """Return what `stated_before` does, in one stroke."""
    if not codes:
        return []
    rows = await strokes.rows(_READ_STANDING, unit=obligation.unit_id, but_for=obligation.id)
    return _formers(({**row, "stated": json.loads(row["stated"])} for row in rows), codes)


def _formers(rows: Iterable[Mapping[Any, Any]], codes: Collection[str]) -> list[Former]:
    newest: dict[tuple[str, str], Former] = {}
    for row in rows:
        stated: dict[tuple[str, str], bool | int] = {}
        for each in (Stated(*one) for one in row["stated"]):
            if each.indicator in codes:
                key, told = (each.indicator, each.period), stated.get((each.indicator, each.period))
                if told is None:
                    stated[key] = each.value
                else:
                    stated[key] = (told or each.value) if isinstance(each.value, bool) else told + each.value
        for (indicator, period), value in stated.items():
            former = Former(indicator, period, value, row["obligation_id"], row["submitted_at"])
            newest.setdefault((indicator, period), former)
    return list(newest.values())


def _period_before(obligation: Obligation, requirement: Requirement) -> dict[str, Any] | None:
    period = obligation.particulars.period if obligation.particulars is not None else None
    place = requirement.calendar.index(period) if period in requirement.calendar else 0
    if not place or not any(each.kind == "previous" for each in requirement.targets):
        return None
    return {
        "requirement": obligation.requirement_id,
        "unit": obligation.unit_id,
        "before": requirement.calendar[place - 1],
    }


def _whole(stated: Iterable[Sequence[Any]] | None) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in (Stated(*row) for row in stated or ()):
        if not isinstance(each.value, bool):
            found[each.indicator] = found.get(each.indicator, 0) + each.value
    return found
