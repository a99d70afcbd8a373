"""What is told of an aggregate to those outside."""

from datetime import datetime

from contracts.reporting import AggregateUpdated, Breakdown, RatioTotal, TargetTotal, Total
from reporting.domain.aggregate import Aggregate, Tally
from reporting.domain.asked import ALL_LEVELS, Requirement
from reporting.domain.targets import compared


def told(aggregate: Aggregate, requirement: Requirement, *, at: datetime) -> AggregateUpdated:
    """Return what is told of an aggregate: its figures now, with what they are compared with."""
    period = aggregate.key.period

    def totals(tally: Tally, level: str = ALL_LEVELS) -> tuple[Total, ...]:
        found = tally.totals(requirement.asked_at(level))
        return tuple(Total(indicator=indicator, value=value) for indicator, value in found.items())

    def ratios(tally: Tally) -> tuple[RatioTotal, ...]:
        found = tally.ratios(requirement.ratios)
        return tuple(
            RatioTotal(indicator=indicator, numerator=above, denominator=below)
            for indicator, (above, below) in found.items()
        )

    def targets(tally: Tally) -> tuple[TargetTotal, ...]:
        return tuple(
            TargetTotal.model_validate(each, from_attributes=True)
            for each in compared(requirement, tally, period, None)
            if each.kind != "previous"
        )

    return AggregateUpdated(
        occurred_at=at,
        directive_id=requirement.directive_id,
        requirement_id=requirement.requirement_id,
        unit_id=aggregate.key.unit_id,
        relation="cluster" if aggregate.relation == "cluster" else "reporting",
        period=aggregate.key.period,
        as_of=requirement.day_of(period),
        version=aggregate.version,
        totals=totals(aggregate.all_units),
        ratios=ratios(aggregate.all_units),
        targets=targets(aggregate.all_units),
        units_reported=aggregate.all_units.reported,
        units_due=aggregate.all_units.due,
        units_nil=aggregate.all_units.nil,
        units_late=aggregate.all_units.late,
        units_returned=aggregate.all_units.returned,
        units_exempt=aggregate.all_units.exempt,
        levels=tuple(
            Breakdown(
                level=level,
                totals=totals(tally, level),
                ratios=ratios(tally),
                targets=targets(tally),
                units_reported=tally.reported,
                units_due=tally.due,
                units_nil=tally.nil,
                units_late=tally.late,
                units_returned=tally.returned,
                units_exempt=tally.exempt,
            )
            for level, tally in aggregate.by_level.items()
        ),
    )
