"""Who may see a directive, and who may take which step with it."""

from collections.abc import Collection, Mapping
from typing import Literal
from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import PROVINCE, Purpose, may, reaches_below, units_for
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction
from directives import store
from directives.domain.directive import Directive
from directives.problems import UnknownUnits
from unit_tree.tree import Tree

Step = Literal[
    "draft", "edit", "submit", "return", "sign", "number", "issue", "keep-file", "correct", "close", "recall",
    "number-otherwise",
]  # fmt: skip
STEPS: Mapping[Step, Purpose] = {
    "draft": Purpose.DRAFT,
    "edit": Purpose.DRAFT,
    "submit": Purpose.DRAFT,
    "return": Purpose.SIGN,
    "sign": Purpose.SIGN,
    "number": Purpose.ISSUE,
    "issue": Purpose.ISSUE,
    "keep-file": Purpose.ISSUE,
    "correct": Purpose.ISSUE,
    "close": Purpose.DRAFT,
    "recall": Purpose.SIGN,
    "number-otherwise": Purpose.SIGN,
}
"""What each step takes at the issuing unit; which roles serve a purpose is the policy of the house."""
WRITES = (Purpose.DRAFT, Purpose.SIGN, Purpose.ISSUE)


def need(by: Caller, step: Step, issuer_unit_id: str) -> None:
    """Raise unless the caller may take this step for the issuing unit."""
    if not may(by, STEPS[step], issuer_unit_id):
        raise not_allowed()


def need_anywhere(by: Caller, step: Step) -> None:
    """Raise unless the caller may take this step for some unit."""
    if not units_for(by, STEPS[step]):
        raise not_allowed()


async def take(tx: Transaction, directive_id: UUID, *, to: Step, tree: Tree, by: Caller) -> Directive:
    """Return a directive locked for a step its caller may take."""
    directive = await store.directives.take(tx.connection, directive_id)
    if directive is None or not await may_see(tx, directive, tree=tree, by=by):
        raise no_directive()
    need(by, to, directive.issuer_unit_id)
    return directive


async def see(tx: Transaction, directive_id: UUID, *, tree: Tree, by: Caller) -> Directive:
    """Return a directive to somebody who writes for its issuer or its owner or, once issued, may read it."""
    directive = await store.directives.find(tx.connection, directive_id)
    if directive is None or not await may_see(tx, directive, tree=tree, by=by):
        raise no_directive()
    return directive


async def may_see(tx: Transaction, directive: Directive, *, tree: Tree, by: Caller) -> bool:
    """Say whether the caller writes for the issuer or the owner or, once it is issued, may read the directive."""
    if writes_for_any(by, directive):
        return True
    if directive.issue is None:
        return False
    if sees_whole(tx, directive, tree=tree, by=by):
        return True
    if await store.following.concerns_any(tx.connection, directive.id, units_for(by, Purpose.READ_DIRECTIVE)):
        return True
    # Hundreds of units are looked through for those who read below their own; which lie within a key, the tree says.
    if by.scopes is None and not reaches_below(by, Purpose.READ_DIRECTIVE):
        return False
    return reads_any(tx, await store.obligations.units_of(tx.connection, directive.id), tree=tree, by=by)


def writes_for(by: Caller, issuer_unit_id: str) -> bool:
    """Say whether the caller drafts, signs or issues for a unit."""
    return any(may(by, purpose, issuer_unit_id) for purpose in WRITES)


def writes_for_any(by: Caller, directive: Directive) -> bool:
    """Say whether the caller drafts, signs or issues for the issuer or a division that has to do with a directive."""
    return any(writes_for(by, unit_id) for unit_id in directive.desks)


def writes_anywhere(by: Caller) -> bool:
    """Say whether the caller drafts, signs or issues for any unit."""
    return any(units_for(by, purpose) for purpose in WRITES)


def sees_whole(tx: Transaction, directive: Directive, *, tree: Tree, by: Caller) -> bool:
    """Say whether the caller sees a directive as its issuer does: every obligation, every unit it was sent to."""
    return writes_for_any(by, directive) or reads_any(tx, (directive.issuer_unit_id,), tree=tree, by=by)


def reads_any(tx: Transaction, unit_ids: Collection[str], *, tree: Tree, by: Caller) -> bool:
    """Say whether the caller reads directives at one of these units, or above it today."""
    posts = units_for(by, Purpose.READ_DIRECTIVE)
    if PROVINCE in posts or not posts.isdisjoint(unit_ids):
        return True
    day = today(tx.now)
    return any(
        may(by, Purpose.READ_DIRECTIVE, unit_id, above=tree.ancestors(unit_id, "reporting", day))
        for unit_id in unit_ids
    )


def need_known(unit_ids: Collection[str], tree: Tree) -> None:
    """Raise when a unit was never heard of."""
    unknown = sorted(unit_id for unit_id in unit_ids if unit_id not in tree)
    if unknown:
        raise UnknownUnits(
            f"Chưa có đơn vị nào mang mã {', '.join(unknown)}.",
            f"No unit is known by the id {', '.join(unknown)}.",
            units=unknown,
        )


def need_own_divisions(tx: Transaction, directive: Directive, tree: Tree) -> None:
    """Raise unless the units that own a directive and review its answers are its issuer, or divisions of it today."""
    day, issuer = today(tx.now), directive.issuer_unit_id
    strangers = sorted(
        each for each in directive.desks if each != issuer and issuer not in tree.ancestors(each, "administrative", day)
    )
    if strangers:
        named = ", ".join(strangers)
        raise UnknownUnits(
            f"{named} không phải là đơn vị trực thuộc đơn vị ban hành.",
            f"{named} is no division of the issuer.",
            units=strangers,
        )


def not_allowed() -> NotAllowed:
    """Return the problem of somebody without the post a step takes."""
    return NotAllowed(
        "Bạn không giữ chức vụ nào được làm việc này ở đơn vị ban hành.",
        "You hold no post at the issuing unit that may do this.",
    )


def no_directive() -> NotFound:
    """Return the problem of a directive that is not there, or not for the caller."""
    return NotFound("Không tìm thấy văn bản này.", "There is no such directive, or you may not see it.")
