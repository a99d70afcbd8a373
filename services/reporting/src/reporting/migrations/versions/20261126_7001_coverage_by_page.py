"""Where the answers of a requirement stand is read by unit, some units at a time."""

from alembic import op

revision = "20261126_7001"
down_revision = "20261125_7001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the index of a requirement's obligations give its units in their order."""
    op.drop_index("obligations_of_requirement", "obligations")
    op.create_index("obligations_of_requirement", "obligations", ["requirement_id", "unit_id"])
