"""The tree on any day: what a unit was, who stood above it, who came after it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from contracts.directory import RelationKind, UnitChanged, UnitLineage, UnitVersion

DAYS_KEPT = 8
"""People ask about today, the day of a requirement, and a few others."""
_FOR_EVER = date.max.toordinal()


def holds_on(valid_from: date, valid_to: date | None, day: date) -> bool:
    """Say whether a dated thing holds on `day`; both ends belong to it."""
    return valid_from <= day and (valid_to is None or day <= valid_to)


class Tree:
    """Every unit with its dated versions, relations and lineage."""

    def __init__(self, units: Iterable[UnitChanged]) -> None:
        self._units = {unit.unit_id: unit for unit in units}
        self._versions: list[tuple[int, int, str, UnitVersion]] | None = None
        self._edges: dict[RelationKind, list[tuple[int, int, str, str]]] = {}
        self._days: dict[date, TreeOnDay] = {}

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self._units

    def __len__(self) -> int:
        return len(self._units)

    def __iter__(self) -> Iterator[UnitChanged]:
        return iter(self._units.values())

    def as_of(self, day: date) -> "TreeOnDay":
        """Return the whole tree as it is on one day: for questions about many units at once."""
        found = self._days.get(day)
        if found is None:
            while len(self._days) >= DAYS_KEPT:
                self._days.pop(next(iter(self._days)), None)
            found = self._days[day] = TreeOnDay(self, day)
        return found

    def versions_on(self, day: date) -> dict[str, UnitVersion]:
        """Return the units that exist on `day`, by id and in the order of ids, as they are then."""
        if self._versions is None:
            self._versions = [
                (version.valid_from.toordinal(), _last(version.valid_to), unit_id, version)
                for unit_id, unit in sorted(self._units.items())
                for version in unit.versions
            ]
        today = day.toordinal()
        return {unit_id: version for first, last, unit_id, version in self._versions if first <= today <= last}

    def edges_on(self, kind: RelationKind, day: date) -> list[tuple[str, str]]:
        """Return every unit with a parent of one kind on `day`, as pairs."""
        edges = self._edges.get(kind)
        if edges is None:
            edges = self._edges[kind] = [
                (each.valid_from.toordinal(), _last(each.valid_to), unit_id, each.parent_id)
                for unit_id, unit in self._units.items()
                for each in unit.relations
                if each.kind == kind
            ]
        today = day.toordinal()
        return [(unit_id, parent_id) for first, last, unit_id, parent_id in edges if first <= today <= last]

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

    def __init__(self, tree: Tree, day: date) -> None:
        self._tree = tree
        self.day = day
        self._units: dict[str, UnitVersion] | None = None
        self._children: dict[RelationKind, Mapping[str, list[str]]] = {}

    @property
    def units(self) -> Mapping[str, UnitVersion]:
        """Return the units that exist, by id and in the order of ids."""
        if self._units is None:
            self._units = self._tree.versions_on(self.day)
        return self._units

    def children(self, kind: RelationKind) -> Mapping[str, list[str]]:
        """Return who stands directly below whom."""
        found = self._children.get(kind)
        if found is None:
            children: dict[str, list[str]] = defaultdict(list)
            for unit_id, parent_id in self._tree.edges_on(kind, self.day):
                children[parent_id].append(unit_id)
            found = self._children[kind] = dict(children)
        return found

    def below(self, unit_id: str, kind: RelationKind, *, direct: bool = False) -> set[str]:
        """Return everyone below a unit by one kind of relation, or only those directly below. Never the unit itself."""
        children = self.children(kind)
        found = set(children.get(unit_id, ()))
        waiting = [] if direct else list(found)
        while waiting:
            for child in children.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        found.discard(unit_id)
        return found

    def leads(self) -> set[str]:
        """Return the schools that lead a cluster which exists."""
        return {school for school, clusters in self.children("cluster_lead").items() if self.units.keys() & clusters}


def _last(valid_to: date | None) -> int:
    return _FOR_EVER if valid_to is None else valid_to.toordinal()
