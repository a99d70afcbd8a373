"""How many parked messages each service had when it was last asked, and whether the operators were told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notify.tables import watched_services


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of one service."""

    parked: int
    """As of what was told last, or fewer if some were looked after since."""
    told: int
    told_at: datetime | None


async def take(connection: AsyncConnection, service: str) -> Watched:
    """Return what is known of a service, and keep others from changing it until this transaction ends."""
    await connection.execute(
        insert(watched_services).values(service=service, parked=0, told=0).on_conflict_do_nothing()
    )
    query = select(watched_services).where(watched_services.c.service == service).with_for_update()
    row = (await connection.execute(query)).one()
    return Watched(row.parked, row.told, row.told_at)


async def put(connection: AsyncConnection, service: str, *, parked: int) -> None:
    """Keep how many there are."""
    await connection.execute(
        update(watched_services).where(watched_services.c.service == service).values(parked=parked)
    )


async def put_told(connection: AsyncConnection, service: str, *, parked: int, told: int, now: datetime) -> None:
    """Keep how many there are, and that the operators are told so now."""
    await connection.execute(
        update(watched_services)
        .where(watched_services.c.service == service)
        .values(parked=parked, told=told, told_at=now)
    )
