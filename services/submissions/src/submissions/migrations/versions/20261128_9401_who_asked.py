"""Who issued each requirement, so that what a unit asked of those below it is found when it adds them up."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_9401"
down_revision = "20261126_5010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add who issued; of what is known already, by those who owe it."""
    op.add_column("requirements", sa.Column("issuer_unit_id", sa.Text))
    op.create_index("requirements_of_issuer", "requirements", ["issuer_unit_id"])
    op.execute(
        "UPDATE requirements r SET issuer_unit_id = o.issuer_unit_id FROM "
        "(SELECT DISTINCT requirement_id, issuer_unit_id FROM obligations) o WHERE o.requirement_id = r.requirement_id"
    )
