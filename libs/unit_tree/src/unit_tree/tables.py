"""What a service has heard of the directory, as it last described each thing; can be thrown away and rebuilt."""

from sqlalchemy import BigInteger, Boolean, Column, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()
"""For every service that reads the tree."""

known_units = Table(
    "known_units",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("state", JSONB, nullable=False),
    comment="a copy of the newest `directory.unit.changed` of each unit; can be thrown away and rebuilt",
)

selecting_metadata = MetaData()
"""For a service that evaluates selectors as well."""

known_groups = Table(
    "known_groups",
    selecting_metadata,
    Column("code", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    # Null: the group was removed.
    Column("selector", JSONB(none_as_null=True)),
    comment="a copy of the newest `directory.group.changed` of each group; can be thrown away and rebuilt",
)

known_unit_types = Table(
    "known_unit_types",
    selecting_metadata,
    Column("code", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("is_removed", Boolean, nullable=False),
    comment="a copy of the newest `directory.type.changed` of each type; can be thrown away and rebuilt",
)

known_people = Table(
    "known_people",
    selecting_metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("posts", JSONB, nullable=False),
    comment="a copy of the newest `directory.person.changed` of each person; can be thrown away and rebuilt",
)
