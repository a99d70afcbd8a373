"""Who works at which unit, as the directory told it. No names."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import Post
from unit_tree.tables import known_people

_POSTS = select(known_people.c.posts).where(known_people.c.person_id == bindparam("person"), known_people.c.is_active)


async def posts_of(connection: AsyncConnection, person_id: UUID) -> list[Post]:
    """Return the posts of a person, none for who is unknown or no longer active."""
    found = (await connection.execute(_POSTS, {"person": person_id})).scalar_one_or_none()
    return [Post.model_validate(each) for each in found or ()]
