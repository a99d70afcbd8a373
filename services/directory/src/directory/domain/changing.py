"""What may happen to one unit on a day. Pure: each verb returns the unit as it is afterwards."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar

from contracts.directory import RelationKind
from directory.domain.checking import ONE_PARENT
from directory.domain.units import Identifier, Lineage, Relation, Unit, Version

D = TypeVar("D", Relation, Identifier)


class Impossible(Exception):
    """What cannot happen to a unit on that day, in Vietnamese and English."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en


def eve_of(day: date) -> date:
    """Return the day before."""
    return day - timedelta(days=1)


def registered(unit: Unit, version: Version) -> Unit:
    """Return a unit that exists from the first day of `version`; it must not exist then or later."""
    if unit.versions and (unit.last_day is None or unit.last_day >= version.valid_from):
        raise Impossible(f"«{unit.unit_id}» đã tồn tại", f"'{unit.unit_id}' exists already")
    return replace(unit, versions=(*unit.versions, version))


def changed_from(unit: Unit, day: date, look: Mapping[str, Any]) -> Unit:
    """Return the unit with another name, type, abbreviation or levels from a day on.

    Nothing is known to happen to it later: else what is known would be overwritten without having been seen.
    """
    current = _current(unit, day)
    version = replace(current, **look)
    if version == current:
        return unit
    if current.valid_from == day:
        return replace(unit, versions=(*unit.versions[:-1], version))
    before = replace(current, valid_to=eve_of(day))
    return replace(unit, versions=(*unit.versions[:-1], before, replace(version, valid_from=day)))


def ended_before(unit: Unit, day: date) -> Unit:
    """Return the unit with its last day on the eve of `day`; relations and codes end with it."""
    current = _current(unit, day)
    if current.valid_from == day:
        raise Impossible(
            f"«{unit.unit_id}» bắt đầu đúng ngày {day}, không thể kết thúc trước ngày đó",
            f"'{unit.unit_id}' begins on {day} and cannot end before",
        )
    return closed(replace(unit, versions=(*unit.versions[:-1], replace(current, valid_to=eve_of(day)))))


def closed(unit: Unit) -> Unit:
    """Return the unit with nothing that outlasts it."""
    last = unit.last_day
    if last is None:
        return unit
    return replace(
        unit,
        relations=tuple(_until(each, last) for each in unit.relations if each.valid_from <= last),
        identifiers=tuple(_until(each, last) for each in unit.identifiers if each.valid_from <= last),
    )


def _until(dated: D, last: date) -> D:
    return replace(dated, valid_to=last) if dated.valid_to is None or dated.valid_to > last else dated


def below_from(unit: Unit, day: date, kind: RelationKind, parent_id: str) -> Unit:
    """Return the unit below another from a day on; where there can be one parent only, the one before ends."""
    _current(unit, day)
    relations = [*unit.relations]
    if kind in ONE_PARENT:
        relations = list(_without(relations, day, lambda each: each.kind == kind and each.parent_id != parent_id))
    if any(_holds(each, day) and (each.kind, each.parent_id) == (kind, parent_id) for each in relations):
        return replace(unit, relations=tuple(relations))
    return replace(unit, relations=(*relations, Relation(kind, parent_id, day, None)))


def not_below_from(unit: Unit, day: date, kind: RelationKind, parent_id: str) -> Unit:
    """Return the unit no longer below another from a day on; it must have been."""
    same = [each for each in unit.relations if (each.kind, each.parent_id) == (kind, parent_id) and _holds(each, day)]
    if not same:
        raise Impossible(
            f"«{unit.unit_id}» ngày {day} không có quan hệ «{kind}» với «{parent_id}»",
            f"'{unit.unit_id}' has no relation '{kind}' to '{parent_id}' on {day}",
        )
    return replace(unit, relations=tuple(_without(unit.relations, day, lambda each: each in same)))


def known_as_from(unit: Unit, day: date, scheme: str, code: str) -> Unit:
    """Return the unit with a code from a day on; its other codes of the scheme end the day before."""
    _current(unit, day)
    others = list(_without(unit.identifiers, day, lambda each: each.scheme == scheme and each.code != code))
    if any(_holds(each, day) and (each.scheme, each.code) == (scheme, code) for each in others):
        return replace(unit, identifiers=tuple(others))
    return replace(unit, identifiers=(*others, Identifier(scheme, code, day, None)))


def becoming(unit: Unit, lineage: Lineage) -> Unit:
    """Return the unit with one more thing it became; another legal basis of the same replaces the old one."""
    others = (
        each
        for each in unit.lineage
        if (each.kind, each.to_unit_id, each.effective_date)
        != (lineage.kind, lineage.to_unit_id, lineage.effective_date)
    )
    return replace(unit, lineage=(*others, lineage))


def _current(unit: Unit, day: date) -> Version:
    current = unit.on(day)
    if current is None:
        raise Impossible(f"«{unit.unit_id}» không tồn tại ngày {day}", f"'{unit.unit_id}' does not exist on {day}")
    if current != unit.versions[-1] or current.valid_to is not None:
        raise Impossible(
            f"sau ngày {day} đã có thay đổi khác của «{unit.unit_id}»",
            f"something else is known to happen to '{unit.unit_id}' after {day}",
        )
    return current


def _holds(dated: Relation | Identifier, day: date) -> bool:
    return dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to)


def _without(dated: Any, day: date, which: Any) -> Any:
    # Those that begin on the day itself were never true.
    for each in dated:
        if not (which(each) and (each.valid_to is None or each.valid_to >= day)):
            yield each
        elif each.valid_from < day:
            yield replace(each, valid_to=eve_of(day))
