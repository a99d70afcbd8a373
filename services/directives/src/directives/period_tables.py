"""The tables of periods: the calendars issuers keep, and what was asked by them."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from directives.tables import metadata

period_calendars = Table(
    "period_calendars",
    metadata,
    Column("issuer_unit_id", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("periods", JSONB, nullable=False),
    Column("kept_by", Uuid, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("version > 0", name="period_calendars_version_counts"),
    comment="periods by which an issuer asks again and again, every version for ever; the newest one is asked by",
)

asked_periods = Table(
    "asked_periods",
    metadata,
    Column("requirement_id", ForeignKey("requirements.requirement_id"), primary_key=True),
    Column("period", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    # As they were worked out when the period was opened; null before that.
    Column("opened_at", DateTime(timezone=True)),
    Column("due_at", DateTime(timezone=True)),
    Column("closes_at", DateTime(timezone=True)),
    CheckConstraint("starts_on <= ends_on", name="asked_periods_start_before_they_end"),
    CheckConstraint("num_nulls(opened_at, due_at) IN (0, 2)", name="asked_periods_opened_whole"),
    CheckConstraint("due_at <= closes_at", name="asked_periods_due_before_closing"),
    # What is to be opened, or looked at for units that came later.
    Index("asked_periods_by_day", "starts_on"),
    comment="the periods an issued requirement is asked by, as its calendar was when it was issued",
)
