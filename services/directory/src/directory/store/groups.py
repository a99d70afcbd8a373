"""Named groups of units in and out of PostgreSQL."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Text, any_, bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from directory.access_tables import accounts
from directory.tables import people, posts
from directory.unit_tables import unit_groups
from unit_tree.selectors import Selector

_DAY = bindparam("day", type_=Date)
_ALL = select(unit_groups).order_by(unit_groups.c.code.collate("C"))
_INSERT = upsert(unit_groups)
_PUT = _INSERT.on_conflict_do_update(
    index_elements=[unit_groups.c.code],
    set_={name: _INSERT.excluded[name] for name in ("name", "selector", "version")},
)
_REMOVE = delete(unit_groups).where(unit_groups.c.code == bindparam("of_code", type_=Text))
_HOLDING = (
    select(posts.c.role, posts.c.unit_id, posts.c.person_id)
    .join(people, people.c.person_id == posts.c.person_id)
    .join(accounts, accounts.c.person_id == posts.c.person_id)
    # As the others are told: machines hold no post that counts, and who is disabled holds none.
    .where(people.c.kind == "person", accounts.c.disabled_at.is_(None))
    .where(
        posts.c.role == any_(bindparam("roles", type_=ARRAY(Text))),
        posts.c.valid_from <= _DAY,
        or_(posts.c.valid_to.is_(None), posts.c.valid_to >= _DAY),
    )
    .distinct()
)


@dataclass(frozen=True, slots=True)
class Group:
    """A selection of units that has a name."""

    code: str
    name: str
    selector: Selector
    version: int


async def by_code(connection: AsyncConnection) -> dict[str, Group]:
    """Return every group, in the order of codes."""
    return {
        row.code: Group(row.code, row.name, Selector.model_validate(row.selector), row.version)
        for row in (await connection.execute(_ALL)).all()
    }


async def put(connection: AsyncConnection, group: Group) -> None:
    """Write a group, new or known."""
    selector = group.selector.model_dump(mode="json", exclude_defaults=True)
    row = {"code": group.code, "name": group.name, "selector": selector, "version": group.version}
    await connection.execute(_PUT, row)


async def remove(connection: AsyncConnection, code: str) -> None:
    """Forget a group."""
    await connection.execute(_REMOVE, {"of_code": code})


async def holding(connection: AsyncConnection, roles: set[str], day: date) -> dict[str, dict[str, int]]:
    """Return at which units somebody holds these roles on a day, and how many do: role → unit → people."""
    found: dict[str, dict[str, int]] = {role: {} for role in roles}
    if roles:
        for row in (await connection.execute(_HOLDING, {"roles": sorted(roles), "day": day})).all():
            found[row.role][row.unit_id] = found[row.role].get(row.unit_id, 0) + 1
    return found
