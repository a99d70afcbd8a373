"""Which ways people want their letters to go, and which the province allows for each kind."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Uuid

from notify.channels.choosing import Channel, Choice, ways_of
from notify.domain import Kind
from notify.tables import channel_policies, preferences

_OF = select(preferences.c.person_id, preferences.c.channels).where(
    preferences.c.person_id == any_(bindparam("ids", type_=ARRAY(Uuid())))
)

_CHOICES = select(preferences).where(preferences.c.person_id == any_(bindparam("ids", type_=ARRAY(Uuid()))))


async def find(connection: AsyncConnection, person_id: UUID) -> Choice | None:
    """Return what a person has chosen, or null."""
    return (await find_all(connection, [person_id])).get(person_id)


async def find_all(connection: AsyncConnection, person_ids: Collection[UUID]) -> dict[UUID, Choice]:
    """Return what each of these people has chosen; who has chosen nothing is not there."""
    rows = await connection.execute(_CHOICES, {"ids": list(person_ids)})
    return {row.person_id: Choice(_channels(row), row.phone, row.webhook_url) for row in rows}


async def secret_of(connection: AsyncConnection, person_id: UUID) -> str | None:
    """Return the secret of a person's webhook, or null."""
    query = select(preferences.c.webhook_secret).where(preferences.c.person_id == person_id)
    return (await connection.execute(query)).scalar_one_or_none()


async def put(
    connection: AsyncConnection, person_id: UUID, choice: Choice, *, new_secret: str | None, now: datetime
) -> str | None:
    """Keep a choice; return the secret of its webhook, which stays what it was while the URL does."""
    values = {
        "person_id": person_id,
        "channels": [each.value for each in choice.channels],
        "phone": choice.phone,
        "webhook_url": choice.webhook_url,
        "webhook_secret": new_secret,
        "changed_at": now,
    }
    put_ = insert(preferences).values(**values)
    kept: dict[str, Any] = {name: put_.excluded[name] for name in values if name not in ("person_id", "webhook_secret")}
    is_same = preferences.c.webhook_url == put_.excluded.webhook_url
    kept["webhook_secret"] = func.coalesce(
        select(preferences.c.webhook_secret).where(preferences.c.person_id == person_id, is_same).scalar_subquery(),
        put_.excluded.webhook_secret,
    )
    done = await connection.execute(
        put_.on_conflict_do_update(index_elements=[preferences.c.person_id], set_=kept).returning(
            preferences.c.webhook_secret
        )
    )
    kept_secret: str | None = done.scalar_one()
    return kept_secret


async def policies(connection: AsyncConnection) -> dict[Kind, tuple[Channel, ...]]:
    """Return which ways the province allows, by kind of letter; a kind that is not there may go by all."""
    rows = await connection.execute(select(channel_policies))
    return {Kind(row.kind): _channels(row) for row in rows}


async def put_policy(
    connection: AsyncConnection, kind: Kind, channels: Collection[Channel], *, by: UUID, now: datetime
) -> None:
    """Keep which ways letters of a kind may go."""
    values = {"channels": [each.value for each in channels], "changed_by": by, "changed_at": now}
    await connection.execute(
        insert(channel_policies)
        .values(kind=kind, **values)
        .on_conflict_do_update(index_elements=[channel_policies.c.kind], set_=values)
    )


async def ways(
    connection: AsyncConnection, letters: Mapping[UUID, tuple[Kind, UUID]]
) -> dict[UUID, tuple[Channel, ...]]:
    """Return the ways of letters, the first to be taken first; `letters` are told as kind and person."""
    people = list({person_id for _, person_id in letters.values()})
    chosen = {row.person_id: _channels(row) for row in await connection.execute(_OF, {"ids": people})}
    allowed = await policies(connection)
    return {
        letter_id: ways_of(chosen.get(person_id, (Channel.EMAIL,)), allowed.get(kind))
        for letter_id, (kind, person_id) in letters.items()
    }


def _channels(row: Row[*tuple[Any, ...]]) -> tuple[Channel, ...]:
    return tuple(Channel(each) for each in row.channels)
