"""Units as they stand in the files of a province: what `domain.files` reads, the other way round."""

from collections.abc import Iterable
from datetime import date

from directory.domain.faults import IDENTIFIERS, LINKS, RELATIONS, UNITS
from directory.domain.files import COLUMNS, MAY_BE_MISSING, NO_LEVELS
from directory.domain.units import LEAD, Unit


def header_of(file: str) -> tuple[str, ...]:
    """Return the columns of a file."""
    return (*COLUMNS[file], *MAY_BE_MISSING) if file == UNITS else COLUMNS[file]


def rows_of(file: str, units: Iterable[Unit]) -> list[tuple[str, ...]]:
    """Return what a file says of these units. The leads of clusters stand in no file."""
    rows: list[tuple[str, ...]] = []
    for unit in units:
        me = unit.unit_id
        if file == UNITS:
            rows += [
                (
                    me,
                    each.unit_type,
                    each.name,
                    each.short_name,
                    each.valid_from.isoformat(),
                    _day(each.valid_to),
                    each.abbreviation or "",
                    "" if each.levels is None else ";".join(each.levels) or NO_LEVELS,
                )
                for each in unit.versions
            ]
        elif file == RELATIONS:
            rows += [
                (me, each.kind, each.parent_id, each.valid_from.isoformat(), _day(each.valid_to))
                for each in unit.relations
                if each.kind != LEAD
            ]
        elif file == LINKS:
            rows += [
                (me, each.to_unit_id, each.kind, each.effective_date.isoformat(), each.legal_basis)
                for each in unit.lineage
            ]
        elif file == IDENTIFIERS:
            rows += [
                (me, each.scheme, each.code, each.valid_from.isoformat(), _day(each.valid_to))
                for each in unit.identifiers
            ]
    return rows


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
