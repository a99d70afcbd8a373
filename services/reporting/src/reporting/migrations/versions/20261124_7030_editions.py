"""Totals are published as editions, which nothing changes afterwards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261124_7030"
down_revision = "20261124_7020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the trigger that keeps them as they are."""
    op.add_column("requirements", sa.Column("sensitive", ARRAY(sa.Text), nullable=False, server_default="{}"))
    op.create_table(
        "editions",
        sa.Column("requirement_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("stands_on", sa.Date, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("changed_figures", sa.Integer, nullable=False),
        sa.Column("units_reported", sa.Integer, nullable=False),
        sa.Column("units_due", sa.Integer, nullable=False),
        sa.CheckConstraint("number > 0", name="editions_are_numbered"),
        comment="a numbered publication of the totals of a requirement",
    )
    edition = ["requirement_id", "number"], ["editions.requirement_id", "editions.number"]
    op.create_table(
        "edition_figures",
        sa.Column("requirement_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("unit_id", sa.Text, primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("relation", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("unit_type", sa.Text, nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("is_withheld", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(*edition),
        comment="every total of an edition, with what its unit was called",
    )
    op.create_table(
        "edition_sources",
        sa.Column("requirement_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("obligation_id", sa.Uuid, primary_key=True),
        sa.Column("unit_id", sa.Text, nullable=False),
        sa.Column("submission_number", sa.Integer),
        sa.Column("periods", ARRAY(sa.Text), nullable=False),
        sa.Column("above", ARRAY(sa.Text), nullable=False),
        sa.Column("clusters", ARRAY(sa.Text), nullable=False),
        sa.Column("administrative", ARRAY(sa.Text), nullable=False),
        sa.Column("territory", ARRAY(sa.Text), nullable=False),
        sa.Column("stated", JSONB, nullable=False),
        sa.Column("is_nil", sa.Boolean, nullable=False),
        sa.Column("is_exempt", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(*edition),
        comment="the submission version behind each figure of an edition, and what it stated",
    )
    op.create_index("edition_sources_by_unit", "edition_sources", ["requirement_id", "number", "unit_id"])
    op.execute(
        "CREATE FUNCTION editions_stay() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'an edition stays as it was published'; END $$"
    )
    for table in ("editions", "edition_figures", "edition_sources"):
        op.execute(
            f"CREATE TRIGGER {table}_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION editions_stay()"
        )
