"""The tree on any day: what a unit was, who stood above it, who came after it. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date

from contracts.directory import RelationKind, UnitChanged, UnitLineage, UnitVersion


def holds_on(valid_from: date, valid_to: date | None, day: date) -> bool:
    """Say whether a dated thing holds on `day`; both ends belong to it."""
    return valid_from <= day and (valid_to is None or day <= valid_to)


class Tree:
    """Every unit with its dated versions, relations and lineage."""

    def __init__(self, units: Iterable[UnitChanged]) -> None:
        self._units = {unit.unit_id: unit for unit in units}

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self._units

    def __len__(self) -> int:
        return len(self._units)

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
