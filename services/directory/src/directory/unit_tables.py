"""What else the directory keeps of units: codes of others, named groups, reorganisations, records taken over."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from directory.tables import metadata

unit_identifiers = Table(
    "unit_identifiers",
    metadata,
    Column("unit_id", Text, ForeignKey("units.unit_id"), primary_key=True),
    Column("scheme", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="unit_identifiers_days_are_in_order"),
    comment="codes others know a unit by; a trigger refuses, at commit, one code of a scheme for two units at once",
)
# Finds the unit that holds a code.
Index("unit_identifiers_code", unit_identifiers.c.scheme, unit_identifiers.c.code)

unit_groups = Table(
    "unit_groups",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("selector", JSONB, nullable=False),
    # 0: nobody was told of it yet.
    Column("version", BigInteger, nullable=False),
    comment="selections of units people have given a name",
)

reorganisations = Table(
    "reorganisations",
    metadata,
    Column("reorganisation_id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("effective_date", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("draft", JSONB, nullable=False),
    Column("prepared_by", Uuid, nullable=False),
    Column("prepared_at", DateTime(timezone=True), nullable=False),
    Column("applied_by", Uuid),
    Column("applied_at", DateTime(timezone=True)),
    Column("digest", Text),
    Column("plan", JSONB(none_as_null=True)),
    CheckConstraint("state IN ('draft', 'applied')", name="reorganisations_state_is_known"),
    CheckConstraint(
        "(state = 'applied') = (applied_by IS NOT NULL AND applied_at IS NOT NULL"
        " AND digest IS NOT NULL AND plan IS NOT NULL)",
        name="reorganisations_are_applied_by_somebody",
    ),
    comment="many changes of units, prepared, reviewed and applied as one; the plan is what was applied",
)

taken_records = Table(
    "taken_records",
    metadata,
    Column("source", Text, primary_key=True),
    Column("record_id", Text, primary_key=True),
    Column("unit_id", Text, ForeignKey("units.unit_id"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
    CheckConstraint("event IN ('NEW', 'UPDATE', 'CANCEL')", name="taken_records_event_is_known"),
    comment="the newest version of each record taken over from a national database, and the unit it is about",
)
