"""The digests that were told."""

from sqlalchemy import Column, Date, DateTime, Integer, MetaData, Table, Text

metadata = MetaData()

digests = Table(
    "digests",
    metadata,
    Column("day", Date, primary_key=True),
    Column("aggregates", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
    comment="the digest of all aggregates of each day, as it was told",
)
