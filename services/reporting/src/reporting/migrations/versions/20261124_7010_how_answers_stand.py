"""Totals up every relation of the tree, with how the answers behind them stand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "20261124_7010"
down_revision = "20261124_2001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen contributions and aggregates; what is in them is made anew by the new rule after migrating."""
    for name in ("administrative", "territory"):
        op.add_column("contributions", sa.Column(name, ARRAY(sa.Text), nullable=False, server_default="{}"))
    op.add_column("contributions", sa.Column("silent", JSONB, nullable=False, server_default="{}"))
    for name in ("is_nil", "is_late", "is_returned", "is_exempt"):
        op.add_column("contributions", sa.Column(name, sa.Boolean, nullable=False, server_default="false"))
    op.add_column("contributions", sa.Column("reckoning", sa.Integer, nullable=False, server_default="0"))
    op.drop_index("contributions_below", "contributions")
    ways = ["above", "clusters", "administrative", "territory"]
    op.create_index("contributions_below", "contributions", ways, postgresql_using="gin")
    op.create_index("contributions_of_requirement", "contributions", ["requirement_id"])

    op.add_column("aggregates", sa.Column("silent", JSONB, nullable=False, server_default="{}"))
    for name in ("units_nil", "units_late", "units_returned", "units_exempt"):
        op.add_column("aggregates", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.drop_constraint("aggregates_pkey", "aggregates")
    op.create_primary_key("aggregates_pkey", "aggregates", ["requirement_id", "unit_id", "period", "relation"])
    op.drop_constraint("aggregates_have_a_known_relation", "aggregates")
    op.create_check_constraint(
        "aggregates_have_a_known_relation",
        "aggregates",
        "relation IN ('reporting', 'cluster', 'administrative', 'territory')",
    )
    op.create_check_constraint(
        "aggregates_cover_what_is_due",
        "aggregates",
        "units_nil BETWEEN 0 AND units_reported AND units_late BETWEEN 0 AND units_reported "
        "AND units_returned BETWEEN 0 AND units_due - units_reported AND units_exempt >= 0",
    )
