"""The table of what obligations wait for."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from directives.tables import metadata

waits = Table(
    "waits",
    metadata,
    Column("obligation_id", ForeignKey("obligations.obligation_id"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("working_days", Integer),
    # The requirement whose answer is waited for.
    Column("depends_on", ForeignKey("requirements.requirement_id")),
    # What is told when it becomes owed for the first time, but for when.
    Column("telling", JSONB, nullable=False),
    # Null: what is waited for has not happened, or was taken back.
    Column("met_on", Date),
    Column("met_by", ForeignKey("directives.directive_id")),
    Column("told_at", DateTime(timezone=True)),
    CheckConstraint("kind IN ('answer_accepted', 'document_issued', 'fact_noted')", name="waits_kind_known"),
    CheckConstraint("(kind = 'answer_accepted') = (depends_on IS NOT NULL)", name="waits_for_some_answer"),
    CheckConstraint("met_on IS NOT NULL OR met_by IS NULL", name="waits_met_by_something"),
    # What waits for an answer to a requirement.
    Index("waits_for_requirement", "depends_on", postgresql_where=text("depends_on IS NOT NULL")),
    # What a document that is recalled had let be owed.
    Index("waits_met_by", "met_by", postgresql_where=text("met_by IS NOT NULL")),
    comment="what an obligation waits for before it is owed, and since when that is there",
)
