"""Which units a selector means, why, and the groups that have a name."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chassis.caller import Caller
from chassis.clock import today
from chassis.policy import PROVINCE, Purpose, may
from chassis.problems import NotAllowed, NotFound
from chassis.transaction import Transaction
from contracts.directory import UnitChanged
from directory.operations.cataloguing import put_and_tell_group, tell_group_removed
from directory.operations.registering import told
from directory.problems import GroupInUse, GroupsRunInCircle
from directory.store import audit, catalogue, units
from directory.store import groups as store
from directory.store.groups import Group
from unit_tree.selectors import Evaluation, Selector, Why, circle_of
from unit_tree.tree import Tree


class RegisterTree:
    """The register as the tree every reader sees; of it, only units that have changed are read again."""

    def __init__(self) -> None:
        self._stamp = (0, 0)
        self._known: Mapping[str, UnitChanged] = {}
        self._tree = Tree(())

    async def tree(self, tx: Transaction) -> Tree:
        """Return the tree as this transaction sees it."""
        stamp = await units.stamp(tx.connection)
        if stamp == self._stamp:
            return self._tree
        there = await units.versions_of_all(tx.connection)
        known = self._known
        stale = sorted(each for each, version in there.items() if each not in known or known[each].version != version)
        levels = await units.levels_by_type(tx.connection)
        fresh: dict[str, UnitChanged] = {}
        for first in range(0, len(stale), units.UNITS_AT_ONCE):
            some = await units.get_some(tx.connection, stale[first : first + units.UNITS_AT_ONCE])
            fresh |= await asyncio.to_thread(
                lambda: {unit_id: told(unit, levels, tx.now) for unit_id, unit in some.items()}  # noqa: B023  awaited here
            )
        known = {each: fresh.get(each) or known[each] for each in there}
        self._known, self._tree, self._stamp = known, Tree(known.values()), stamp
        return self._tree


@dataclass(frozen=True, slots=True)
class Meant:
    """A unit a selector means, and how many people hold the role there that was asked for (null when none was)."""

    unit_id: str
    unit_type: str
    name: str
    short_name: str
    holders: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a selector means on a day, and what it names that there is not."""

    day: date
    units: tuple[Meant, ...]
    unknown_units: tuple[str, ...]
    unknown_groups: tuple[str, ...]


async def preview(
    tx: Transaction, selector: Selector, *, on: date | None, role: str | None, trees: RegisterTree
) -> Preview:
    """Return the units a selector means on a day (today when null); with a role, how many people hold it at each."""
    day = on or today(tx.now)
    tree = await trees.tree(tx)
    evaluation, holding = await _evaluation(tx, selector, tree, day, {role} if role else set())
    selection = await asyncio.to_thread(evaluation.selection)
    versions = tree.as_of(day).units
    return Preview(
        day,
        tuple(
            Meant(
                unit_id,
                versions[unit_id].unit_type,
                versions[unit_id].name,
                versions[unit_id].short_name,
                holding[role].get(unit_id, 0) if role else None,
            )
            for unit_id in selection.units
        ),
        selection.unknown_units,
        selection.unknown_groups,
    )


async def explain(
    tx: Transaction, selector: Selector, unit_id: str, *, on: date | None, trees: RegisterTree
) -> tuple[date, Why]:
    """Say why a selector means a unit on a day (today when null), or why not. Raises `NotFound`."""
    if not await units.known(tx.connection, [unit_id]):
        raise NotFound(f"Không có đơn vị «{unit_id}».", f"There is no unit '{unit_id}'.")
    day = on or today(tx.now)
    evaluation, _ = await _evaluation(tx, selector, await trees.tree(tx), day, set())
    return day, await asyncio.to_thread(evaluation.why, unit_id)


async def _evaluation(
    tx: Transaction, selector: Selector, tree: Tree, day: date, roles: set[str]
) -> tuple[Evaluation, dict[str, dict[str, int]]]:
    groups = await store.by_code(tx.connection)
    types = await catalogue.unit_types_by_code(tx.connection)
    roles = roles.union(selector.held_roles, *(each.selector.held_roles for each in groups.values()))
    holding = await store.holding(tx.connection, roles, day)
    evaluation = Evaluation(
        selector,
        tree,
        day,
        groups={code: group.selector for code, group in groups.items()},
        holding=holding,
        type_names={code: each.name for code, each in types.items()},
        group_names={code: group.name for code, group in groups.items()},
    )
    return evaluation, holding


async def list_groups(tx: Transaction) -> list[Group]:
    """Return every named group, by code."""
    return list((await store.by_code(tx.connection)).values())


async def put_group(tx: Transaction, *, code: str, name: str, selector: Selector, by: Caller) -> Group:
    """Give a selection a name, or a name another selection. Safe to repeat. Raises `GroupsRunInCircle`."""
    _see_that_it_is_allowed(by)
    await units.lock_register(tx.connection)
    known = await store.by_code(tx.connection)
    before = known.get(code)
    group = Group(code, name, selector, 0 if before is None else before.version)
    if group == before:
        return group
    circle = circle_of(code, {each.code: each.selector for each in known.values()} | {code: selector})
    if circle is not None:
        way = " → ".join(circle)
        raise GroupsRunInCircle(f"Các nhóm khép vòng: {way}", f"The groups run in a circle: {way}")
    group = await put_and_tell_group(tx, group)
    await audit.record(tx, "group.set", by=by, about=code, name=name, version=group.version)
    return group


async def remove_group(tx: Transaction, code: str, *, by: Caller) -> None:
    """Forget a group. Raises `GroupInUse` when another goes by it."""
    _see_that_it_is_allowed(by)
    await units.lock_register(tx.connection)
    known = await store.by_code(tx.connection)
    if code not in known:
        raise NotFound(f"Không có nhóm «{code}».", f"There is no group '{code}'.")
    users = sorted(each.code for each in known.values() if code in each.selector.groups)
    if users:
        raise GroupInUse(
            f"Nhóm «{code}» đang được dùng trong nhóm: {', '.join(users)}.",
            f"The group '{code}' is used by: {', '.join(users)}.",
        )
    await store.remove(tx.connection, code)
    await tell_group_removed(tx, known[code])
    await audit.record(tx, "group.removed", by=by, about=code)


def _see_that_it_is_allowed(by: Caller) -> None:
    if not may(by, Purpose.ADMINISTER, PROVINCE):
        raise NotAllowed("Chỉ quản trị được sửa các nhóm đơn vị.", "Only an administrator may edit named groups.")
