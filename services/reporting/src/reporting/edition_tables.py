"""The editions: what was published, as it was published. The only thing here that was not told by others.

No row of these tables is ever changed or removed; a trigger keeps it so.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from reporting.tables import metadata

editions = Table(
    "editions",
    metadata,
    Column("requirement_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("published_at", DateTime(timezone=True), nullable=False),
    Column("published_by", Uuid, nullable=False),
    Column("note", Text, nullable=False),
    Column("stands_on", Date, nullable=False),
    Column("digest", Text, nullable=False),
    Column("changed_figures", Integer, nullable=False),
    Column("units_reported", Integer, nullable=False),
    Column("units_due", Integer, nullable=False),
    CheckConstraint("number > 0", name="editions_are_numbered"),
    comment="a numbered publication of the totals of a requirement",
)

edition_figures = Table(
    "edition_figures",
    metadata,
    Column("requirement_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("unit_id", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("relation", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("unit_type", Text, nullable=False),
    # {education level, or all: tally}
    Column("figures", JSONB, nullable=False),
    # Sensitive figures are kept back here before anything leaves.
    Column("is_withheld", Boolean, nullable=False),
    ForeignKeyConstraint(["requirement_id", "number"], ["editions.requirement_id", "editions.number"]),
    comment="every total of an edition, with what its unit was called",
)

edition_sources = Table(
    "edition_sources",
    metadata,
    Column("requirement_id", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("obligation_id", Uuid, primary_key=True),
    Column("unit_id", Text, nullable=False),
    # The submission version that was counted; null: none was.
    Column("submission_number", Integer),
    Column("periods", ARRAY(Text), nullable=False),
    Column("above", ARRAY(Text), nullable=False),
    Column("clusters", ARRAY(Text), nullable=False),
    Column("administrative", ARRAY(Text), nullable=False),
    Column("territory", ARRAY(Text), nullable=False),
    Column("stated", JSONB, nullable=False),
    Column("is_nil", Boolean, nullable=False),
    Column("is_exempt", Boolean, nullable=False),
    ForeignKeyConstraint(["requirement_id", "number"], ["editions.requirement_id", "editions.number"]),
    # What stood behind a figure, by unit.
    Index("edition_sources_by_unit", "requirement_id", "number", "unit_id"),
    comment="the submission version behind each figure of an edition, and what it stated",
)
