"""What a unit asked of those below it is found by who asked."""

from alembic import op

revision = "20261124_7020"
down_revision = "20261124_7010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index("requirements_of_issuer", "requirements", ["issuer_unit_id"])
