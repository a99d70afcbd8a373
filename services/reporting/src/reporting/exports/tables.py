"""What is asked for as a file, and the parts of what was made."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

wordings = Table(
    "wordings",
    metadata,
    Column("requirement_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("title", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("cut_off_at", DateTime(timezone=True)),
    # Arrays of {code, name, type, unit_of_measure, of_which, numerator, denominator, levels}.
    Column("indicators", JSONB, nullable=False),
    # Of the outline: an array of {code, title, kind}.
    Column("sections", JSONB, nullable=False, server_default="[]"),
    comment="what a requirement and its figures are called, for tables that people read",
)

exports = Table(
    "exports",
    metadata,
    Column("export_id", Uuid, primary_key=True),
    Column("asked_by", Uuid, nullable=False),
    Column("requirement_id", Uuid, nullable=False),
    Column("period", Text, nullable=False),
    Column("form", Text, nullable=False),
    # The units whose totals, and whose own answers, whoever asked may read; null: all of them.
    Column("totals_of", ARRAY(Text)),
    Column("answers_of", ARRAY(Text)),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("taken_at", DateTime(timezone=True)),
    Column("rows_done", Integer, nullable=False, server_default="0"),
    Column("rows_total", Integer),
    Column("byte_count", BigInteger),
    Column("digest", Text),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("form IN ('xlsx', 'csv')", name="exports_have_a_known_form"),
    CheckConstraint("state IN ('waiting', 'making', 'ready', 'failed')", name="exports_have_a_known_state"),
    CheckConstraint("(state = 'ready') = (digest IS NOT NULL)", name="exports_that_are_ready_have_a_digest"),
    CheckConstraint("(digest IS NULL) = (byte_count IS NULL)", name="exports_have_a_size_with_their_digest"),
    # What is to be made next, oldest first.
    Index("exports_to_make", "asked_at", postgresql_where=text("state IN ('waiting', 'making')")),
    Index("exports_of_person", "asked_by"),
    comment="tables that were asked for as files; forgotten after a day",
)

export_parts = Table(
    "export_parts",
    metadata,
    Column("export_id", Uuid, ForeignKey("exports.export_id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    comment="the bytes of what was made, in parts of one mebibyte",
)
