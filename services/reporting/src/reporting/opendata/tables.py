"""For which requirements a leader opened the published editions to everybody."""

from sqlalchemy import Boolean, Column, DateTime, MetaData, Table, Uuid

metadata = MetaData()

openings = Table(
    "openings",
    metadata,
    Column("requirement_id", Uuid, primary_key=True),
    Column("is_open", Boolean, nullable=False),
    Column("changed_by", Uuid, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    comment="requirements whose editions anybody may read; no row: nobody",
)
