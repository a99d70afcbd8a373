"""What is told of an aggregate to those outside."""

from datetime import datetime
from typing import Any

from pydantic_core import to_json

from contracts.event import Written
from contracts.reporting import AggregateUpdated
from reporting.domain.aggregate import Aggregate, Tally
from reporting.domain.asked import ALL_LEVELS, Requirement
from reporting.domain.targets import compared


def told(aggregate: Aggregate, requirement: Requirement, *, at: datetime) -> AggregateUpdated:
    """Return what is told of an aggregate: its figures now, with what they are compared with."""
    return AggregateUpdated.model_validate(_fields(aggregate, requirement, at))


def written(aggregate: Aggregate, requirement: Requirement, *, at: datetime) -> Written:
    """Return the same in writing: a burst tells of thousands, and to check them takes longer than to add them up."""
    key = aggregate.key
    return Written(
        AggregateUpdated,
        about=f"{key.requirement_id}.{key.unit_id}.{key.period}",
        occurred_at=at,
        fields=to_json(_fields(aggregate, requirement, at)).decode(),
    )


def _fields(aggregate: Aggregate, requirement: Requirement, at: datetime) -> dict[str, Any]:
    # Every field there is, in the order of the class.
    period = aggregate.key.period
    whole = _figures(requirement, aggregate.all_units, period, ALL_LEVELS)
    return {
        "occurred_at": at,
        "directive_id": requirement.directive_id,
        "requirement_id": requirement.requirement_id,
        "unit_id": aggregate.key.unit_id,
        "relation": aggregate.relation,
        "period": period,
        "as_of": requirement.day_of(period),
        "version": aggregate.version,
        "totals": whole.pop("totals"),
        "units_reported": whole.pop("units_reported"),
        "units_due": whole.pop("units_due"),
        "levels": [
            {"level": level, **_figures(requirement, tally, period, level)}
            for level, tally in aggregate.by_level.items()
        ],
        **whole,
    }


def _figures(requirement: Requirement, tally: Tally, period: str, level: str) -> dict[str, Any]:
    # One after the other they would give away what each change was: sensitive figures leave in editions only.
    kept = requirement.sensitive
    return {
        "totals": [
            {"indicator": code, "value": None, "withheld": True}
            if code in kept
            else {"indicator": code, "value": total, "withheld": False}
            for code, total in tally.totals(requirement.asked_at(level)).items()
        ],
        "units_reported": tally.reported,
        "units_due": tally.due,
        "ratios": [
            {"indicator": code, "numerator": above, "denominator": below}
            for code, (above, below) in tally.ratios(requirement.ratios).items()
            if code not in kept
        ],
        "targets": [
            {
                "indicator": each.indicator,
                "kind": each.kind,
                "holds": each.holds,
                "target": each.target,
                "variance": each.variance,
                "missing": each.missing,
            }
            for each in compared(requirement, tally, period, None)
            if each.kind != "previous" and each.indicator not in kept
        ],
        "units_nil": tally.nil,
        "units_late": tally.late,
        "units_returned": tally.returned,
        "units_exempt": tally.exempt,
    }
