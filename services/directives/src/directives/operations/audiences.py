"""Whom a requirement would reach: worked out on the tree of its day, and shown before anything is sent out."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import date

from chassis.caller import Caller
from chassis.problems import NotAllowed
from chassis.transaction import Transaction
from contracts.registration import RegistrationAsked
from directives.domain.audience import ANSWERING_ROLES, Resolution, resolve, unheard_of
from directives.domain.registration import Places, places, types_named
from directives.operations.access import writes_anywhere
from directives.problems import AudienceUnheardOf, GroupsUnsettled
from directives.terms_problems import QuotaUnfit
from unit_tree.selecting import catalogue, holding
from unit_tree.selectors import Catalogue, GroupsInCircle, Selector
from unit_tree.tree import Tree


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many units of a type would be asked."""

    unit_type: str
    name: str
    units: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom an audience would reach: how many of each type, most first, and who has nobody to receive it."""

    resolution: Resolution
    counts: tuple[TypeCount, ...]
    nobody_receives: tuple[str, ...]
    """Answering units at which nobody who may answer holds a post on the day of issue."""
    places: Places | None = None
    """Of a registration: how many it takes."""


async def preview_audience(
    tx: Transaction,
    *,
    audience: Selector,
    registration: RegistrationAsked | None = None,
    as_of: date,
    issued_on: date,
    tree: Tree,
    by: Caller,
) -> Preview:
    """Return whom a requirement would reach if it were issued on a day. Changes nothing."""
    if not writes_anywhere(by):
        raise NotAllowed(
            "Bạn không giữ chức vụ nào được soạn, ký hay phát hành văn bản.",
            "You hold no post that may draft, sign or issue.",
        )
    resolution = await resolve_audience(tx, audience, tree, as_of=as_of, issued_on=issued_on, where="audience")
    names = (await catalogue(tx.connection)).type_names
    versions = tree.as_of(as_of).units
    types = {each.unit_id: versions[each.unit_id].unit_type for each in resolution.units}
    counted = Counter(types.values())
    by_role = await holding(tx.connection, ANSWERING_ROLES, issued_on)
    receiving = {unit_id for units in by_role.values() for unit_id in units}
    return Preview(
        resolution,
        tuple(
            TypeCount(unit_type, names.get(unit_type, unit_type), units)
            for unit_type, units in sorted(counted.items(), key=lambda each: (-each[1], each[0]))
        ),
        tuple(sorted({each.answering_unit_id for each in resolution.units} - receiving)),
        places(registration, types) if registration else None,
    )


async def types_heard_of(tx: Transaction, tree: Tree) -> set[str]:
    """Return the types of units of the province's catalogue, and those any unit is or was of."""
    known = await catalogue(tx.connection)
    return {*known.type_names, *(version.unit_type for unit in tree for version in unit.versions)}


async def need_heard_of(tx: Transaction, audience: Selector, tree: Tree, *, where: str) -> None:
    """Raise `AudienceUnheardOf` when an audience names something nobody has heard of."""
    _need_heard_of(audience, tree, await catalogue(tx.connection), where)


async def need_types_heard_of(tx: Transaction, registration: RegistrationAsked, tree: Tree, *, where: str) -> None:
    """Raise `QuotaUnfit` when a quota is for a type of units nobody has heard of."""
    unheard = sorted(set(types_named(registration)) - await types_heard_of(tx, tree))
    if unheard:
        raise QuotaUnfit(
            f"Định mức nêu loại đơn vị không có trong danh mục: {', '.join(unheard)}.",
            f"A quota is for types of units nobody has heard of: {', '.join(unheard)}.",
            where=where,
        )


def _need_heard_of(audience: Selector, tree: Tree, known: Catalogue, where: str) -> None:
    unheard = unheard_of(audience, tree, known)
    if unheard:
        named = ", ".join((*unheard.units, *unheard.unit_types, *unheard.groups, *unheard.roles))
        raise AudienceUnheardOf(
            f"Không có đơn vị, loại đơn vị, nhóm hoặc vai trò này: {named}.",
            f"There is no such unit, type, group or role: {named}.",
            where=where,
            units=list(unheard.units),
            unit_types=list(unheard.unit_types),
            groups=list(unheard.groups),
            roles=list(unheard.roles),
        )


async def resolve_audience(
    tx: Transaction, audience: Selector, tree: Tree, *, as_of: date, issued_on: date, where: str
) -> Resolution:
    """Return who owes an answer, and why, as groups and posts are known now; `where` is its place in the request.

    Raises `AudienceUnheardOf`, as a group may have been removed since, and `GroupsUnsettled`.
    """
    known = await catalogue(tx.connection)
    _need_heard_of(audience, tree, known, where)
    held = await holding(tx.connection, known.roles_of(audience), as_of)
    try:
        # In a thread: thousands of units take a while, and others are waiting for this process.
        return await asyncio.to_thread(
            resolve, audience, tree, as_of=as_of, issued_on=issued_on, catalogue=known, holding=held
        )
    except GroupsInCircle as error:
        raise GroupsUnsettled(
            f"Các nhóm đơn vị đang được sửa: {error}. Vui lòng thử lại.",
            f"Groups are being changed: {error}. Try again.",
        ) from error
