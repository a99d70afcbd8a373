"""What selectors go by besides the tree, as the directory told of it: named groups, types, and who holds which role."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ARRAY, Date, Text, any_, bindparam, column, distinct, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.transaction import Transaction
from contracts.directory import GroupChanged, PersonChanged, UnitTypeChanged
from unit_tree.noting import newest_of, newest_wins
from unit_tree.selectors import Catalogue, Selector
from unit_tree.tables import known_groups, known_people, known_unit_types

_NOTE_GROUP = newest_wins(known_groups)
_NOTE_TYPE = newest_wins(known_unit_types)
_NOTE_PERSON = newest_wins(known_people)
_GROUPS = select(known_groups).where(known_groups.c.selector.is_not(None))
_TYPES = select(known_unit_types).where(~known_unit_types.c.is_removed)
_DAY = bindparam("day", type_=Date)
_post = (
    func.jsonb_to_recordset(known_people.c.posts)
    .table_valued(column("unit_id", Text), column("role", Text), column("valid_from", Date), column("valid_to", Date))
    .render_derived(name="post", with_types=True)
)
_HOLDING = (
    select(_post.c.role, _post.c.unit_id, func.count(distinct(known_people.c.person_id)).label("people"))
    .select_from(known_people.join(_post, true()))
    .where(
        known_people.c.is_active,
        _post.c.role == any_(bindparam("roles", type_=ARRAY(Text))),
        _post.c.valid_from <= _DAY,
        or_(_post.c.valid_to.is_(None), _post.c.valid_to >= _DAY),
    )
    .group_by(_post.c.role, _post.c.unit_id)
)


async def note_groups(events: Sequence[GroupChanged], transaction: Transaction) -> None:
    """Note what groups are now; one that was removed is remembered as such, so that an older word cannot revive it."""
    rows = [
        {
            "code": event.code,
            "version": event.version,
            "name": event.name,
            "selector": None if event.selector is None else event.selector.model_dump(mode="json"),
        }
        for event in newest_of(events, lambda each: each.code)
    ]
    if rows:
        # In one order for everyone, so that two workers wait for each other and do not lock up.
        await transaction.connection.execute(_NOTE_GROUP, sorted(rows, key=lambda row: str(row["code"])))


async def note_unit_types(events: Sequence[UnitTypeChanged], transaction: Transaction) -> None:
    """Note what types of units are now."""
    rows = [
        {"code": event.code, "version": event.version, "name": event.name, "is_removed": event.is_removed}
        for event in newest_of(events, lambda each: each.code)
    ]
    if rows:
        await transaction.connection.execute(_NOTE_TYPE, sorted(rows, key=lambda row: str(row["code"])))


async def note_people(events: Sequence[PersonChanged], transaction: Transaction) -> None:
    """Note which posts people hold now."""
    rows = [
        {
            "person_id": event.person_id,
            "version": event.version,
            "is_active": event.is_active,
            "posts": [post.model_dump(mode="json") for post in event.posts],
        }
        for event in sorted(newest_of(events, lambda each: each.person_id), key=lambda each: each.person_id)
    ]
    if rows:
        await transaction.connection.execute(_NOTE_PERSON, rows)


async def catalogue(connection: AsyncConnection) -> Catalogue:
    """Return the groups and types there are."""
    groups = (await connection.execute(_GROUPS)).all()
    types = (await connection.execute(_TYPES)).all()
    return Catalogue(
        groups={row.code: Selector.model_validate(row.selector) for row in groups},
        group_names={row.code: row.name for row in groups},
        type_names={row.code: row.name for row in types},
    )


async def holding(connection: AsyncConnection, roles: Collection[str], day: date) -> dict[str, dict[str, int]]:
    """Return at which units somebody holds these roles on a day, and how many do: role → unit → people."""
    found: dict[str, dict[str, int]] = {role: {} for role in roles}
    if roles:
        for row in (await connection.execute(_HOLDING, {"roles": sorted(roles), "day": day})).all():
            found[row.role][row.unit_id] = row.people
    return found
