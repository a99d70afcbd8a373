"""The tables of the small service."""

import sqlalchemy as sa
from alembic import op

from chassis.tables import metadata

revision = "20261122_0600"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("about", sa.Uuid, nullable=False),
        sa.Column("text", sa.Text, nullable=False, unique=True),
    )
    metadata.create_all(op.get_bind())
