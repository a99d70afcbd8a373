"""What is told of an aggregate to those outside."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from contracts.reporting import AggregateUpdated
from reporting.domain.aggregate import Aggregate, Tally
from reporting.domain.asked import ALL_LEVELS, Requirement
from reporting.domain.targets import compared


def told(aggregate: Aggregate, requirement: Requirement, *, at: datetime) -> AggregateUpdated:
    """Return what is told of an aggregate: its figures now, with what they are compared with."""
    period = aggregate.key.period
    # Checked once, as a whole: figure by figure that takes longer than adding them up.
    return AggregateUpdated.model_validate(
        {
            "occurred_at": at,
            "directive_id": requirement.directive_id,
            "requirement_id": requirement.requirement_id,
            "unit_id": aggregate.key.unit_id,
            "relation": aggregate.relation,
            "period": period,
            "as_of": requirement.day_of(period),
            "version": aggregate.version,
            "levels": [
                {"level": level, **_figures(requirement, tally, period, level)}
                for level, tally in aggregate.by_level.items()
            ],
            **_figures(requirement, aggregate.all_units, period, ALL_LEVELS),
        }
    )


def _figures(requirement: Requirement, tally: Tally, period: str, level: str) -> dict[str, Any]:
    # One after the other they would give away what each change was: sensitive figures leave in editions only.
    kept = requirement.sensitive
    return {
        "totals": [
            {"indicator": code, "value": None, "withheld": True}
            if code in kept
            else {"indicator": code, "value": total}
            for code, total in tally.totals(requirement.asked_at(level)).items()
        ],
        "ratios": [
            {"indicator": code, "numerator": above, "denominator": below}
            for code, (above, below) in tally.ratios(requirement.ratios).items()
            if code not in kept
        ],
        "targets": [
            asdict(each)
            for each in compared(requirement, tally, period, None)
            if each.kind != "previous" and each.indicator not in kept
        ],
        "units_reported": tally.reported,
        "units_due": tally.due,
        "units_nil": tally.nil,
        "units_late": tally.late,
        "units_returned": tally.returned,
        "units_exempt": tally.exempt,
    }
