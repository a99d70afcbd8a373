"""Tables every service has a copy of, in its own database: what goes out, what came in, what could not be read."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
)

metadata = MetaData()

outbox = Table(
    "outbox",
    metadata,
    # The relay reads in this order and deletes what the stream has acknowledged.
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("about", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("traceparent", Text),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="events waiting to be published, written with the change that caused them",
)

inbox = Table(
    "inbox",
    metadata,
    Column("durable", Text, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("taken_in_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="proof that one durable has taken in one event",
)

parked_messages = Table(
    "parked_messages",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("durable", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("traceparent", Text),
    Column("reason", Text, nullable=False),
    Column("deliveries", Integer, nullable=False),
    Column("parked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="messages we gave up on, kept for a person to look at and replay",
)
