"""How obligations come into being: one per unit asked, told of in an order that is quick to add up."""

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from uuid import UUID

from chassis.transaction import Transaction, new_id
from contracts.directives import ObligationOpened
from directives.domain.audience import Addressed
from directives.domain.directive import Directive
from directives.domain.periods import Dated
from directives.domain.requirement import Requirement
from directives.domain.target import assigned_to
from directives.operations.registering import NO_SHARE, Share
from directives.store.obligations import Obligation
from unit_tree.tree import Tree

NO_SHARES: Mapping[tuple[UUID, str], Share] = MappingProxyType({})
FIRST_VERSION = 1
"""Of an obligation, which may change, and of a directive when it is issued."""


def owed(
    requirement: Requirement, units: Collection[Addressed], tree: Tree, *, day: date, dated: Dated | None = None
) -> list[Obligation]:
    """Return what units owe that are asked on the tree of a day: once, or for one period."""
    assigned = assigned_to(requirement.assigned, dated.period.code if dated else "")
    is_per_level = any(each.per_level for each in requirement.indicators)
    return [
        Obligation(
            id=new_id(),
            requirement_id=requirement.id,
            unit_id=unit.unit_id,
            answering_unit_id=unit.answering_unit_id,
            answers_as=unit.answers_as,
            due_at=dated.due_at if dated else requirement.due_at,
            why_vi=unit.why_vi,
            why_en=unit.why_en,
            state="waiting" if requirement.terms.condition else "open",
            period=dated.period.code if dated else "",
            as_of=day if dated else None,
            cut_off_at=dated.cut_off_at if dated else None,
            closes_at=dated.closes_at if dated else None,
            assigned=assigned.get(unit.unit_id, ()),
            levels=_levels(unit.unit_id, tree, day) if is_per_level else (),
        )
        for unit in _side_by_side(units, tree, day)
    ]


def _levels(unit_id: str, tree: Tree, day: date) -> tuple[str, ...]:
    version = tree.version(unit_id, day)
    return version.levels if version is not None else ()


def _side_by_side(units: Collection[Addressed], tree: Tree, day: date) -> list[Addressed]:
    """Return units with those of one parent together: whoever adds them up meets each parent in few batches."""
    return sorted(units, key=lambda each: (*reversed(tree.ancestors(each.unit_id, "reporting", day)), each.unit_id))


def tell_opened(
    tx: Transaction,
    directive: Directive,
    opened: Collection[Obligation],
    shares: Mapping[tuple[UUID, str], Share] = NO_SHARES,
) -> list[ObligationOpened]:
    """Tell of obligations that were opened, and of the share each has in a registration; they are written.

    Return what is to be told of those that wait, when they become owed.
    """
    waiting = []
    for each in opened:
        share = shares.get((each.requirement_id, each.unit_id), NO_SHARE)
        event = ObligationOpened(
            occurred_at=tx.now,
            obligation_id=each.id,
            version=FIRST_VERSION,
            directive_id=directive.id,
            requirement_id=each.requirement_id,
            issuer_unit_id=directive.issuer_unit_id,
            unit_id=each.unit_id,
            answering_unit_id=each.answering_unit_id,
            due_at=each.due_at,
            continues=each.continues,
            period=each.period or None,
            as_of=each.as_of,
            cut_off_at=each.cut_off_at,
            closes_at=each.closes_at,
            levels=each.levels,
            seats=share.seats,
            from_units=share.from_units,
            assigned=each.assigned,
        )
        if each.state == "waiting":
            waiting.append(event)
        else:
            tx.emit(event)
    return waiting
