"""Requirements are asked by calendars of periods, and an obligation is of one of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "20261123_4000"
down_revision = "20261123_2001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of calendars and of what is asked by them; what is owed already is of no period."""
    op.create_table(
        "period_calendars",
        sa.Column("issuer_unit_id", sa.Text, primary_key=True),
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("periods", JSONB, nullable=False),
        sa.Column("kept_by", sa.Uuid, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name="period_calendars_version_counts"),
        comment="periods by which an issuer asks again and again, every version for ever; the newest one is asked by",
    )
    op.create_table(
        "asked_periods",
        sa.Column("requirement_id", sa.Uuid, sa.ForeignKey("requirements.requirement_id"), primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("closes_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("starts_on <= ends_on", name="asked_periods_start_before_they_end"),
        sa.CheckConstraint("num_nulls(opened_at, due_at) IN (0, 2)", name="asked_periods_opened_whole"),
        sa.CheckConstraint("due_at <= closes_at", name="asked_periods_due_before_closing"),
        comment="the periods an issued requirement is asked by, as its calendar was when it was issued",
    )
    op.create_index("asked_periods_by_day", "asked_periods", ["starts_on"])
    op.add_column("requirements", sa.Column("frequency", JSONB))
    op.add_column("obligations", sa.Column("period", sa.Text, nullable=False, server_default=""))
    op.add_column("obligations", sa.Column("as_of", sa.Date))
    op.add_column("obligations", sa.Column("cut_off_at", sa.DateTime(timezone=True)))
    op.drop_constraint("obligations_unit_once", "obligations")
    op.create_unique_constraint("obligations_unit_once", "obligations", ["requirement_id", "unit_id", "period"])
