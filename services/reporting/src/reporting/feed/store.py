"""The feed, in and out of PostgreSQL."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import BigInteger, Text, bindparam, exists, func, insert, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.transaction import Transaction
from reporting.feed.tables import feed

ORDER_LOCK = 0xFEED
"""Advisory lock of whoever writes to the feed: positions are given out in the order of commits."""
CHANNEL = "feed"
"""Where PostgreSQL tells every process that the feed has grown."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event that was told outside."""

    event_id: UUID
    type: str
    subject: str
    version: int
    body: bytes
    """The CloudEvents envelope, byte for byte as it went out on NATS."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its position in the feed."""

    position: int
    event_id: UUID
    subject: str
    body: bytes


async def take_order(tx: Transaction) -> None:
    """Be the only one who writes to the feed, until the transaction ends."""
    await tx.connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ORDER_LOCK})


_wanted = func.unnest(bindparam("subjects", type_=ARRAY(Text))).table_valued("subject").render_derived(name="wanted")
# The last entry of each, which the index gives: what has been told of a thing in years is not looked through.
_last = (
    select(feed.c.version)
    .where(feed.c.subject == _wanted.c.subject)
    .order_by(feed.c.position.desc())
    .limit(1)
    .lateral("last")
)
_VERSIONS = select(_wanted.c.subject, _last.c.version).join(_last, true())


async def versions_of(tx: Transaction, subjects: Iterable[str]) -> dict[str, int]:
    """Return the newest version of each of these subjects that the feed has."""
    rows = await tx.connection.execute(_VERSIONS, {"subjects": sorted(set(subjects))})
    return {row.subject: row.version for row in rows}


_APPEND = insert(feed)


async def append(tx: Transaction, told: Sequence[Told]) -> None:
    """Add events to the feed, in this order, and wake whoever waits for them when they are committed."""
    await tx.connection.execute(_APPEND, [asdict(each) for each in told])
    await ring(tx)


async def ring(tx: Transaction) -> None:
    """Wake whoever waits for something new, when this transaction is committed."""
    await tx.connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


_later = feed.alias("later")
_AFTER = (
    select(*feed.c["position", "event_id", "subject", "body"])
    .where(feed.c.position > bindparam("after", type_=BigInteger))
    .order_by(feed.c.position)
    .limit(bindparam("limit"))
)
_NEWEST_AFTER = _AFTER.where(~exists().where(_later.c.subject == feed.c.subject, _later.c.position > feed.c.position))


async def entries_after(tx: Transaction, position: int, *, limit: int, newest_only: bool = False) -> list[Entry]:
    """Return up to `limit` events behind a position, oldest first; or of each subject only its last one."""
    statement = _NEWEST_AFTER if newest_only else _AFTER
    rows = await tx.connection.execute(statement, {"after": position, "limit": limit})
    return [Entry(row.position, row.event_id, row.subject, row.body) for row in rows]


async def last_position(tx: Transaction) -> int:
    """Return the position of the newest event; nought when there is none."""
    return int((await tx.connection.execute(select(func.coalesce(func.max(feed.c.position), 0)))).scalar_one())
