"""Who works at which unit, as the directory told it, in and out of PostgreSQL. No names."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import PersonChanged, Post
from directives.tables import people

_person = insert(people)
_PUT = _person.on_conflict_do_update(
    index_elements=["person_id"],
    set_={name: _person.excluded[name] for name in ("version", "is_active", "posts")},
    where=people.c.version < _person.excluded.version,
)
_POSTS = select(people.c.posts).where(people.c.person_id == bindparam("person"), people.c.is_active)


async def put(connection: AsyncConnection, told: Sequence[PersonChanged]) -> None:
    """Keep the newest version of each person; `told` names each at most once."""
    rows = [each.model_dump(mode="json", include={"person_id", "version", "is_active", "posts"}) for each in told]
    await connection.execute(_PUT, [row | {"person_id": UUID(row["person_id"])} for row in rows])


async def posts_of(connection: AsyncConnection, person_id: UUID) -> list[Post]:
    """Return the posts of a person, none for who is unknown or no longer active."""
    found = (await connection.execute(_POSTS, {"person": person_id})).scalar_one_or_none()
    return [Post.model_validate(each) for each in found or ()]
