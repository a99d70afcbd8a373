"""People are registered within their unit's share, and answers may be documents of the unit's own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_3001"
down_revision = "20261123_6030"
branch_labels = None
depends_on = None

_VERSION = (["submission_id", "number"], ["submission_versions.submission_id", "submission_versions.number"])


def upgrade() -> None:
    """Keep shares, who is registered, and official documents, each in a table of its own."""
    op.create_table(
        "shares",
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("seats", JSONB, nullable=False),
        sa.Column("from_units", JSONB, nullable=False),
        comment="whom a unit registers, and the units below it whose people it may register",
    )
    op.create_table(
        "delegates",
        sa.Column("submission_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True),
        sa.Column("requirement_id", sa.Uuid, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("unit_id", sa.Text),
        sa.ForeignKeyConstraint(*_VERSION),
        comment="who was registered by a version of an answer; no more of a person than a seat needs",
    )
    op.create_index("delegates_of_requirement", "delegates", ["requirement_id"])
    op.create_table(
        "official_documents",
        sa.Column("submission_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("signed_by", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(*_VERSION),
        comment="the document of the unit's own that a version of an answer is, as it is written on it",
    )
