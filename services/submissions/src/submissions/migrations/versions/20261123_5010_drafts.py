"""An answer is drafted together before it is sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_5010"
down_revision = "20261123_3001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody has drafted anything yet, and what was sent was sent as a whole."""
    op.create_table(
        "drafts",
        sa.Column("obligation_id", sa.Uuid, sa.ForeignKey("obligations.obligation_id"), primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        comment="the one draft of an obligation, shared by the colleagues of the unit; it counts its changes",
    )
    op.create_table(
        "draft_fields",
        sa.Column(
            "obligation_id", sa.Uuid, sa.ForeignKey("drafts.obligation_id", onupdate="CASCADE"), primary_key=True
        ),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("saved_by", sa.Uuid, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        comment="what each field of a draft holds, and the version of the draft that made it so",
    )
    op.add_column("submission_versions", sa.Column("draft_version", sa.BigInteger))
