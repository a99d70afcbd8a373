"""Who is told by webhook, up to which position of the feed, and what is held back for them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscription_id", Uuid, primary_key=True),
    Column("owner_id", Uuid, nullable=False),
    Column("url", Text, nullable=False),
    Column("state", Text, nullable=False),
    # Not digests: what we sign with, we must have.
    Column("secret", Text, nullable=False),
    Column("former_secret", Text),
    Column("former_until", DateTime(timezone=True)),
    # Everything up to here was delivered, or is held.
    Column("position", BigInteger, nullable=False),
    # Grows with every change by its owner: what a courier found out about the state before is void.
    Column("epoch", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", DateTime(timezone=True)),
    Column("next_attempt_at", DateTime(timezone=True)),
    Column("last_outcome", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("state IN ('active', 'paused', 'switched_off')", name="subscriptions_have_a_known_state"),
    CheckConstraint("position >= 0 AND failures >= 0", name="subscriptions_count_upwards"),
    CheckConstraint("(former_secret IS NULL) = (former_until IS NULL)", name="subscriptions_former_secret_ends"),
    CheckConstraint("(failures = 0) = (next_attempt_at IS NULL)", name="subscriptions_that_fail_are_tried_again"),
    # Those of one owner.
    Index("subscriptions_of_owner", "owner_id"),
    comment="who takes the feed by webhook",
)

owners = Table(
    "owners",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    # Posts that let one subscribe: an array of {unit_id, role, valid_from, valid_to}. Of most people none.
    Column("posts", JSONB, nullable=False),
    comment="who may subscribe, as the directory told last; who may no longer is told nothing any more",
)

deliveries = Table(
    "deliveries",
    metadata,
    Column(
        "subscription_id",
        Uuid,
        ForeignKey("subscriptions.subscription_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("position", BigInteger, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("tried_at", DateTime(timezone=True), nullable=False),
    # Null: there was no answer.
    Column("status", Integer),
    Column("said", Text, nullable=False),
    # The beginning of what the target answered, where it did not take the event.
    Column("answered", Text, nullable=False),
    comment="what came of the newest events that were sent to a subscriber, by the last try of each",
)

held_deliveries = Table(
    "held_deliveries",
    metadata,
    Column(
        "subscription_id",
        Uuid,
        ForeignKey("subscriptions.subscription_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("position", BigInteger, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("failing_since", DateTime(timezone=True), nullable=False),
    comment="events that wait for an earlier one of the same thing that the target did not take, and that one itself",
)
