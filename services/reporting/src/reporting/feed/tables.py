"""What has been told outside, in the order everyone outside reads it."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, LargeBinary, MetaData, Table, Text, Uuid, func

metadata = MetaData()

feed = Table(
    "feed",
    metadata,
    # Given out under a lock, in the order of commits: who has read up to a position never misses a smaller one.
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # The last value of a subject, and whether one at a position is the last.
    Index("feed_of_subject", "subject", "position"),
    comment="events told outside the house, byte for byte as they were told on NATS",
)
