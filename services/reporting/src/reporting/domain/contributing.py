"""What an obligation adds to the totals, from all that is known of it."""

from collections.abc import Mapping, Sequence

from reporting.domain import (
    ALL_LEVELS,
    COUNTING,
    ByLevel,
    Contribution,
    Obligation,
    Place,
    Requirement,
    Standing,
    Values,
)

EXEMPT = "exempt"
"""The state of an obligation nothing is owed of, by leave."""


def contribution_of(standing: Standing, place: Place) -> Contribution:
    """Return what an obligation should add to the totals.

    It is due because it exists, unless it is owed no more: one that is exempt is counted as such and nothing else, and
    any other stands for no period and adds nothing, whatever was submitted. It is counted when it is submitted or
    accepted and what that version states is known; a nil report is counted and adds nothing.
    """
    obligation, requirement, values = standing.obligation, standing.requirement, standing.values
    periods = requirement.periods if obligation.period is None else (obligation.period,)
    if not standing.is_owed:
        is_exempt = standing.change is not None and standing.change.state == EXEMPT
        kept = periods if is_exempt else ()
        return Contribution(
            obligation.obligation_id, obligation.requirement_id, kept, place, None, {}, is_exempt=is_exempt
        )
    state = standing.answer.state if standing.answer is not None else None
    counts = standing.answer if state in COUNTING and values is not None else None
    stated: Values = {}
    by_level: ByLevel = {}
    silent: Mapping[str, Mapping[str, Sequence[str]]] = {}
    is_nil = counts is not None and values is not None and values.is_nil
    if counts is not None and values is not None and not is_nil:
        stated = _asked_for(requirement, periods, values.stated)
        by_level = values.by_level
    by_level = _divided(requirement, obligation, place, periods, stated, by_level)
    if counts is not None and not is_nil:
        silent = _silent(requirement, place, periods, stated, by_level)
    return Contribution(
        obligation_id=obligation.obligation_id,
        requirement_id=obligation.requirement_id,
        periods=periods,
        place=place,
        number=counts.number if counts is not None else None,
        stated=stated,
        by_level=by_level,
        assigned=_assigned(obligation, periods),
        silent=silent,
        is_nil=is_nil,
        is_late=counts is not None and values is not None and values.is_late,
        is_returned=state == "returned",
    )


def _silent(
    requirement: Requirement, place: Place, periods: Sequence[str], stated: Values, by_level: ByLevel
) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Return what an answer holds no figure for, at each level it counts at: not stated, or not asked there."""
    found: dict[str, dict[str, Sequence[str]]] = {}
    for period in periods:
        if not by_level.get(period) and len(stated.get(period, ())) == len(requirement.indicators):
            continue  # as of most: all that was asked
        counted = {
            **(by_level.get(period) or {place.level: stated.get(period, {})}),
            ALL_LEVELS: stated.get(period, {}),
        }
        missing = {
            level: [each for each in requirement.indicators if each not in values] for level, values in counted.items()
        }
        if any(missing.values()):
            found[period] = {level: indicators for level, indicators in missing.items() if indicators}
    return found


def _assigned(obligation: Obligation, periods: Sequence[str]) -> Values:
    found: dict[str, dict[str, int]] = {}
    for indicator, period, value in obligation.assigned:
        for each in periods if period is None else (period,):
            if each in periods:
                found.setdefault(each, {})[indicator] = value
    return found


def _divided(
    requirement: Requirement,
    obligation: Obligation,
    place: Place,
    periods: Sequence[str],
    stated: Values,
    by_level: ByLevel,
) -> ByLevel:
    """Return where a unit is asked per level, and what it stated there: what is not divided counts at its place."""
    if not requirement.divided:
        return {}
    levels = {level for asked in requirement.divided.values() for level in _asked_levels(asked, obligation.levels)}
    if not levels or len(requirement.divided) < len(requirement.indicators):
        levels.add(place.level)
    found: dict[str, dict[str, dict[str, int]]] = {}
    for period in periods:
        given = by_level.get(period, {})
        at = {level: _known(requirement, given.get(level, {})) for level in sorted(levels)}
        told = {indicator for values in given.values() for indicator in values}
        whole = {indicator: value for indicator, value in stated.get(period, {}).items() if indicator not in told}
        if whole:
            at[place.level] = at.get(place.level, {}) | whole
        found[period] = at
    return found


def _asked_levels(asked: Sequence[str], taught: Sequence[str]) -> Sequence[str]:
    if not taught:
        return asked
    return [level for level in taught if not asked or level in asked]


def _known(requirement: Requirement, values: Mapping[str, int]) -> dict[str, int]:
    return {indicator: value for indicator, value in values.items() if indicator in requirement.divided}


def _asked_for(requirement: Requirement, periods: Sequence[str], stated: Values) -> Values:
    asked = {}
    for period in periods:
        told = stated.get(period, {})
        values = {each: told[each] for each in requirement.indicators if each in told}
        if values:
            asked[period] = values
    return asked
