"""What figures are compared with, as a requirement says it: for all, for each unit, or by what a unit states."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from contracts.directives import IndicatorAsked, TargetAsked, TargetAssigned
from directives.problems import TargetUnfit

MOST_TARGETS = 200
MOST_ASSIGNED = 20_000
"""Some figures of every unit of a large province."""
LARGEST_SHARE = 100_000
"""Of ten thousand: ten times the whole."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """What one unit is to reach (chỉ tiêu giao)."""

    indicator: str
    unit_id: str
    value: int
    period: str | None = None
    """Null: every period."""


def assigned_to(assigned: Sequence[Assigned], period: str) -> dict[str, tuple[TargetAssigned, ...]]:
    """Return what each unit is to reach; of one period, when it is not empty."""
    found: dict[str, list[TargetAssigned]] = {}
    for each in assigned:
        if not period or each.period in (None, period):
            told = TargetAssigned(indicator=each.indicator, value=each.value, period=each.period)
            found.setdefault(each.unit_id, []).append(told)
    return {unit_id: tuple(values) for unit_id, values in found.items()}


def check_targets(
    targets: Sequence[TargetAsked],
    assigned: Sequence[Assigned],
    indicators: Sequence[IndicatorAsked],
    periods: Sequence[str],
    *,
    where: str,
) -> None:
    """Raise `TargetUnfit` with the place of what cannot be compared; `periods` is empty where a calendar has them."""
    by_code = {each.code: each for each in indicators}
    said = Counter((each.indicator, each.kind, each.periods) for each in targets)
    for place, each in enumerate(targets):
        fault = _fault(each, by_code, periods) or (
            ("được nêu hai lần", "stands twice") if said[each.indicator, each.kind, each.periods] > 1 else None
        )
        if fault is not None:
            raise TargetUnfit(
                f"Chỉ tiêu phấn đấu của «{each.indicator}» {fault[0]}.",
                f"The target of {each.indicator!r} {fault[1]}.",
                where=f"{where}.targets.{place}",
            )
    _check_assigned(targets, assigned, periods, where)


def _fault(
    target: TargetAsked, indicators: dict[str, IndicatorAsked], periods: Sequence[str]
) -> tuple[str, str] | None:
    asked = indicators.get(target.indicator)
    if asked is None:
        return "nêu một chỉ tiêu không có trong yêu cầu", "names a figure the requirement does not ask for"
    if periods and not set(target.periods) <= set(periods):
        return "nêu một kỳ không được hỏi", "names a period that is not asked for"
    return _said_unfit(target) or _unfit_for(target, asked, indicators)


def _said_unfit(target: TargetAsked) -> tuple[str, str] | None:
    if (target.kind == "policy") != (target.value is not None):
        return "chỉ có giá trị khi là chỉ tiêu chung", "has a value if it is one for all, and only then"
    if (target.kind == "registered") != (target.registered_in is not None):
        return "chỉ nêu nơi đăng ký khi do đơn vị đăng ký", "says where it is registered if units do so, and only then"
    return None


def _unfit_for(
    target: TargetAsked, asked: IndicatorAsked, indicators: dict[str, IndicatorAsked]
) -> tuple[str, str] | None:
    is_share = asked.type in ("bool", "ratio")
    if target.value is not None and is_share and target.value > LARGEST_SHARE:
        return "là tỉ lệ phần vạn quá lớn", "is a share of ten thousand that is too large"
    if target.kind == "previous" and asked.type == "bool":
        return "không so được có/không với kỳ trước", "compares a yes or no with the period before"
    if target.kind in ("assigned", "registered") and is_share:
        return "phải là số, không phải có/không hay tỉ lệ", "takes a number, neither a yes or no nor a ratio"
    stated = indicators.get(target.registered_in or "")
    if target.kind == "registered" and (stated is None or stated is asked or stated.type != asked.type):
        return "cần một chỉ tiêu số khác để đơn vị đăng ký", "takes another number of the same type to register it in"
    return None


def refuse_outside(assigned: Sequence[Assigned], asked: Collection[str], *, where: str) -> None:
    """Raise `TargetUnfit` when something is assigned to units that are not asked; `where` names the requirement."""
    strangers = sorted({each.unit_id for each in assigned if each.unit_id not in asked})
    if strangers:
        named = ", ".join(strangers[:20])
        place = next(place for place, each in enumerate(assigned) if each.unit_id == strangers[0])
        raise TargetUnfit(
            f"Có chỉ tiêu giao cho đơn vị ngoài đối tượng thực hiện: {named}.",
            f"Targets are assigned to units that are not asked: {named}.",
            where=f"{where}.assigned.{place}",
            units=strangers,
        )


def _check_assigned(
    targets: Sequence[TargetAsked], assigned: Sequence[Assigned], periods: Sequence[str], where: str
) -> None:
    declared = {each.indicator for each in targets if each.kind == "assigned"}
    seen: set[tuple[str, str, str | None]] = set()
    for place, each in enumerate(assigned):
        key = (each.indicator, each.unit_id, each.period)
        fault = None
        if each.indicator not in declared:
            fault = ("không phải là chỉ tiêu giao của yêu cầu", "is no figure that the requirement assigns")
        elif periods and each.period is not None and each.period not in periods:
            fault = ("nêu một kỳ không được hỏi", "names a period that is not asked for")
        elif key in seen:
            fault = ("được giao hai lần", "is assigned twice")
        if fault is not None:
            raise TargetUnfit(
                f"Chỉ tiêu «{each.indicator}» giao cho {each.unit_id} {fault[0]}.",
                f"{each.indicator!r} of {each.unit_id} {fault[1]}.",
                where=f"{where}.assigned.{place}",
            )
        seen.add(key)
