"""Letters on their way out, taken by one courier at a time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notify.channels.choosing import Channel, next_way
from notify.domain import Delivery, Letter
from notify.store import preferences
from notify.store.inboxes import letter_of
from notify.tables import deliveries, letters

_waiting = (
    select(deliveries.c.letter_id, deliveries.c.channel)
    .where(
        deliveries.c.state == "waiting",
        deliveries.c.channel == bindparam("by_channel"),
        deliveries.c.next_attempt_at <= bindparam("now"),
    )
    .order_by(deliveries.c.next_attempt_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
    .cte("taken")
)
_CLAIM = (
    update(deliveries)
    .where(
        deliveries.c.letter_id == _waiting.c.letter_id,
        deliveries.c.channel == _waiting.c.channel,
        letters.c.letter_id == deliveries.c.letter_id,
    )
    .values(attempts=deliveries.c.attempts + 1, next_attempt_at=bindparam("until"))
    .returning(deliveries.c.attempts, deliveries.c.channel, *letters.c)
)
_ON_ITS_WAY = update(deliveries).where(
    deliveries.c.letter_id == bindparam("held_id"),
    deliveries.c.channel == bindparam("held_channel"),
    deliveries.c.state == "waiting",
)
# A courier whose lease has run out may still say that the letter is gone, and nothing else.
_HELD = _ON_ITS_WAY.where(deliveries.c.attempts == bindparam("held_attempts"))
_SENT = (
    update(deliveries)
    .where(
        deliveries.c.letter_id == any_(bindparam("letter_ids", type_=ARRAY(Uuid()))),
        deliveries.c.channel == bindparam("by_channel"),
        deliveries.c.state == "waiting",
    )
    .values(state="sent", sent_at=bindparam("now"), last_error=None)
)
_POSTPONED = _HELD.values(next_attempt_at=bindparam("until"), last_error=bindparam("error"))
_FAILED = _HELD.values(state="failed", last_error=bindparam("error"))
_OVERTAKEN = _HELD.values(state="overtaken", last_error=None)
_RELEASED = _HELD.values(attempts=deliveries.c.attempts - 1, next_attempt_at=bindparam("now"))


async def claim(
    connection: AsyncConnection, *, channel: str, now: datetime, until: datetime, limit: int
) -> list[Delivery]:
    """Take deliveries that are due, so that no other courier takes them before `until`."""
    rows = await connection.execute(_CLAIM, {"by_channel": channel, "now": now, "until": until, "limit": limit})
    return sorted(
        (Delivery(letter_of(row), row.attempts, row.channel) for row in rows),
        key=lambda each: (each.letter.created_at, each.letter.letter_id),
    )


async def mark_sent(connection: AsyncConnection, gone: Sequence[Delivery], *, now: datetime) -> None:
    """Note that a server has taken these letters; all went by one way."""
    [channel] = {each.channel for each in gone}
    letter_ids = [each.letter.letter_id for each in gone]
    await connection.execute(_SENT, {"letter_ids": letter_ids, "by_channel": channel, "now": now})


async def postpone(connection: AsyncConnection, delivery: Delivery, *, until: datetime, error: str) -> None:
    """Note why the letter could not be handed over, and when to try again."""
    await connection.execute(_POSTPONED, {**_held(delivery), "until": until, "error": error})


async def mark_failed(connection: AsyncConnection, delivery: Delivery, *, error: str) -> None:
    """Note that the letter will not be sent, and why; it stays in its inbox."""
    await connection.execute(_FAILED, {**_held(delivery), "error": error})


async def mark_overtaken(connection: AsyncConnection, delivery: Delivery) -> None:
    """Note that the letter does not leave: what it reminds of is owed no more. It stays in its inbox."""
    await connection.execute(_OVERTAKEN, _held(delivery))


async def release(connection: AsyncConnection, untouched: Sequence[Delivery], *, now: datetime) -> None:
    """Give back deliveries that were taken and not tried."""
    if untouched:
        await connection.execute(_RELEASED, [{**_held(each), "now": now} for each in untouched])


def _held(delivery: Delivery) -> dict[str, object]:
    return {**_gone(delivery), "held_attempts": delivery.attempts}


def _gone(delivery: Delivery) -> dict[str, object]:
    return {"held_id": delivery.letter.letter_id, "held_channel": delivery.channel}


async def take_another_way(connection: AsyncConnection, letter: Letter, *, after: Channel, now: datetime) -> bool:
    """Let a letter go by the next way that was not tried yet; say whether there is one."""
    ways = (await preferences.ways(connection, {letter.letter_id: (letter.kind, letter.person_id)}))[letter.letter_id]
    tried = select(deliveries.c.channel).where(deliveries.c.letter_id == letter.letter_id).with_for_update()
    known = set((await connection.execute(tried)).scalars())
    another = next_way([each for each in ways if each == after or each not in known], after)
    if another is None:
        return False
    row = {"letter_id": letter.letter_id, "channel": another, "next_attempt_at": now}
    await connection.execute(insert(deliveries).values(**row).on_conflict_do_nothing())
    return True


async def mark_returned(connection: AsyncConnection, letter_id: UUID, *, reason: str) -> Letter | None:
    """Note that an e-mail that had left came back; return its letter, or null when none of ours had left."""
    returned = (
        update(deliveries)
        .where(deliveries.c.letter_id == letter_id, deliveries.c.channel == Channel.EMAIL, deliveries.c.state == "sent")
        .values(state="failed", sent_at=None, last_error=reason)
        .returning(deliveries.c.letter_id)
    )
    if (await connection.execute(returned)).scalar_one_or_none() is None:
        return None
    return letter_of((await connection.execute(select(letters).where(letters.c.letter_id == letter_id))).one())


async def hold_until(connection: AsyncConnection, letter_ids: Sequence[UUID], *, until: datetime) -> None:
    """Let none of these letters leave the house before a moment."""
    held = update(deliveries).where(deliveries.c.letter_id.in_(letter_ids), deliveries.c.state == "waiting")
    await connection.execute(held.values(next_attempt_at=until))
