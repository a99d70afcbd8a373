"""Pre-schools teach a level of their own."""

from alembic import op

revision = "20261123_4030"
down_revision = "20261122_1310"
branch_labels = None
depends_on = None

KNOWN = "levels <@ ARRAY['preschool', 'primary', 'lower_secondary', 'upper_secondary', 'continuing']"


def upgrade() -> None:
    """Let units and types of units teach it; nobody does so far."""
    for table in ("unit_types", "unit_versions"):
        op.drop_constraint(f"{table}_levels_are_known", table)
        op.create_check_constraint(f"{table}_levels_are_known", table, KNOWN)
