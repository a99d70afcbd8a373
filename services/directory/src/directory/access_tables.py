"""Tables of who came in and what they may do: the record nobody changes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from directory.tables import metadata

__all__ = ["audit_chain", "audit_head", "audit_records", "metadata"]

audit_records = Table(
    "audit_records",
    metadata,
    Column("record_id", Uuid, primary_key=True),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("action", Text, nullable=False),
    # No foreign keys: the record outlives what it speaks of.
    Column("by", Uuid),
    Column("about", Text, nullable=False),
    Column("client", Text),
    Column("details", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    CheckConstraint("length(digest) = 32", name="audit_records_digest_is_sha256"),
    comment="sign-ins, and changes of rights and units, as they were told; triggers refuse to change or remove any",
)
# Finds what was last recorded of one account.
Index("audit_records_about", audit_records.c.about, audit_records.c.recorded_at)

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("record_id", Uuid, ForeignKey("audit_records.record_id"), nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("position > 0", name="audit_chain_position_counts_from_one"),
    comment="each audit record bound to all before it; written by a trigger when a transaction commits",
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("is_head", Boolean, primary_key=True, autoincrement=False),
    Column("count", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    CheckConstraint("is_head", name="audit_head_is_one_row"),
    comment="how long the chain is and how it ends; whoever appends holds this row until the commit",
)
