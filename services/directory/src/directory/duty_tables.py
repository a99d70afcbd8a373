"""What units owe, as directives and submissions tell of it."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, Uuid

from directory.tables import metadata

known_obligations = Table(
    "known_obligations",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("directive_id", Uuid, nullable=False),
    Column("requirement_id", Uuid, nullable=False),
    Column("unit_id", Text, nullable=False),
    Column("answering_unit_id", Text, nullable=False),
    Column("is_owed", Boolean, nullable=False),
    # Finds what units that end still answer.
    Index("known_obligations_answering_unit", "answering_unit_id"),
    comment="a copy of the newest word of directives on each obligation; can be thrown away and rebuilt",
)

settled_obligations = Table(
    "settled_obligations",
    metadata,
    Column("obligation_id", Uuid, primary_key=True),
    comment="obligations with an accepted answer, which is never taken back; either may be heard of first",
)
