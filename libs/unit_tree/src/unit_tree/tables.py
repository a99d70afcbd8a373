"""The units a service has heard of, as the directory last described each."""

from sqlalchemy import BigInteger, Column, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

known_units = Table(
    "known_units",
    metadata,
    Column("unit_id", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("state", JSONB, nullable=False),
    comment="a copy of the newest `directory.unit.changed` of each unit; can be thrown away and rebuilt",
)
