"""What is told of an aggregate to those outside.

It is written straight from the figures: a burst tells of thousands, and to make and check what is told of each takes
longer than to add them up. A test holds it, byte for byte, to what the checked class would say.
"""

from datetime import datetime
from functools import lru_cache

from pydantic_core import to_json

from contracts.event import Written
from contracts.reporting import AggregateUpdated
from reporting.domain.aggregate import Aggregate, Tally
from reporting.domain.asked import ALL_LEVELS, Requirement
from reporting.domain.targets import compared

FORMS = 1024
"""Of so many outlines and levels it is remembered how their totals are written."""


def told(aggregate: Aggregate, requirement: Requirement, *, at: datetime) -> AggregateUpdated:
    """Return what is told of an aggregate: its figures now, with what they are compared with."""
    return AggregateUpdated.model_validate_json(written(aggregate, requirement, at=at).fields)


def written(aggregate: Aggregate, requirement: Requirement, *, at: datetime) -> Written:
    """Return the same in writing: every field there is, in the order of the class."""
    key = aggregate.key
    about = {
        "occurred_at": at,
        "directive_id": requirement.directive_id,
        "requirement_id": requirement.requirement_id,
        "unit_id": key.unit_id,
        "relation": key.relation,
        "period": key.period,
        "as_of": requirement.day_of(key.period),
        "version": aggregate.version,
    }
    whole = aggregate.all_units
    levels = ",".join(
        f'{{"level":{_json(level)},{_totals(requirement, tally, level)},{_beside(requirement, tally, key.period)}}}'
        for level, tally in aggregate.by_level.items()
    )
    return Written(
        AggregateUpdated,
        about=f"{key.requirement_id}.{key.unit_id}.{key.period}",
        occurred_at=at,
        fields=f'{_json(about)[:-1]},{_totals(requirement, whole, ALL_LEVELS)},"levels":[{levels}],'
        f"{_beside(requirement, whole, key.period)}}}",
    )


def _totals(requirement: Requirement, tally: Tally, level: str) -> str:
    form, codes = _form(requirement.asked_at(level), requirement.sensitive)
    totals = form % tuple("null" if total is None else total for total in tally.totals(codes).values())
    return f'"totals":[{totals}],"units_reported":{tally.reported},"units_due":{tally.due}'


@lru_cache(FORMS)
def _form(codes: tuple[str, ...], kept: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return how the totals of these indicators are written, with a place for each that is told, and which those are.

    Told one after the other they would give away what each change was: sensitive figures leave in editions only.
    """
    places = [
        _json({"indicator": code, "value": None, "withheld": True}).replace("%", "%%")
        if code in kept
        else f'{{"indicator":{_json(code).replace("%", "%%")},"value":%s,"withheld":false}}'
        for code in codes
    ]
    return ",".join(places), tuple(code for code in codes if code not in kept)


def _beside(requirement: Requirement, tally: Tally, period: str) -> str:
    kept = requirement.sensitive
    ratios = [
        {"indicator": code, "numerator": above, "denominator": below}
        for code, (above, below) in tally.ratios(requirement.ratios).items()
        if code not in kept
    ]
    targets = [
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
    ]
    return (
        f'"ratios":{_json(ratios)},"targets":{_json(targets)},"units_nil":{tally.nil},"units_late":{tally.late},'
        f'"units_returned":{tally.returned},"units_exempt":{tally.exempt}'
    )


def _json(found: object) -> str:
    return to_json(found).decode()
