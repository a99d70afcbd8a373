"""Whom each unit registers, as its directive is issued: worked out on the tree of the day the audience stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from contracts.registration import SeatsAsked
from directives.domain.audience import Resolution
from directives.domain.directive import Directive
from directives.domain.registration import places, seats_by_type
from directives.terms_problems import QuotaMissing
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class Share:
    """Whom one unit registers, and the units below it whose people it may register."""

    seats: tuple[SeatsAsked, ...] = ()
    from_units: tuple[str, ...] = ()


NO_SHARE = Share()


def shares(directive: Directive, resolved: Mapping[UUID, Resolution], tree: Tree) -> Mapping[tuple[UUID, str], Share]:
    """Return the share of every unit in each registration, by requirement and unit; raise `QuotaMissing`."""
    found: dict[tuple[UUID, str], Share] = {}
    for requirement in directive.requirements:
        registration = requirement.terms.registration
        if registration is None:
            continue
        standing = tree.as_of(requirement.as_of)
        types = {each.unit_id: standing.units[each.unit_id].unit_type for each in resolved[requirement.id].units}
        without = places(registration, types).without_quota
        if without:
            named = ", ".join(sorted({types[unit_id] for unit_id in without}))
            raise QuotaMissing(
                f"«{requirement.title}» chưa có định mức cho loại đơn vị: {named}.",
                f"“{requirement.title}” has no quota for units of these types: {named}.",
                requirement_id=str(requirement.id),
                units=list(without),
            )
        seats = seats_by_type(registration)
        for unit_id, unit_type in types.items():
            asked = seats[unit_type]
            below = any(each.from_below for each in asked)
            found[requirement.id, unit_id] = Share(
                asked, tuple(sorted(standing.below(unit_id, "reporting"))) if below else ()
            )
    return found
