"""The tree on any day: what a unit was, who stood above it, who came after it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from contracts.directory import RelationKind, UnitChanged, UnitLineage, UnitVersion

DAYS_KEPT = 8
"""People ask about today, the day of a requirement, and a few others."""
_FOR_EVER = date.max.toordinal()
Look = tuple[str, tuple[str, ...]]
"""A type of unit, and the levels taught."""


def holds_on(valid_from: date, valid_to: date | None, day: date) -> bool:
    """Say whether a dated thing holds on `day`; both ends belong to it."""
    return valid_from <= day and (valid_to is None or day <= valid_to)


class Tree:
    """Every unit with its dated versions, relations and lineage."""

    def __init__(self, units: Iterable[UnitChanged]) -> None:
        self._units = {unit.unit_id: unit for unit in units}
        self._dated: _Dated | None = None
        self._days: dict[date, TreeOnDay] = {}

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self._units

    def __len__(self) -> int:
        return len(self._units)

    def __iter__(self) -> Iterator[UnitChanged]:
        return iter(self._units.values())

    def as_of(self, day: date) -> "TreeOnDay":
        """Return the whole tree as it is on one day: for questions about many units at once."""
        if self._dated is None:
            self._dated = _Dated(self._units.values())
        found = self._days.get(day)
        if found is None:
            while len(self._days) >= DAYS_KEPT:
                self._days.pop(next(iter(self._days)), None)
            found = self._days[day] = TreeOnDay(self._dated, day)
        return found

    def on(self, day: date) -> Iterator[tuple[str, UnitVersion]]:
        """Yield the units that exist on `day`, by id, as they are then."""
        for unit_id in sorted(self._units):
            version = self.version(unit_id, day)
            if version is not None:
                yield unit_id, version

    def version(self, unit_id: str, day: date) -> UnitVersion | None:
        """Return what a unit is on `day`, or null when it is unknown or does not exist then."""
        unit = self._units.get(unit_id)
        for version in unit.versions if unit else ():
            if holds_on(version.valid_from, version.valid_to, day):
                return version
        return None

    def parents(self, unit_id: str, kind: RelationKind, day: date) -> tuple[str, ...]:
        """Return the direct parents of one kind on `day`, in a fixed order."""
        unit = self._units.get(unit_id)
        if unit is None:
            return ()
        return tuple(
            sorted(
                relation.parent_id
                for relation in unit.relations
                if relation.kind == kind and holds_on(relation.valid_from, relation.valid_to, day)
            )
        )

    def ancestors(self, unit_id: str, kind: RelationKind, day: date) -> tuple[str, ...]:
        """Return everyone above a unit by one kind of relation on `day`, nearest first. A cycle ends the walk."""
        above: list[str] = []
        level = self.parents(unit_id, kind, day)
        while level:
            fresh = [parent for parent in level if parent not in above and parent != unit_id]
            above += fresh
            level = tuple(dict.fromkeys(grand for parent in fresh for grand in self.parents(parent, kind, day)))
        return tuple(above)

    def lead_of(self, cluster_id: str, day: date) -> str | None:
        """Return the school that leads a cluster on `day`."""
        leads = self.parents(cluster_id, "cluster_lead", day)
        return leads[0] if leads else None

    def lineage(self, unit_id: str) -> tuple[UnitLineage, ...]:
        """Return what a unit became."""
        unit = self._units.get(unit_id)
        return unit.lineage if unit else ()


class TreeOnDay:
    """The tree on one day. What nobody asks for is not worked out."""

    def __init__(self, dated: "_Dated", day: date) -> None:
        self._dated = dated
        self.day = day
        self._today = day.toordinal()
        self._units: dict[str, UnitVersion] | None = None
        self._looks: dict[Look, list[str]] | None = None

    @property
    def units(self) -> Mapping[str, UnitVersion]:
        """Return the units that exist, by id and in the order of ids."""
        if self._units is None:
            today = self._today
            versions = self._dated.versions
            self._units = {unit_id: version for first, last, unit_id, version in versions if first <= today <= last}
        return self._units

    @property
    def looks(self) -> Mapping[Look, list[str]]:
        """Return the units that exist by what they are: their type, and the levels they teach."""
        if self._looks is None:
            today = self._today
            self._looks = {
                look: [unit_id for first, last, unit_id in rows if first <= today <= last]
                for look, rows in self._dated.looks.items()
            }
        return self._looks

    def below(self, unit_id: str, kind: RelationKind, *, direct: bool = False) -> set[str]:
        """Return everyone below a unit by one kind of relation, or only those directly below. Never the unit itself."""
        children, today = self._dated.children(kind), self._today
        found = {child for first, last, child in children.get(unit_id, ()) if first <= today <= last}
        waiting = [] if direct else list(found)
        while waiting:
            for first, last, child in children.get(waiting.pop(), ()):
                if first <= today <= last and child not in found:
                    found.add(child)
                    waiting.append(child)
        found.discard(unit_id)
        return found

    def leads(self) -> set[str]:
        """Return the schools that lead a cluster which exists."""
        today, units = self._today, self.units
        return {
            school
            for school, clusters in self._dated.children("cluster_lead").items()
            if any(first <= today <= last and cluster in units for first, last, cluster in clusters)
        }


class _Dated:
    """The tree laid out for questions about many units: days as numbers, units by what they are, children by parent."""

    def __init__(self, units: Iterable[UnitChanged]) -> None:
        self._units = sorted(units, key=lambda unit: unit.unit_id)
        self.versions: list[tuple[int, int, str, UnitVersion]] = []
        self.looks: dict[Look, list[tuple[int, int, str]]] = defaultdict(list)
        for unit in self._units:
            for version in unit.versions:
                first, last = version.valid_from.toordinal(), _last(version.valid_to)
                self.versions.append((first, last, unit.unit_id, version))
                self.looks[version.unit_type, version.levels].append((first, last, unit.unit_id))
        self._children: dict[RelationKind, Mapping[str, list[tuple[int, int, str]]]] = {}

    def children(self, kind: RelationKind) -> Mapping[str, list[tuple[int, int, str]]]:
        """Return who ever stands directly below whom, with the first and the last day."""
        found = self._children.get(kind)
        if found is None:
            children: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
            for unit in self._units:
                for each in unit.relations:
                    if each.kind == kind:
                        row = (each.valid_from.toordinal(), _last(each.valid_to), unit.unit_id)
                        children[each.parent_id].append(row)
            found = self._children[kind] = dict(children)
        return found


def _last(valid_to: date | None) -> int:
    return _FOR_EVER if valid_to is None else valid_to.toordinal()
