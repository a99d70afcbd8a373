"""Whoever may subscribe no longer is told nothing any more."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261125_7503"
down_revision = "20261125_7502"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the list of who may; the directory's stream fills it from its beginning."""
    op.create_table(
        "owners",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("posts", JSONB, nullable=False),
        comment="who may subscribe, as the directory told last; who may no longer is told nothing any more",
    )
